"""MONEY 1.1: exact amounts, and splits that lose nothing."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.money import Amount, CurrenciesDiffer, Weight, split
from db.vocabulary import CurrencyCode

CENTS = st.integers(-(10**15), 10**15)
TOTALS = st.integers(0, 10**12)
NAMES = st.text("abcdef", min_size=1, max_size=6)
WEIGHTS: st.SearchStrategy[Weight] = st.one_of(
    st.integers(0, 10**9), st.decimals(0, 10**6, places=12), st.fractions(0, 10**6)
)
SHARED = st.dictionaries(NAMES, WEIGHTS, min_size=1, max_size=30).filter(
    lambda weights: any(weights.values())
)


def cad(minor: int) -> Amount:
    return Amount(minor, CurrencyCode.CAD)


@given(CENTS, CENTS)
def test_what_was_added_can_be_taken_away(one: int, other: int) -> None:
    assert cad(one) + cad(other) - cad(other) == cad(one)
    assert -(cad(one) - cad(other)) == cad(other) - cad(one)


def test_amounts_of_two_currencies_have_neither_a_sum_nor_an_order() -> None:
    euros = Amount(1, CurrencyCode.EUR)
    for act in (
        lambda: cad(1) + euros,
        lambda: cad(1) - euros,
        lambda: cad(1) < euros,
        lambda: cad(1) <= euros,
    ):
        with pytest.raises(CurrenciesDiffer, match="CAD and EUR"):
            act()


def test_an_amount_is_read_in_main_units() -> None:
    assert [str(cad(minor)) for minor in (2900, 5, -120, 0)] == [
        "29.00 CAD",
        "0.05 CAD",
        "-1.20 CAD",
        "0.00 CAD",
    ]


@given(TOTALS, SHARED)
def test_what_is_shared_out_is_the_total_to_the_unit(total: int, weights: dict[str, Weight]) -> None:
    shares = split(total, weights)
    assert sum(shares.values()) == total
    assert shares.keys() == weights.keys()


@given(TOTALS, SHARED)
def test_nobody_is_a_whole_unit_away_from_the_exact_share(total: int, weights: dict[str, Weight]) -> None:
    whole = sum((Fraction(weight) for weight in weights.values()), Fraction())
    for one, share in split(total, weights).items():
        assert abs(share - total * Fraction(weights[one]) / whole) < 1


@given(TOTALS, SHARED)
def test_a_larger_remainder_is_served_first_and_the_smaller_id_where_two_are_equal(
    total: int, weights: dict[str, Weight]
) -> None:
    whole = sum((Fraction(weight) for weight in weights.values()), Fraction())
    shares = split(total, weights)
    remainders = {one: total * Fraction(weight) / whole % 1 for one, weight in weights.items()}
    served = {one for one, share in shares.items() if share > total * Fraction(weights[one]) / whole}
    ranks = sorted(weights, key=lambda one: (-remainders[one], one))
    assert served == set(ranks[: len(served)])


@given(TOTALS, SHARED)
def test_the_order_of_the_weights_does_not_matter(total: int, weights: dict[str, Weight]) -> None:
    turned = dict(reversed(weights.items()))
    assert split(total, turned) == split(total, weights)


@given(TOTALS, SHARED, st.integers(1, 10**6))
def test_weights_count_by_their_proportion(total: int, weights: dict[str, Weight], times: int) -> None:
    larger = {one: Fraction(weight) * times for one, weight in weights.items()}
    assert split(total, larger) == split(total, weights)


def test_known_splits() -> None:
    assert split(100, {"a": 1, "b": 1, "c": 1}) == {"a": 34, "b": 33, "c": 33}
    assert split(101, {"c": 1, "b": 1, "a": 1}) == {"a": 34, "b": 34, "c": 33}
    assert split(10, {"a": Decimal("0.1"), "b": Decimal("0.2"), "c": Decimal("0.7")}) == {
        "a": 1,
        "b": 2,
        "c": 7,
    }
    assert split(1, {"a": 0, "b": 1}) == {"a": 0, "b": 1}
    assert split(0, {"a": 0}) == {"a": 0}
    assert split(0, {}) == {}


@pytest.mark.parametrize("weights", [{}, {"a": 0}, {"a": -1, "b": 2}])
def test_there_must_be_somebody_to_share_with(weights: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"share|below zero"):
        split(1, weights)


def test_nothing_less_than_nothing_is_shared_out() -> None:
    with pytest.raises(ValueError, match="below zero"):
        split(-1, {"a": 1})
