"""The producer's dashboard, and what experience looks like."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from db.ids import TrackId
from db.levels import level_of, next_level_at, points_for, title_of
from db.queries.experience import XpAwardRow
from db.queries.producers import ProducerRow
from db.vocabulary import BackstageTaskKind, CurrencyCode, SeriesInterval, SeriesMetric, TrackStatus, XpCause
from schema.context import Info
from schema.ground import Node
from schema.payouts import Balance, PayoutAccount

if TYPE_CHECKING:
    from schema.tracks import Track


@strawberry.type
class XpAward(Node):
    """XP given once for one cause."""

    row: strawberry.Private[XpAwardRow]
    cause: XpCause
    """What for."""
    points: int
    """How much."""
    at: datetime
    """Given."""

    @classmethod
    def of(cls, row: XpAwardRow) -> Self:
        return cls(id=strawberry.ID(row.id), row=row, cause=row.cause, points=row.points, at=row.at)

    @strawberry.field
    async def track(self, info: Info) -> Annotated["Track", strawberry.lazy("schema.tracks")] | None:
        """What it was given for; null once it is gone. The XP stay."""
        return await info.context.loaders.tracks.load(self.row.track_id)


@strawberry.type
class Experience:
    """XP and level."""

    producer: strawberry.Private[ProducerRow]
    points: int
    """All XP so far."""
    level: int
    """1 to 100."""
    title: str
    """Novice to Legendary."""
    level_starts_at: int
    """XP at which this level began."""
    next_level_at: int | None
    """XP at which the next level begins; null at level 100."""

    @classmethod
    def of(cls, row: ProducerRow) -> Self:
        level = level_of(row.xp)
        return cls(
            producer=row,
            points=row.xp,
            level=level,
            title=title_of(level),
            level_starts_at=points_for(level),
            next_level_at=next_level_at(level),
        )

    @strawberry.field
    async def awards(self, info: Info, first: int = 20) -> list[XpAward]:
        """Newest first."""
        return await info.context.lists.xp_awards(self.producer.id, first)


@strawberry.type
class BackstageTask:
    """An open task."""

    kind: BackstageTaskKind
    """Which button it needs."""
    title: str
    """What to do."""
    reason: str
    """Why, in a sentence."""
    target_id: strawberry.Private[str | None] = None

    @strawberry.field
    async def target(self, info: Info) -> Node | None:
        """What it is about; null where it stands for several tracks."""
        return await info.context.node(self.target_id) if self.target_id else None


@strawberry.type
class TrackStatusCount:
    """Tracks in one state."""

    status: TrackStatus
    """The state."""
    count: int
    """Own tracks in it."""


@strawberry.type
class TrackPlays:
    """A track in a top list."""

    track_id: strawberry.Private[TrackId]
    counted_plays: int
    """Of the days asked for, by days of UTC: those since the producer is credited."""

    @strawberry.field
    async def track(self, info: Info) -> Annotated["Track", strawberry.lazy("schema.tracks")]:
        """The track."""
        track = await info.context.loaders.tracks.load(self.track_id)
        assert track  # only what the producer may see is listed
        return track


@strawberry.type
class SeriesPoint:
    """One chart step."""

    begins: date = strawberry.field(name="from")
    """First day of the step."""
    value: Decimal
    """Of the whole step."""


@strawberry.type
class Backstage:
    """The producer's dashboard, for one query."""

    producer: strawberry.Private[ProducerRow]

    @strawberry.field
    async def tasks(self, info: Info) -> list[BackstageTask]:
        """What to do next, most useful first: at most 5 tracks of a kind, then one task for the others."""
        return await info.context.lists.backstage_tasks(self.producer)

    @strawberry.field
    async def tracks_by_status(self, info: Info) -> list[TrackStatusCount]:
        """Every state but REMOVED, zeros included."""
        return await info.context.lists.tracks_by_status(self.producer.id)

    @strawberry.field
    async def series(
        self,
        info: Info,
        metric: SeriesMetric,
        interval: SeriesInterval,
        from_: Annotated[date, strawberry.argument(name="from")],
        to: date,
        time_zone: str = "UTC",
        currency: CurrencyCode = CurrencyCode.CAD,
    ) -> list[SeriesPoint]:
        """Points without gaps, zeros included, cut at the zone's midnights. Every step with a day from `from` to `to` counts whole, so the first may begin earlier and the last end later.

        Args:
            metric: What is counted.
            interval: How long a step is.
            from_: First day.
            to: Last day; at most 400 steps on.
            time_zone: Name of a zone, such as America/Toronto.
            currency: Of EARNINGS.
        """
        lists = info.context.lists
        return await lists.series(self.producer.id, metric, interval, (from_, to), time_zone, currency)

    @strawberry.field
    async def top_tracks(
        self,
        info: Info,
        from_: Annotated[date, strawberry.argument(name="from")],
        to: date,
        first: int = 5,
    ) -> list[TrackPlays]:
        """What was played most of all that credits the producer; tracks without a counted play are left out.

        Args:
            from_: First day, UTC.
            to: Last day.
            first: 1 to 100.
        """
        return await info.context.lists.top_tracks(self.producer.id, (from_, to), first)

    @strawberry.field
    def experience(self) -> Experience:
        """XP and level."""
        return Experience.of(self.producer)

    @strawberry.field
    async def payout_account(self, info: Info) -> PayoutAccount:
        """Set-up for payouts."""
        return await info.context.loaders.payout_accounts.load(self.producer.id)

    @strawberry.field
    async def balances(self, info: Info) -> list[Balance]:
        """What can be paid out, and why the rest cannot."""
        return await info.context.loaders.balances.load(self.producer.id)

    @strawberry.field
    async def new_match_count(self, info: Info) -> int:
        """Matches that nobody has looked at; 0 unless verified."""
        return await info.context.lists.new_match_count()
