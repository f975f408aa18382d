"""Where plans are paid (D-50)."""

from dataclasses import dataclass
from datetime import timedelta

from api.gateways.payment_facts import PriceOnSale
from api.gateways.payments import Payments
from api.payments.calls import Intent, carry_out
from api.payments.till import Till, given_payments
from api.settings import Settings
from db.queries.plans import PlanRow
from db.session import Sessions
from db.vocabulary import PaymentCallKind


@dataclass(frozen=True)
class PlanTill(Till):
    """Where plans are paid.

    Attributes:
        grace: How long a plan goes on whose bill could not be paid.
    """

    grace: timedelta

    async def price(self, plan: PlanRow) -> str:
        """The provider's price of a plan, made where there is none."""
        price = PriceOnSale(plan.id, plan.name, plan.price_minor, plan.currency)
        intent = Intent(PaymentCallKind.ADD_PRICE, price.lookup_key)
        return await carry_out(self.sessions, intent, lambda key: self.payments.add_price(key, price))


def plan_till(settings: Settings, sessions: Sessions, payments: Payments | None) -> PlanTill:
    """Where plans are paid in this installation.

    Raises:
        PaymentsAreAway: It takes no money.
    """
    grace = timedelta(days=settings.payment_grace_days)
    return PlanTill(sessions, given_payments(payments), settings.share_base, grace)
