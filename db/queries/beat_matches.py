"""Reading which tracks answer which requests (D-62), as far as somebody sees it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.ids import AccountId, BeatMatchId, BeatRequestId, ProducerId, TrackId
from db.models.producers import Producer
from db.models.requests import BeatMatch, BeatRequest
from db.models.tracks import Track
from db.queries.paging import Anchor, Key, Page, Slice
from db.queries.producers import HAS_BADGE
from db.queries.rows import AnySelect, read, read_count, read_page, select_row
from db.queries.submissions import OFFERED
from db.vocabulary import BeatRequestStatus, TrackStatus


class BeatMatchRow(NamedTuple):
    """A match; `submitted`: the track has been offered to the request."""

    id: BeatMatchId
    request_id: BeatRequestId
    track_id: TrackId
    score: float
    matched_at: datetime
    submitted: bool


@dataclass(frozen=True)
class MatchEyes:
    """Who looks at matches.

    Attributes:
        producer_id: Own profile, of a verified producer; null: sees none as one.
        everything: Staff see all that is there.
    """

    account_id: AccountId
    producer_id: ProducerId | None
    everything: bool = False


_THERE = (
    select_row(BeatMatchRow, BeatMatch, submitted=OFFERED)
    .join(BeatRequest, col(BeatRequest.id) == col(BeatMatch.request_id))
    .join(Track, and_(col(Track.id) == col(BeatMatch.track_id), col(Track.status) == TrackStatus.PUBLISHED))
    .join(Producer, col(Producer.id) == col(BeatMatch.producer_id))
    .where(HAS_BADGE)
)
"""A match is there while its track is in the catalogue and its producer has the badge."""
BEST_FIRST = [Key(col(BeatMatch.score), descending=True), Key(col(BeatMatch.id), descending=True)]
_OLDEST_FIRST = [Key(col(BeatMatch.matched_at)), Key(col(BeatMatch.id))]


def anchor_of(row: BeatMatchRow) -> tuple[object, ...]:
    """A match's place among the best: what its cursor says."""
    return (row.score, row.id)


def for_producer(
    producer: ProducerId, moment: datetime, *, requests: Collection[str] | None = None
) -> list[ColumnElement[bool]]:
    """Matches of a producer's tracks with requests that are open."""
    chosen = [] if requests is None else [col(BeatMatch.request_id).in_(requests)]
    return [
        col(BeatMatch.producer_id) == producer,
        col(BeatMatch.request_status) == BeatRequestStatus.ACTIVE,
        col(BeatRequest.expires_at) > moment,
        *chosen,
    ]


def of_request(request: BeatRequestId) -> list[ColumnElement[bool]]:
    """What answers one request."""
    return [col(BeatMatch.request_id) == request]


def matching(*conditions: ColumnElement[bool]) -> AnySelect:
    return _THERE.where(*conditions)


async def page_of_matches(
    session: AsyncSession, conditions: Collection[ColumnElement[bool]], part: Slice
) -> Page[BeatMatchRow]:
    """The best first."""
    return await read_page(session, BeatMatchRow, matching(*conditions), BEST_FIRST, part)


async def count_matches(session: AsyncSession, conditions: Collection[ColumnElement[bool]]) -> int:
    counted: Select[Any] = matching(*conditions).with_only_columns(func.count())
    return await read_count(session, counted)


async def new_matches(
    session: AsyncSession, producer: ProducerId, moment: datetime, *, after: Anchor, limit: int
) -> Page[BeatMatchRow]:
    """Those of a producer with open requests that came behind a moment and an id, oldest first."""
    chosen = matching(*for_producer(producer, moment))
    return await read_page(session, BeatMatchRow, chosen, _OLDEST_FIRST, Slice(limit, after=after))


async def seen_matches(
    session: AsyncSession, ids: Collection[BeatMatchId], *, seen_by: MatchEyes
) -> list[BeatMatchRow]:
    """Those of the matches that are there for who looks: the requester, and the track's producer while it is not deleted."""
    asked = col(BeatRequest.account_id) == seen_by.account_id
    own = and_(
        col(BeatMatch.producer_id) == seen_by.producer_id,
        col(BeatRequest.status) != BeatRequestStatus.DELETED,
    )
    theirs = [] if seen_by.everything else [or_(asked, own)]
    return await read(session, BeatMatchRow, matching(col(BeatMatch.id).in_(ids), *theirs))
