"""What a payout does to the books, step by step (MONEY 1). Pure: the same payout gives the same journals.

The producer's balance, what is on its way, the platform's cash: money goes from one to the next, and back where it is
rejected or returned.
"""

from dataclasses import dataclass
from datetime import datetime

from db.bookkeeping import PAYOUT_CLEARING, STRIPE_CASH, Move, NewJournal, Source, payable_to
from db.ids import PayoutId, ProducerId
from db.money import Amount
from db.vocabulary import JournalSource


@dataclass(frozen=True)
class Paid:
    """A payout as the books need it."""

    id: PayoutId
    producer: ProducerId
    amount: Amount


def begun(paid: Paid, at: datetime) -> NewJournal:
    """It is out of the balance, and on its way."""
    move = Move(payable_to(paid.producer), PAYOUT_CLEARING, paid.amount)
    return NewJournal(Source(JournalSource.PAYOUT_BEGUN, paid.id), at, (move,), about=paid.id)


def sent(paid: Paid, at: datetime) -> NewJournal:
    """The transfer is made: it has left the platform's balance at the provider.

    Args:
        at: As the provider says.
    """
    move = Move(PAYOUT_CLEARING, STRIPE_CASH, paid.amount)
    return NewJournal(Source(JournalSource.PAYOUT_SENT, paid.id), at, (move,), about=paid.id)


def rejected(paid: Paid, at: datetime) -> NewJournal:
    """No transfer was made, nor will be: it is the producer's balance again."""
    move = Move(PAYOUT_CLEARING, payable_to(paid.producer), paid.amount)
    return NewJournal(Source(JournalSource.PAYOUT_REJECTED, paid.id), at, (move,), about=paid.id)


def returned(paid: Paid, at: datetime) -> NewJournal:
    """The transfer went back: the money is here, and the producer's balance again.

    Args:
        at: As the provider says.
    """
    move = Move(STRIPE_CASH, payable_to(paid.producer), paid.amount)
    return NewJournal(Source(JournalSource.PAYOUT_RETURNED, paid.id), at, (move,), about=paid.id)
