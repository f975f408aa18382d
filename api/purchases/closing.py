"""The checkout of a purchase: what became of it, and closing it when its time is over (D-43).

A track is free again only when the provider has confirmed that nobody can pay any more.
"""

from typing import Final

import structlog

from api.gateways.payment_answers import NOT_THERE, PaymentRefused
from api.gateways.payment_facts import CheckoutFacts
from api.gateways.sale_facts import MoneyState, SaleOrder
from api.payments.calls import Intent, carry_out
from api.purchases.settlement import PurchaseUnsettledError, end_unpaid, hold_with_track, settle_payment
from api.purchases.till import SaleTill
from db.ids import PurchaseId
from db.money import Amount
from db.queries import payments as call_queries
from db.queries import purchases as queries
from db.queries.purchases import PurchaseRow
from db.transitions import LIVING, UNPAID
from db.vocabulary import PaymentCallKind

_TRIES: Final = 4
"""Of looking again, because somebody else wrote meanwhile."""
_log = structlog.get_logger(__name__)


async def settle(till: SaleTill, purchase: PurchaseId, *, closing: bool = False) -> None:
    """Bring a purchase to what the provider says of its checkout and its payment; again changes nothing.

    Args:
        closing: Let nobody pay any more, where nobody has.

    Raises:
        PaymentRefused, PaymentUnsure, PurchaseUnsettledError: It is tried again.
    """
    for _ in range(_TRIES):
        async with till.sessions.reading() as session:
            [row] = await queries.purchases(session, [purchase])
        if await _is_settled(till, row, closing=closing):
            return
    raise PurchaseUnsettledError(purchase)


async def _is_settled(till: SaleTill, row: PurchaseRow, *, closing: bool) -> bool:
    """Settle it as it was seen; false: it is another by now."""
    payment = row.payment_reference
    if payment is None and row.status in UNPAID:
        checkout = await _checkout_of(till, row, closing=closing)
        if checkout is None or checkout.status == "expired":
            return await let_go(till, row)
        payment = checkout.payment if checkout.status == "complete" else None
    if payment is None:
        return True
    facts = await settle_payment(till, row.id, payment)
    if facts.state is MoneyState.LET_GO and row.payment_reference is None:
        return await let_go(till, row)  # before anybody saw that it was put aside
    return True


async def let_go(till: SaleTill, row: PurchaseRow) -> bool:
    """End a purchase that nobody has paid for, nor can; false: it is not any more as it was seen."""
    async with till.sessions.writing() as session:
        held = (await hold_with_track(session, row.id)).purchase
        if held.version != row.version:
            return held.status not in LIVING
        if held.status in UNPAID and held.payment_reference is None:
            await end_unpaid(session, held)
    return True


async def opened(till: SaleTill, row: PurchaseRow) -> str:
    """The checkout of a purchase, opened once."""
    payer = await till.payer(row.account_id)
    title, back = row.grant["work"]["title"], f"{till.site}{row.return_path}"
    lines = (
        (f"Exclusive licence: {title}", Amount(row.price_minor, row.currency)),
        ("BeatPass fee", Amount(row.fee_minor, row.currency)),
    )
    order = SaleOrder(row.id, payer, lines, success_url=back, cancel_url=back)
    return await carry_out(
        till.sessions,
        Intent(PaymentCallKind.OPEN_SALE_CHECKOUT, row.id),
        lambda key: till.payments.sales.open_checkout(key, order),
        lambda: till.payments.sales.checkout_of(payer, row.id),
    )


async def close(till: SaleTill, reference: str) -> None:
    """Let nobody pay any more; where somebody has, or it is over, it stays so."""
    try:
        await till.close_checkout(reference, reference)
    except PaymentRefused:
        if (await till.payments.checkout(reference)).status == "open":
            raise


async def _checkout_of(till: SaleTill, row: PurchaseRow, *, closing: bool) -> CheckoutFacts | None:
    """The checkout as it is, closed where it is to be and can be; null: there is none."""
    reference = row.checkout_reference or await _begun(till, row)
    if reference is None:
        return None
    try:
        facts = await till.payments.checkout(reference)
    except PaymentRefused as refused:
        if refused.code != NOT_THERE:
            raise
        _log.critical("the payment provider does not know a checkout of ours", purchase=row.id)
        return None
    if facts.status == "open" and closing:
        await close(till, reference)
        return await till.payments.checkout(reference)
    return facts


async def _begun(till: SaleTill, row: PurchaseRow) -> str | None:
    """The checkout that somebody began to open and was cut off at; its key tells which it is."""
    async with till.sessions.reading() as session:
        call = await call_queries.last_call(session, PaymentCallKind.OPEN_SALE_CHECKOUT, row.id)
    if call is None:
        return None
    try:
        return await opened(till, row)
    except PaymentRefused:
        return None
