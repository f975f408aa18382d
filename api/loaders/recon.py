"""Loaders of fingerprints and of what was found alike."""

from collections.abc import Sequence

from api.loaders.reading import Reader, aligned
from api.recon.rules import band_of
from db.ids import TrackId
from db.queries import fingerprints, recon
from schema.recon import DuplicateFinding


class ReconLoaders(Reader):
    """Of tracks."""

    async def fingerprints(self, ids: list[TrackId]) -> Sequence[fingerprints.FingerprintRow | None]:
        rows = await self._read(fingerprints.fingerprints_of, ids)
        return aligned(ids, {row.track_id: row for row in rows})

    async def duplicates(self, ids: list[TrackId]) -> Sequence[DuplicateFinding | None]:
        rows = await self._read(recon.blocking_matches, ids)
        rows.reverse()  # most similar first: of each track the last one stays
        best = {row.track_id: row for row in rows if row.track_id}
        found = {
            track: DuplicateFinding.of(row, track, band_of(row.similarity)) for track, row in best.items()
        }
        return aligned(ids, found)
