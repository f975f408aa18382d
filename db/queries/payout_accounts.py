"""Accounts that producers are paid to, and why they wait (D-54, D-55)."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.clock import now
from db.dialects import inserting
from db.ids import AccountId, PayoutAccountId, PayoutHoldId, ProducerId
from db.models.payouts import LIVING_ACCOUNT, OPEN_HOLD, PayoutAccount, PayoutHold
from db.queries.rows import read, read_count, read_one, select_row
from db.vocabulary import PayoutAccountStatus


class PayoutAccountRow(NamedTuple):
    id: PayoutAccountId
    producer_id: ProducerId
    reference: str | None
    country: str
    status: PayoutAccountStatus
    requirements: list[dict[str, Any]]
    ready_at: datetime | None
    checked_at: datetime | None
    version: int
    created_at: datetime

    @property
    def ready(self) -> bool:
        return self.status is PayoutAccountStatus.READY


class PayoutHoldRow(NamedTuple):
    id: PayoutHoldId
    producer_id: ProducerId
    cause: str | None
    reason: str
    placed_by: AccountId | None
    placed_at: datetime
    until: datetime | None
    released_at: datetime | None
    release_reason: str | None


_ACCOUNTS = select_row(PayoutAccountRow, PayoutAccount)
_HOLDS = select_row(PayoutHoldRow, PayoutHold)


# ---- accounts ------------------------------------------------------------------------------------


async def accounts(session: AsyncSession, ids: Collection[PayoutAccountId]) -> list[PayoutAccountRow]:
    return await read(session, PayoutAccountRow, _ACCOUNTS.where(col(PayoutAccount.id).in_(ids)))


async def current(
    session: AsyncSession, producers: Collection[ProducerId]
) -> dict[ProducerId, PayoutAccountRow]:
    """The one account of each of these that is not closed, where there is one."""
    living = _ACCOUNTS.where(col(PayoutAccount.producer_id).in_(producers), LIVING_ACCOUNT)
    return {row.producer_id: row for row in await read(session, PayoutAccountRow, living)}


async def called(session: AsyncSession, reference: str) -> PayoutAccountRow | None:
    """The account that the provider calls so."""
    return await read_one(
        session, PayoutAccountRow, _ACCOUNTS.where(col(PayoutAccount.reference) == reference)
    )


async def held(session: AsyncSession, account: PayoutAccountId) -> PayoutAccountRow:
    """One, locked until the transaction ends."""
    chosen = _ACCOUNTS.where(col(PayoutAccount.id) == account).with_for_update()
    [row] = await read(session, PayoutAccountRow, chosen)
    return row


async def was_ready_before(session: AsyncSession, row: PayoutAccountRow) -> bool:
    """Whether another account of the same producer was ready once."""
    other = col(PayoutAccount.producer_id) == row.producer_id, col(PayoutAccount.id) != row.id
    chosen = select(col(PayoutAccount.id)).where(*other, col(PayoutAccount.ready_at).is_not(None)).limit(1)
    return await session.scalar(chosen) is not None


async def begin(session: AsyncSession, producer: ProducerId, country: str) -> PayoutAccountRow:
    """The account of a producer that is not closed, made where there is none."""
    fresh = PayoutAccount(producer_id=producer, country=country)
    new = inserting(session, PayoutAccount).values(fresh.model_dump())
    await session.execute(new.on_conflict_do_nothing())
    return (await current(session, [producer]))[producer]


async def count_begun(session: AsyncSession, producer: ProducerId, since: datetime) -> int:
    """Accounts that a producer has begun from a moment on, those that were closed among them."""
    begun = col(PayoutAccount.producer_id) == producer, col(PayoutAccount.created_at) >= since
    return await read_count(session, select(func.count()).select_from(PayoutAccount).where(*begun))


async def change(session: AsyncSession, account: PayoutAccountId, values: Mapping[str, Any]) -> None:
    """Write what was learnt of an account."""
    changed = update(PayoutAccount).where(col(PayoutAccount.id) == account)
    await session.execute(changed.values(**values, version=col(PayoutAccount.version) + 1))


async def give_up(session: AsyncSession, account: PayoutAccountId) -> None:
    """Close one that the provider was never told of."""
    unknown = col(PayoutAccount.id) == account, col(PayoutAccount.reference).is_(None)
    over = {"status": PayoutAccountStatus.DISCONNECTED, "ended_at": now()}
    changed = update(PayoutAccount).where(*unknown, LIVING_ACCOUNT)
    await session.execute(changed.values(**over, version=col(PayoutAccount.version) + 1))


# ---- holds ---------------------------------------------------------------------------------------


def _open_at(moment: datetime) -> ColumnElement[bool]:
    return or_(col(PayoutHold.until).is_(None), col(PayoutHold.until) > moment)


async def open_holds(
    session: AsyncSession, producers: Collection[ProducerId] | None, *, at: datetime
) -> list[PayoutHoldRow]:
    """What keeps these producers' payouts back, or everybody's; the latest first."""
    chosen = _HOLDS.where(OPEN_HOLD, _open_at(at))
    if producers is not None:
        chosen = chosen.where(col(PayoutHold.producer_id).in_(producers))
    return await read(session, PayoutHoldRow, chosen.order_by(col(PayoutHold.placed_at).desc()).limit(1000))


async def holds(session: AsyncSession, ids: Collection[PayoutHoldId]) -> list[PayoutHoldRow]:
    return await read(session, PayoutHoldRow, _HOLDS.where(col(PayoutHold.id).in_(ids)))


async def place_hold(session: AsyncSession, hold: PayoutHold) -> None:
    """Keep payouts back; once for a cause."""
    new = inserting(session, PayoutHold).values(hold.model_dump())
    await session.execute(new.on_conflict_do_nothing(index_elements=["cause"]))


async def change_hold(
    session: AsyncSession, hold: PayoutHoldId, *, reason: str, by: AccountId | None
) -> None:
    """Hold for another reason; since when stays."""
    changed = update(PayoutHold).where(col(PayoutHold.id) == hold)
    await session.execute(changed.values(reason=reason, placed_by=by))


async def release_holds(
    session: AsyncSession, producer: ProducerId, *, by: AccountId, reason: str, at: datetime
) -> list[PayoutHoldId]:
    """Let a producer's payouts go on; what had held them. A suspension's hold goes with the suspension alone."""
    others = or_(col(PayoutHold.cause).is_(None), col(PayoutHold.cause).not_like("ssp\\_%", escape="\\"))
    chosen = col(PayoutHold.producer_id) == producer, OPEN_HOLD, _open_at(at), others
    values = {"released_by": by, "released_at": at, "release_reason": reason}
    released = update(PayoutHold).where(*chosen).values(values).returning(col(PayoutHold.id))
    return [PayoutHoldId(one) for one in await session.scalars(released)]


async def release_hold_of(session: AsyncSession, cause: str, *, by: AccountId, reason: str) -> bool:
    """Let a producer's payouts go on that were held for one cause; false: they were not."""
    held = col(PayoutHold.cause) == cause, OPEN_HOLD
    values = {"released_by": by, "released_at": now(), "release_reason": reason}
    released = update(PayoutHold).where(*held).values(values).returning(col(PayoutHold.id))
    return (await session.execute(released)).one_or_none() is not None
