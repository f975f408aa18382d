"""What every change of a plan asks of the payment provider, with answers as a client can use them."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from api.gateways.payment_facts import PriceOnSale
from api.gateways.payments import PaymentRefused, Payments, PaymentUnsure
from api.payments.calls import Intent, carry_out
from api.plans.errors import PaymentIsRefused, PaymentsAreAway
from api.settings import Settings
from db.ids import AccountId
from db.queries import accounts
from db.queries import payments as payment_queries
from db.queries.plans import PlanRow
from db.session import Sessions
from db.vocabulary import PaymentCallKind

_PATIENCE_S: Final = 8
"""An operation is given ten seconds: what the provider has not answered by then, the same key tells later."""


@dataclass(frozen=True)
class Till:
    """Where plans are paid.

    Attributes:
        site: Start of our site's addresses, to come back to.
    """

    sessions: Sessions
    payments: Payments
    site: str
    grace: timedelta

    async def payer(self, account: AccountId) -> str:
        """By what name the provider knows an account; it is introduced where it is not known."""
        async with self.sessions.reading() as session:
            known = await payment_queries.payer_of(session, account)
            [person] = await accounts.accounts(session, [account])
        if known:
            return known

        async def introduce(key: str) -> str:
            return await self.payments.add_payer(
                key, account=account, email=person.email, name=person.display_name
            )

        reference = await carry_out(self.sessions, Intent(PaymentCallKind.ADD_PAYER, account), introduce)
        async with self.sessions.writing() as session:
            await payment_queries.keep_payer(session, account, reference)
        return reference

    async def price(self, plan: PlanRow) -> str:
        """The provider's price of a plan, made where there is none."""
        price = PriceOnSale(plan.id, plan.name, plan.price_minor, plan.currency)
        intent = Intent(PaymentCallKind.ADD_PRICE, price.lookup_key)
        return await carry_out(self.sessions, intent, lambda key: self.payments.add_price(key, price))


def till(settings: Settings, sessions: Sessions, payments: Payments | None) -> Till:
    """Where plans are paid in this installation.

    Raises:
        PaymentsAreAway: It takes no money.
    """
    if payments is None:
        raise PaymentsAreAway("This installation takes no payments.")
    return Till(sessions, payments, settings.share_base, timedelta(days=settings.payment_grace_days))


@asynccontextmanager
async def refusing() -> AsyncGenerator[None]:
    """The provider's answers as refusals; one that does not come in time is none."""
    try:
        async with asyncio.timeout(_PATIENCE_S):
            yield
    except PaymentRefused as refused:
        raise PaymentIsRefused from refused
    except (PaymentUnsure, TimeoutError) as unsure:
        raise PaymentsAreAway from unsure
