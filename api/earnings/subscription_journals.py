"""What a subscriber's invoice, and money given back of it, do to the books (D-52, MONEY 1). Pure."""

from dataclasses import dataclass
from datetime import datetime

from db.bookkeeping import (
    BAD_DEBT,
    STRIPE_CASH,
    STRIPE_FEES,
    TAX_PAYABLE,
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
class InvoiceRefund:
    """Money given back of a paid invoice.

    Attributes:
        id: Never changes.
        amount: Tax included.
        before: Given back of this invoice by earlier refunds.
    """

    id: str
    refunded_at: datetime
    amount: Amount
    before: Amount


def invoice_paid(invoice: PaidInvoice) -> NewJournal:
    """The base goes to the pool of the month of payment, whole: the provider's fee is the platform's cost (`fee_kept`)."""
    return NewJournal(
        Source(JournalSource.SUBSCRIPTION_INVOICE, invoice.id),
        invoice.paid_at,
        (
            *some(STRIPE_CASH, pool_of(period_of(invoice.paid_at)), invoice.base),
            *some(STRIPE_CASH, TAX_PAYABLE, invoice.tax),
        ),
    )


def fee_kept(invoice: PaidInvoice, fee: Amount) -> NewJournal:
    """What the provider kept of the payment, in the currency it kept it in.

    A journal of its own: the provider may say it later than that the invoice was paid, and nobody waits for that.
    """
    source = Source(JournalSource.SUBSCRIPTION_FEE, invoice.id)
    return NewJournal(source, invoice.paid_at, some(STRIPE_FEES, STRIPE_CASH, fee))


def invoice_refunded(invoice: PaidInvoice, refund: InvoiceRefund) -> NewJournal:
    """Base and tax go back in their proportion; refunds of the whole sum to what was paid, to the cent.

    In the month of payment the base comes out of its pool. Later the pool belongs to its producers (D-53), and the
    platform bears it. The provider does not give its fee back.

    Raises:
        ValueError: More would be given back than was paid.
    """
    after = refund.before + refund.amount
    if not after <= invoice.base + invoice.tax:
        raise ValueError(f"{after} of {invoice.base + invoice.tax} cannot be given back")
    base = _base_of(invoice, after) - _base_of(invoice, refund.before)
    period = period_of(invoice.paid_at)
    in_time = period_of(refund.refunded_at) == period
    return NewJournal(
        Source(JournalSource.SUBSCRIPTION_REFUND, refund.id),
        refund.refunded_at,
        (
            *some(pool_of(period) if in_time else BAD_DEBT, STRIPE_CASH, base),
            *some(TAX_PAYABLE, STRIPE_CASH, refund.amount - base),
        ),
    )


def _base_of(invoice: PaidInvoice, given_back: Amount) -> Amount:
    """How much of the first cents given back is base."""
    shares = split(given_back.minor, {"base": invoice.base.minor, "tax": invoice.tax.minor})
    return Amount(shares["base"], invoice.base.currency)
