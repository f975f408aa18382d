"""What a month was closed by is what was frozen (D-53)."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from db.models.pools import PoolRun
from db.queries import pool_inputs, pools
from db.queries.invariants.finding import Invariant, rows_of
from db.vocabulary import PoolRunStatus


async def _look(session: AsyncSession) -> list[str]:
    frozen = [run for run in await pools.runs(session) if run.status is not PoolRunStatus.OPEN]
    return [
        f"{run.id} of {run.period} is not reckoned from what was frozen"
        for run in frozen
        if await pool_inputs.sealed_now(session, run) != run.inputs_sha256
    ]


INVARIANT: Final = Invariant(
    "pool-inputs",
    "Tracks, plays and money that a month was closed by are what was frozen.",
    _look,
    rows_of(PoolRun, "closings and adjustments"),
)
