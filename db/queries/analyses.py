"""What was measured in audio files, and which files still wait for it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, String, delete, exists, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped
from sqlmodel import col

from db.dialects import inserting
from db.ids import UploadId
from db.models.analyses import AudioAnalysis
from db.models.jobs import Job
from db.models.requests import BeatRequest
from db.models.tracks import Track
from db.queries.rows import read, select_row
from db.vocabulary import BeatRequestStatus, JobKind, Scale, TrackStatus


class AnalysisRow(NamedTuple):
    upload_id: UploadId
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
    measured_at: datetime


async def analyses(session: AsyncSession, uploads: Collection[UploadId]) -> list[AnalysisRow]:
    """Those of the files that were measured, in no order."""
    chosen = select_row(AnalysisRow, AudioAnalysis).where(col(AudioAnalysis.upload_id).in_(uploads))
    return await read(session, AnalysisRow, chosen)


async def record(session: AsyncSession, row: AnalysisRow) -> None:
    """Keep what was measured; measured again, the last word counts."""
    values: dict[str, Any] = row._asdict()
    new = inserting(session, AudioAnalysis).values(values)
    await session.execute(new.on_conflict_do_update(index_elements=["upload_id"], set_=values))


async def forget(session: AsyncSession, upload: UploadId) -> None:
    """Remove what was measured in a file that is gone."""
    await session.execute(delete(AudioAnalysis).where(col(AudioAnalysis.upload_id) == upload))


async def unmeasured(session: AsyncSession, *, model: str, limit: int) -> list[UploadId]:
    """Files that this model has not measured and no job is about: samples of open requests, and of tracks the newest."""
    sample, upload = col(BeatRequest.reference_upload_id), col(Track.upload_id)
    samples = select(sample).where(col(BeatRequest.status) == BeatRequestStatus.ACTIVE, sample.is_not(None))
    of_tracks = select(upload).where(col(Track.status) != TrackStatus.REMOVED).order_by(col(Track.id).desc())
    first = await session.scalars(samples.where(*_unmeasured(sample, model)).distinct().limit(limit))
    found = [one for one in first if one]
    then = await session.scalars(of_tracks.where(*_unmeasured(upload, model)).limit(limit - len(found)))
    return [*found, *then]


def _unmeasured(upload: Mapped[Any], model: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    measured = exists().where(col(AudioAnalysis.upload_id) == upload, col(AudioAnalysis.model) == model)
    job_key = literal(f"{JobKind.ANALYSE}:", String()) + upload
    return ~measured, ~exists().where(col(Job.key) == job_key)
