"""What follows of the payment provider's events for plans: what they are about is read anew and kept."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from api.gateways.payment_answers import PaymentRefused, PaymentUnsure
from api.gateways.payments import Payments
from api.plans.bills import keep_bill
from api.plans.learning import end_unpaid, learn_of_subscription
from db.ids import PlanSubscriptionId
from db.queries import plans as queries
from db.queries.plans import PlanSubscriptionRow
from db.session import Sessions

_UNKNOWN: Final = "resource_missing"


@dataclass(frozen=True)
class PlanEars:
    """Reads anew what events are about.

    Attributes:
        grace: How long a plan goes on whose bill could not be paid.
    """

    sessions: Sessions
    payments: Payments
    grace: timedelta

    async def hear(self, type: str, object_id: str) -> bool:
        """Keep what an event is about, as it is now.

        Returns:
            Whether it is about something of ours that depends on it.

        Raises:
            PaymentUnsure: The provider does not answer.
        """
        read = next((read for begin, read in _READ.items() if type.startswith(begin)), None)
        if read is None or not object_id:  # such as a bill that is not there yet
            return False
        try:
            return await read(self, type, object_id)
        except PaymentRefused as refused:
            if refused.code != _UNKNOWN:
                raise
            return False

    async def checkout(self, type: str, reference: str) -> bool:
        """A checkout: paid, over, or open as before."""
        facts = await self.payments.checkout(reference)
        row = await self._row(facts.subject)
        if row is None:
            return False
        if facts.subscription:
            await learn_of_subscription(
                self.sessions, self.payments, row.id, facts.subscription, grace=self.grace
            )
        elif facts.status == "expired":
            async with self.sessions.writing() as session:
                await end_unpaid(session, row.id)
        return True

    async def subscription(self, type: str, reference: str) -> bool:
        """A subscription, in whatever state."""
        return await self._plan(reference) is not None

    async def charge(self, type: str, reference: str) -> bool:
        """A charge, a refund or a dispute: of a bill, or of something else."""
        payment = await self.payments.sales.payment_behind(type, reference)
        bill = await self.payments.bill_behind(payment) if payment else None
        return bill is not None and await self.invoice(type, bill)

    async def invoice(self, type: str, reference: str) -> bool:
        """A bill, with what became of its payment: it is kept from when it has a number."""
        facts = await self.payments.invoice(reference)
        payment = await self.payments.sales.payment(facts.payment) if facts.payment else None
        row = await self._plan(facts.subscription) if facts.subscription else None
        if row is None:
            return False
        if facts.number:
            async with self.sessions.writing() as session:
                whole = await keep_bill(session, row.id, facts, payment)
            if not whole:
                raise PaymentUnsure("What the provider keeps of a payment is known within the hour.")
        return True

    async def _plan(self, reference: str) -> PlanSubscriptionRow | None:
        """Ours, brought up to what the provider says of its subscription."""
        async with self.sessions.reading() as session:
            row = await queries.subscription_called(session, reference)
        row = row or await self._row((await self.payments.subscription(reference)).subject)
        if row is not None:
            await learn_of_subscription(self.sessions, self.payments, row.id, reference, grace=self.grace)
        return row

    async def _row(self, subject: str | None) -> PlanSubscriptionRow | None:
        async with self.sessions.reading() as session:
            rows = await queries.subscriptions(session, [PlanSubscriptionId(subject or "")])
        return rows[0] if rows else None


_READ: Final[Mapping[str, Callable[[PlanEars, str, str], Awaitable[bool]]]] = {
    "checkout.session.": PlanEars.checkout,
    "customer.subscription.": PlanEars.subscription,
    "invoice.": PlanEars.invoice,
    "charge.": PlanEars.charge,
    "refund.": PlanEars.charge,
}
"""By how the event's type begins."""
