"""What an exclusive sale does to the books: sold, refunded, disputed, or paid for in vain (D-43, D-47, MONEY 1). Pure.

The buyer's money goes whole to whom it belongs: the price to the producer, the fee to the platform, the tax aside. What
takes it back takes it from the same three, in their proportion; the producer's account may go below zero then. What the
provider keeps, and what arrives in another currency than was paid, are journals of their own: they may be known later.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from db.bookkeeping import (
    BAD_DEBT,
    DISPUTE_HOLD,
    PLATFORM_FEE,
    STRIPE_CASH,
    STRIPE_FEES,
    SUSPENSE,
    TAX_PAYABLE,
    LedgerAccount,
    Move,
    NewJournal,
    Source,
    payable_to,
    some,
)
from db.ids import ProducerId
from db.money import Amount, split
from db.vocabulary import JournalSource


@dataclass(frozen=True)
class Sale:
    """What was bought, and when.

    Attributes:
        id: Never changes.
        price: For the producer, whole.
        fee: Of the platform, on top.
        tax: On top of both.
    """

    id: str
    producer: ProducerId
    price: Amount
    fee: Amount
    tax: Amount
    completed_at: datetime

    @property
    def total(self) -> Amount:
        return self.price + self.fee + self.tax

    def parts(self, minor: int) -> dict[LedgerAccount, Amount]:
        """Whose the first so many minor units of the total are, to the cent.

        Shared out between two, then between two again: with more units nobody has less, as could be among three.
        """
        first = split(minor, {"price": self.price.minor, "rest": self.fee.minor + self.tax.minor})
        rest = split(first["rest"], {"fee": self.fee.minor, "tax": self.tax.minor})
        shares = {
            payable_to(self.producer): first["price"],
            PLATFORM_FEE: rest["fee"],
            TAX_PAYABLE: rest["tax"],
        }
        return {owner: Amount(share, self.price.currency) for owner, share in shares.items()}


@dataclass(frozen=True)
class Vain:
    """What was paid for nothing: it is the buyer's, whole."""

    total: Amount

    def parts(self, minor: int) -> dict[LedgerAccount, Amount]:
        """It lies here until it is given back."""
        return {SUSPENSE: Amount(minor, self.total.currency)}


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


def sold(sale: Sale) -> NewJournal:
    """The money is whose it is from now on; the producer's waits until they can be paid."""
    moves = [some(STRIPE_CASH, owner, part) for owner, part in sale.parts(sale.total.minor).items()]
    return _journal(JournalSource.EXCLUSIVE_SALE, sale.id, sale.completed_at, *moves)


def came_in(moved: Moved) -> list[NewJournal]:
    """What the provider kept of a payment, which the platform bears; and its change into another currency."""
    return [_journal(JournalSource.EXCLUSIVE_FEE, moved.id, moved.at, _kept(moved.fee)), *exchanged(moved)]


def exchanged(moved: Moved) -> list[NewJournal]:
    """Where a payment moves in another currency than it was made in, a person has to say what the difference is."""
    if moved.amount.currency is moved.said.currency:
        return []
    pair = moved.said, moved.amount
    into, out = pair if moved.amount.minor > 0 else pair[::-1]
    moves = some(SUSPENSE, STRIPE_CASH, _size(into)), some(STRIPE_CASH, SUSPENSE, _size(out))
    return [_journal(JournalSource.EXCLUSIVE_EXCHANGE, moved.id, moved.at, *moves)]


def refund_moved(moved: Moved) -> list[NewJournal]:
    """What a refund did to the balance besides: most cost nothing."""
    return came_in(moved) if moved.fee.minor else exchanged(moved)


def refunded(sale: Sale, back: Return) -> NewJournal:
    """Money goes back to the buyer, from whom it had gone to; refunds of the whole sum to what each had, to the cent.

    Beyond what was paid it is what an earlier refund left here, that came back.
    """
    moves = [some(owner, STRIPE_CASH, part) for owner, part in _borne(sale, back, back.amount.minor)]
    return _journal(JournalSource.EXCLUSIVE_REFUND, back.id, back.at, *moves)


def refund_returned(back: Return) -> NewJournal:
    """The buyer's bank sent a refund back: the money is here, the buyer's still, and a person has to see to it."""
    return _journal(JournalSource.REFUND_RETURNED, back.id, back.at, some(STRIPE_CASH, SUSPENSE, back.amount))


def paid_in_vain(purchase: str, amount: Amount, at: datetime) -> NewJournal:
    """Money was taken for what could not be granted any more; it waits to go back."""
    return _journal(JournalSource.LATE_PAYMENT, purchase, at, some(STRIPE_CASH, SUSPENSE, amount))


def given_back_in_vain(back: Return) -> NewJournal:
    """Such money went back."""
    return _journal(JournalSource.LATE_REFUND, back.id, back.at, some(SUSPENSE, STRIPE_CASH, back.amount))


def dispute_opened(sale: Sale | Vain, back: Return) -> NewJournal:
    """Disputed money is nobody's until it is decided.

    What was given back before is disputed at the platform's cost, unless it came back: then it is here.
    """
    moves = [some(owner, DISPUTE_HOLD, part) for owner, part in _borne(sale, back, back.returned)]
    return _journal(JournalSource.DISPUTE_OPENED, back.id, back.at, *moves)


def dispute_won(sale: Sale | Vain, back: Return, at: datetime) -> NewJournal:
    """It is whose it was."""
    moves = [some(DISPUTE_HOLD, owner, part) for owner, part in _borne(sale, back, back.returned)]
    return _journal(JournalSource.DISPUTE_WON, back.id, at, *moves)


def dispute_moved(moved: Moved) -> list[NewJournal]:
    """The bank has taken disputed money, or given it back; what the provider asks for a dispute, the platform bears."""
    said, fee = _size(moved.said), _kept(moved.fee)
    taken = moved.amount.minor < 0
    move = some(DISPUTE_HOLD, STRIPE_CASH, said) if taken else some(STRIPE_CASH, DISPUTE_HOLD, said)
    return [_journal(JournalSource.DISPUTE_MOVEMENT, moved.id, moved.at, move, fee), *exchanged(moved)]


def _borne(sale: Sale | Vain, back: Return, here: int) -> list[tuple[LedgerAccount, Amount]]:
    """Who has had what goes back now, counted from the first cent that went back; and who bears what nobody has had.

    Args:
        here: So many minor units of that may be what lies here for the buyer.
    """
    total, currency = sale.total.minor, back.amount.currency
    before = min(back.before.minor, total)
    after = min(back.before.minor + back.amount.minor, total)
    had = sale.parts(before)
    parts = [(owner, part - had[owner]) for owner, part in sale.parts(after).items()]
    beyond = back.amount.minor - (after - before)
    lying = min(beyond, here)
    return [*parts, (SUSPENSE, Amount(lying, currency)), (BAD_DEBT, Amount(beyond - lying, currency))]


def _kept(fee: Amount) -> tuple[Move, ...]:
    """What the provider keeps; below zero: it gives back what it had kept, as for some disputes that are won."""
    kept = fee.minor >= 0
    return some(STRIPE_FEES, STRIPE_CASH, fee) if kept else some(STRIPE_CASH, STRIPE_FEES, _size(fee))


def _size(amount: Amount) -> Amount:
    return Amount(abs(amount.minor), amount.currency)


def _journal(kind: JournalSource, id: str, at: datetime, *moves: Sequence[Move]) -> NewJournal:
    return NewJournal(Source(kind, id), at, tuple(move for some_moves in moves for move in some_moves))
