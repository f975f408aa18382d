"""What a plan's state is, from what the payment provider says (D-50). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from db.vocabulary import PlanStatus

STATES: Final[Mapping[str, PlanStatus]] = {
    "incomplete": PlanStatus.CHECKOUT_OPEN,
    "active": PlanStatus.ACTIVE,
    "trialing": PlanStatus.ACTIVE,
    "past_due": PlanStatus.PAYMENT_FAILED,
    "unpaid": PlanStatus.PAYMENT_FAILED,
    "canceled": PlanStatus.ENDED,
    "incomplete_expired": PlanStatus.ENDED,
    "paused": PlanStatus.ENDED,
}
"""By the provider's word for it."""
TRANSITIONS: Final[Mapping[PlanStatus, frozenset[PlanStatus]]] = {
    PlanStatus.CHECKOUT_OPEN: frozenset({PlanStatus.ACTIVE, PlanStatus.ENDED}),
    PlanStatus.ACTIVE: frozenset({PlanStatus.CANCELLING, PlanStatus.PAYMENT_FAILED, PlanStatus.ENDED}),
    PlanStatus.CANCELLING: frozenset({PlanStatus.ACTIVE, PlanStatus.PAYMENT_FAILED, PlanStatus.ENDED}),
    PlanStatus.PAYMENT_FAILED: frozenset({PlanStatus.ACTIVE, PlanStatus.CANCELLING, PlanStatus.ENDED}),
    PlanStatus.ENDED: frozenset(),
}
"""What becomes of what, as far as anybody sees; several steps may pass between two looks."""


@dataclass(frozen=True)
class Standing:
    """Where a plan stands.

    Attributes:
        grace_ends_at: Until when it goes on though its bill is not paid; null where none waits.
    """

    status: PlanStatus
    grace_ends_at: datetime | None


def standing(
    said: str, *, ends: bool, known_grace: datetime | None, moment: datetime, grace: timedelta
) -> Standing:
    """Where a plan stands whose subscription the provider describes so.

    Args:
        said: The provider's word for its state.
        ends: With its period.
        known_grace: When the days of grace end that have begun.
    """
    status = STATES[said]
    if status is PlanStatus.PAYMENT_FAILED:
        return Standing(status, known_grace or moment + grace)
    if status is PlanStatus.ACTIVE and ends:
        status = PlanStatus.CANCELLING
    return Standing(status, None)
