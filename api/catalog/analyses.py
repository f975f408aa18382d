"""Measured facts of audio: have them measured, and keep them (D-19). Neither verdict nor publication waits for them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog.upload import tell_of_track
from api.uploads.dock import have_analysed, tell_of
from api.uploads.rules import stored_key
from db.clock import now
from db.ids import UploadId
from db.queries import analyses, tracks, uploads
from db.queries.analyses import AnalysisRow
from db.queries.uploads import UploadRow
from db.session import Sessions
from db.vocabulary import Scale, TrackStatus, UploadStatus

_MISSING_AT_ONCE: Final = 100
"""Each turn of the sweep, a quarter of an hour."""
_APART: Final = timedelta(minutes=15) / _MISSING_AT_ONCE
"""So that a catalogue from before the analysis is caught up with beside live uploads, not before them."""


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """What was measured in one file; the columns of `AudioAnalysis` say what each fact is."""

    model: str
    bpm: float
    bpm_confidence: float
    pitch_class: int
    scale: Scale
    key_confidence: float
    loudness_lufs: float
    true_peak_db: float
    waveform: bytes
    sound: bytes | None


async def audio_of(session: AsyncSession, upload: UploadId) -> str | None:
    """Where a file stands that may still be measured; null once it is gone."""
    row = await _kept_audio(session, upload)
    return stored_key(row.purpose, row.id) if row else None


async def record_analysis(session: AsyncSession, upload: UploadId, measured: Measurement) -> bool:
    """Keep what was measured, unless the file went meanwhile; says whether it is kept.

    The upload is held, so that a request that is opened with it comes before, and is seen by whoever tells requests of
    the analysis, or after, and sees the analysis itself.
    """
    await uploads.hold(session, upload)
    if await _kept_audio(session, upload) is None:
        return False
    await analyses.record(session, AnalysisRow(upload_id=upload, **vars(measured), measured_at=now()))
    tell_of(session, upload)
    track = await tracks.track_of_upload(session, upload)
    if track is not None:
        tell_of_track(session, track.id, track.producer_id)
    return True


async def have_missing_analysed(sessions: Sessions, *, model: str) -> None:
    """Have files of tracks and open requests measured that this model has not measured, some at a time.

    They are looked for in a transaction of its own, for in a large catalogue that takes longer than writers should wait.
    """
    async with sessions.reading() as session:
        missing = await analyses.unmeasured(session, model=model, limit=_MISSING_AT_ONCE)
    moment = now()
    async with sessions.writing() as session:
        for place, upload in enumerate(missing):
            await have_analysed(session, upload, run_at=moment + place * _APART)


async def _kept_audio(session: AsyncSession, upload: UploadId) -> UploadRow | None:
    """The upload, if its bytes are here to stay."""
    row = await uploads.upload(session, upload)
    if row is None or row.status is not UploadStatus.COMPLETED:
        return None
    track = await tracks.track_of_upload(session, upload)
    gone = track is not None and track.status is TrackStatus.REMOVED
    return None if gone else row
