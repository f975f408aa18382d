"""What a buyer pays (D-43)."""

from dataclasses import dataclass
from typing import Final

from db.money import Amount

FEE_PERCENT: Final = 12
FEE_BASE_MINOR: Final = 300
"""3.00, whatever the currency."""


@dataclass(frozen=True)
class Quote:
    """What a buyer pays, and for what."""

    price: Amount
    fee: Amount

    @property
    def total(self) -> Amount:
        return self.price + self.fee


def quote(price: Amount) -> Quote:
    """The producer receives the whole price; the platform's fee, rounded half up to the cent, comes on top."""
    percent = (price.minor * FEE_PERCENT + 50) // 100
    return Quote(price, Amount(percent + FEE_BASE_MINOR, price.currency))
