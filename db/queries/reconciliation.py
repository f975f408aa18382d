"""The ledger beside what the payment provider says of its balance (MONEY 5.11)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import and_, bindparam, case, func, null, or_, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.bookkeeping import STRIPE_CASH
from db.dialects import inserting
from db.models.ledger import Entry, Journal
from db.models.plans import Invoice
from db.models.purchases import Purchase
from db.models.reconciliation import BalanceMovement, LedgerBreak
from db.queries.rows import read, select_row
from db.vocabulary import JournalSource

_OWN: Final = (JournalSource.PLATFORM_PAYOUT, JournalSource.PROVIDER_FEE)
"""What is the platform's alone concerns nothing of ours: a movement and its journal have one name."""
_BY_ENTERING: Final = (col(Journal.posted_at), col(Journal.id))


class UnknownMovement(NamedTuple):
    """One of which nobody knows yet what it concerns."""

    id: str
    kind: str
    payment: str | None
    parent: str | None
    net_minor: int
    currency: str
    happened_at: datetime


class Difference(NamedTuple):
    """What ledger and provider say of one thing; null: nothing at all."""

    reference: str
    currency: str
    ledger_minor: int | None
    provider_minor: int | None


class BreakRow(NamedTuple):
    reference: str
    currency: str
    ledger_minor: int | None
    provider_minor: int | None
    found_at: datetime


async def latest_movement(session: AsyncSession) -> datetime | None:
    """When the newest one that is kept happened."""
    found: datetime | None = await session.scalar(select(func.max(col(BalanceMovement.happened_at))))
    return found


async def add_movements(session: AsyncSession, rows: Sequence[BalanceMovement]) -> None:
    """Keep movements; those that are there stay as they are."""
    if rows:
        new = inserting(session, BalanceMovement).on_conflict_do_nothing(index_elements=["id"])
        await session.execute(new, [row.model_dump() for row in rows])


async def unknown_movements(session: AsyncSession) -> list[UnknownMovement]:
    chosen = select_row(UnknownMovement, BalanceMovement).where(col(BalanceMovement.about).is_(None))
    return await read(session, UnknownMovement, chosen)


async def subjects_of_payments(session: AsyncSession, payments: Collection[str]) -> dict[str, str]:
    """What was paid by payments: purchases and bills."""
    bought = select(col(Purchase.payment_reference), col(Purchase.id))
    billed = select(col(Invoice.payment_reference), col(Invoice.id))
    moved = select(col(BalanceMovement.payment), col(BalanceMovement.about))
    both: Any = union_all(
        bought.where(col(Purchase.payment_reference).in_(payments)),
        billed.where(col(Invoice.payment_reference).in_(payments)),
        moved.where(col(BalanceMovement.payment).in_(payments), col(BalanceMovement.about).is_not(None)),
    )
    found: Any = await session.execute(both)
    return {str(payment): str(about) for payment, about in found}


async def subjects_of_sources(session: AsyncSession, sources: Collection[str]) -> dict[str, str]:
    """What known movements concern, by what moved them."""
    known = col(BalanceMovement.source).in_(sources), col(BalanceMovement.about).is_not(None)
    found = await session.execute(
        select(col(BalanceMovement.source), col(BalanceMovement.about)).where(*known)
    )
    return {str(source): str(about) for source, about in found}


async def explain(session: AsyncSession, subjects: Mapping[str, str]) -> None:
    """Note what movements concern."""
    if subjects:
        one = update(BalanceMovement.__table__).where(col(BalanceMovement.id) == bindparam("movement"))  # type: ignore[attr-defined]  # SQLModel types tables as models
        given = [{"movement": movement, "subject": about} for movement, about in subjects.items()]
        await session.execute(one.values(about=bindparam("subject")), given)


async def compared_from(session: AsyncSession) -> datetime | None:
    """Since when every journal says what it concerns; null: all do, as where the first of them does.

    Those of earlier releases do not, and never will, for no journal is changed. They end where the last one was entered.
    """
    entered = select(col(Journal.posted_at), col(Journal.about)).where(col(Journal.source_kind).not_in(_OWN))
    first: Any = (await session.execute(entered.order_by(*_BY_ENTERING).limit(1))).one_or_none()
    if first is None or first.about is not None:
        return None
    silent = select(func.max(col(Journal.posted_at))).where(
        col(Journal.source_kind).not_in(_OWN), col(Journal.about).is_(None)
    )
    last: datetime | None = await session.scalar(silent)
    return last


async def differences(
    session: AsyncSession, *, before: datetime, after: datetime | None = None
) -> list[Difference]:
    """Of what they say different sums, where nothing has moved since a moment.

    Args:
        after: What was entered, or moved at the provider, until then is left out, with all that belongs to it.
    """
    both = union_all(_of_the_ledger(), _of_the_provider()).subquery()
    ledger, provider = func.sum(both.c.ledger_minor), func.sum(both.c.provider_minor)
    differ = func.coalesce(ledger, 0) != func.coalesce(provider, 0)
    key = both.c.reference, both.c.currency
    chosen = select(*key, ledger.label("ledger_minor"), provider.label("provider_minor")).group_by(*key)
    settled = func.max(both.c.at) < before
    known = [] if after is None else [func.min(both.c.moved_at) > after]
    return await read(session, Difference, chosen.having(and_(differ, settled, *known)).order_by(*key))


def _of_the_ledger() -> Any:
    """What left our cash account is at the provider."""
    has_left = col(Entry.from_account) == STRIPE_CASH
    change: Any = case((has_left, col(Entry.amount_minor)), else_=-col(Entry.amount_minor))
    columns: list[Any] = [
        func.coalesce(col(Journal.about), col(Journal.source_id)).label("reference"),
        col(Entry.currency).label("currency"),
        change.label("ledger_minor"),
        null().label("provider_minor"),
        col(Journal.posted_at).label("at"),
        col(Journal.posted_at).label("moved_at"),
    ]
    return (
        select(*columns)
        .join(Journal, col(Journal.id) == col(Entry.journal_id))
        .where(or_(col(Entry.from_account) == STRIPE_CASH, col(Entry.to_account) == STRIPE_CASH))
    )


def _of_the_provider() -> Any:
    columns: list[Any] = [
        func.coalesce(col(BalanceMovement.about), col(BalanceMovement.id)),
        col(BalanceMovement.currency),
        null(),
        col(BalanceMovement.net_minor),
        col(BalanceMovement.seen_at),
        col(BalanceMovement.happened_at),
    ]
    return select(*columns)


async def moved_since(session: AsyncSession, references: Collection[str], moment: datetime) -> set[str]:
    """Of which of these something was entered, or seen at the provider, from a moment on."""
    both: Any = union_all(_of_the_ledger(), _of_the_provider()).subquery()
    named = both.c.reference.in_(references), both.c.at >= moment
    return (
        set(await session.scalars(select(both.c.reference).distinct().where(*named))) if references else set()
    )


async def movement_sums(session: AsyncSession) -> dict[str, int]:
    """What all movements come to, by currency."""
    key = col(BalanceMovement.currency)
    found = await session.execute(select(key, func.sum(col(BalanceMovement.net_minor))).group_by(key))
    return {currency: int(net) for currency, net in found}


# ---- breaks ----------------------------------------------------------------------------------------


async def open_breaks(session: AsyncSession) -> list[BreakRow]:
    """Those that there are now, the oldest first."""
    chosen = select_row(BreakRow, LedgerBreak).where(col(LedgerBreak.ended_at).is_(None))
    return await read(
        session, BreakRow, chosen.order_by(col(LedgerBreak.found_at), col(LedgerBreak.reference))
    )


async def keep_break(session: AsyncSession, found: Difference, moment: datetime, *, is_new: bool) -> None:
    """Note one that has begun, also where there was one before; or what has become of one that is known."""
    since = {"found_at": moment, "ended_at": None}
    new = inserting(session, LedgerBreak).values(**found._asdict(), **since)
    sums = {"ledger_minor": new.excluded.ledger_minor, "provider_minor": new.excluded.provider_minor}
    news = sums | since if is_new else sums
    await session.execute(new.on_conflict_do_update(index_elements=["reference", "currency"], set_=news))


async def end_break(session: AsyncSession, reference: str, currency: str, moment: datetime) -> None:
    """They agree again."""
    named = col(LedgerBreak.reference) == reference, col(LedgerBreak.currency) == currency
    await session.execute(update(LedgerBreak).where(*named).values(ended_at=moment))
