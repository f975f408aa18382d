"""Holds the ledger against every movement of the platform's balance at the provider (MONEY 5.11).

Each movement concerns a purchase, a bill or a payout, and so does each journal that has money come or go there; what they
come to must be the same, for each of them, and all movements together must be the balance. What concerns the platform alone is
entered here. What differs is a break, which staff see until it is gone. Journals of releases that did not say what they
concern cannot be compared: what they began is left out, and staff see since when it is not.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from api.earnings.ledger import post
from api.earnings.platform_journals import own_movement
from api.gateways.balance_facts import BalanceMovementFacts
from api.gateways.balance_payments import BalancePayments
from api.notices import Notice, notify
from db.bookkeeping import NewJournal
from db.clock import now
from db.ids import new_id, prefix_of
from db.models.reconciliation import BalanceMovement
from db.money import Amount
from db.queries import accounts
from db.queries import reconciliation as queries
from db.queries.reconciliation import Difference, UnknownMovement
from db.session import Sessions
from db.vocabulary import CurrencyCode, NotificationKind, Role

_log = structlog.get_logger(__name__)
_LOOKED_BACK: Final = timedelta(days=1)
"""Movements are listed by their moments, and two that are made at once may be listed one after the other."""
_SETTLED_AFTER: Final = timedelta(hours=2)
"""What has moved since may be in one book, and on its way to the other."""
_AT_ONCE: Final = 500
_BALANCE: Final = "balance"
_SHOWN: Final = 20


async def reconcile(sessions: Sessions, balance: BalancePayments) -> list[Difference]:
    """Read what has moved, find what it concerns, and keep where the books differ.

    Returns:
        The breaks that there are now.
    """
    before = await balance.balances()
    await _read_movements(sessions, balance)
    async with sessions.writing() as session:
        await _explain(session)
    steady = before == await balance.balances()
    settled = now() - _SETTLED_AFTER
    async with sessions.reading() as session:
        since = await queries.compared_from(session)
        found = await queries.differences(session, before=settled, after=since)
        if steady:  # else something moved while it was read
            found += _unequal(before, await queries.movement_sums(session))
    async with sessions.writing() as session:
        await _keep(session, found, unseen=set() if steady else {_BALANCE}, settled=settled)
    return found


async def _read_movements(sessions: Sessions, balance: BalancePayments) -> None:
    async with sessions.reading() as session:
        latest = await queries.latest_movement(session)
    since, after = latest - _LOOKED_BACK if latest else None, None
    found: list[BalanceMovement] = []
    while some := await balance.movements(since, after=after):
        found += [_movement(one) for one in some]
        after = some[-1].reference
    for end in range(
        len(found), 0, -_AT_ONCE
    ):  # the oldest first, so that nothing is missing before the latest
        async with sessions.writing() as session:
            await queries.add_movements(session, found[max(0, end - _AT_ONCE) : end])


def _movement(facts: BalanceMovementFacts) -> BalanceMovement:
    return BalanceMovement(
        id=facts.reference,
        kind=facts.kind,
        source=facts.source,
        payment=facts.payment,
        parent=facts.parent,
        about=_ours(facts.group),
        net_minor=facts.net,
        currency=facts.currency,
        happened_at=facts.at,
    )


def _ours(group: str | None) -> str | None:
    """What we called it by: an id, with what it is before it or without."""
    named = group.rpartition(":")[2] if group else ""
    return named if prefix_of(named) else None


async def _explain(session: AsyncSession) -> None:
    """Find what movements concern that say nothing of it themselves."""
    unknown = await queries.unknown_movements(session)
    paid = await queries.subjects_of_payments(session, {one.payment for one in unknown if one.payment})
    taken_back = await queries.subjects_of_sources(session, {one.parent for one in unknown if one.parent})
    subjects = {one.id: paid.get(one.payment or "") or taken_back.get(one.parent or "") for one in unknown}
    await queries.explain(session, {movement: about for movement, about in subjects.items() if about})
    await post(session, *(journal for one in unknown if (journal := _own(one))))


def _own(movement: UnknownMovement) -> NewJournal | None:
    """What it is, where it concerns the platform alone."""
    if movement.currency not in set(CurrencyCode):
        return None
    net = Amount(movement.net_minor, CurrencyCode(movement.currency))
    return own_movement(movement.id, movement.kind, net, movement.happened_at)


def _unequal(balances: Mapping[str, int], moved: Mapping[str, int]) -> list[Difference]:
    return [
        Difference(_BALANCE, currency, moved.get(currency, 0), balances.get(currency, 0))
        for currency in sorted({*balances, *moved})
        if balances.get(currency, 0) != moved.get(currency, 0)
    ]


async def _keep(
    session: AsyncSession, found: Sequence[Difference], *, unseen: set[str], settled: datetime
) -> None:
    """Breaks that are new are told to staff; those that are gone are over, unless they were not looked at."""
    moment, known = now(), {(row.reference, row.currency) for row in await queries.open_breaks(session)}
    for one in found:
        is_new = (one.reference, one.currency) not in known
        await queries.keep_break(session, one, moment, is_new=is_new)
    gone = known - {(one.reference, one.currency) for one in found}
    unseen |= await queries.moved_since(session, {reference for reference, _ in gone}, settled)
    for reference, currency in gone:
        if reference not in unseen:
            await queries.end_break(session, reference, currency, moment)
    if new := [one for one in found if (one.reference, one.currency) not in known]:
        _log.critical("ledger and provider disagree: a person must look", breaks=[*map(tuple, new[:_SHOWN])])
        await notify(session, await accounts.holders_of(session, Role.STAFF), _notice(len(new)))


def _notice(count: int) -> Notice:
    what = "one thing" if count == 1 else f"{count} things"
    return Notice(
        kind=NotificationKind.SECURITY,  # the kind that nobody can switch off
        subject=new_id("evt"),
        title="Ledger and payment provider disagree",
        body=f"They say different sums of {what}. The staff desk lists them.",
        path="/staff/ledger",
    )
