"""Entering journals: each cause once, for ever (MONEY 1)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from api.earnings.errors import AccountOverdrawn, JournalChanged
from api.earnings.owing import Whose, tell_of_debts
from db.bookkeeping import NewJournal, Place, Source, changes_of, never_below_zero, producer_of
from db.clock import now
from db.ids import new_id
from db.queries import ledger as queries


async def post(session: AsyncSession, *journals: NewJournal) -> None:
    """Enter journals, all of them or none; those that are there already change nothing.

    Whoever enters several in one transaction does it by one call: rows are locked in one order within it. Two who
    enter the same at once are one after the other, and the second changes nothing.

    Raises:
        JournalChanged: A cause was entered before, and not like this.
        AccountOverdrawn: An account would have less than nothing that never does.
    """
    by_source = _by_source(journals)
    if not by_source:
        return
    ids = {source: new_id("jrn") for source in by_source}
    rows = [_journal(ids[source], by_source[source]) for source in sorted(by_source)]
    entered = await queries.add_journals(session, rows)
    await _check_replays(session, [one for one in by_source.values() if one.source not in entered])
    new = [by_source[source] for source in sorted(entered)]
    await queries.add_entries(session, [row for one in new for row in _entries(ids[one.source], one)])
    changes = changes_of(move for one in new for move in one.moves)
    await _check_guarded(session, changes)
    producers = _of_producers(changes)
    await queries.change_producers(session, producers)
    await tell_of_debts(session, producers, cause=min((ids[one.source] for one in new), default=""))


def _by_source(journals: Iterable[NewJournal]) -> dict[Source, NewJournal]:
    """Each cause once; named twice, it must say the same."""
    found: dict[Source, NewJournal] = {}
    for one in journals:
        if found.setdefault(one.source, one).content_sha256 != one.content_sha256:
            raise JournalChanged(one.source)
    return found


async def _check_replays(session: AsyncSession, known: Sequence[NewJournal]) -> None:
    if not known:
        return
    contents = await queries.contents(session, [one.source for one in known])
    for one in known:
        if contents[one.source] != one.content_sha256:
            raise JournalChanged(one.source)


async def _check_guarded(session: AsyncSession, changes: Mapping[Place, int]) -> None:
    """Whoever takes from a guarded account takes turns, then counts what is there; who only gives need not wait."""
    lowered = [place for place, change in changes.items() if change < 0 and never_below_zero(place[0])]
    if not lowered:
        return
    accounts = {account for account, _ in lowered}
    await queries.guard(session, accounts)
    balances = await queries.balances(session, accounts)
    for place in lowered:
        if balances[place] < 0:
            raise AccountOverdrawn(place, balances[place])


def _of_producers(changes: Mapping[Place, int]) -> Counter[Whose]:
    whose = ((producer_of(account), currency, change) for (account, currency), change in changes.items())
    return Counter(
        {(producer, currency): change for producer, currency, change in whose if producer and change}
    )


def _journal(journal: str, new: NewJournal) -> dict[str, Any]:
    return {
        "id": journal,
        "source_kind": new.source.kind,
        "source_id": new.source.id,
        "about": new.about,
        "content_sha256": new.content_sha256,
        "happened_at": new.happened_at,
        "posted_at": now(),
    }


def _entries(journal: str, new: NewJournal) -> list[dict[str, Any]]:
    return [
        {
            "journal_id": journal,
            "position": position,
            "from_account": move.from_account,
            "to_account": move.to_account,
            "amount_minor": move.amount.minor,
            "currency": move.amount.currency,
        }
        for position, move in enumerate(new.moves)
    ]
