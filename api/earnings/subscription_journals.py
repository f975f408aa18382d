"""What a subscriber's invoice does to the books, and whom what goes back of it is taken from (D-52, MONEY 1). Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from api.earnings.reckoning import Trade
from db.bookkeeping import (
    BAD_DEBT,
    STRIPE_CASH,
    STRIPE_FEES,
    TAX_PAYABLE,
    LedgerAccount,
    NewJournal,
    Source,
    period_of,
    pool_of,
    some,
)
from db.money import Amount, split
from db.vocabulary import JournalSource


@dataclass(frozen=True)
class PaidInvoice:
    """An invoice that was paid, as the provider says.

    Attributes:
        id: Never changes.
        base: Paid for the plan, without tax.
    """

    id: str
    paid_at: datetime
    base: Amount
    tax: Amount


@dataclass(frozen=True)
class Bill:
    """A paid invoice, as what goes back of its payment finds it.

    Attributes:
        late: Its month was closed: the pool belongs to its producers (D-53), so the platform advances what goes back,
            until an adjustment run takes it from them.
    """

    paid: PaidInvoice
    late: bool

    @property
    def total(self) -> Amount:
        return self.paid.base + self.paid.tax

    def parts(self, minor: int) -> dict[LedgerAccount, Amount]:
        """How much of the first so many minor units is base, and how much tax: in their proportion."""
        shares = split(minor, {"base": self.paid.base.minor, "tax": self.paid.tax.minor})
        base = BAD_DEBT if self.late else pool_of(period_of(self.paid.paid_at))
        currency = self.paid.base.currency
        return {base: Amount(shares["base"], currency), TAX_PAYABLE: Amount(shares["tax"], currency)}


def invoice_paid(invoice: PaidInvoice) -> NewJournal:
    """The base goes to the pool of the month of payment, whole: the provider's fee is the platform's cost (`fee_kept`)."""
    return NewJournal(
        Source(JournalSource.SUBSCRIPTION_INVOICE, invoice.id),
        invoice.paid_at,
        (
            *some(STRIPE_CASH, pool_of(period_of(invoice.paid_at)), invoice.base),
            *some(STRIPE_CASH, TAX_PAYABLE, invoice.tax),
        ),
        about=invoice.id,
    )


def fee_kept(invoice: PaidInvoice, fee: Amount) -> NewJournal:
    """What the provider kept of the payment, in the currency it kept it in.

    A journal of its own: the provider may say it later than that the invoice was paid, and nobody waits for that.
    """
    source = Source(JournalSource.SUBSCRIPTION_FEE, invoice.id)
    return NewJournal(source, invoice.paid_at, some(STRIPE_FEES, STRIPE_CASH, fee), about=invoice.id)


def trade_of(invoice: PaidInvoice, late: Collection[str]) -> Trade:
    """What an invoice's payment was for.

    Args:
        late: Which refunds and disputes of it the platform advances.
    """
    return Trade(
        invoice.id,
        lambda back: Bill(invoice, late=back in late),
        Bill(invoice, late=False),  # of a closed month's pool an adjustment run shares it out
        JournalSource.SUBSCRIPTION_REFUND,
        JournalSource.SUBSCRIPTION_FEE,
    )
