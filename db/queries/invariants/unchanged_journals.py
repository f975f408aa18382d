"""A journal is what it was when it was entered (MONEY 1.2)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.bookkeeping import LedgerAccount, Move, Source, content_sha256
from db.ids import JournalId
from db.models.ledger import Entry, Journal
from db.money import Amount
from db.queries.invariants.finding import Invariant, rows_of
from db.queries.rows import read, select_row
from db.vocabulary import CurrencyCode, JournalSource

_AT_ONCE: Final = 1_000
"""So that the memory does not grow with the ledger."""


class _Written(NamedTuple):
    id: JournalId
    source_kind: JournalSource
    source_id: str
    happened_at: datetime
    content_sha256: str


class _Entry(NamedTuple):
    journal_id: JournalId
    from_account: LedgerAccount
    to_account: LedgerAccount
    amount_minor: int
    currency: CurrencyCode


async def _look(session: AsyncSession) -> list[str]:
    changed: list[str] = []
    after = ""
    while some := await _journals(session, after):
        moves = await _moves(session, some)
        changed += [one.id for one in some if _content(one, moves[one.id]) != one.content_sha256]
        after = some[-1].id
    return [f"{journal} is not what was entered" for journal in changed]


async def _journals(session: AsyncSession, after: str) -> list[_Written]:
    following = select_row(_Written, Journal).where(col(Journal.id) > after)
    return await read(session, _Written, following.order_by(col(Journal.id)).limit(_AT_ONCE))


async def _moves(session: AsyncSession, journals: Sequence[_Written]) -> dict[str, list[Move] | None]:
    """By journal; null: an entry is no move."""
    within = col(Entry.journal_id).between(journals[0].id, journals[-1].id)
    found: dict[str, list[Move] | None] = defaultdict(list)
    for entry in await read(session, _Entry, select_row(_Entry, Entry).where(within)):
        known, move = found[entry.journal_id], _move(entry)
        found[entry.journal_id] = None if known is None or move is None else [*known, move]
    return found


def _move(entry: _Entry) -> Move | None:
    amount = Amount(entry.amount_minor, entry.currency)
    try:
        return Move(entry.from_account, entry.to_account, amount)
    except ValueError:
        return None


def _content(written: _Written, moves: list[Move] | None) -> str | None:
    source = Source(written.source_kind, written.source_id)
    return None if moves is None else content_sha256(source, written.happened_at, moves)


INVARIANT: Final = Invariant(
    "unchanged-journals",
    "Every journal and its entries are what was entered, to the letter.",
    _look,
    rows_of(Journal, "journals"),
)
