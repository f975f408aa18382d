"""What follows of the payment provider's events for sales: what they are about is read anew and settled."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from api.gateways.payment_answers import NOT_THERE, PaymentRefused, PaymentUnsure
from api.gateways.sale_facts import MoneyState
from api.purchases.closing import settle
from api.purchases.settlement import settle_payment
from api.purchases.till import SaleTill
from db.ids import PurchaseId
from db.queries import purchases as queries


@dataclass(frozen=True)
class SaleEars:
    """Reads anew what events are about."""

    till: SaleTill

    async def hear(self, type: str, object_id: str) -> bool:
        """Have everything follow of what an event is about, as it is now.

        Returns:
            Whether it is about a purchase of ours.

        Raises:
            PaymentUnsure: The provider does not answer, or has not said all yet.
        """
        read = next((read for begin, read in _READ.items() if type.startswith(begin)), None)
        if read is None or not object_id:
            return False
        try:
            return await read(self, type, object_id)
        except PaymentRefused as refused:
            if refused.code != NOT_THERE:
                raise
            return False

    async def checkout(self, type: str, reference: str) -> bool:
        """A checkout: paid, over, or open as before."""
        facts = await self.till.payments.checkout(reference)
        purchase = await self._known(facts.subject)
        if purchase is None:
            return False
        if facts.payment is not None and facts.status == "complete":
            return await self.payment(type, facts.payment)
        await settle(self.till, purchase)
        return True

    async def payment(self, type: str, reference: str) -> bool:
        """A payment, with its refunds and disputes."""
        purchase = await self._known(await self.till.payments.sales.subject_of(reference))
        if purchase is None:
            return False
        facts = await settle_payment(self.till, purchase, reference)
        if facts.state is MoneyState.TAKEN and facts.movement is None:
            raise PaymentUnsure("What the provider keeps of a payment is known within the hour.")
        return True

    async def charge(self, type: str, reference: str) -> bool:
        """A charge, a refund or a dispute."""
        payment = await self.till.payments.sales.payment_behind(type, reference)
        return payment is not None and await self.payment(type, payment)

    async def _known(self, subject: str | None) -> PurchaseId | None:
        purchase = PurchaseId(subject or "")
        async with self.till.sessions.reading() as session:
            return purchase if await queries.purchases(session, [purchase]) else None


_READ: Final[Mapping[str, Callable[[SaleEars, str, str], Awaitable[bool]]]] = {
    "checkout.session.": SaleEars.checkout,
    "payment_intent.": SaleEars.payment,
    "charge.": SaleEars.charge,
    "refund.": SaleEars.charge,
}
"""By how the event's type begins."""
