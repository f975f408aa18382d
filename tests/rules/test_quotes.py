"""D-43: what a buyer pays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.licensing.quotes import quote
from db.money import Amount
from db.vocabulary import CurrencyCode

PRICES = st.integers(100, 100_000_000)


@pytest.mark.parametrize(
    ("price", "fee"),
    [(29_900, 3_888), (100, 312), (104, 312), (105, 313), (112, 313), (113, 314), (100_000_000, 12_000_300)],
)
def test_the_fee_is_12_percent_rounded_to_the_cent_and_3(price: int, fee: int) -> None:
    asked = quote(Amount(price, CurrencyCode.GBP))
    assert (asked.price.minor, asked.fee.minor, asked.total.minor) == (price, fee, price + fee)
    assert {asked.price.currency, asked.fee.currency, asked.total.currency} == {CurrencyCode.GBP}


@given(PRICES)
def test_no_fee_is_more_than_half_a_cent_off(price: int) -> None:
    percent = 100 * (quote(Amount(price, CurrencyCode.EUR)).fee.minor - 300)
    assert -50 < percent - 12 * price <= 50


@given(PRICES, PRICES)
def test_who_pays_a_higher_price_never_pays_a_lower_fee(one: int, other: int) -> None:
    low, high = (quote(Amount(price, CurrencyCode.CAD)) for price in sorted((one, other)))
    assert low.fee <= high.fee
    assert low.total <= high.total
