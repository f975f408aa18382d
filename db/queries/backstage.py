"""What a producer's dashboard reads of their own tracks and followers, each by one statement."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, String, and_, cast, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.ids import ProducerId, TrackId
from db.models.analyses import AudioAnalysis
from db.models.producers import Follow
from db.models.recon import DuplicateAppeal
from db.models.replacements import AudioReplacement
from db.models.tracks import Track
from db.queries.rows import AnySelect, read, select_row
from db.queries.steps import steps_of
from db.vocabulary import FingerprintStatus, ReviewStatus, Scale, TrackStatus


class OpenTrack(NamedTuple):
    """A track with something left to do.

    Attributes:
        total: How many there are of the kind, with those that were not read.
    """

    id: TrackId
    title: str
    described: bool
    tagged: bool
    completed_before: bool
    total: int


class MeasuredTrack(NamedTuple):
    id: TrackId
    title: str
    bpm: int
    pitch_class: int
    scale: Scale
    measured_bpm: float
    bpm_confidence: float
    measured_pitch_class: int
    measured_scale: Scale
    key_confidence: float


_DESCRIBED = col(Track.description).is_not(None)
_TAGGED = cast(col(Track.tags), String) != "[]"
_OPEN = select_row(
    OpenTrack,
    Track,
    described=_DESCRIBED,
    tagged=_TAGGED,
    completed_before=col(Track.metadata_completed_at).is_not(None),
    total=func.count().over(),
)
_MEASURED = select_row(
    MeasuredTrack,
    Track,
    measured_bpm=col(AudioAnalysis.bpm),
    bpm_confidence=col(AudioAnalysis.bpm_confidence),
    measured_pitch_class=col(AudioAnalysis.pitch_class),
    measured_scale=col(AudioAnalysis.scale),
    key_confidence=col(AudioAnalysis.key_confidence),
).join(AudioAnalysis, col(AudioAnalysis.upload_id) == col(Track.upload_id))


async def sold(session: AsyncSession, producer: ProducerId) -> dict[TrackId, str]:
    """Titles of the tracks that a producer has sold."""
    own = col(Track.producer_id) == producer, col(Track.status) == TrackStatus.SOLD
    found = await session.execute(select(col(Track.id), col(Track.title)).where(*own).order_by(col(Track.id)))
    return {TrackId(track): title for track, title in found}


async def blocked(session: AsyncSession, producer: ProducerId, limit: int) -> list[OpenTrack]:
    """Duplicates that wait for their producer, not for staff; the newest first."""
    return await read(session, OpenTrack, blocked_tracks(producer, limit))


async def refused(session: AsyncSession, producer: ProducerId, limit: int) -> list[OpenTrack]:
    """Tracks whose new audio is in the catalogue already, and waits for another; the newest first."""
    return await read(session, OpenTrack, refused_audio(producer, limit))


async def undescribed(session: AsyncSession, producer: ProducerId, limit: int) -> list[OpenTrack]:
    """Published tracks without a description or tags; the newest first."""
    return await read(session, OpenTrack, undescribed_tracks(producer, limit))


async def doubtful(session: AsyncSession, producer: ProducerId, *, sure: float) -> list[MeasuredTrack]:
    """Tracks whose audio may contradict what is declared, by measures of this confidence; the newest first."""
    return await read(session, MeasuredTrack, doubtful_tracks(producer, sure=sure))


async def count_by_status(session: AsyncSession, producer: ProducerId) -> dict[TrackStatus, int]:
    """How many tracks of a producer are in each state; those in which there is none are left out."""
    return {status: int(count) for status, count in await session.execute(statuses(producer))}


async def first_follows(
    session: AsyncSession, producer: ProducerId, bounds: Sequence[datetime]
) -> dict[int, int]:
    """How many accounts first followed a profile in each step; steps without any are left out.

    Args:
        bounds: Where steps begin and end: the first one ends where the second begins.
    """
    return {int(step): int(count) for step, count in await session.execute(follows_in(producer, bounds))}


def blocked_tracks(producer: ProducerId, limit: int) -> AnySelect:
    with_staff = exists().where(
        col(DuplicateAppeal.track_id) == col(Track.id), col(DuplicateAppeal.status) == ReviewStatus.PENDING
    )
    return _newest(_OPEN, producer).where(_in_state(TrackStatus.DUPLICATE), ~with_staff).limit(limit)


def refused_audio(producer: ProducerId, limit: int) -> AnySelect:
    theirs = exists().where(
        col(AudioReplacement.track_id) == col(Track.id),
        col(AudioReplacement.status) == FingerprintStatus.DUPLICATE,
    )
    return _newest(_OPEN, producer).where(theirs).limit(limit)


def undescribed_tracks(producer: ProducerId, limit: int) -> AnySelect:
    lacking = or_(~_DESCRIBED, ~_TAGGED)
    return _newest(_OPEN, producer).where(_in_state(TrackStatus.PUBLISHED), lacking).limit(limit)


def doubtful_tracks(producer: ProducerId, *, sure: float) -> AnySelect:
    """Coarsely: a tempo felt at half or double, or a relative key, is no contradiction, but is read too."""
    changeable = _in_state(
        TrackStatus.PROCESSING, TrackStatus.CHECK_FAILED, TrackStatus.PUBLISHED, TrackStatus.HIDDEN
    )
    other_tempo = and_(
        col(AudioAnalysis.bpm_confidence) >= sure, func.abs(col(AudioAnalysis.bpm) - col(Track.bpm)) > 1
    )
    other_key = or_(
        col(AudioAnalysis.pitch_class) != col(Track.pitch_class),
        cast(col(AudioAnalysis.scale), String) != cast(col(Track.scale), String),
    )
    other = or_(other_tempo, and_(col(AudioAnalysis.key_confidence) >= sure, other_key))
    return _newest(_MEASURED, producer).where(changeable, other)


def statuses(producer: ProducerId) -> AnySelect:
    own = col(Track.producer_id) == producer, col(Track.status) != TrackStatus.REMOVED
    return select(col(Track.status), func.count()).where(*own).group_by(col(Track.status))


def follows_in(producer: ProducerId, bounds: Sequence[datetime]) -> AnySelect:
    """Each step is a range of the index, so what lies outside is not read."""
    steps = steps_of(bounds)
    inside = and_(
        col(Follow.producer_id) == producer,
        col(Follow.followed_at) >= steps.c.since,
        col(Follow.followed_at) < steps.c.until,
    )
    return select(steps.c.step, func.count()).join(Follow, inside).group_by(steps.c.step)


def _newest(statement: AnySelect, producer: ProducerId) -> AnySelect:
    own = statement.where(col(Track.producer_id) == producer)
    return own.order_by(col(Track.created_at).desc(), col(Track.id).desc())


def _in_state(*states: TrackStatus) -> ColumnElement[bool]:
    """No index has this after the producer: said so, SQLite does not read everybody's tracks of the state."""
    return _not_by_index(states)


def _not_by_index(states: Collection[TrackStatus]) -> ColumnElement[bool]:
    return func.coalesce(col(Track.status), "").in_([state.value for state in states])
