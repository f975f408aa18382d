"""What the payment provider says of the platform's balance."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class BalanceMovementFacts:
    """One movement of it.

    Attributes:
        kind: By the provider's word.
        net: What it changed by, in minor units.
        currency: In capitals, whether it is one of ours or not.
        source: What moved it.
        payment: The payment that that is of.
        parent: The transfer that it takes back.
        group: What we called what belongs together, when we asked for it.
    """

    reference: str
    kind: str
    net: int
    currency: str
    at: datetime
    source: str | None
    payment: str | None
    parent: str | None
    group: str | None
