"""Loaders of fingerprints and of what was found alike."""

from collections.abc import Sequence

from api.loaders.reading import Reader, aligned
from api.recon.rules import band_of
from api.recon.scans import eyes_of
from db.ids import ReconMatchId, ReconScanId, TrackId, UploadId, prefix_of
from db.queries import fingerprints, recon, replacements, scans, uploads
from db.queries.replacements import ReplacementRow
from schema.recon import DuplicateFinding, Fingerprint
from schema.replacements import AudioReplacement
from schema.scans import ReconMatch, ReconScan
from schema.uploads import Upload


class ReconLoaders(Reader):
    """Of tracks; scans and matches only for whom they are (D-34)."""

    async def fingerprints(self, ids: list[TrackId]) -> Sequence[fingerprints.FingerprintRow | None]:
        rows = await self._read(fingerprints.fingerprints_of, ids)
        return aligned(ids, {row.track_id: row for row in rows})

    async def duplicates(self, ids: list[TrackId | UploadId]) -> Sequence[DuplicateFinding | None]:
        """Why tracks are blocked, and why files did not become the audio of theirs."""
        blocked = [TrackId(one) for one in ids if prefix_of(one) == "trk"]
        refused = [UploadId(one) for one in ids if prefix_of(one) == "upl"]
        async with self._sessions.reading() as session:
            rows = await recon.blocking_matches(session, blocked) if blocked else []
            rows += await recon.refused_for(session, refused) if refused else []
        rows.reverse()  # most similar first: of each subject the last one stays
        best = {row.track_id or row.upload_id: row for row in rows}
        found = {one: DuplicateFinding.of(row, band_of(row.similarity)) for one, row in best.items() if one}
        return aligned(ids, found)

    async def replacements(self, ids: list[TrackId]) -> Sequence[AudioReplacement | None]:
        """For the producer of each, and staff: who asks for another's is not asked here."""
        rows = await self._read(replacements.replacements_of, ids)
        return aligned(ids, {row.track_id: _replacement(row) for row in rows})

    async def uploads(self, ids: list[UploadId]) -> Sequence[Upload | None]:
        rows = await self._read(uploads.uploads, ids)
        return aligned(ids, {row.id: Upload.of(row) for row in rows})

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


def _replacement(row: ReplacementRow) -> AudioReplacement:
    fingerprint = Fingerprint.of(row, row.upload_id, own=True)
    return AudioReplacement(row=row, fingerprint=fingerprint, submitted_at=row.submitted_at)
