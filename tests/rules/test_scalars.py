"""Numbers travel as text: what goes out has all its digits and no exponent, what comes in is what every client would read."""

from collections.abc import Callable
from decimal import Decimal
from typing import Final, cast

import pytest
from graphql import GraphQLError
from hypothesis import given
from hypothesis import strategies as st

from schema.scalars import SCALARS, BigInt, write_decimal

_READ: Final = cast("Callable[[object], Decimal]", SCALARS[Decimal].parse_value)
_READ_WHOLE: Final = cast("Callable[[object], int]", SCALARS[BigInt].parse_value)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Decimal("0E-12"), "0.000000000000"),
        (Decimal(1).scaleb(-12), "0.000000000001"),
        (Decimal("1E+3"), "1000"),
        (Decimal("-49.90"), "-49.90"),
        (Decimal(0), "0"),
    ],
)
def test_a_decimal_is_written_without_an_exponent(number: Decimal, text: str) -> None:
    assert SCALARS[Decimal].serialize is write_decimal
    assert write_decimal(number) == text


@given(st.decimals(min_value=-(10**15), max_value=10**15, allow_nan=False, places=12))
def test_what_is_written_is_read_as_the_same(number: Decimal) -> None:
    assert _READ(write_decimal(number)) == number


@pytest.mark.parametrize("text", ["49.90", "-1", "+5", ".5", "5.", "1e3", "1E-12"])
def test_usual_ways_to_write_a_decimal_are_read(text: str) -> None:
    assert _READ(text) == Decimal(text)


@pytest.mark.parametrize(
    "given",
    [
        *("6_0", " 6", "6 ", "6\n", "\uff11", "٣", "1e1_0", "0x1", "1,5", "", ".", "-", "e1", "NaN", "sNaN", "-Infinity"),
        *("1e16", "1e-16", "1e400", "1e99999999999999999999", "9" * 41, 6, 6.5, None),
    ],
)  # fmt: skip
def test_what_some_clients_would_read_otherwise_is_no_decimal(given: object) -> None:
    with pytest.raises(GraphQLError, match="Decimal takes a string such as"):
        _READ(given)


@pytest.mark.parametrize("given", ["\uff11", "٣", "1_0", " 1", "1\n", "--1", "-", "", "1.0", "9" * 41, 1])
def test_a_whole_number_is_digits_of_ascii(given: object) -> None:
    with pytest.raises(GraphQLError, match="BigInt takes a string of digits"):
        _READ_WHOLE(given)


def test_a_whole_number_of_any_sign_is_read() -> None:
    assert [_READ_WHOLE(text) for text in ("4990", "-12", "0")] == [4990, -12, 0]
