"""Where producers are paid from, and what paying them takes."""

from dataclasses import dataclass
from datetime import timedelta

from api.gateways.payments import Payments
from api.payments.till import given_payments
from api.settings import Settings
from db.session import Sessions


@dataclass(frozen=True)
class Terms:
    """What an installation has decided about payouts.

    Attributes:
        minimum_minor: Of each currency; less is carried over.
        refundable_for: How long a sale can be undone; its price is held so long.
        reviewed_for: How long nothing is paid by itself after one came back, or to another account than before.
    """

    minimum_minor: int
    refundable_for: timedelta
    reviewed_for: timedelta


@dataclass(frozen=True)
class PayoutTill:
    """Where producers are paid from.

    Attributes:
        site: Start of our site's addresses, to come back to from the set-up.
        back_path: Where there, unless somebody says otherwise.
    """

    sessions: Sessions
    payments: Payments
    terms: Terms
    site: str
    back_path: str


def payout_terms(settings: Settings) -> Terms:
    return Terms(
        settings.minimum_payout_minor,
        timedelta(hours=settings.refund_hours),
        timedelta(days=settings.payout_review_days),
    )


def payout_till(settings: Settings, sessions: Sessions, payments: Payments | None) -> PayoutTill:
    """Where producers are paid from in this installation.

    Raises:
        PaymentsAreAway: It pays nobody.
    """
    return PayoutTill(
        sessions,
        given_payments(payments),
        payout_terms(settings),
        site=settings.share_base,
        back_path=settings.payout_path,
    )
