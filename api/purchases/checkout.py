"""Buying an exclusive: the track is kept, a checkout is opened, and let go of where the buyer does not want it (D-43)."""

from api.gateways.payment_answers import PaymentRefused
from api.payments.till import check_return_path, refusing
from api.purchases.closing import close, let_go, opened, settle
from api.purchases.errors import PurchaseIsOver, PurchaseNotFound
from api.purchases.reservation import Wish, reserve
from api.purchases.telling import announce_purchase
from api.purchases.till import SaleTill
from api.refusals import Problems
from api.texts import checked_idempotency_key
from api.viewer import Viewer
from db.ids import PurchaseId
from db.queries import purchases as queries
from db.queries.purchases import PurchaseRow
from db.transitions import LIVING, UNPAID
from db.vocabulary import PurchaseStatus


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
        reference = await opened(till, row)
    except PaymentRefused:
        await let_go(till, row)
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
        await close(till, reference)
