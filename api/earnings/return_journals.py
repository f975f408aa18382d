"""What goes back of a payment, what a bank takes of it, and what the provider keeps, in the books (MONEY 1). Pure.

Whatever was paid for: what goes back comes from whom the payment had gone to, in their proportion. What the provider keeps,
and what arrives in another currency than was paid, are journals of their own: they may be known later.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from db.bookkeeping import (
    BAD_DEBT,
    DISPUTE_HOLD,
    STRIPE_CASH,
    STRIPE_FEES,
    SUSPENSE,
    LedgerAccount,
    Move,
    NewJournal,
    Source,
    some,
)
from db.money import Amount
from db.vocabulary import JournalSource


class Payees(Protocol):
    """Whom a payment has gone to."""

    @property
    def total(self) -> Amount:
        """All of it."""
        ...

    def parts(self, minor: int) -> dict[LedgerAccount, Amount]:
        """Whose the first so many minor units of the total are: with more units nobody has less."""
        ...


@dataclass(frozen=True)
class Return:
    """Money of a payment that goes back, or is taken back.

    Attributes:
        id: Of the refund or dispute; never changes.
        before: What had gone back of this payment earlier.
        returned: Of that, in minor units, what the buyer's bank had sent back to us by then: it is the buyer's, and here.
    """

    id: str
    amount: Amount
    before: Amount
    at: datetime
    returned: int = 0


@dataclass(frozen=True)
class Moved:
    """A movement of the platform's balance at the provider.

    Attributes:
        id: Never changes.
        amount: In the balance's currency; below zero where it went away.
        said: The same in the currency of the payment.
        fee: What the provider kept besides.
    """

    id: str
    amount: Amount
    said: Amount
    fee: Amount
    at: datetime


def came_in(moved: Moved, kind: JournalSource) -> list[NewJournal]:
    """What the provider kept of a payment, which the platform bears; and its change into another currency."""
    return [_journal(kind, moved.id, moved.at, _kept(moved.fee)), *exchanged(moved)]


def exchanged(moved: Moved) -> list[NewJournal]:
    """Where a payment moves in another currency than it was made in, a person has to say what the difference is."""
    if moved.amount.currency is moved.said.currency:
        return []
    pair = moved.said, moved.amount
    into, out = pair if moved.amount.minor > 0 else pair[::-1]
    moves = some(SUSPENSE, STRIPE_CASH, _size(into)), some(STRIPE_CASH, SUSPENSE, _size(out))
    return [_journal(JournalSource.EXCLUSIVE_EXCHANGE, moved.id, moved.at, *moves)]


def refund_moved(moved: Moved, kind: JournalSource) -> list[NewJournal]:
    """What a refund did to the balance besides: most cost nothing."""
    return came_in(moved, kind) if moved.fee.minor else exchanged(moved)


def refunded(payees: Payees, back: Return, kind: JournalSource) -> NewJournal:
    """Money goes back to who paid, from whom it had gone to; refunds of the whole sum to what each had, to the cent.

    Beyond what was paid it is what an earlier refund left here, that came back.
    """
    moves = [some(owner, STRIPE_CASH, part) for owner, part in _borne(payees, back, back.amount.minor)]
    return _journal(kind, back.id, back.at, *moves)


def refund_returned(back: Return) -> NewJournal:
    """The buyer's bank sent a refund back: the money is here, the buyer's still, and a person has to see to it."""
    return _journal(JournalSource.REFUND_RETURNED, back.id, back.at, some(STRIPE_CASH, SUSPENSE, back.amount))


def dispute_opened(payees: Payees, back: Return) -> NewJournal:
    """Disputed money is nobody's until it is decided.

    What was given back before is disputed at the platform's cost, unless it came back: then it is here.
    """
    moves = [some(owner, DISPUTE_HOLD, part) for owner, part in _borne(payees, back, back.returned)]
    return _journal(JournalSource.DISPUTE_OPENED, back.id, back.at, *moves)


def dispute_won(payees: Payees, back: Return, at: datetime) -> NewJournal:
    """It is whose it was."""
    moves = [some(DISPUTE_HOLD, owner, part) for owner, part in _borne(payees, back, back.returned)]
    return _journal(JournalSource.DISPUTE_WON, back.id, at, *moves)


def dispute_moved(moved: Moved) -> list[NewJournal]:
    """The bank has taken disputed money, or given it back; what the provider asks for a dispute, the platform bears."""
    said, fee = _size(moved.said), _kept(moved.fee)
    taken = moved.amount.minor < 0
    move = some(DISPUTE_HOLD, STRIPE_CASH, said) if taken else some(STRIPE_CASH, DISPUTE_HOLD, said)
    return [_journal(JournalSource.DISPUTE_MOVEMENT, moved.id, moved.at, move, fee), *exchanged(moved)]


def _borne(payees: Payees, back: Return, here: int) -> list[tuple[LedgerAccount, Amount]]:
    """Who has had what goes back now, counted from the first cent that went back; and who bears what nobody has had.

    Args:
        here: So many minor units of that may be what lies here for who paid.
    """
    parts, currency = shares(payees, back), back.amount.currency
    beyond = back.amount.minor - sum(part.minor for part in parts.values())
    lying = min(beyond, here)
    return [*parts.items(), (SUSPENSE, Amount(lying, currency)), (BAD_DEBT, Amount(beyond - lying, currency))]


def shares(payees: Payees, back: Return) -> dict[LedgerAccount, Amount]:
    """How much of what goes back now each of the payees has had."""
    total = payees.total.minor
    had = payees.parts(min(back.before.minor, total))
    have = payees.parts(min(back.before.minor + back.amount.minor, total))
    return {owner: part - had[owner] for owner, part in have.items()}


def _kept(fee: Amount) -> tuple[Move, ...]:
    """What the provider keeps; below zero: it gives back what it had kept, as for some disputes that are won."""
    kept = fee.minor >= 0
    return some(STRIPE_FEES, STRIPE_CASH, fee) if kept else some(STRIPE_CASH, STRIPE_FEES, _size(fee))


def _size(amount: Amount) -> Amount:
    return Amount(abs(amount.minor), amount.currency)


def _journal(kind: JournalSource, id: str, at: datetime, *moves: Sequence[Move]) -> NewJournal:
    return NewJournal(Source(kind, id), at, tuple(move for some_moves in moves for move in some_moves))
