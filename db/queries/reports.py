"""Analytics Reports: whose are due, what happened in a period, and keeping them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.dialects import inserting
from db.ids import AnalyticsReportId, ProducerId
from db.models.notices import AnalyticsReport
from db.models.producers import Follow, Producer, XpAward
from db.models.recon import ReconMatch
from db.models.tracks import Track, TrackCredit
from db.queries.credits import CREDITED
from db.queries.producers import HAS_BADGE
from db.queries.rows import AnySelect, read_count, read_one, select_row
from db.vocabulary import ReportSpan, TrackStatus

_IN_THE_CATALOGUE = (TrackStatus.PUBLISHED, TrackStatus.HIDDEN, TrackStatus.SOLD)


class ReportRow(NamedTuple):
    id: AnalyticsReportId
    producer_id: ProducerId
    span: ReportSpan
    first_day: date
    figures: dict[str, Any]


def without_report(span: ReportSpan, first_day: date, *, after: ProducerId | None, limit: int) -> AnySelect:
    """Verified producers who have no report of this period yet, in the order of their ids, from one on."""
    reported = exists().where(
        col(AnalyticsReport.producer_id) == col(Producer.id),
        col(AnalyticsReport.span) == span,
        col(AnalyticsReport.first_day) == first_day,
    )
    beyond = [] if after is None else [col(Producer.id) > after]
    chosen = select(col(Producer.id)).where(HAS_BADGE, ~reported, *beyond)
    return chosen.order_by(col(Producer.id)).limit(limit)


async def producers_without_report(
    session: AsyncSession, span: ReportSpan, first_day: date, *, after: ProducerId | None, limit: int
) -> list[ProducerId]:
    return list(await session.scalars(without_report(span, first_day, after=after, limit=limit)))


async def add(session: AsyncSession, report: AnalyticsReport) -> bool:
    """A new report; false: the period has one, and nothing was added."""
    fresh = inserting(session, AnalyticsReport).values(**report.model_dump()).on_conflict_do_nothing()
    return (await session.execute(fresh.returning(col(AnalyticsReport.id)))).one_or_none() is not None


async def report(session: AsyncSession, report_id: str) -> ReportRow | None:
    chosen = select_row(ReportRow, AnalyticsReport).where(col(AnalyticsReport.id) == report_id)
    return await read_one(session, ReportRow, chosen)


# ---- what happened -------------------------------------------------------------------------------


async def followers_by_day(
    session: AsyncSession, producer: ProducerId, days: Sequence[datetime]
) -> list[int]:
    """New followers of each of the days, which are named by their beginnings and follow each other."""
    counts = [func.count().filter(_within(Follow.followed_at, day, day + timedelta(days=1))) for day in days]
    own = col(Follow.producer_id) == producer
    period = _within(Follow.followed_at, days[0], days[-1] + timedelta(days=1))
    return list((await session.execute(select(*counts).where(own, period))).one())


async def followers_at(session: AsyncSession, producer: ProducerId, moment: datetime) -> int:
    there = or_(col(Follow.ended_at).is_(None), col(Follow.ended_at) >= moment)
    begun = col(Follow.producer_id) == producer, col(Follow.followed_at) < moment
    return await read_count(session, select(func.count()).select_from(Follow).where(*begun, there))


async def tracks_published(
    session: AsyncSession, producer: ProducerId, begins: datetime, ends: datetime
) -> int:
    own = col(Track.producer_id) == producer, col(Track.status).in_(_IN_THE_CATALOGUE)
    counted = select(func.count()).select_from(Track).where(*own, _within(Track.published_at, begins, ends))
    return await read_count(session, counted)


async def matches_found(session: AsyncSession, producer: ProducerId, begins: datetime, ends: datetime) -> int:
    """On tracks that credit the producer."""
    counted = (
        select(func.count())
        .select_from(ReconMatch)
        .join(TrackCredit, col(TrackCredit.track_id) == col(ReconMatch.track_id))
        .where(col(TrackCredit.producer_id) == producer, CREDITED)
        .where(_within(ReconMatch.first_seen_at, begins, ends))
    )
    return await read_count(session, counted)


async def xp_gained(session: AsyncSession, producer: ProducerId, begins: datetime, ends: datetime) -> int:
    points = select(func.coalesce(func.sum(col(XpAward.points)), 0))
    return await read_count(
        session, points.where(col(XpAward.producer_id) == producer, _within(XpAward.at, begins, ends))
    )


def _within(column: Any, begins: datetime, ends: datetime) -> ColumnElement[bool]:
    return and_(col(column) >= begins, col(column) < ends)
