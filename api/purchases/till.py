"""Where exclusives are paid, and what selling them takes."""

from dataclasses import dataclass
from datetime import timedelta

from api.gateways.payments import Payments
from api.licensing.certificate import Seal
from api.payments.till import Till, given_payments
from api.purchases.receipts import Seller, seller_of
from api.settings import Settings
from db.session import Sessions


@dataclass(frozen=True)
class SaleTill(Till):
    """Where exclusives are paid.

    Attributes:
        seal: Signs what is granted.
        kept_for: How long a track is kept for a buyer.
        refunded_within: How long a purchase made in error can be undone.
        seller: Whom receipts name.
    """

    seal: Seal
    kept_for: timedelta
    refunded_within: timedelta
    seller: Seller


def sale_till(settings: Settings, sessions: Sessions, payments: Payments | None) -> SaleTill:
    """Where exclusives are paid in this installation.

    Raises:
        PaymentsAreAway: It takes no money.
    """
    return SaleTill(
        sessions,
        given_payments(payments),
        settings.share_base,
        Seal(settings),
        kept_for=timedelta(minutes=settings.reservation_minutes),
        refunded_within=timedelta(hours=settings.refund_hours),
        seller=seller_of(settings),
    )
