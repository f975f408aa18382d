"""The dashboard of the producer who looks: tasks, counts, charts and awards."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog.contradictions import SURE
from api.lists.reading import Lister
from api.lists.tasks import (
    MOST_OF_A_KIND,
    NewMatches,
    SoldVersion,
    analysis_tasks,
    badge_tasks,
    block_tasks,
    match_tasks,
    metadata_tasks,
    payout_tasks,
    profile_tasks,
    refused_tasks,
    version_tasks,
)
from api.producers.steps import MOST_STEPS, midnight, steps
from api.recon.rules import MOST_VERSIONS, VERSION_CLASSES
from db.clock import now
from db.ids import ProducerId
from db.money import Amount
from db.queries import (
    backstage,
    credited_plays,
    experience,
    payout_accounts,
    producers,
    recon,
    statements,
    tracks,
    versions,
)
from db.queries.eyes import Eyes
from db.queries.paging import Slice
from db.queries.producers import ProducerRequestRow, ProducerRow
from db.queries.recon import MatchFilter
from db.vocabulary import (
    CurrencyCode,
    MatchTriage,
    OrderDirection,
    ProducerRequestKind,
    ReconMatchOrderField,
    RequestErrorCode,
    Role,
    SeriesInterval,
    SeriesMetric,
    TrackStatus,
)
from schema.backstage import BackstageTask, SeriesPoint, TrackPlays, TrackStatusCount, XpAward
from schema.days import check_days, out_of_range
from schema.faults import RequestFault
from schema.paging import PageRequest

_CLOSEST_FIRST: Final = recon.order_keys(ReconMatchOrderField.SIMILARITY, OrderDirection.DESC)


class BackstageLists(Lister):
    """What a producer sees of their own affairs."""

    async def backstage_tasks(self, producer: ProducerRow) -> list[BackstageTask]:
        async with self._sessions.reading() as session:
            blocked = await backstage.blocked(session, producer.id, MOST_OF_A_KIND)
            refused = await backstage.refused(session, producer.id, MOST_OF_A_KIND)
            matches = await self._new_matches(session)
            doubtful = await backstage.doubtful(session, producer.id, sure=SURE)
            undescribed = await backstage.undescribed(session, producer.id, MOST_OF_A_KIND)
            waiting = await _badge_asked_for(session, producer)
            alike = await _versions(session, producer.id)
            accounts = await payout_accounts.current(session, [producer.id]) if self._pays else {}
        return [
            *version_tasks(alike),
            *block_tasks(blocked),
            *refused_tasks(refused),
            *match_tasks(matches),
            *(payout_tasks(accounts.get(producer.id)) if self._pays else []),
            *profile_tasks(producer),
            *analysis_tasks(doubtful),
            *metadata_tasks(undescribed),
            *badge_tasks(producer, waiting, now()),
        ]

    async def tracks_by_status(self, producer: ProducerId) -> list[TrackStatusCount]:
        async with self._sessions.reading() as session:
            counts = await backstage.count_by_status(session, producer)
        shown = [status for status in TrackStatus if status is not TrackStatus.REMOVED]
        return [TrackStatusCount(status=status, count=counts.get(status, 0)) for status in shown]

    async def series(
        self,
        producer: ProducerId,
        metric: SeriesMetric,
        interval: SeriesInterval,
        days: tuple[date, date],
        time_zone: str,
        currency: CurrencyCode,
    ) -> list[SeriesPoint]:
        """A value for each step.

        Raises:
            RequestFault: An unknown zone, or days that are none, too many, or in the wrong order.
        """
        begins, zone = _steps(days, interval), _zone(time_zone)
        bounds = [midnight(day, zone) for day in begins]
        async with self._sessions.reading() as session:
            if metric is SeriesMetric.EARNINGS:
                earned = await statements.earned_by_step(session, producer, currency, bounds)
                found = {step: Amount(minor, currency).decimal for step, minor in earned.items()}
            else:
                counts = await _counts(session, producer, metric, bounds)
                found = {step: Decimal(count) for step, count in counts.items()}
        zero = Decimal("0.00") if metric is SeriesMetric.EARNINGS else Decimal(0)
        return [SeriesPoint(begins=day, value=found.get(step, zero)) for step, day in enumerate(begins[:-1])]

    async def top_tracks(self, producer: ProducerId, days: tuple[date, date], first: int) -> list[TrackPlays]:
        """What was played most.

        Raises:
            RequestFault: Days that are none, or in the wrong order, or a size that is none.
        """
        since, until = _days(days)
        size = PageRequest(first=first).slice("topTracks").size
        async with self._sessions.reading() as session:
            rows = await credited_plays.top_tracks(session, producer, since, until, size)
        return [TrackPlays(track_id=row.id, counted_plays=row.counted) for row in rows]

    async def xp_awards(self, producer: ProducerId, first: int) -> list[XpAward]:
        size = PageRequest(first=first).slice("awards").size
        async with self._sessions.reading() as session:
            rows = await experience.latest_awards(session, producer, size)
        return [XpAward.of(row) for row in rows]

    async def new_match_count(self) -> int:
        eyes = self._verified_eyes()
        if eyes is None:
            return 0
        async with self._sessions.reading() as session:
            return await recon.count_matches(session, chosen=_new_of(eyes), seen_by=eyes)

    async def _new_matches(self, session: AsyncSession) -> NewMatches:
        eyes = self._verified_eyes()
        if eyes is None:
            return NewMatches()
        new = _new_of(eyes)
        count = await recon.count_matches(session, chosen=new, seen_by=eyes)
        page = await recon.page_of_matches(session, _CLOSEST_FIRST, Slice(1), chosen=new, seen_by=eyes)
        return NewMatches(count, page.rows[0].id if page.rows else None)

    def _verified_eyes(self) -> Eyes | None:
        """Of the viewer as a producer: also staff look at no others here."""
        viewer = self._viewer
        verified = viewer is not None and viewer.has(Role.VERIFIED_PRODUCER)
        return Eyes(viewer.account_id, viewer.producer_id) if viewer and verified else None


def _new_of(eyes: Eyes) -> MatchFilter:
    return MatchFilter(crediting=eyes.producer_id, triages=frozenset({MatchTriage.NEW}))


async def _versions(session: AsyncSession, producer: ProducerId) -> list[SoldVersion]:
    """Tracks of a producer that are nearly the same as ones they have sold."""
    sold = await backstage.sold(session, producer)
    if not sold:
        return []
    pairs = await versions.versions_of(session, sold, classes=VERSION_CLASSES, most=MOST_VERSIONS)
    rows = {row.id: row.title for row in await tracks.tracks(session, {pair.version_id for pair in pairs})}
    named = {pair.version_id: sold[pair.track_id] for pair in pairs}
    return [SoldVersion(version, rows[version], title) for version, title in named.items()]


async def _badge_asked_for(session: AsyncSession, producer: ProducerRow) -> ProducerRequestRow | None:
    if producer.verified or producer.account_id is None:
        return None
    return await producers.waiting_request(session, producer.account_id, ProducerRequestKind.GET_VERIFIED)


async def _counts(
    session: AsyncSession, producer: ProducerId, metric: SeriesMetric, bounds: Sequence[datetime]
) -> dict[int, int]:
    if metric is SeriesMetric.FOLLOWERS:
        return await backstage.first_follows(session, producer, bounds)
    counted = metric is SeriesMetric.COUNTED_PLAYS
    return await credited_plays.plays_by_step(session, producer, bounds, counted=counted)


def _days(days: tuple[date, date]) -> tuple[date, date]:
    first, last = days
    check_days(first, last)
    return days


def _steps(days: tuple[date, date], interval: SeriesInterval) -> Sequence[date]:
    first, last = _days(days)
    begins = steps(first, last, interval)
    if len(begins) > MOST_STEPS + 1:
        raise out_of_range(
            "to", f"These are more than {MOST_STEPS} steps; ask for fewer days, or longer steps."
        )
    return begins


_OF_NO_PLACE: Final = frozenset({"localtime", "Factory"})
"""Files among those of zones: this machine's own, and that of a machine which was told none."""


@cache
def _zones() -> frozenset[str]:
    """Read from many files, so once."""
    return frozenset(available_timezones()) - _OF_NO_PLACE


def _zone(name: str) -> ZoneInfo:
    if name not in _zones():
        sentence = f"`timeZone` is {name!r}, but takes the name of a zone such as America/Toronto."
        raise RequestFault(sentence, RequestErrorCode.BAD_REQUEST, argument="timeZone")
    return ZoneInfo(name)
