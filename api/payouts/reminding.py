"""Reminding producers who have earned that they cannot be paid until their payouts are set up (D-70).

Once in a calendar month at most, and for the first time some days after the money came: whoever is setting up just now is
not disturbed.
"""

from datetime import timedelta
from typing import Final

from api.notices import Notice, notify_each
from api.payouts.till import Terms
from db.clock import now
from db.money import Amount
from db.queries import payouts as queries
from db.queries.payouts import Unpaid
from db.session import Sessions
from db.vocabulary import NotificationKind

_AT_ONCE: Final = 200
"""Producers told in one transaction."""


async def remind_of_setup(sessions: Sessions, terms: Terms, *, after: timedelta) -> None:
    """Tell everybody who has enough for a payout, has had so for some days, and has no account that is ready.

    Args:
        after: How long the money has been there at least.
    """
    moment, last = now(), None
    while True:
        async with sessions.writing() as session:
            some = await queries.unpaid(
                session,
                minimum_minor=terms.minimum_minor,
                earned_before=moment - after,
                after=last,
                limit=_AT_ONCE,
            )
            notices = {one.account_id: _notice(one, f"{moment:%Y-%m}") for one in some}
            await notify_each(session, NotificationKind.PAYOUT_SETUP_REMINDER, notices)
        if len(some) < _AT_ONCE:
            return
        last = some[-1].producer_id, some[-1].currency


def _notice(one: Unpaid, month: str) -> Notice:
    """Of the month: told of several currencies, a producer is reminded once."""
    waiting = Amount(one.balance_minor, one.currency)
    return Notice(
        kind=NotificationKind.PAYOUT_SETUP_REMINDER,
        subject=f"{one.producer_id}:{month}",
        title="Set up your payouts",
        body=f"You have earned {waiting}, which is kept for you. It is paid out once your payouts are set up.",
        path="/finances",
    )
