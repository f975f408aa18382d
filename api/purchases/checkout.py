"""The checkout of a purchase: opened, let go of, and closed when its time is over (D-43).

A track is free again only when the provider has confirmed that nobody can pay any more.
"""

from api.gateways.payment_answers import PaymentRefused
from api.gateways.payment_facts import CheckoutFacts
from api.gateways.sale_facts import MoneyState, SaleOrder
from api.payments.calls import Intent, carry_out
from api.payments.till import check_return_path, refusing
from api.purchases.errors import PurchaseIsOver, PurchaseNotFound
from api.purchases.reservation import Wish, reserve
from api.purchases.rules import LIVING, UNPAID
from api.purchases.settlement import end_unpaid, hold_with_track, settle_payment
from api.purchases.telling import announce_purchase
from api.purchases.till import SaleTill
from api.refusals import Problems
from api.texts import checked_idempotency_key
from api.viewer import Viewer
from db.ids import PurchaseId
from db.money import Amount
from db.queries import payments as call_queries
from db.queries import purchases as queries
from db.queries.purchases import PurchaseRow
from db.vocabulary import PaymentCallKind, PurchaseStatus


async def buy_exclusive(till: SaleTill, viewer: Viewer, wish: Wish) -> PurchaseId:
    """Keep a track for the viewer and open a checkout; the same key again is the same purchase.

    Raises:
        ManyRefused: Key or path are none.
        Refused: As `reservation.reserve` says; nothing is kept then.
        PaymentIsRefused: The provider opens no checkout; nothing is kept.
        PaymentsAreAway: The same key again tells.
    """
    _check(wish)
    async with refusing():
        async with till.sessions.writing() as session:
            row = await reserve(session, viewer, wish, kept_for=till.kept_for)
        if row.status is PurchaseStatus.RESERVED:
            await _open(till, row)
    return row.id


async def cancel_purchase(till: SaleTill, viewer: Viewer, purchase: PurchaseId) -> None:
    """Let go of a track before it is paid; what was paid meanwhile stands.

    Raises:
        PurchaseNotFound: It is none of the viewer's.
        PurchaseIsOver: It is paid, or was over before.
        PaymentsAreAway: Try again.
    """
    row = await own_purchase(till, viewer, purchase)
    if row.status not in UNPAID:
        raise PurchaseIsOver(object_id=purchase)
    async with refusing():
        await settle(till, purchase, closing=True)
    if (await own_purchase(till, viewer, purchase)).status is not PurchaseStatus.EXPIRED:
        raise PurchaseIsOver(object_id=purchase)


async def own_purchase(till: SaleTill, viewer: Viewer, purchase: PurchaseId) -> PurchaseRow:
    """A purchase of the viewer's.

    Raises:
        PurchaseNotFound: It is none.
    """
    async with till.sessions.reading() as session:
        rows = await queries.purchases(session, [purchase])
    if not rows or rows[0].account_id != viewer.account_id:
        raise PurchaseNotFound
    return rows[0]


async def settle(till: SaleTill, purchase: PurchaseId, *, closing: bool = False) -> None:
    """Bring a purchase to what the provider says of its checkout and its payment; again changes nothing.

    Args:
        closing: Let nobody pay any more, where nobody has.

    Raises:
        PaymentRefused, PaymentUnsure, PurchaseUnsettledError: It is tried again.
    """
    async with till.sessions.reading() as session:
        [row] = await queries.purchases(session, [purchase])
    payment = row.payment_reference
    if payment is None and row.status in UNPAID:
        checkout = await _checkout_of(till, row, closing=closing)
        payment = checkout.payment if checkout and checkout.status == "complete" else None
        if checkout is None or checkout.status == "expired":
            await _let_go(till, purchase)
    if payment is not None:
        facts = await settle_payment(till, purchase, payment)
        if facts.state is MoneyState.LET_GO:
            await _let_go(till, purchase)  # before anybody saw that it was put aside


def _check(wish: Wish) -> None:
    problems = Problems()
    checked_idempotency_key(problems, wish.idempotency_key)
    if wish.return_path is not None:
        with problems.under("return_path"):
            check_return_path(wish.return_path)
    problems.refuse_any()


async def _open(till: SaleTill, row: PurchaseRow) -> None:
    """Have somebody pay; where the purchase was let go of meanwhile, nobody may."""
    try:
        reference = await _opened(till, row)
    except PaymentRefused:
        await _let_go(till, row.id)
        raise
    facts = await till.payments.checkout(reference)
    async with till.sessions.writing() as session:
        held = await queries.held_purchase(session, row.id)
        assert held  # purchases are never deleted
        is_open = await queries.move(
            session,
            row.id,
            PurchaseStatus.CHECKOUT_OPEN,
            checkout_reference=reference,
            checkout_url=facts.url,
        )
        announce_purchase(session, row.id)
    if not is_open and held.status not in LIVING:
        await _close(till, row.id, reference)


async def _opened(till: SaleTill, row: PurchaseRow) -> str:
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


async def _checkout_of(till: SaleTill, row: PurchaseRow, *, closing: bool) -> CheckoutFacts | None:
    """The checkout as it is, closed where it is to be and can be; null: there never was one."""
    reference = row.checkout_reference or await _begun(till, row)
    if reference is None:
        return None
    facts = await till.payments.checkout(reference)
    if facts.status == "open" and closing:
        await _close(till, row.id, reference)
        return await till.payments.checkout(reference)
    return facts


async def _begun(till: SaleTill, row: PurchaseRow) -> str | None:
    """The checkout that somebody began to open and was cut off at; its key tells which it is."""
    async with till.sessions.reading() as session:
        call = await call_queries.last_call(session, PaymentCallKind.OPEN_SALE_CHECKOUT, row.id)
    if call is None:
        return None
    try:
        return await _opened(till, row)
    except PaymentRefused:
        return None


async def _close(till: SaleTill, purchase: PurchaseId, reference: str) -> None:
    """Let nobody pay any more; refused where it is over, or paid."""

    async def act(key: str) -> str:
        await till.payments.close_checkout(key, reference)
        return reference

    try:
        await carry_out(till.sessions, Intent(PaymentCallKind.CLOSE_CHECKOUT, reference), act)
    except PaymentRefused:
        if (await till.payments.checkout(reference)).status == "open":
            raise


async def _let_go(till: SaleTill, purchase: PurchaseId) -> None:
    async with till.sessions.writing() as session:
        held = await hold_with_track(session, purchase)
        if held.purchase.status in UNPAID and held.purchase.payment_reference is None:
            await end_unpaid(session, held.purchase)
