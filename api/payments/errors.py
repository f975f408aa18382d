"""What the payment provider's answers come to for who asked."""

from dataclasses import dataclass

from api.refusals import Refused
from db.vocabulary import ErrorCode


@dataclass(eq=False)
class PaymentIsRefused(Refused):
    message: str = "The payment was refused. Nothing has changed."
    code: ErrorCode = ErrorCode.PAYMENT_REFUSED


@dataclass(eq=False)
class PaymentsAreAway(Refused):
    message: str = "The payment provider does not answer. Try again with the same key."
    code: ErrorCode = ErrorCode.PAYMENTS_UNAVAILABLE
