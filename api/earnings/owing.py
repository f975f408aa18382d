"""Telling producers that what was taken back of their earnings is more than there was (D-70)."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.notices import Notice, notify
from db.ids import ProducerId
from db.money import Amount
from db.queries import ledger, producers
from db.vocabulary import CurrencyCode, NotificationKind

Whose = tuple[ProducerId, CurrencyCode]
_BODY: Final = (
    "A sale or a share that you were paid was taken back, and that is {owed} more than your balance had. You pay nothing:"
    " what you earn next makes up for it, and payouts go on after that."
)


async def tell_of_debts(session: AsyncSession, changes: Mapping[Whose, int], *, cause: str) -> None:
    """Tell whoever has come to owe something by these changes, which were just made; who owed before is not told again.

    Args:
        cause: Id of the journal, or of the first of them.
    """
    lowered = {producer for (producer, _), change in changes.items() if change < 0}
    if not lowered:
        return
    now_below = {
        (row.producer_id, row.currency): row.balance_minor
        for row in await ledger.producer_balances(session, lowered)
        if row.balance_minor < 0
    }
    crossed = {whose: minor for whose, minor in now_below.items() if minor - changes.get(whose, 0) >= 0}
    for (producer, currency), minor in sorted(crossed.items()):
        await _tell(session, producer, Amount(-minor, currency), cause)


async def _tell(session: AsyncSession, producer: ProducerId, owed: Amount, cause: str) -> None:
    notice = Notice(
        kind=NotificationKind.PAYOUT_UPDATE,
        subject=f"{cause}:{owed.currency}",
        title=f"{owed} have to be earned first",
        body=_BODY.format(owed=owed),
        path="/finances",
    )
    [owner] = await producers.producers(session, [producer])
    await notify(session, [owner.account_id] if owner.account_id else [], notice)
