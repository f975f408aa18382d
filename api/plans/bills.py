"""Keeping bills for plans as the payment provider says they are, and entering what is paid and what goes back (MONEY 1)."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from api.earnings.ledger import post
from api.earnings.reckoning import journals_of_returns, returns_of
from api.earnings.return_journals import Moved, Return, exchanged, shares
from api.earnings.subscription_journals import Bill, PaidInvoice, fee_kept, invoice_paid, trade_of
from api.gateways.payment_facts import InvoiceFacts
from api.gateways.sale_facts import SaleFacts
from db.bookkeeping import BAD_DEBT, NewJournal, period_of, pool_of
from db.ids import PlanSubscriptionId
from db.models.plans import Invoice
from db.money import Amount, split
from db.queries import late_returns, ledger, pools
from db.queries import plans as queries
from db.queries.late_returns import LateReturn
from db.queries.plans import InvoiceRow


async def keep_bill(
    session: AsyncSession, subscription: PlanSubscriptionId, facts: InvoiceFacts, payment: SaleFacts | None
) -> bool:
    """Keep a bill as it is, and enter in the ledger what was paid and what went back; the same again changes nothing.

    Args:
        payment: What it was paid by, as it is; null while it is not paid, and where no money was.

    Returns:
        Whether all of it is there: not while it is paid, and what the provider kept of that is not known.
    """
    bill = _bill(subscription, facts)
    if await queries.payer_has_left(session, subscription):
        bill.pdf_url = None  # a paper with their name (D-81)
    row = await queries.keep_invoice(session, bill)
    paid = _paid(row)
    if paid is None:
        return True
    known = [] if payment is None else [*_came_in(paid, payment), *await _went_back(session, paid, payment)]
    await post(session, invoice_paid(paid), *known)
    return payment is not None and payment.movement is not None


def _bill(subscription: PlanSubscriptionId, facts: InvoiceFacts) -> Invoice:
    parts = split(facts.paid, {"base": facts.base, "tax": facts.tax}) if facts.paid > 0 else {}
    return Invoice(
        subscription_id=subscription,
        reference=facts.reference,
        payment_reference=facts.payment,
        number=facts.number,
        base_minor=facts.base,
        tax_minor=facts.tax,
        total_minor=facts.total,
        paid_base_minor=parts.get("base", 0),
        paid_tax_minor=parts.get("tax", 0),
        currency=facts.currency,
        issued_at=facts.issued_at,
        paid_at=facts.paid_at,
        pdf_url=facts.pdf_url,
    )


def _paid(row: InvoiceRow) -> PaidInvoice | None:
    """Null where no money came in."""
    if row.paid_at is None or not row.paid_base_minor + row.paid_tax_minor:
        return None
    base, tax = (Amount(minor, row.currency) for minor in (row.paid_base_minor, row.paid_tax_minor))
    return PaidInvoice(id=row.id, paid_at=row.paid_at, base=base, tax=tax)


def _came_in(paid: PaidInvoice, payment: SaleFacts) -> list[NewJournal]:
    """What the provider kept, once it says so; and the change into another currency, where there was one."""
    moved = payment.movement
    if moved is None:
        return []
    said = Moved(moved.reference, moved.amount, payment.amount, moved.fee, moved.at)
    return [fee_kept(paid, moved.fee), *(replace(one, about=paid.id) for one in exchanged(said))]


async def _went_back(session: AsyncSession, paid: PaidInvoice, payment: SaleFacts) -> list[NewJournal]:
    names = [one.id for one in returns_of(payment)]
    late = await _late_among(session, paid, names) if names else set[str]()
    await late_returns.add(session, _advanced(paid, payment, late))
    return journals_of_returns(trade_of(paid, late), payment)


async def _late_among(session: AsyncSession, paid: PaidInvoice, names: Sequence[str]) -> set[str]:
    """Which of them the platform advances: those that were entered so, and new ones once the month is closed.

    Nobody closes it meanwhile, for whoever freezes a pool takes the same turn.
    """
    period = period_of(paid.paid_at)
    await ledger.guard(session, {pool_of(period)})
    known = await late_returns.late_among(session, names)
    if not await pools.is_frozen(session, period):
        return known
    return known | (set(names) - await late_returns.entered_among(session, names))


def _advanced(paid: PaidInvoice, payment: SaleFacts, late: set[str]) -> list[LateReturn]:
    """What an adjustment run takes from the month's producers."""
    return [_late(paid, back) for back in returns_of(payment) if back.id in late]


def _late(paid: PaidInvoice, back: Return) -> LateReturn:
    base = shares(Bill(paid, late=True), back)[BAD_DEBT]
    return LateReturn(back.id, period_of(paid.paid_at), base.minor, base.currency, back.at)
