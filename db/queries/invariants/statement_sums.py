"""A statement's lines are what it says they come to, and each begins with what the one before closed with (MONEY 5.7)."""

from collections import defaultdict
from itertools import pairwise
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from db.ids import ProducerId
from db.models.statements import Statement
from db.months import Month
from db.queries import ledger, statements
from db.queries.invariants.finding import Invariant, rows_of
from db.queries.statements import StatementRow
from db.vocabulary import CurrencyCode

_Whose = tuple[ProducerId, CurrencyCode]


async def _look(session: AsyncSession) -> list[str]:
    of_each: dict[_Whose, list[StatementRow]] = defaultdict(list)
    for row in await statements.every(session):
        of_each[row.producer_id, row.currency].append(row)
    return [*await _lines(session, of_each), *_chains(of_each), *await _balances(session, of_each)]


async def _lines(session: AsyncSession, of_each: dict[_Whose, list[StatementRow]]) -> list[str]:
    """Of each month that anything was stated of."""
    found: list[str] = []
    for month in sorted({_month(row) for rows in of_each.values() for row in rows}):
        moved = await statements.movements(session, month.begins_at, month.ends_at)
        stated = {
            (row.producer_id, row.currency): row.closing_minor - row.opening_minor
            for rows in of_each.values()
            for row in rows
            if row.period == month.name
        }
        found += [
            f"{one.producer_id} in {month.name} has lines of {one.minor} {one.currency}, and a statement that says"
            f" {stated.get((one.producer_id, one.currency), 0)}"
            for one in moved
            if one.minor != stated.get((one.producer_id, one.currency), 0)
        ]
    return found


def _chains(of_each: dict[_Whose, list[StatementRow]]) -> list[str]:
    return [
        f"{after.id} opens with {after.opening_minor} {after.currency}, and {before.id} closed with {before.closing_minor}"
        for rows in of_each.values()
        for before, after in pairwise(rows)
        if after.opening_minor != before.closing_minor
    ]


async def _balances(session: AsyncSession, of_each: dict[_Whose, list[StatementRow]]) -> list[str]:
    """What was stated last and has come since is what there is."""
    kept = {
        (row.producer_id, row.currency): row.balance_minor for row in await ledger.producer_balances(session)
    }
    found: list[str] = []
    for month in sorted({_month(rows[-1]) for rows in of_each.values()}):
        since = {
            (one.producer_id, one.currency): one.minor
            for one in await statements.movements(session, month.ends_at, None)
        }
        for whose, rows in of_each.items():
            stated = rows[-1].closing_minor + since.get(whose, 0)
            if _month(rows[-1]) == month and stated != kept.get(whose, 0):
                found.append(
                    f"{whose[0]} has {kept.get(whose, 0)} {whose[1]}, and what is stated and came since is {stated}"
                )
    return found


def _month(row: StatementRow) -> Month:
    month = Month.named(row.period)
    assert month  # the database holds no other
    return month


INVARIANT: Final = Invariant(
    "statement-sums",
    "Statements are what was entered in their months, one goes on where the one before ended, and the last leads to the balance.",
    _look,
    rows_of(Statement, "statements"),
)
