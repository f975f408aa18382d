"""The rows that say which tracks answer which requests, and the open requests as they are matched (D-62).

Whoever writes rows of a request holds the request first, then the tracks, each in the order of their ids: so the rows of
a request are written one after another, and nobody edits a track between the look at it and the row that follows.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.clock import now
from db.ids import AccountId, BeatMatchId, BeatRequestId, ProducerId, TrackId, new_id
from db.inserting import inserting
from db.models.analyses import AudioAnalysis
from db.models.requests import BeatMatch, BeatRequest, Submission
from db.models.tracks import Track
from db.queries.rows import AnySelect, read, select_row
from db.queries.submissions import OFFERED
from db.seeking import FARTHEST_OUTSIDE, Price
from db.vocabulary import BeatRequestStatus, CurrencyCode, Scale, TrackStatus, WantedLicence


class OpenRequestRow(NamedTuple):
    """What an open request is matched by."""

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
    reasons: list[dict[str, Any]]


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
"""Past the mapper, which would look at each of thousands of rows."""
_OPEN = (
    select_row(OpenRequestRow, BeatRequest, sound=col(AudioAnalysis.sound))
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


async def open_requests(
    session: AsyncSession, requests: Collection[BeatRequestId], *, held: bool = False
) -> list[OpenRequestRow]:
    """Those that are open.

    Args:
        held: Nobody closes them, or writes their rows, until the transaction ends.
    """
    if held:
        chosen = select(col(BeatRequest.id)).where(col(BeatRequest.id).in_(requests))
        await session.execute(chosen.order_by(col(BeatRequest.id)).with_for_update(key_share=True))
    return await read(
        session, OpenRequestRow, _OPEN.where(*_is_open(now()), col(BeatRequest.id).in_(requests))
    )


async def wanted_genres(session: AsyncSession) -> set[str]:
    """Genres that open requests ask for, folded."""
    genre = col(BeatRequest.genre_folded)
    chosen = select(genre).where(*_is_open(now()), genre.is_not(None)).distinct()
    return {str(one) for one in await session.scalars(chosen)}


async def suited_requests(session: AsyncSession, suited: Suited) -> list[OpenRequestRow]:
    """Open requests that a track may answer."""
    return await read(session, OpenRequestRow, requests_suiting(suited, now()))


def requests_suiting(suited: Suited, moment: datetime) -> AnySelect:
    """The statement behind `suited_requests`."""
    genre = col(BeatRequest.genre_folded)
    return _OPEN.where(
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
    between = col(BeatMatch.request_id).in_(requests), col(BeatMatch.producer_id).in_(producers)
    return await read(session, AnswerRow, _ANSWERS.where(*between))


async def answers_to(session: AsyncSession, request: BeatRequestId) -> list[AnswerRow]:
    return await read(session, AnswerRow, _ANSWERS.where(col(BeatMatch.request_id) == request))


async def answered_by(session: AsyncSession, track: TrackId) -> list[BeatRequestId]:
    """Open requests that a track has rows of."""
    chosen = col(BeatMatch.track_id) == track, col(BeatMatch.request_status) == BeatRequestStatus.ACTIVE
    return list(await session.scalars(select(col(BeatMatch.request_id)).where(*chosen)))


async def offers_of(
    session: AsyncSession, requests: Collection[BeatRequestId], tracks: Collection[TrackId]
) -> set[tuple[BeatRequestId, TrackId]]:
    """Which of the tracks were offered to which of the requests."""
    columns = select(col(Submission.request_id), col(Submission.track_id))
    chosen = columns.where(col(Submission.request_id).in_(requests), col(Submission.track_id).in_(tracks))
    return {(BeatRequestId(request), TrackId(track)) for request, track in await session.execute(chosen)}


async def keep(session: AsyncSession, answers: Sequence[NewAnswer]) -> None:
    """Write rows; one that is there gets score and reasons anew, and stays as old and as told as it is."""
    if not answers:
        return
    new: Any = inserting(session, _TABLE)
    rewritten = {name: new.excluded[name] for name in ("score", "reasons", "request_status")}
    moment = now()
    await session.execute(
        new.on_conflict_do_update(index_elements=["request_id", "track_id"], set_=rewritten),
        [_row(one, moment) for one in answers],
    )


async def drop(session: AsyncSession, ids: Collection[BeatMatchId]) -> None:
    if ids:
        await session.execute(delete(BeatMatch).where(col(BeatMatch.id).in_(ids)))


def _row(answer: NewAnswer, moment: datetime) -> Mapping[str, Any]:
    return {
        "id": new_id("bmt"),
        **answer._asdict(),
        "request_status": BeatRequestStatus.ACTIVE,
        "matched_at": moment,
        "told_at": None,
    }


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
