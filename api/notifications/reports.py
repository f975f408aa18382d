"""Analytics Reports: a verified producer's week or month in figures and a chart (D-70).

Nothing is drawn, stored or sent inside a transaction. A period in which nothing at all happened is kept and told to
nobody.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, time
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.gateways.storage import ObjectMissing, Storage
from api.notices import Notice, notify
from api.notifications.letters import Report
from api.notifications.rules import Figures, Period, latest_moment, periods_to_report
from db import jobs
from db.clock import now
from db.ids import AnalyticsReportId, ProducerId, new_id
from db.models.notices import AnalyticsReport
from db.queries import credited_plays, producers
from db.queries import reports as queries
from db.session import Sessions
from db.vocabulary import JobKind, NotificationKind, ReportSpan

_PRODUCERS_AT_ONCE: Final = 200

_TOP_TRACKS: Final = 3

Draw = Callable[[str, Sequence[date], Sequence[int]], Awaitable[bytes]]
"""Draws a bar for each day under a heading, as a PNG."""
Settle = Callable[[AsyncSession], Awaitable[None]]


async def start_reports(sessions: Sessions, *, hour: int) -> None:
    """Begin the reports of the periods that ended in the last days, from the hour on; each once."""
    for period in periods_to_report(latest_moment(now(), hour=hour).date()):
        await _start(sessions, period)


async def make_report(
    sessions: Sessions,
    storage: Storage,
    draw: Draw,
    producer: ProducerId,
    period: Period,
    *,
    settle: Settle,
) -> None:
    """Write one producer's report, unless there is one, and tell of it.

    Args:
        settle: Ends the job, in the transaction that keeps the report.
    """
    async with sessions.reading() as session:
        figures = await _figures(session, producer, period)
    if not figures.is_quiet:
        charted = figures.charted
        chart = await draw(charted.heading, period.days, charted.by_day)
        await storage.put(chart_key(producer, period), chart, content_type="image/png")
    async with sessions.writing() as session:
        await _keep(session, producer, period, figures)
        await settle(session)


async def read_report(sessions: Sessions, storage: Storage, report_id: str) -> Report | None:
    """A report with its chart; null if there is none."""
    async with sessions.reading() as session:
        row = await queries.report(session, report_id)
    if row is None:
        return None
    period = Period(row.span, row.first_day)
    try:
        chart = await storage.get(chart_key(row.producer_id, period))
    except ObjectMissing:
        chart = None
    return Report(period, Figures.read(row.figures), chart)


def chart_key(producer: ProducerId, period: Period) -> str:
    """Where a report's chart is stored."""
    return f"reports/{producer}/{period.span.lower()}-{period.first_day.isoformat()}.png"


async def _start(sessions: Sessions, period: Period) -> None:
    span, first_day = period.span, period.first_day
    last: ProducerId | None = None
    while True:
        async with sessions.reading() as session:
            some = await queries.producers_without_report(
                session, span, first_day, after=last, limit=_PRODUCERS_AT_ONCE
            )
        if not some:
            return
        facts = {"span": span, "first_day": first_day.isoformat()}
        payloads: dict[str, dict[str, Any]] = {
            f"{producer}:{span}:{first_day.isoformat()}": {"producer": producer, **facts} for producer in some
        }
        async with sessions.writing() as session:
            await jobs.add_all(session, JobKind.MAKE_REPORT, payloads)
        last = some[-1]


async def _figures(session: AsyncSession, producer: ProducerId, period: Period) -> Figures:
    begins, ends = period.begins_at, period.ends_at
    days = [datetime.combine(day, time(), UTC) for day in period.days]
    plays = await _plays_by_day(session, producer, period)
    top = await credited_plays.top_tracks(session, producer, period.days[0], period.days[-1], _TOP_TRACKS)
    return Figures(
        by_day=await queries.followers_by_day(session, producer, days),
        followers=await queries.followers_at(session, producer, ends),
        tracks_published=await queries.tracks_published(session, producer, begins, ends),
        matches_found=await queries.matches_found(session, producer, begins, ends),
        xp_gained=await queries.xp_gained(session, producer, begins, ends),
        plays_by_day=plays,
        plays_before=sum(await _plays_by_day(session, producer, period.before)),
        top_tracks=[(track.title, track.counted) for track in top],
    )


async def _plays_by_day(session: AsyncSession, producer: ProducerId, period: Period) -> list[int]:
    days = period.days
    counted = await credited_plays.counted_in(session, producer, days[0], days[-1])
    return [counted.get(day, 0) for day in days]


async def _keep(session: AsyncSession, producer: ProducerId, period: Period, figures: Figures) -> None:
    report = AnalyticsReport(
        id=AnalyticsReportId(new_id("rep")),
        producer_id=producer,
        span=period.span,
        first_day=period.first_day,
        figures=figures.stored(),
    )
    if not await queries.add(session, report) or figures.is_quiet:
        return
    [profile] = await producers.producers(session, [producer])
    if profile.account_id is not None:
        await notify(session, [profile.account_id], _notice(report.id, period, figures))


def _notice(report: AnalyticsReportId, period: Period, figures: Figures) -> Notice:
    which = "week" if period.span is ReportSpan.WEEK else "month"
    return Notice(
        kind=NotificationKind.ANALYTICS_REPORT,
        subject=report,
        title=f"Your {which} on BeatPass: {period.title}",
        body=figures.sentence(period.span),
        path="/backstage",
    )
