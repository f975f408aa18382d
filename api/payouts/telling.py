"""Telling producers what became of their payouts, and of the account that they are paid to (D-70)."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.notices import Notice, notify
from api.payouts.rules import what_it_waits_for
from db.ids import ProducerId
from db.money import Amount
from db.queries import producers
from db.queries.payout_accounts import PayoutAccountRow
from db.queries.payouts import PayoutRow
from db.vocabulary import NotificationKind, PayoutAccountStatus, PayoutStatus

_WORDS: Final[Mapping[PayoutStatus, tuple[str, str]]] = {
    PayoutStatus.SENT: (
        "{amount} are on their way to you",
        "{amount} were sent to your bank. It takes some days.",
    ),
    PayoutStatus.SETTLED: ("{amount} have arrived", "{amount} have arrived at your bank."),
    PayoutStatus.REJECTED: (
        "{amount} could not be sent",
        "{amount} could not be sent, and are in your balance again. {why}",
    ),
    PayoutStatus.FAILED: (
        "{amount} came back",
        "Your bank sent {amount} back; they will be in your balance again. {why} Look at your bank account"
        " in the set-up of your payouts.",
    ),
}
"""By what has happened: a line, and a sentence or two."""

_NO_LONGER_READY: Final = "Your payouts wait"


async def tell_of_payout(session: AsyncSession, row: PayoutRow, status: PayoutStatus, why: str = "") -> None:
    """Its producer, if they are verified: each step once."""
    title, body = _WORDS[status]
    amount = Amount(row.amount_minor, row.currency)
    notice = Notice(
        kind=NotificationKind.PAYOUT_UPDATE,
        subject=f"{row.id}:{status}",
        title=title.format(amount=amount),
        body=body.format(amount=amount, why=why).strip(),
        path="/finances",
    )
    await _tell(session, row.producer_id, notice)


async def tell_of_account(session: AsyncSession, row: PayoutAccountRow, status: PayoutAccountStatus) -> None:
    """Its producer, if they are verified, that it was ready and is so no longer; each time once.

    Args:
        row: As it was when it was ready.
        status: What it is now.
    """
    notice = Notice(
        kind=NotificationKind.PAYOUT_UPDATE,
        subject=f"{row.id}:{row.version}",
        title=_NO_LONGER_READY,
        body=what_it_waits_for(status),
        path="/finances",
    )
    await _tell(session, row.producer_id, notice)


async def _tell(session: AsyncSession, producer: ProducerId, notice: Notice) -> None:
    [owner] = await producers.producers(session, [producer])
    await notify(session, [owner.account_id] if owner.account_id else [], notice)
