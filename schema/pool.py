"""Pools of subscription money: why one paid what it paid, and closings of months as staff see them."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from db.ids import PoolRunId, ProducerId, TrackId
from db.queries.pools import PoolRunRow
from db.vocabulary import PoolRunStatus
from schema.context import Info
from schema.errors import UserError
from schema.ground import Money, Node, SignedUrl
from schema.paging import Connection, PageRequest
from schema.recon import RecordedWork

if TYPE_CHECKING:
    from schema.producers import Producer
    from schema.tracks import Track


@strawberry.type
class TrackContribution:
    """A track's part in a producer's share of a month, as it was when that was closed."""

    track_id: strawberry.Private[TrackId]
    work: RecordedWork
    """The recording by the names of that time."""
    counted_plays: int
    """Counted plays of the twelve months that end with this one."""
    age_months: Decimal
    """Days from publication to the month's last day, divided by 30.4375."""
    age_factor: Decimal
    """exp(-ln 2 / 6 · age in months)."""
    listening_factor: Decimal
    """1 + 2L / (L + 1) with L = log10(1 + counted plays)."""
    credited_producers: int
    """Among how many it is shared."""
    weight: Decimal
    """Age factor times listening factor, divided by the credited producers; to 12 decimals. 0 where the track is sold exclusively alone."""
    amount: Money
    """Of the producer's amount, by largest remainder among their tracks; ties by id."""

    @strawberry.field
    async def track(self, info: Info) -> Annotated["Track", strawberry.lazy("schema.tracks")] | None:
        """The track, if it is still there for the viewer."""
        return await info.context.loaders.tracks.load(self.track_id)


@strawberry.type
class TrackContributionConnection(Connection[TrackContribution]):
    """A page."""


@strawberry.type
class PoolAdjustment:
    """What became of a share later: money that came in too late, or was given back of the month's bills."""

    pool: Money
    """Shared out among all; below zero where it is taken back."""
    exact_share: Decimal
    """Before rounding, in main units; the weights are those of the month."""
    amount: Money
    """Of it, the viewer's."""
    at: datetime
    """When it came into the books."""


@strawberry.type
class PoolExplanation:
    """A producer's share of a closed month, in figures a spreadsheet repeats."""

    run_id: strawberry.Private[PoolRunId]
    producer_id: strawberry.Private[ProducerId]
    period: str
    """Month, such as 2027-03."""
    pool: Money
    """What subscribers had paid in the month, without taxes, when it was closed."""
    total_weight: Decimal
    """Of all producers."""
    own_weight: Decimal
    """The sum over own tracks."""
    exact_share: Decimal
    """Before rounding, in main units: pool times own weight, divided by total weight."""
    amount: Money
    """By largest remainder among all producers, ties by id: the exact share, rounded down or up by less than a cent."""
    inputs_sha256: str
    """Names all that it was reckoned from, which never changes."""
    adjustments: list[PoolAdjustment]
    """What became of it later, in order."""

    @strawberry.field
    async def tracks(
        self,
        info: Info,
        first: int | None = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
        last: int | None = strawberry.UNSET,
        before: str | None = strawberry.UNSET,
    ) -> TrackContributionConnection:
        """Own and credited tracks of the catalogue, the largest amount first."""
        page = PageRequest.of(first, after, last, before)
        return await info.context.lists.track_contributions(self.run_id, self.producer_id, page)

    @strawberry.field
    def csv(self, info: Info) -> SignedUrl:
        """The same, with every track, for a spreadsheet."""
        return info.context.addresses.pool_sheet(self.run_id, self.producer_id)


@strawberry.type
class PoolRun(Node):
    """The closing of a month, or an adjustment of one that is closed; seen by staff."""

    period: str
    """Month, such as 2027-03."""
    sequence: int
    """0 closes the month; what follows adjusts it."""
    status: PoolRunStatus
    """How far it is."""
    pool: Money
    """What is shared out, once it is FROZEN; of an adjustment below zero where it is taken back."""
    total_weight: Decimal
    """Of all producers, once it is COMPUTED. 0: nobody has a share, and the pool stays where it is."""
    inputs_sha256: str | None
    """Names all that it is reckoned from; null while it is OPEN."""
    closed_at: datetime | None
    """When all of it was in the books."""

    @classmethod
    def of(cls, row: PoolRunRow) -> Self:
        return cls(
            id=strawberry.ID(row.id),
            period=row.period,
            sequence=row.sequence,
            status=row.status,
            pool=Money.of(row.pool_minor, row.currency),
            total_weight=Decimal(row.total_weight).scaleb(-12),
            inputs_sha256=row.inputs_sha256,
            closed_at=row.posted_at,
        )


@strawberry.type
class SimulatedShare:
    """One producer in it."""

    producer_id: strawberry.Private[ProducerId]
    paid: Money
    """By the closing, without adjustments."""
    simulated: Money
    """By the other rule."""

    @strawberry.field
    async def producer(self, info: Info) -> Annotated["Producer", strawberry.lazy("schema.producers")]:
        """Whose."""
        found = await info.context.loaders.producers.load(self.producer_id)
        assert found  # a foreign key
        return found


@strawberry.type
class PoolSimulation:
    """A what-if."""

    pool: Money
    """What is divided: that of the closing."""
    shares: list[SimulatedShare]
    """Largest differences first; at most 100."""


@strawberry.input
class ClosePeriodInput:
    period: str
    """Month that is over, such as 2027-03."""
    idempotency_key: str
    """Any text of your own, such as a UUID: sent again with it, this changes nothing."""


@strawberry.type
class ClosePeriodPayload:
    pool_run: PoolRun | None = None
    """It goes on by itself; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list[UserError])
