"""What follows of the payment provider's events for payouts: what they are about is read anew and settled."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from api.payouts.learning import learn_of_account
from api.payouts.settlement import settle_payout
from api.payouts.till import PayoutTill
from db.queries import payout_accounts, payouts


@dataclass(frozen=True)
class PayoutEars:
    """Reads anew what events are about."""

    till: PayoutTill

    async def hear(self, type: str, object_id: str) -> bool:
        """Have everything follow of what an event is about, as it is now.

        Returns:
            Whether it is about an account that we pay to, or a payout of ours.

        Raises:
            PaymentUnsure: The provider does not answer.
        """
        read = next((read for begin, read in _READ.items() if type.startswith(begin)), None)
        return read is not None and bool(object_id) and await read(self, object_id)

    async def account(self, reference: str) -> bool:
        """An account, whatever has happened to it."""
        async with self.till.sessions.reading() as session:
            row = await payout_accounts.called(session, reference)
        if row is None:
            return False
        await learn_of_account(self.till, row.id)
        return True

    async def payout(self, reference: str) -> bool:
        """A transfer, or money on its way to a bank."""
        async with self.till.sessions.reading() as session:
            payout = await payouts.known_as(session, reference)
        if payout is None:
            return False
        await settle_payout(self.till, payout)
        return True


_READ: Final[Mapping[str, Callable[[PayoutEars, str], Awaitable[bool]]]] = {
    "v2.core.account": PayoutEars.account,
    "transfer.": PayoutEars.payout,
    "payout.": PayoutEars.payout,
}
"""By how the event's type begins."""
