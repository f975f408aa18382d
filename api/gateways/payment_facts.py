"""What is asked of the payment provider and what it says, in our own words (MONEY 2)."""

from dataclasses import dataclass
from datetime import datetime

from db.vocabulary import CurrencyCode


@dataclass(frozen=True)
class PriceOnSale:
    """What is asked for by the month.

    Attributes:
        id: Of the plan; names the product.
    """

    id: str
    name: str
    minor: int
    currency: CurrencyCode

    @property
    def lookup_key(self) -> str:
        """Names this price for ever: another amount is another price."""
        return f"{self.id}:{self.minor}:{self.currency}"


@dataclass(frozen=True)
class PlanOrder:
    """A checkout to open.

    Attributes:
        subject: Our own id of what is begun; comes back with everything that follows.
        payer: The provider's customer.
        price: The provider's price.
    """

    subject: str
    payer: str
    price: str
    success_url: str
    cancel_url: str


@dataclass(frozen=True)
class CheckoutFacts:
    """A checkout as it is.

    Attributes:
        url: Null once it is over.
        subscription: What it began; null until it is paid.
        payment: What is paid by, where it is for one thing and no subscription; null until somebody tries.
    """

    reference: str
    subject: str | None
    status: str
    url: str | None
    expires_at: datetime
    subscription: str | None
    payment: str | None


@dataclass(frozen=True)
class SubscriptionFacts:
    """A subscription as it is.

    Attributes:
        plan: Our plan's id, from the key of its price.
        next_plan: What a schedule puts in its place at the period's end.
        ends: At the period's end, unless it is resumed.
    """

    reference: str
    subject: str | None
    status: str
    plan: str | None
    next_plan: str | None
    period_ends_at: datetime
    ends: bool
    ended_at: datetime | None


@dataclass(frozen=True)
class InvoiceFacts:
    """A bill as it is, in minor units.

    Attributes:
        base: Without tax.
        paid: In money; the rest with what the payer had left over from bills before.
        payment: What it was paid by; null until it is paid, and where no money was.
    """

    reference: str
    subscription: str | None
    number: str
    currency: CurrencyCode
    total: int
    base: int
    tax: int
    issued_at: datetime
    paid_at: datetime | None
    pdf_url: str | None
    paid: int = 0
    payment: str | None = None


@dataclass(frozen=True)
class EventFacts:
    """Something that happened: a hint at what to read anew."""

    id: str
    type: str
    object_id: str
    happened_at: datetime
