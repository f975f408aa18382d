"""Telling verified producers of a beat request that their tracks answer, once each, some of them at a time (D-64)."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.notices import Notice, notify_each
from api.requests.explaining import explained
from api.requests.fit import Reason
from api.requests.meaning import genre_labels_for, genre_named
from api.requests.wording import fit_in_words, in_short
from db.clock import day_of, now
from db.ids import AccountId, BeatRequestId, ProducerId
from db.queries import accounts as account_queries
from db.queries import notices, requests
from db.queries import untold as queries
from db.queries.requests import BeatRequestRow
from db.queries.untold import UntoldRow
from db.session import Sessions
from db.vocabulary import GENRE_PARENTS, BeatRequestStatus, NotificationKind

_AT_ONCE: Final = 50
"""Producers in one transaction: some 20 ms of writing, so that other writers need not wait longer."""
_TRACKS_NAMED: Final = 3
_KIND: Final = NotificationKind.MATCHING_REQUEST

Step = Callable[[AsyncSession], Awaitable[None]]


async def tell_matches(
    sessions: Sessions, request: BeatRequestId, *, most_a_day: int, keep: Step, settle: Step
) -> None:
    """Tell everybody with a match that was not told; whoever was told of the request before is not told again.

    Args:
        most_a_day: What an account is told at once on one day, UTC; more of it comes quietly.
        keep: Keeps the job, in the transaction that tells some of them.
        settle: Ends the job, once the last ones are told, or the request takes no offers any more.
    """
    last: ProducerId | None = None
    while True:
        async with sessions.writing() as session:
            some = await _tell_some(session, request, after=last, most_a_day=most_a_day)
            if not some:
                await settle(session)
                return
            await keep(session)
            last = some[-1]


async def _tell_some(
    session: AsyncSession, request: BeatRequestId, *, after: ProducerId | None, most_a_day: int
) -> list[ProducerId]:
    """The next producers, told or passed over; none: nobody is left, or the request takes no offers any more.

    Whoever tells an account of requests locks it, so that two who do so at once cannot both be within the day's number.
    The request is held after the accounts, as by everybody who locks both; so its matches are not rewritten meanwhile.
    """
    some = await queries.next_untold(session, request, after=after, limit=_AT_ONCE)
    accounts = await queries.accounts_to_tell(session, some)
    await account_queries.lock_all(session, accounts.values())
    row = await requests.hold_request(session, request)
    if row is None or row.status_at(now()) is not BeatRequestStatus.ACTIVE:
        return []
    await _tell(session, row, accounts, most_a_day=most_a_day)
    return some


async def _tell(
    session: AsyncSession,
    request: BeatRequestRow,
    accounts: Mapping[ProducerId, AccountId],
    *,
    most_a_day: int,
) -> None:
    """Tell verified producers; of the others, and of tracks that are hidden, nothing is settled."""
    muted = await notices.who_muted(session, accounts.values(), _genres_of(request))
    best: Mapping[ProducerId, list[UntoldRow]] = defaultdict(list)
    for row in await queries.best_untold(session, request.id, accounts, most=_TRACKS_NAMED):
        best[row.producer_id].append(row)
    heard = {accounts[one]: rows for one, rows in best.items() if accounts[one] not in muted}
    full = await _had_enough(session, heard, most_a_day)
    why = await explained(session, [(request.id, row.track_id) for rows in heard.values() for row in rows])
    told = {
        account: _notice(
            request,
            [(row.title, why[request.id, row.track_id]) for row in rows],
            more=rows[0].total - len(rows),
            quiet=account in full,
        )
        for account, rows in heard.items()
    }
    await notify_each(session, _KIND, told)
    settled = [one for one, account in accounts.items() if one in best or account in muted]
    await queries.mark_told(session, request.id, settled)


async def _had_enough(
    session: AsyncSession, accounts: Collection[AccountId], most_a_day: int
) -> frozenset[AccountId]:
    counts = await notices.counts_since(session, accounts, _KIND, since=day_of(now()))
    return frozenset(account for account in accounts if counts.get(account, 0) >= most_a_day)


def _genres_of(request: BeatRequestRow) -> set[str]:
    """Folded, in every spelling: the one that is asked for, and the one that it is within."""
    asked = request.genre_folded
    if asked is None:
        return set()
    name = genre_named(asked)
    meant = {name, GENRE_PARENTS.get(name)}
    return {asked} | {label for label in genre_labels_for(asked) if genre_named(label) in meant}


def _notice(
    request: BeatRequestRow, fits: Sequence[tuple[str, Sequence[Reason]]], *, more: int, quiet: bool
) -> Notice:
    return Notice(
        kind=_KIND,
        subject=request.id,
        title=f"A beat request for you: {in_short(request.text)}",
        body=fit_in_words(fits, more=more),
        path=f"/requests/{request.id}",
        quiet=quiet,
    )
