"""Exact money: whole minor units with a currency, and splits that lose nothing. Standard library only."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from db.vocabulary import CurrencyCode

Weight = int | Decimal | Fraction
Id = TypeVar("Id", bound=str)


class CurrenciesDiffer(Exception):  # noqa: N818 -- a fact that its name says whole
    """Amounts of two currencies have neither a sum nor an order."""


@dataclass(frozen=True)
class Amount:
    """So many minor units of a currency; below zero where it is owed the other way."""

    minor: int
    currency: CurrencyCode

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Amount") -> "Amount":
        return Amount(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Amount":
        return Amount(-self.minor, self.currency)

    def __lt__(self, other: "Amount") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Amount") -> bool:
        return self.minor <= self._same(other)

    def __str__(self) -> str:
        return f"{self.decimal:.2f} {self.currency}"

    @property
    def decimal(self) -> Decimal:
        """In main units, with two decimals."""
        return Decimal(self.minor).scaleb(-2)

    def _same(self, other: "Amount") -> int:
        if self.currency is not other.currency:
            raise CurrenciesDiffer(f"{self.currency} and {other.currency}")
        return other.minor


def split(total: int, weights: Mapping[Id, Weight]) -> dict[Id, int]:
    """Share whole units out by weight: what is given away is the total, to the unit (D-52).

    Everybody gets their exact share rounded down; the units left over go one each to the largest remainders, the smaller
    id first where two are equal. Decimals are taken as they are, never as floats.

    Args:
        total: Units to share out, not below zero.
        weights: By id, none below zero.

    Raises:
        ValueError: There is something to share and nobody has a weight, or something is below zero.
    """
    exact = {one: Fraction(weight) for one, weight in weights.items()}
    whole = sum(exact.values(), Fraction())
    if total < 0 or any(weight < 0 for weight in exact.values()):
        raise ValueError("neither a total nor a weight is below zero")
    if not whole and total:
        raise ValueError(f"nobody has a share in {total}")
    quotas = {one: total * weight / whole if whole else whole for one, weight in exact.items()}
    shares = {one: quota.__floor__() for one, quota in quotas.items()}
    left = total - sum(shares.values())
    by_remainder = sorted(sorted(quotas), key=lambda one: shares[one] - quotas[one])
    for one in by_remainder[:left]:
        shares[one] += 1
    return shares
