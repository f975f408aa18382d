"""A month that is closed, as if it had gone all the way: for who looks at one."""

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from db.ids import PoolRunId, ProducerId, TrackId, new_id
from db.models.pools import PoolInput, PoolLine, PoolRun, PoolShare
from db.session import Sessions
from db.vocabulary import CurrencyCode, LicensingModel, PoolRunStatus
from tests.licences.granted import a_work

_THEN: Final = datetime(2026, 6, 1, 6, tzinfo=UTC)
_WEIGHT: Final = 10**12


async def a_closed_month(
    sessions: Sessions, of: ProducerId, track: TrackId, period: str = "2026-05"
) -> PoolRunId:
    """10.00 of which a producer has all, by one track; 2.00 of it were given back later."""
    async with sessions.writing() as session:
        closing = await _a_run(session, period, 0, 1000)
        later = await _a_run(session, period, 1, -200)
        facts: dict[str, Any] = {"licensing_model": LicensingModel.STANDARD, "plays": 0, "producers": [of]}
        work = a_work(title="Night Drive", artists=["Olga"], producer_name="Olga")
        published = datetime(2026, 5, 31, 12, tzinfo=UTC)
        session.add(PoolInput(run_id=closing, track_id=track, work=work, published_at=published, **facts))
        session.add(
            PoolLine(run_id=closing, producer_id=of, track_id=track, weight=_WEIGHT, amount_minor=1000)
        )
        for run, minor in ((closing, 1000), (later, -200)):
            session.add(PoolShare(run_id=run, producer_id=of, weight=_WEIGHT, amount_minor=minor))
    return closing


async def _a_run(session: AsyncSession, period: str, sequence: int, minor: int) -> PoolRunId:
    run = PoolRun(
        id=PoolRunId(new_id("plr")),
        period=period,
        sequence=sequence,
        status=PoolRunStatus.POSTED,
        pool_minor=minor,
        currency=CurrencyCode.CAD,
        total_weight=_WEIGHT,
        inputs_sha256="a" * 64,
        outputs_sha256="b" * 64,
        begun_at=_THEN,
        frozen_at=_THEN,
        posted_at=_THEN,
    )
    session.add(run)
    await session.flush()
    return run.id
