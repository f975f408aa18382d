"""The rows that say which tracks answer which requests, and the open requests as they are matched (D-62).

Whoever writes rows of a request holds the request first, then the tracks, each in the order of their ids: so the rows of
a request are written one after another, and nobody edits a track between the look at it and the row that follows.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, and_, case, delete, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.clock import now
from db.dialects import among, inserting, on_postgres, rows_given
from db.ids import AccountId, BeatMatchId, BeatRequestId, ProducerId, TrackId, new_id
from db.models.analyses import AudioAnalysis
from db.models.requests import BeatMatch, BeatRequest, Submission
from db.models.tracks import Track
from db.queries.rows import AnySelect, read, select_row
from db.queries.submissions import OFFERED
from db.seeking import FARTHEST_OUTSIDE, Price
from db.vocabulary import BeatRequestStatus, CurrencyCode, Scale, TrackStatus, WantedLicence


class AskedRow(NamedTuple):
    """What a request is matched by."""

    id: BeatRequestId
    account_id: AccountId
    genre: str | None
    bpm_min: int | None
    bpm_max: int | None
    pitch_class: int | None
    scale: Scale | None
    moods: list[str]
    tags: list[str]
    budget_minor: int | None
    budget_currency: CurrencyCode | None
    wanted_licence: WantedLicence
    sound: bytes | None
    """Of its reference, where that is measured."""


class AnswerRow(NamedTuple):
    """A row that is there.

    Attributes:
        offered: The track was offered to the request: the row stays as it is.
    """

    id: BeatMatchId
    request_id: BeatRequestId
    track_id: TrackId
    number: int
    producer_id: ProducerId
    score: float
    status: TrackStatus
    offered: bool
    told_at: datetime | None


class NewAnswer(NamedTuple):
    request_id: BeatRequestId
    track_id: TrackId
    producer_id: ProducerId
    score: float


class Suited(NamedTuple):
    """What requests a track may answer.

    Attributes:
        genres: Those asked for by open requests that it answers, folded.
        tempos: Its tempo as it may be read.
        exclusive: What it costs; null: it cannot be bought alone.
        own: Whose track it is.
    """

    genres: frozenset[str]
    tempos: Sequence[float]
    exclusive: Price | None
    own: AccountId


_TABLE: Any = vars(BeatMatch)["__table__"]
"""Past the mapper, which would be asked for each of its columns."""
_COLUMNS = _TABLE.columns
_GIVEN: Final[Mapping[str, Any]] = {
    name: _COLUMNS[name].type for name in ("id", "request_id", "track_id", "producer_id", "score")
}
_ASKED = (
    select_row(AskedRow, BeatRequest, sound=col(AudioAnalysis.sound))
    .join(Track, col(Track.id) == col(BeatRequest.reference_track_id), isouter=True)
    .join(
        AudioAnalysis,
        col(AudioAnalysis.upload_id)
        == func.coalesce(col(BeatRequest.reference_upload_id), col(Track.upload_id)),
        isouter=True,
    )
)
_ANSWERS = select_row(
    AnswerRow, BeatMatch, number=col(Track.number), status=col(Track.status), offered=OFFERED
).join(Track, col(Track.id) == col(BeatMatch.track_id))


async def asked_for(session: AsyncSession, requests: Collection[BeatRequestId]) -> list[AskedRow]:
    """What these ask for, open or not."""
    return await read(session, AskedRow, _ASKED.where(col(BeatRequest.id).in_(requests)))


async def open_requests(
    session: AsyncSession, requests: Collection[BeatRequestId], *, held: bool = False
) -> list[AskedRow]:
    """Those that are open.

    Args:
        held: Nobody closes them, or writes their rows, until the transaction ends: on SQLite nobody else writes.
    """
    if held and on_postgres(session):
        chosen = select(col(BeatRequest.id)).where(col(BeatRequest.id).in_(requests))
        await session.execute(chosen.order_by(col(BeatRequest.id)).with_for_update(key_share=True))
    return await read(session, AskedRow, _ASKED.where(*_is_open(now()), col(BeatRequest.id).in_(requests)))


async def wanted_genres(session: AsyncSession) -> set[str]:
    """Genres that open requests ask for, folded."""
    genre = col(BeatRequest.genre_folded)
    chosen = select(genre).where(*_is_open(now()), genre.is_not(None)).distinct()
    return {str(one) for one in await session.scalars(chosen)}


async def suited_requests(session: AsyncSession, suited: Suited) -> list[AskedRow]:
    """Open requests that a track may answer."""
    return await read(session, AskedRow, requests_suiting(suited, now()))


def requests_suiting(suited: Suited, moment: datetime) -> AnySelect:
    """The statement behind `suited_requests`."""
    genre = col(BeatRequest.genre_folded)
    return _ASKED.where(
        *_is_open(moment),
        col(BeatRequest.account_id) != suited.own,
        or_(genre.is_(None), genre.in_(sorted(suited.genres))),
        or_(col(BeatRequest.bpm_min).is_(None), *(_reaches(bpm) for bpm in suited.tempos)),
        _affords(suited.exclusive),
    )


async def answers_between(
    session: AsyncSession, requests: Collection[BeatRequestId], producers: Collection[ProducerId]
) -> list[AnswerRow]:
    """The rows of these producers for these requests."""
    between = (
        among(session, col(BeatMatch.request_id), requests),
        among(session, col(BeatMatch.producer_id), producers),
    )
    return await read(session, AnswerRow, _ANSWERS.where(*between))


async def answers_to(session: AsyncSession, request: BeatRequestId) -> list[AnswerRow]:
    return await read(session, AnswerRow, _ANSWERS.where(col(BeatMatch.request_id) == request))


async def answered_by(session: AsyncSession, track: TrackId) -> list[BeatRequestId]:
    """Open requests that a track has rows of."""
    chosen = col(BeatMatch.track_id) == track, col(BeatMatch.request_status) == BeatRequestStatus.ACTIVE
    return list(await session.scalars(select(col(BeatMatch.request_id)).where(*chosen)))


async def offered_to(session: AsyncSession, request: BeatRequestId) -> set[TrackId]:
    """Tracks that were offered to a request."""
    chosen = select(col(Submission.track_id)).where(col(Submission.request_id) == request)
    return {TrackId(track) for track in await session.scalars(chosen)}


async def offers_of(
    session: AsyncSession, requests: Collection[BeatRequestId], track: TrackId
) -> set[BeatRequestId]:
    """Which of the requests a track was offered to."""
    chosen = col(Submission.request_id).in_(requests), col(Submission.track_id) == track
    return {
        BeatRequestId(one) for one in await session.scalars(select(col(Submission.request_id)).where(*chosen))
    }


async def keep(session: AsyncSession, answers: Sequence[NewAnswer]) -> None:
    """Write rows; one that is there gets its score anew, and stays as old and as told as it is."""
    if not answers:
        return
    given = rows_given(session, _GIVEN, [(new_id("bmt"), *one) for one in answers])
    status, moment = (
        literal(BeatRequestStatus.ACTIVE, _COLUMNS.request_status.type),
        literal(now(), _COLUMNS.matched_at.type),
    )
    rows = given.add_columns(status.label("request_status"), moment.label("matched_at"))
    new = inserting(session, _TABLE).from_select(list(rows.selected_columns.keys()), rows)
    rewritten = {name: new.excluded[name] for name in ("score", "request_status")}
    await session.execute(
        new.on_conflict_do_update(index_elements=["request_id", "track_id"], set_=rewritten)
    )


async def drop(session: AsyncSession, ids: Collection[BeatMatchId]) -> None:
    if ids:
        await session.execute(delete(BeatMatch).where(col(BeatMatch.id).in_(ids)))


def _is_open(moment: datetime) -> tuple[ColumnElement[bool], ...]:
    return (col(BeatRequest.status) == BeatRequestStatus.ACTIVE, col(BeatRequest.expires_at) > moment)


def _reaches(bpm: float) -> ColumnElement[bool]:
    """Whether a tempo is in the range or near it."""
    least, most = bpm / (1 + FARTHEST_OUTSIDE), bpm / (1 - FARTHEST_OUTSIDE)
    return and_(col(BeatRequest.bpm_min) <= most, col(BeatRequest.bpm_max) >= least)


def _affords(price: Price | None) -> ColumnElement[bool]:
    any_licence = col(BeatRequest.wanted_licence) == WantedLicence.ANY
    if price is None:
        return any_licence
    dear = and_(
        col(BeatRequest.budget_currency) == price.currency, col(BeatRequest.budget_minor) < price.minor
    )
    return or_(any_licence, case((dear, 0), else_=1) == 1)
