"""Loaders of fingerprints and of what was found alike."""

from collections.abc import Sequence

from api.loaders.reading import Reader, aligned
from api.recon.rules import band_of
from api.recon.scans import eyes_of
from db.ids import ReconMatchId, ReconScanId, TrackId
from db.queries import fingerprints, recon, scans
from schema.recon import DuplicateFinding
from schema.scans import ReconMatch, ReconScan


class ReconLoaders(Reader):
    """Of tracks; scans and matches only for whom they are (D-34)."""

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

    async def recon_scans(self, ids: list[ReconScanId]) -> Sequence[ReconScan | None]:
        """Scans that the viewer sees; another is like none."""
        if (eyes := eyes_of(self._viewer)) is None:
            return [None for _ in ids]
        async with self._sessions.reading() as session:
            rows = await scans.seen_scans(session, ids, seen_by=eyes)
        return aligned(ids, {row.id: ReconScan.of(row) for row in rows})

    async def recon_matches(self, ids: list[ReconMatchId]) -> Sequence[ReconMatch | None]:
        """Matches that the viewer sees; another is like none."""
        if (eyes := eyes_of(self._viewer)) is None:
            return [None for _ in ids]
        async with self._sessions.reading() as session:
            rows = await recon.seen_matches(session, ids, seen_by=eyes)
        return aligned(ids, {row.id: ReconMatch.of(row, band_of(row.similarity)) for row in rows})
