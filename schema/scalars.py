"""Scalars that travel as strings, so that no client loses a digit or a zone."""

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NewType

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

_LARGEST_EXPONENT: Final = 15
"""Of a decimal: cents of more than that are no amount, and 1E+999999 would be a million digits."""
BigInt = NewType("BigInt", int)
URL = NewType("URL", str)
CountryCode = NewType("CountryCode", str)


def write_instant(value: datetime) -> str:
    """RFC 3339 in UTC with milliseconds and a trailing Z."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def _read_instant(value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        instant = moment.astimezone(UTC) if moment and moment.tzinfo else None
    except (ValueError, OverflowError):
        instant = None
    if instant is None:
        raise GraphQLError(f"DateTime takes an instant such as 2026-11-23T12:00:00Z, not {value!r}.")
    return instant


def _read_day(value: object) -> date:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        day = None
    if day is None or day.isoformat() != value:  # Python reads other forms of ISO 8601 too
        raise GraphQLError(f"Date takes a day such as 2026-11-23, not {value!r}.")
    return day


def _read_decimal(value: object) -> Decimal:
    try:
        number = Decimal(value) if isinstance(value, str) and len(value) <= 40 else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or abs(number.adjusted()) > _LARGEST_EXPONENT:
        raise GraphQLError(f'Decimal takes a string such as "49.90", not {value!r}.')
    return number


def _read_big_int(value: object) -> int:
    if not isinstance(value, str) or not value.removeprefix("-").isdecimal() or len(value) > 40:
        raise GraphQLError(f'BigInt takes a string of digits such as "4990", not {value!r}.')
    return int(value)


def _read_url(value: object) -> str:
    """Any text: whether it is an address that will do is the verb's to say, as a problem of the input."""
    if not isinstance(value, str):
        raise GraphQLError(f"URL takes a string, not {value!r}.")
    return value


def _read_country(value: object) -> str:
    """Any text, as with addresses."""
    if not isinstance(value, str):
        raise GraphQLError(f"CountryCode takes two letters such as CA, not {value!r}.")
    return value


def _scalar(name: str, *, says: str, specified: str, write: Any, read: Any) -> ScalarDefinition:
    return strawberry.scalar(
        name=name, description=says, specified_by_url=specified, serialize=write, parse_value=read
    )


SCALARS: Final[dict[object, ScalarDefinition]] = {
    datetime: _scalar(
        "DateTime",
        says="Instant in UTC with a trailing Z; a string.",
        specified="https://www.rfc-editor.org/rfc/rfc3339#section-5.6",
        write=write_instant,
        read=_read_instant,
    ),
    date: _scalar(
        "Date",
        says="Calendar day, YYYY-MM-DD; a string.",
        specified="https://www.rfc-editor.org/rfc/rfc3339#appendix-A",
        write=date.isoformat,
        read=_read_day,
    ),
    BigInt: _scalar(
        "BigInt",
        says="Whole number of any size; a string of digits.",
        specified="https://www.rfc-editor.org/rfc/rfc8259#section-7",
        write=str,
        read=_read_big_int,
    ),
    Decimal: _scalar(
        "Decimal",
        says='Exact decimal number; a string such as "49.90".',
        specified="https://speleotrove.com/decimal/daconvs.html",
        write=str,
        read=_read_decimal,
    ),
    URL: _scalar(
        "URL",
        says="Absolute address; a string.",
        specified="https://url.spec.whatwg.org/",
        write=str,
        read=_read_url,
    ),
    CountryCode: _scalar(
        "CountryCode",
        says="Two-letter country, such as CA; a string.",
        specified="https://www.iso.org/iso-3166-country-codes.html",
        write=str,
        read=_read_country,
    ),
}
