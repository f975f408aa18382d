"""Reading and keeping what was found alike."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.ids import ReconMatchId, TrackId, UploadId
from db.models.fingerprints import Fingerprint
from db.models.producers import Producer
from db.models.recon import DuplicateAppeal, ReconMatch
from db.models.tracks import Track
from db.queries.rows import read, select_row
from db.vocabulary import MatchClass, MatchRelation, MatchTriage, ReviewStatus

_MEASURES = (
    "match_class",
    "relation",
    "similarity",
    "query_coverage",
    "reference_coverage",
    "speed_ratio",
    "pitch_shift_semitones",
    "segments",
    "model",
    "blocks",
)


class WorkRow(NamedTuple):
    """A track as it is now: what the other side of a match keeps of it."""

    track_id: TrackId
    title: str
    artists: list[str]
    producer_name: str
    fingerprinted_at: datetime


class ReconMatchRow(NamedTuple):
    id: ReconMatchId
    track_id: TrackId | None
    upload_id: UploadId | None
    other_track_id: TrackId
    other_title: str
    other_artists: list[str]
    other_producer_name: str
    other_fingerprinted_at: datetime
    match_class: MatchClass
    relation: MatchRelation
    similarity: float
    query_coverage: float
    reference_coverage: float
    speed_ratio: float
    pitch_shift_semitones: float
    segments: list[dict[str, Any]]
    triage: MatchTriage
    first_seen_at: datetime


_MATCHES = select_row(ReconMatchRow, ReconMatch)


async def work(session: AsyncSession, track: TrackId) -> WorkRow:
    """A track that has been fingerprinted, as it is now."""
    names = {"title": col(Track.title), "artists": col(Track.artists), "producer_name": col(Producer.name)}
    statement = (
        select_row(WorkRow, Fingerprint, **names)
        .join(Track, col(Track.id) == col(Fingerprint.track_id))
        .join(Producer, col(Producer.id) == col(Track.producer_id))
    )
    rows = await read(session, WorkRow, statement.where(col(Fingerprint.track_id) == track))
    return rows[0]


async def record_match(session: AsyncSession, columns: Mapping[str, Any]) -> ReconMatchId:
    """Keep one side of a pair; one that is known takes the new measures, and keeps everything else."""
    subject = "upload_id" if columns.get("upload_id") else "track_id"
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    fresh = insert(ReconMatch).values(**ReconMatch.model_validate(columns).model_dump())
    measured = {name: fresh.excluded[name] for name in _MEASURES if name in columns}
    kept = fresh.on_conflict_do_update(index_elements=[subject, "other_track_id"], set_=measured)
    return ReconMatchId((await session.execute(kept.returning(col(ReconMatch.id)))).scalar_one())


async def forget_blocks(session: AsyncSession, track: TrackId) -> None:
    """Nothing blocks the track for now: it is judged anew."""
    await session.execute(update(ReconMatch).where(col(ReconMatch.track_id) == track).values(blocks=False))


async def cleared_with(session: AsyncSession, track: TrackId) -> frozenset[TrackId]:
    """The others that never block this track, because staff granted an appeal."""
    cleared = select(col(ReconMatch.other_track_id)).where(
        col(ReconMatch.track_id) == track, col(ReconMatch.cleared)
    )
    return frozenset(await session.scalars(cleared))


async def blocking_matches(session: AsyncSession, tracks: Collection[TrackId]) -> list[ReconMatchRow]:
    """Why these tracks are duplicates, or were before an appeal was granted; most similar first."""
    appealed = select(col(DuplicateAppeal.id)).where(
        col(DuplicateAppeal.track_id) == col(ReconMatch.track_id),
        col(DuplicateAppeal.status) == ReviewStatus.APPROVED,
    )
    why = col(ReconMatch.blocks) | (col(ReconMatch.cleared) & appealed.exists())
    ordered = _MATCHES.where(col(ReconMatch.track_id).in_(tracks), why).order_by(
        col(ReconMatch.similarity).desc(), col(ReconMatch.id)
    )
    return await read(session, ReconMatchRow, ordered)
