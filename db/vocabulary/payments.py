"""Words of plans, and of what is called and heard of at the payment provider (D-50)."""

from enum import StrEnum


class PlanStatus(StrEnum):
    """State of a plan."""

    CHECKOUT_OPEN = "CHECKOUT_OPEN"
    """Chosen, not paid yet: the checkout waits."""
    ACTIVE = "ACTIVE"
    """Paid; renewed at the period's end."""
    PAYMENT_FAILED = "PAYMENT_FAILED"
    """The last bill could not be paid; the plan goes on until `graceEndsAt`."""
    CANCELLING = "CANCELLING"
    """Paid until the period's end, and not renewed."""
    ENDED = "ENDED"
    """Over."""


class PaymentCallKind(StrEnum):
    """What the provider is asked to do."""

    ADD_PAYER = "ADD_PAYER"
    REMOVE_PAYER = "REMOVE_PAYER"
    ADD_PRICE = "ADD_PRICE"
    OPEN_PLAN_CHECKOUT = "OPEN_PLAN_CHECKOUT"
    OPEN_SALE_CHECKOUT = "OPEN_SALE_CHECKOUT"
    CLOSE_CHECKOUT = "CLOSE_CHECKOUT"
    MOVE_PLAN = "MOVE_PLAN"
    STAY_IN_PLAN = "STAY_IN_PLAN"
    SET_RENEWAL = "SET_RENEWAL"
    CAPTURE = "CAPTURE"
    VOID = "VOID"
    REFUND = "REFUND"
    ADD_PAYOUT_ACCOUNT = "ADD_PAYOUT_ACCOUNT"
    PAY_OUT_BY_HAND = "PAY_OUT_BY_HAND"
    CLOSE_PAYOUT_ACCOUNT = "CLOSE_PAYOUT_ACCOUNT"
    TRANSFER = "TRANSFER"
    REVERSE_TRANSFER = "REVERSE_TRANSFER"
    PAY_OUT = "PAY_OUT"


class CallOutcome(StrEnum):
    """What came of a call."""

    UNSURE = "UNSURE"
    """No answer is known: it may have been done."""
    DONE = "DONE"
    """It was done."""
    REFUSED = "REFUSED"
    """Definitely not done."""
    BROKEN = "BROKEN"
    """The provider failed, and says so for ever under this key: it may have been done."""


class PaymentEventState(StrEnum):
    """How far an event of the provider is."""

    RECEIVED = "RECEIVED"
    """Kept, and to be read by a job."""
    DONE = "DONE"
    """What it is about was read anew."""
    IGNORED = "IGNORED"
    """Of a kind that nothing here depends on, or about something that is not ours."""


class PaymentSource(StrEnum):
    """Whose events an endpoint is told of."""

    PLATFORM = "PLATFORM"
    CONNECT = "CONNECT"
