"""Reminding producers who have earned that they cannot be paid until their payouts are set up (D-70).

Once in a calendar month at most, and for the first time some days after the money came: whoever is setting up just now is
not disturbed.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from api.notices import Notice, notify_each
from api.payouts.till import Terms
from db.clock import now
from db.money import Amount
from db.queries import payouts as queries
from db.queries.payouts import Unpaid
from db.session import Sessions
from db.vocabulary import NotificationKind, PayoutAccountStatus

_AT_ONCE: Final = 200
"""Producers told in one transaction."""
_TO_SET_UP: Final = ("Set up your payouts", "It is paid out once your payouts are set up.")
_WORDS: Final[Mapping[PayoutAccountStatus | None, tuple[str, str]]] = {
    PayoutAccountStatus.RESTRICTED: (
        "Your payouts wait for you",
        "The payment provider asks for more than you gave it when you set your payouts up: give it that, and it is paid out.",
    ),
    PayoutAccountStatus.UNDER_REVIEW: (
        "Your payouts wait for the payment provider",
        "You have set your payouts up, and the payment provider is looking at that; there is nothing for you to do.",
    ),
}
"""A line, and what is to be done, where it is not to set up what is not set up yet."""


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
    title, body = _WORDS.get(one.status, _TO_SET_UP)
    waiting = Amount(one.balance_minor, one.currency)
    return Notice(
        kind=NotificationKind.PAYOUT_SETUP_REMINDER,
        subject=f"{one.producer_id}:{month}",
        title=title,
        body=f"You have earned {waiting}, which is kept for you. {body}",
        path="/finances",
    )
