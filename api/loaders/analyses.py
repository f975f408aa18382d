"""Loader of what was measured in files, with the warnings of whose track it is."""

from collections.abc import Sequence

from api.catalog.contradictions import Facts, contradictions
from api.loaders.reading import Reader, aligned
from api.viewer import Viewer
from db.ids import UploadId
from db.queries import analyses, tracks
from db.queries.analyses import AnalysisRow
from db.queries.tracks import TrackRow
from schema.analysis import AnalysisWarning, TrackAnalysis


class AnalysisLoaders(Reader):
    """Of files, and of the tracks made of them."""

    async def analyses(self, uploads: list[UploadId]) -> Sequence[TrackAnalysis | None]:
        async with self._sessions.reading() as session:
            rows = await analyses.analyses(session, uploads)
            made = {row.upload_id: row for row in await tracks.tracks_of_uploads(session, self._own(uploads))}
        found = {
            row.upload_id: TrackAnalysis.of(
                row, warnings=_warnings(self._viewer, row, made.get(row.upload_id))
            )
            for row in rows
        }
        return aligned(uploads, found)

    def _own(self, uploads: list[UploadId]) -> list[UploadId]:
        """Nobody but a producer is warned, so nobody else's tracks are read."""
        return uploads if self._viewer is not None and self._viewer.producer_id is not None else []


def _warnings(viewer: Viewer | None, row: AnalysisRow, track: TrackRow | None) -> list[AnalysisWarning]:
    if viewer is None or track is None or viewer.producer_id != track.producer_id:
        return []
    declared = Facts(bpm=track.bpm, pitch_class=track.pitch_class, scale=track.scale)
    measured = Facts(bpm=row.bpm, pitch_class=row.pitch_class, scale=row.scale)
    found = contradictions(
        declared, measured, bpm_confidence=row.bpm_confidence, key_confidence=row.key_confidence
    )
    return [AnalysisWarning(**vars(one)) for one in found]
