"""Telling producers what became of their payouts (D-70)."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.notices import Notice, notify
from db.money import Amount
from db.queries import producers
from db.queries.payouts import PayoutRow
from db.vocabulary import NotificationKind, PayoutStatus

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
    [owner] = await producers.producers(session, [row.producer_id])
    await notify(session, [owner.account_id] if owner.account_id else [], notice)
