"""Pools of subscription money, as producers and staff see them."""

from decimal import Decimal
from typing import Final

from api.lists.reading import Lister, page_info
from api.pool.contribution import age_factor, age_months, exact_share, listening_factor, to_decimal
from api.pool.explaining import Explained, explained, facts_behind
from api.pool.simulating import simulate
from db.ids import PoolRunId, ProducerId
from db.months import Month
from db.queries import pool_shares, pools
from db.queries.pool_shares import AdjustmentRow, ContributionRow
from db.queries.pools import PoolRunRow
from db.vocabulary import PoolDivision, RequestErrorCode
from schema.context import PageSource
from schema.faults import RequestFault
from schema.ground import Money
from schema.licences import recorded
from schema.paging import LARGEST_SIZE, write_cursor
from schema.pool import (
    PoolAdjustment,
    PoolExplanation,
    PoolRun,
    PoolSimulation,
    SimulatedShare,
    TrackContribution,
    TrackContributionConnection,
)

_NAME: Final = "contributions"
_SHORTEST_HALF_LIFE, _LONGEST_HALF_LIFE = Decimal("0.1"), Decimal(1200)
"""Months: from three days to a century."""


class PoolLists(Lister):
    """Pools of one request."""

    async def pool_explanation(self, producer: ProducerId, period: str) -> PoolExplanation | None:
        month = _month(period)
        async with self._sessions.reading() as session:
            found = await explained(session, producer, month.name)
        return _explanation(found, producer) if found else None

    async def track_contributions(
        self, run: PoolRunId, producer: ProducerId, page: PageSource
    ) -> TrackContributionConnection:
        """The largest amount first."""
        part = page.slice(_NAME)
        async with self._sessions.reading() as session:
            closing = await pools.run(session, run)
            found = await pool_shares.page_of_contributions(session, run, producer, part)
        assert closing  # runs are never deleted
        cursors = [write_cursor(_NAME, pool_shares.anchor_of(row)) for row in found.rows]
        return TrackContributionConnection(
            nodes=[_contribution(row, closing) for row in found.rows],
            page_info=page_info(found, cursors),
            cursors=cursors,
            count=self._counted(lambda session: pool_shares.count_contributions(session, run, producer)),
        )

    async def pool_runs(self) -> list[PoolRun]:
        """The latest month first."""
        async with self._sessions.reading() as session:
            return [PoolRun.of(row) for row in await pools.runs(session)]

    async def simulate_pool(
        self, period: str, half_life_months: Decimal, division: PoolDivision
    ) -> PoolSimulation:
        if not _SHORTEST_HALF_LIFE <= half_life_months <= _LONGEST_HALF_LIFE:
            sentence = f"`halfLifeMonths` is from {_SHORTEST_HALF_LIFE} to {_LONGEST_HALF_LIFE}."
            raise RequestFault(sentence, RequestErrorCode.OUT_OF_RANGE, argument="halfLifeMonths")
        month = _month(period)
        simulated = await simulate(
            self._sessions, month.name, half_life_months=half_life_months, division=division
        )
        if simulated is None:
            raise RequestFault(
                f"{month.name} is not closed.", RequestErrorCode.BAD_REQUEST, argument="period"
            )
        currency = simulated.run.currency
        return PoolSimulation(
            pool=Money.of(simulated.run.pool_minor, currency),
            shares=[
                SimulatedShare(
                    producer_id=one.producer_id,
                    paid=Money.of(one.paid, currency),
                    simulated=Money.of(one.simulated, currency),
                )
                for one in simulated.differences[:LARGEST_SIZE]
            ],
        )


def _month(period: str) -> Month:
    month = Month.named(period)
    if month is None:
        sentence = "`period` takes a month such as 2027-03."
        raise RequestFault(sentence, RequestErrorCode.BAD_REQUEST, argument="period")
    return month


def _explanation(found: Explained, producer: ProducerId) -> PoolExplanation:
    run, share = found.run, found.share
    assert run.inputs_sha256  # it is closed
    return PoolExplanation(
        run_id=run.id,
        producer_id=producer,
        period=run.period,
        pool=Money.of(run.pool_minor, run.currency),
        total_weight=to_decimal(run.total_weight),
        own_weight=to_decimal(share.weight),
        exact_share=exact_share(run.pool_minor, share.weight, run.total_weight),
        amount=Money.of(share.amount_minor, run.currency),
        inputs_sha256=run.inputs_sha256,
        adjustments=[_adjustment(one) for one in found.later],
    )


def _adjustment(row: AdjustmentRow) -> PoolAdjustment:
    return PoolAdjustment(
        pool=Money.of(row.pool_minor, row.currency),
        exact_share=exact_share(row.pool_minor, row.weight, row.total_weight),
        amount=Money.of(row.amount_minor, row.currency),
        at=row.posted_at,
    )


def _contribution(row: ContributionRow, run: PoolRunRow) -> TrackContribution:
    facts = facts_behind(row, run)
    return TrackContribution(
        track_id=row.track_id,
        work=recorded(row.work),
        counted_plays=row.plays,
        age_months=age_months(facts.days),
        age_factor=age_factor(facts.days),
        listening_factor=listening_factor(facts.plays),
        credited_producers=facts.credited,
        weight=to_decimal(row.weight),
        amount=Money.of(row.amount_minor, run.currency),
    )
