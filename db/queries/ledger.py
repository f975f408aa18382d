"""The ledger: writing journals once, and balances as folds of entries."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select, tuple_, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.bookkeeping import LedgerAccount, Place, Source
from db.dialects import inserting
from db.ids import ProducerId
from db.models.all import METADATA
from db.models.ledger import Entry, Journal, LedgerGuard, ProducerBalance
from db.queries.rows import AnySelect, read
from db.vocabulary import CurrencyCode

_JOURNAL, _ENTRY, _BALANCE = (METADATA.tables[name] for name in ("journal", "entry", "producer_balance"))
"""The tables themselves: rows go in as they are, by statements that are compiled once. With models, and with the values in
the statement, a third as many journals went in."""


class BalanceRow(NamedTuple):
    account: LedgerAccount
    currency: CurrencyCode
    minor: int


class ProducerBalanceRow(NamedTuple):
    producer_id: ProducerId
    currency: CurrencyCode
    balance_minor: int


async def add_journals(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> set[Source]:
    """Write journals whose sources have none, in the order given; who adds the same at once waits for this one's end.

    Returns:
        The sources of the new ones.
    """
    source = col(Journal.source_kind), col(Journal.source_id)
    new = inserting(session, _JOURNAL).on_conflict_do_nothing(index_elements=["source_kind", "source_id"])
    return {Source(*found) for found in await session.execute(new.returning(*source), rows)}


async def contents(session: AsyncSession, sources: Collection[Source]) -> dict[Source, str]:
    """What the journals of these sources say, by its hash."""
    named = tuple_(col(Journal.source_kind), col(Journal.source_id)).in_(
        [(source.kind, source.id) for source in sources]
    )
    columns = col(Journal.source_kind), col(Journal.source_id), col(Journal.content_sha256)
    found = await session.execute(select(*columns).where(named))
    return {Source(kind, one): sha256 for kind, one, sha256 in found}


async def add_entries(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        await session.execute(inserting(session, _ENTRY), rows)


async def guard(session: AsyncSession, accounts: Iterable[LedgerAccount]) -> None:
    """Take one's turn at accounts: whoever else takes it waits for the end of this transaction.

    They are locked in one order, and each has its row for ever from its first turn on.
    """
    for account in sorted(set(accounts)):
        row = inserting(session, LedgerGuard).values(account=account)
        await session.execute(row.on_conflict_do_nothing())
        await session.execute(
            select(col(LedgerGuard.account)).where(col(LedgerGuard.account) == account).with_for_update()
        )


async def change_producers(
    session: AsyncSession, changes: Mapping[tuple[ProducerId, CurrencyCode], int]
) -> None:
    """Add to what producers' accounts have; locked in one order, or two journals would wait for each other."""
    rows = [
        {"producer_id": producer, "currency": currency, "balance_minor": minor}
        for (producer, currency), minor in sorted(changes.items())
    ]
    if rows:
        new = inserting(session, _BALANCE)
        raised = {"balance_minor": col(ProducerBalance.balance_minor) + new.excluded.balance_minor}
        await session.execute(
            new.on_conflict_do_update(index_elements=["producer_id", "currency"], set_=raised), rows
        )


def to_a_pool() -> ColumnElement[bool]:
    """Which entries bring money to the pool of some month: a range, so that an index can be used."""
    return col(Entry.to_account).between("sub_pool:", "sub_pool:~")


def folds(accounts: Collection[LedgerAccount] | None = None) -> AnySelect:
    """What came to accounts less what left them; of all of them, unless some are named."""
    amount = col(Entry.amount_minor)
    came = _side(col(Entry.to_account), amount, accounts)
    both = union_all(came, _side(col(Entry.from_account), -amount, accounts)).subquery()
    account, currency = both.c.account, both.c.currency
    return select(account, currency, func.sum(both.c.minor)).group_by(account, currency)


def _side(account: Any, change: Any, accounts: Collection[LedgerAccount] | None) -> AnySelect:
    """Along the index of one side of the entries."""
    currency = col(Entry.currency)
    columns: list[Any] = [
        account.label("account"),
        currency.label("currency"),
        func.sum(change).label("minor"),
    ]
    named = [] if accounts is None else [account.in_(accounts)]
    return select(*columns).where(*named).group_by(account, currency)


async def balances(
    session: AsyncSession, accounts: Collection[LedgerAccount] | None = None
) -> dict[Place, int]:
    """What accounts have, folded from their entries; where nothing moved, nothing is named."""
    found = await read(session, BalanceRow, folds(accounts))
    return {(row.account, row.currency): int(row.minor) for row in found}


async def producer_balances(
    session: AsyncSession, producers: Collection[ProducerId] | None = None
) -> list[ProducerBalanceRow]:
    """What is kept of producers' balances."""
    columns = (
        col(ProducerBalance.producer_id),
        col(ProducerBalance.currency),
        col(ProducerBalance.balance_minor),
    )
    whose = [] if producers is None else [col(ProducerBalance.producer_id).in_(producers)]
    return await read(session, ProducerBalanceRow, select(*columns).where(*whose))
