"""What every area stands on: objects with ids, pictures, addresses, money, buttons."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any, Self, TypeVar

import strawberry

from db.money import Amount
from db.vocabulary import CurrencyCode, ErrorCode, ImageSize
from schema.scalars import URL, BigInt

T = TypeVar("T")


def absent() -> Any:
    """Default of an input field that may be left out: absent is not null."""
    return strawberry.UNSET


def given(value: T | None) -> T | None:
    """An input or argument that may be left out, where absent and null mean the same."""
    return None if value is strawberry.UNSET else value


@strawberry.interface
class Node:
    """An object that `node` finds again."""

    id: strawberry.ID
    """Opaque and global; carries its type."""


@strawberry.type
class Money:
    """An exact amount."""

    minor_units: BigInt
    """Whole cents: add and compare these."""
    amount: Decimal
    """In main units, for a number formatter."""
    currency: CurrencyCode
    """What it is counted in."""

    @classmethod
    def of(cls, minor_units: int, currency: CurrencyCode) -> Self:
        return cls(minor_units=BigInt(minor_units), amount=Decimal(minor_units).scaleb(-2), currency=currency)

    @classmethod
    def showing(cls, amount: Amount) -> Self:
        return cls.of(amount.minor, amount.currency)


@strawberry.input
class MoneyInput:
    """An amount as entered; surplus decimals are refused."""

    amount: Decimal
    """In main units."""
    currency: CurrencyCode
    """What it is counted in."""


@strawberry.type
class Image:
    """A picture in three sizes; its addresses are lasting and may be cached, but where staff keep it back: then they work for a while."""

    address: strawberry.Private[Callable[[ImageSize], str]]
    width: int
    """Of the largest size."""
    height: int
    """Of the largest size."""
    dominant_color: str
    """Background while loading, as #rrggbb."""
    blurhash: str
    """Blurred stand-in while loading."""

    @strawberry.field
    def url(self, size: ImageSize = ImageSize.MEDIUM) -> URL:
        """Address of one size.

        Args:
            size: Edge length.
        """
        return URL(self.address(size))


@strawberry.type
class SignedUrl:
    """An address that works without a header until it expires; Range requests are answered."""

    url: URL
    """Keep it out of lasting caches."""
    expires_at: datetime
    """Select the field again after this."""


@strawberry.type
class Ability:
    """Whether the viewer may do something now: a button's state and its tooltip."""

    allowed: bool
    """True: the mutation would not be refused for who you are or what state things are in."""
    code: ErrorCode | None = None
    """Why not; null when allowed."""
    message: str | None = None
    """The same as a sentence."""
    retry_at: datetime | None = None
    """When it becomes possible by waiting."""
