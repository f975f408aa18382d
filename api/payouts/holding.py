"""What of a producer's money can be paid out, what is held and why, and what is on its way (D-54, D-56). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from db.vocabulary import HoldReason


@dataclass(frozen=True)
class Standing:
    """What there is in one currency, in minor units.

    Attributes:
        balance: Of the producer's payable account; below zero after a clawback.
        refundable: Prices of sales that their buyers can still undo, or have asked to undo; part of the balance.
        disputed: What banks have in dispute of this producer's sales; it has left the balance until they decide.
        in_transit: Of payouts that are out of the balance and not at the bank, nor back in the balance.
        ready: Whether the payout account is.
        reviewed: Payouts are held until somebody has looked, or for some days.
    """

    balance: int
    refundable: int = 0
    disputed: int = 0
    in_transit: int = 0
    ready: bool = True
    reviewed: bool = False


class Held(NamedTuple):
    """Money kept back, for one reason."""

    reason: HoldReason
    minor: int


@dataclass(frozen=True)
class Holding:
    """What becomes of it.

    Attributes:
        available: Can be paid out now.
        holds: Each part of what cannot, with its one reason. All but DISPUTE are parts of the balance.
        in_transit: On its way.
        owed: What is to be earned before anything is paid: the balance, where it is below zero.
    """

    available: int
    holds: tuple[Held, ...]
    in_transit: int
    owed: int

    @property
    def held(self) -> int:
        return sum(one.minor for one in self.holds)


_OF_ALL: Final = (
    ("ready", False, HoldReason.PAYOUT_ACCOUNT_NOT_READY),
    ("reviewed", True, HoldReason.REVIEW),
)
"""What holds the whole balance, the weightier first: a cent has one reason."""


def holding(standing: Standing, *, minimum: int) -> Holding:
    """Share a balance out among what is available and the reasons that hold the rest.

    Available, holds and what is owed come to the balance: available + holds but for DISPUTE - owed = balance.

    Args:
        minimum: Less than that is not paid out, and is held.
    """
    there = max(standing.balance, 0)
    available, holds = _shared_out(standing, there, minimum)
    disputed = [Held(HoldReason.DISPUTE, standing.disputed)]
    return Holding(
        available=available,
        holds=tuple(one for one in [*holds, *disputed] if one.minor > 0),
        in_transit=standing.in_transit,
        owed=max(-standing.balance, 0),
    )


def _shared_out(standing: Standing, there: int, minimum: int) -> tuple[int, Sequence[Held]]:
    for name, when, reason in _OF_ALL:
        if getattr(standing, name) is when:
            return 0, [Held(reason, there)]
    refundable = min(standing.refundable, there)
    free = there - refundable
    kept = [Held(HoldReason.REFUND_WINDOW, refundable)]
    return (0, [*kept, Held(HoldReason.BELOW_MINIMUM, free)]) if free < minimum else (free, kept)
