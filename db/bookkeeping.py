"""Double entry: the accounts, and what a journal is made of (MONEY 1). Standard library only.

A move takes an amount from one account to another, so a journal cannot be unbalanced. What an account has is what came
to it less what left it. Money that a customer paid begins at `stripe_cash` and goes to whom it belongs to: so the platform's
own balance at the provider is what has *left* that account, `held_by_provider`, and likewise with `stripe_fees` and
`bad_debt`, where costs begin. All accounts together have nothing, in every currency.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Final, NewType

from db.ids import ProducerId
from db.money import Amount
from db.vocabulary import CurrencyCode, JournalSource

LedgerAccount = NewType("LedgerAccount", str)

STRIPE_CASH: Final = LedgerAccount("stripe_cash")
"""The platform's balance at the payment provider, seen from inside: what is there has left it."""
STRIPE_FEES: Final = LedgerAccount("stripe_fees")
"""What the provider kept; a cost."""
PLATFORM_FEE: Final = LedgerAccount("platform_fee")
"""What buyers of exclusives pay on top of the price."""
TAX_PAYABLE: Final = LedgerAccount("tax_payable")
"""Taken for the authorities."""
PAYOUT_CLEARING: Final = LedgerAccount("payout_clearing")
"""On its way to producers: payouts in flight, and nothing else."""
DISPUTE_HOLD: Final = LedgerAccount("dispute_hold")
"""Disputed; whose it is will be decided."""
BAD_DEBT: Final = LedgerAccount("bad_debt")
"""What the platform bears because nobody else can be asked; a cost."""
SUSPENSE: Final = LedgerAccount("suspense")
"""What nobody can explain yet; a person must look."""

HOUSE_ACCOUNTS: Final = (
    STRIPE_CASH,
    STRIPE_FEES,
    PLATFORM_FEE,
    TAX_PAYABLE,
    PAYOUT_CLEARING,
    DISPUTE_HOLD,
    BAD_DEBT,
    SUSPENSE,
)
"""Those of which there is one."""
_POOL: Final = re.compile(r"sub_pool:\d{4}-(0[1-9]|1[0-2])")
_PAYABLE: Final = re.compile(r"producer:(pro_\w+):payable")


def period_of(moment: datetime) -> str:
    """The month, UTC, that a moment belongs to, such as 2027-03."""
    return f"{moment.astimezone(UTC):%Y-%m}"


def pool_of(period: str) -> LedgerAccount:
    """What subscribers paid in a month, until it is shared out; never below zero.

    Raises:
        ValueError: That is no month.
    """
    name = f"sub_pool:{period}"
    if not _POOL.fullmatch(name):
        raise ValueError(f"{period!r} is no month such as 2027-03")
    return LedgerAccount(name)


def payable_to(producer: ProducerId) -> LedgerAccount:
    """What a producer has earned and was not paid; below zero after a clawback."""
    return LedgerAccount(f"producer:{producer}:payable")


def producer_of(account: LedgerAccount) -> ProducerId | None:
    """Whose earnings an account holds; null for the house's and pools."""
    found = _PAYABLE.fullmatch(account)
    return ProducerId(found[1]) if found else None


def never_below_zero(account: LedgerAccount) -> bool:
    """Whether nobody can take more from an account than is there: pools, and what is on its way."""
    return account == PAYOUT_CLEARING or _POOL.fullmatch(account) is not None


def is_account(name: str) -> bool:
    """Whether the books have an account of this name."""
    known = name in HOUSE_ACCOUNTS or _POOL.fullmatch(name) or _PAYABLE.fullmatch(name)
    return bool(known)


@dataclass(frozen=True)
class Move:
    """An amount above zero, from one account to another.

    Raises:
        ValueError: The amount is not above zero, or it goes nowhere.
    """

    from_account: LedgerAccount
    to_account: LedgerAccount
    amount: Amount

    def __post_init__(self) -> None:
        if self.amount.minor <= 0 or self.from_account == self.to_account:
            raise ValueError(f"{self} moves nothing")


@dataclass(frozen=True, order=True)
class Source:
    """What caused a journal: each has one, ever.

    Attributes:
        id: Ours or the provider's, whichever never changes.
    """

    kind: JournalSource
    id: str


@dataclass(frozen=True)
class NewJournal:
    """Moves of one cause, entered together or not at all; none: nothing had to move.

    Attributes:
        happened_at: When the money moved out there; a replay must say the same.
        about: What of ours it concerns, by its id: a purchase, an invoice, a closing of a month, a payout.
    """

    source: Source
    happened_at: datetime
    moves: tuple[Move, ...]
    about: str | None = None

    @cached_property
    def content_sha256(self) -> str:
        return content_sha256(self.source, self.happened_at, self.moves)


Place = tuple[LedgerAccount, CurrencyCode]
"""An account in one of its currencies."""


def content_sha256(source: Source, happened_at: datetime, moves: Iterable[Move]) -> str:
    """Names a journal's content, whatever the order of its moves: kept beside it, so that a change is found out."""
    lines = sorted(
        [one.from_account, one.to_account, one.amount.minor, one.amount.currency.value] for one in moves
    )
    moment = happened_at.astimezone(UTC).isoformat(timespec="milliseconds")
    content = json.dumps([source.kind.value, source.id, moment, lines], separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


def changes_of(moves: Iterable[Move]) -> Counter[Place]:
    """By how much moves change each account; what came and left again counts as nothing."""
    changes: Counter[Place] = Counter()
    for one in moves:
        changes[one.from_account, one.amount.currency] -= one.amount.minor
        changes[one.to_account, one.amount.currency] += one.amount.minor
    return changes


def some(from_account: LedgerAccount, to_account: LedgerAccount, amount: Amount) -> tuple[Move, ...]:
    """A move of whatever there is to move: none where it is zero.

    Raises:
        ValueError: It is below zero.
    """
    return (Move(from_account, to_account, amount),) if amount.minor else ()
