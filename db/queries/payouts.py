"""Payouts to producers, and what there is to pay (D-54, MONEY 4)."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, exists, func, literal, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.dialects import inserting
from db.ids import AccountId, PayoutAccountId, PayoutId, ProducerId
from db.models.ledger import Entry, Journal, ProducerBalance
from db.models.payouts import LIVING, LIVING_ACCOUNT, OPEN_HOLD, Payout, PayoutAccount, PayoutHold
from db.models.producers import Producer
from db.queries.paging import Key, Page, Slice
from db.queries.rows import read, read_count, read_one, read_page, select_row
from db.transitions import IN_TRANSIT, PAYOUT, UNBEGUN, before
from db.vocabulary import CurrencyCode, PayoutAccountStatus, PayoutStatus


class PayoutRow(NamedTuple):
    id: PayoutId
    producer_id: ProducerId
    account_id: PayoutAccountId
    destination: str
    currency: CurrencyCode
    amount_minor: int
    status: PayoutStatus
    idempotency_key: str | None
    scheduled_for: date | None
    transfer_reference: str | None
    bank_reference: str | None
    failure: str | None
    requested_at: datetime
    begun_at: datetime | None
    settled_at: datetime | None
    returned_at: datetime | None
    version: int


class Payable(NamedTuple):
    """Who may have enough to be paid, and where."""

    producer_id: ProducerId
    currency: CurrencyCode
    account_id: PayoutAccountId
    destination: str


class Unpaid(NamedTuple):
    """Who has enough to be paid, and cannot be."""

    producer_id: ProducerId
    currency: CurrencyCode
    account_id: AccountId
    balance_minor: int
    status: PayoutAccountStatus | None
    """Of where they are to be paid; null: nothing is set up."""


_PAYOUTS = select_row(PayoutRow, Payout)
_UNSETTLED = or_(
    col(Payout.status).in_([*UNBEGUN, *IN_TRANSIT]),
    and_(col(Payout.status) == PayoutStatus.FAILED, col(Payout.returned_at).is_(None)),
)
_NEWEST_FIRST = [Key(col(Payout.requested_at), descending=True), Key(col(Payout.id), descending=True)]


# ---- reading -------------------------------------------------------------------------------------


async def payouts(session: AsyncSession, ids: Collection[PayoutId]) -> list[PayoutRow]:
    return await read(session, PayoutRow, _PAYOUTS.where(col(Payout.id).in_(ids)))


async def asked_with(session: AsyncSession, producer: ProducerId, key: str) -> PayoutRow | None:
    """What a producer has asked for under a client's key."""
    named = col(Payout.producer_id) == producer, col(Payout.idempotency_key) == key
    return await read_one(session, PayoutRow, _PAYOUTS.where(*named))


async def living(session: AsyncSession, producer: ProducerId, currency: CurrencyCode) -> PayoutRow | None:
    """The one that has not been sent yet."""
    own = col(Payout.producer_id) == producer, col(Payout.currency) == currency
    return await read_one(session, PayoutRow, _PAYOUTS.where(*own, LIVING))


async def unsettled(session: AsyncSession, producer: ProducerId) -> list[PayoutRow]:
    """Those of a producer that have not come to an end, or are on their way back."""
    chosen = _PAYOUTS.where(col(Payout.producer_id) == producer, _UNSETTLED)
    return await read(session, PayoutRow, chosen.order_by(col(Payout.id)))


async def asked_because_of(session: AsyncSession, producer: ProducerId, cause: str) -> list[PayoutRow]:
    """Those that the platform asked for by itself, under keys that begin with a cause."""
    own = col(Payout.producer_id) == producer, col(Payout.idempotency_key).startswith(f"{cause}:")
    return await read(session, PayoutRow, _PAYOUTS.where(*own).order_by(col(Payout.id)))


async def last_settled(session: AsyncSession, producer: ProducerId) -> datetime | None:
    """When money of a producer arrived at the bank last, and has not come back."""
    settled = col(Payout.producer_id) == producer, col(Payout.status) == PayoutStatus.SETTLED
    latest = select(col(Payout.settled_at)).where(*settled)
    return await session.scalar(latest.order_by(col(Payout.settled_at).desc()).limit(1))


async def known_as(session: AsyncSession, reference: str) -> PayoutId | None:
    """The payout whose transfer, or way to the bank, the provider calls so."""
    named = or_(col(Payout.transfer_reference) == reference, col(Payout.bank_reference) == reference)
    found: str | None = await session.scalar(select(col(Payout.id)).where(named))
    return PayoutId(found) if found else None


async def held_payout(session: AsyncSession, payout: PayoutId) -> PayoutRow:
    """One, locked until the transaction ends."""
    [row] = await read(session, PayoutRow, _PAYOUTS.where(col(Payout.id) == payout).with_for_update())
    return row


async def lock_balance(session: AsyncSession, producer: ProducerId, currency: CurrencyCode) -> None:
    """Have whoever else takes from, or gives to, a producer's balance wait until the transaction ends."""
    own = col(ProducerBalance.producer_id) == producer, col(ProducerBalance.currency) == currency
    await session.execute(select(col(ProducerBalance.balance_minor)).where(*own).with_for_update())


async def under_way(
    session: AsyncSession, *, settled_since: datetime, after: PayoutId, limit: int
) -> list[tuple[PayoutId, PayoutStatus]]:
    """Those that have not come to an end, and those that a bank may still send back: some, from one on, by their ids."""
    arrived = and_(col(Payout.status) == PayoutStatus.SETTLED, col(Payout.settled_at) >= settled_since)
    named = select(col(Payout.id), col(Payout.status)).where(col(Payout.id) > after)
    chosen = named.where(or_(_UNSETTLED, arrived))
    rows = await session.execute(chosen.order_by(col(Payout.id)).limit(limit))
    return [(PayoutId(payout), status) for payout, status in rows]


async def payable(
    session: AsyncSession,
    *,
    minimum_minor: int,
    at: datetime,
    after: tuple[ProducerId, CurrencyCode] | None,
    limit: int,
) -> list[Payable]:
    """Whose balance is large enough, whose account is ready, and who has neither a hold nor a payout that waits."""
    balance, account = ProducerBalance, PayoutAccount
    ready = and_(
        col(account.producer_id) == col(balance.producer_id),
        col(account.status) == PayoutAccountStatus.READY,
    )
    kept_back = exists().where(
        col(PayoutHold.producer_id) == col(balance.producer_id),
        OPEN_HOLD,
        or_(col(PayoutHold.until).is_(None), col(PayoutHold.until) > at),
    )
    waiting = exists().where(
        col(Payout.producer_id) == col(balance.producer_id),
        col(Payout.currency) == col(balance.currency),
        LIVING,
    )
    key = tuple_(col(balance.producer_id), col(balance.currency))
    columns: Any = (
        col(balance.producer_id),
        col(balance.currency),
        col(account.id),
        col(account.reference),
    )
    chosen = (
        select(*columns)
        .join(account, ready)
        .where(col(balance.balance_minor) >= minimum_minor, ~kept_back, ~waiting)
        .order_by(col(balance.producer_id), col(balance.currency))
        .limit(limit)
    )
    return await read(session, Payable, chosen if after is None else chosen.where(key > after))


async def unpaid(
    session: AsyncSession,
    *,
    minimum_minor: int,
    earned_before: datetime,
    after: tuple[ProducerId, CurrencyCode] | None,
    limit: int,
) -> list[Unpaid]:
    """Whose balance is large enough, for which something came before a moment, and who has no account that is ready."""
    balance = ProducerBalance
    present = and_(col(PayoutAccount.producer_id) == col(balance.producer_id), LIVING_ACCOUNT)
    status = col(PayoutAccount.status)
    can_act = or_(status.is_(None), status.not_in([PayoutAccountStatus.READY, PayoutAccountStatus.REJECTED]))
    payable_account = literal("producer:") + col(balance.producer_id) + ":payable"
    earned = exists().where(
        col(Entry.to_account) == payable_account,
        col(Entry.currency) == col(balance.currency),
        col(Journal.id) == col(Entry.journal_id),
        col(Journal.posted_at) <= earned_before,
    )
    columns: Any = (
        col(balance.producer_id),
        col(balance.currency),
        col(Producer.account_id),
        col(balance.balance_minor),
        status,
    )
    chosen = (
        select(*columns)
        .join(Producer, col(Producer.id) == col(balance.producer_id))
        .outerjoin(PayoutAccount, present)
        .where(col(balance.balance_minor) >= minimum_minor, can_act, earned)
        .where(col(Producer.account_id).is_not(None))
        .order_by(col(balance.producer_id), col(balance.currency))
        .limit(limit)
    )
    key = tuple_(col(balance.producer_id), col(balance.currency))
    return await read(session, Unpaid, chosen if after is None else chosen.where(key > after))


async def page_of_payouts(session: AsyncSession, producer: ProducerId, part: Slice) -> Page[PayoutRow]:
    """All of a producer, newest first."""
    own = _PAYOUTS.where(col(Payout.producer_id) == producer)
    return await read_page(session, PayoutRow, own, _NEWEST_FIRST, part)


async def count_payouts(session: AsyncSession, producer: ProducerId) -> int:
    counted = select(func.count()).select_from(Payout).where(col(Payout.producer_id) == producer)
    return await read_count(session, counted)


def anchor_of(row: PayoutRow) -> tuple[object, ...]:
    return (row.requested_at, row.id)


# ---- writing -------------------------------------------------------------------------------------


async def add(session: AsyncSession, rows: Collection[Payout]) -> list[PayoutId]:
    """Keep payouts, but for those that one waits beside, or that were asked for before; which were kept."""
    fresh = inserting(session, Payout).on_conflict_do_nothing().returning(col(Payout.id))
    kept = [await session.scalar(fresh, row.model_dump()) for row in rows]
    return [PayoutId(one) for one in kept if one is not None]


async def change(session: AsyncSession, payout: PayoutId, values: Mapping[str, Any]) -> None:
    """Write what was learnt of a payout, but for its state."""
    changed = update(Payout).where(col(Payout.id) == payout)
    await session.execute(changed.values(**values, version=col(Payout.version) + 1))


async def move(session: AsyncSession, payout: PayoutId, status: PayoutStatus, **values: Any) -> bool:
    """Bring a payout into another state; false: that cannot follow of the one that it is in."""
    chosen = col(Payout.id) == payout, col(Payout.status).in_(before(PAYOUT, status))
    moved = update(Payout).where(*chosen).values(status=status, **values, version=col(Payout.version) + 1)
    return await session.scalar(moved.returning(col(Payout.id))) is not None
