"""What an exclusive sale does to the books: sold, or paid for in vain (D-43, D-47, MONEY 1). Pure.

The buyer's money goes whole to whom it belongs: the price to the producer, the fee to the platform, the tax aside. What
takes it back (`return_journals`) takes it from the same three; the producer's account may go below zero then.
"""

from dataclasses import dataclass
from datetime import datetime

from db.bookkeeping import (
    PLATFORM_FEE,
    STRIPE_CASH,
    SUSPENSE,
    TAX_PAYABLE,
    LedgerAccount,
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


def sold(sale: Sale) -> NewJournal:
    """The money is whose it is from now on; the producer's waits until they can be paid."""
    moves = [some(STRIPE_CASH, owner, part) for owner, part in sale.parts(sale.total.minor).items()]
    source = Source(JournalSource.EXCLUSIVE_SALE, sale.id)
    together = tuple(move for some_moves in moves for move in some_moves)
    return NewJournal(source, sale.completed_at, together, about=sale.id)


def paid_in_vain(purchase: str, amount: Amount, at: datetime) -> NewJournal:
    """Money was taken for what could not be granted any more; it waits to go back."""
    source = Source(JournalSource.LATE_PAYMENT, purchase)
    return NewJournal(source, at, some(STRIPE_CASH, SUSPENSE, amount))
