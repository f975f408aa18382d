"""What the payment provider says of those who are paid, and of what is paid to them (MONEY 2)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from db.money import Amount


class Capability(StrEnum):
    """Whether an account can do something."""

    ACTIVE = "ACTIVE"
    PENDING = "PENDING"
    """The provider looks at it."""
    RESTRICTED = "RESTRICTED"
    """Something is missing."""
    REFUSED = "REFUSED"
    """Never, as far as the provider is concerned."""


class BankState(StrEnum):
    """How far money is on its way from a payout account to the bank."""

    UNDER_WAY = "UNDER_WAY"
    ARRIVED = "ARRIVED"
    CAME_BACK = "CAME_BACK"
    """It is in the payout account again; also after it had arrived."""


@dataclass(frozen=True)
class AccountOrder:
    """An account to make for somebody who is to be paid.

    Attributes:
        subject: Our own id of it; kept beside it.
        country: Of its owner, as ISO 3166 has it; it settles the currencies of the account.
    """

    subject: str
    country: str
    email: str
    name: str


@dataclass(frozen=True)
class RequirementFacts:
    """Something that is asked for.

    Attributes:
        what: The provider's name for it, such as `identity.individual.given_name`.
        problem: What is wrong with what was given, as the provider says; empty: nothing.
        due_at: When it has consequences; null: at once, or nobody knows.
        overdue: It has consequences already.
        by_owner: The account's owner has to give it; else the provider is at work.
    """

    what: str
    problem: str
    due_at: datetime | None
    overdue: bool
    by_owner: bool


@dataclass(frozen=True)
class AccountFacts:
    """An account of somebody who is to be paid.

    Attributes:
        closed: For good, or not there any more.
        filled_in: Its owner has said something.
    """

    reference: str
    closed: bool
    filled_in: bool
    transfers: Capability
    payouts: Capability
    requirements: tuple[RequirementFacts, ...]


@dataclass(frozen=True)
class TransferOrder:
    """Money that is to become an account's.

    Attributes:
        subject: Our own id of the payout; there is one transfer for it, ever.
    """

    subject: str
    destination: str
    amount: Amount


@dataclass(frozen=True)
class Arrived:
    """Money as it stands in an account.

    Attributes:
        currency: As the provider writes it: any, where it changed the money on arrival.
    """

    minor: int
    currency: str


@dataclass(frozen=True)
class TransferFacts:
    """A transfer as it is.

    Attributes:
        amount: As it left our balance.
        payment: What it stands in the account as.
    """

    reference: str
    destination: str
    amount: Amount
    at: datetime
    payment: str


@dataclass(frozen=True)
class ReversalFacts:
    """That a transfer went back."""

    reference: str
    amount: Amount
    at: datetime


@dataclass(frozen=True)
class BankFacts:
    """Money on its way from an account to its bank.

    Attributes:
        problem: Why it came back; empty: it did not.
    """

    reference: str
    state: BankState
    problem: str
    arrives_at: datetime
