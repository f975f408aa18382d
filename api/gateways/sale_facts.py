"""What the payment provider says of a payment for one thing: held, taken, given back, disputed (MONEY 2, 4)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from db.money import Amount


class MoneyState(StrEnum):
    """How far a payment is."""

    WAITING = "WAITING"
    """Nobody's card has been accepted yet."""
    HELD = "HELD"
    """Put aside at the buyer's bank, for some days; it can be taken or let go."""
    TAKEN = "TAKEN"
    """With the provider; the rest is refunds and disputes."""
    LET_GO = "LET_GO"
    """Nothing is taken, ever."""


class DisputeState(StrEnum):
    """How far a dispute is."""

    ASKED = "ASKED"
    """The bank asks; no money has moved, and none may."""
    OPEN = "OPEN"
    """The bank has taken the money, and decides."""
    WON = "WON"
    """For the seller."""
    LOST = "LOST"
    """For the buyer."""


@dataclass(frozen=True)
class SaleOrder:
    """A checkout to open for one thing.

    Attributes:
        subject: Our own id of the purchase; comes back with everything that follows.
        payer: The provider's customer.
        lines: What the page shows, and what each costs.
    """

    subject: str
    payer: str
    lines: tuple[tuple[str, Amount], ...]
    success_url: str
    cancel_url: str


@dataclass(frozen=True)
class Movement:
    """A movement of our balance at the provider.

    Attributes:
        amount: In the currency of the balance; below zero where it went away.
        fee: What the provider kept besides.
    """

    reference: str
    amount: Amount
    fee: Amount
    at: datetime


@dataclass(frozen=True)
class RefundFacts:
    """Money given back.

    Attributes:
        came_back: The buyer's bank has sent it back to us.
        movements: Out, and back where it came back.
    """

    reference: str
    amount: Amount
    at: datetime
    came_back: bool
    movements: tuple[Movement, ...]


@dataclass(frozen=True)
class DisputeFacts:
    """A payment that the buyer's bank disputes.

    Attributes:
        amount: What is disputed, in the currency of the payment.
        movements: The money taken, and given back where it was.
    """

    reference: str
    amount: Amount
    state: DisputeState
    at: datetime
    movements: tuple[Movement, ...]


@dataclass(frozen=True)
class SaleFacts:
    """A payment as it is.

    Attributes:
        amount: What the buyer pays, with taxes; once it is taken, what was taken.
        movement: The money that came in; null until it is taken, and while the provider does not say what it kept.
        refunds: In the order that they were made in, which moments of whole seconds do not always tell.
    """

    reference: str
    state: MoneyState
    amount: Amount
    movement: Movement | None
    refunds: tuple[RefundFacts, ...]
    disputes: tuple[DisputeFacts, ...]
