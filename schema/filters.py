"""Conditions that lists take. A condition left out, or given as null, holds for everything."""

from datetime import datetime
from decimal import Decimal

import strawberry

from db.vocabulary import CurrencyCode
from schema.ground import absent


@strawberry.input(name="IDFilter")
class IdFilter:
    eq: strawberry.ID | None = absent()
    any_of: list[strawberry.ID] | None = strawberry.field(name="in", default_factory=absent)


@strawberry.input
class StringFilter:
    eq: str | None = absent()
    any_of: list[str] | None = strawberry.field(name="in", default_factory=absent)
    contains: str | None = absent()
    """This part of the text."""


@strawberry.input
class IntFilter:
    eq: int | None = absent()
    any_of: list[int] | None = strawberry.field(name="in", default_factory=absent)
    gte: int | None = absent()
    lte: int | None = absent()


@strawberry.input
class DecimalFilter:
    gte: Decimal | None = absent()
    lte: Decimal | None = absent()


@strawberry.input
class DateTimeFilter:
    gte: datetime | None = absent()
    lte: datetime | None = absent()


@strawberry.input
class MoneyFilter:
    """A price range in one currency; prices in others do not match."""

    currency: CurrencyCode
    """Currency of both bounds."""
    gte: Decimal | None = absent()
    lte: Decimal | None = absent()
