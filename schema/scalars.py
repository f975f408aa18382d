"""Scalars that travel as strings, so that no client loses a digit or a zone."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, NewType

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

_LARGEST_EXPONENT: Final = 15
"""Of a decimal: cents of more than that are no amount, and 1E+999999 would be a million digits."""
_DECIMAL: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
"""Python takes spaces, underscores and digits of every script as well, which other clients would read otherwise."""
_WHOLE: Final = re.compile(r"-?\d+", re.ASCII)
_LONGEST: Final = 40
"""Of a number as text."""
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


def write_decimal(value: Decimal) -> str:
    """All its digits and no exponent, which would be read otherwise here and there."""
    return format(value, "f")


def _read_decimal(value: object) -> Decimal:
    number = Decimal(value) if isinstance(value, str) and _is_number(_DECIMAL, value) else None
    if number is None or abs(number.adjusted()) > _LARGEST_EXPONENT:
        raise GraphQLError(f'Decimal takes a string such as "49.90", not {value!r}.')
    return number


def _is_number(form: re.Pattern[str], value: str) -> bool:
    return len(value) <= _LONGEST and form.fullmatch(value) is not None


def _read_big_int(value: object) -> int:
    if not isinstance(value, str) or not _is_number(_WHOLE, value):
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
        write=write_decimal,
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
