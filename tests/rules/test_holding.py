"""What can be paid out of a balance, and why the rest cannot (D-54, D-56)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.payouts.holding import Held, Standing, holding
from db.vocabulary import HoldReason

_MINOR = st.integers(0, 10**12)
_STANDINGS = st.builds(
    Standing,
    balance=st.integers(-(10**12), 10**12),
    refundable=_MINOR,
    disputed=_MINOR,
    in_transit=_MINOR,
    ready=st.booleans(),
    reviewed=st.booleans(),
)


@pytest.mark.parametrize(
    ("standing", "available", "holds"),
    [
        (Standing(5_000), 5_000, []),
        (Standing(1_000), 1_000, []),
        (Standing(999), 0, [(HoldReason.BELOW_MINIMUM, 999)]),
        (Standing(5_000, ready=False), 0, [(HoldReason.PAYOUT_ACCOUNT_NOT_READY, 5_000)]),
        (Standing(5_000, reviewed=True), 0, [(HoldReason.REVIEW, 5_000)]),
        (
            Standing(5_000, refundable=2_000, ready=False, reviewed=True),
            0,
            [(HoldReason.PAYOUT_ACCOUNT_NOT_READY, 5_000)],
        ),
        (Standing(5_000, refundable=2_000), 3_000, [(HoldReason.REFUND_WINDOW, 2_000)]),
        (
            Standing(5_000, refundable=4_500),
            0,
            [(HoldReason.REFUND_WINDOW, 4_500), (HoldReason.BELOW_MINIMUM, 500)],
        ),
        (Standing(5_000, refundable=9_000), 0, [(HoldReason.REFUND_WINDOW, 5_000)]),
        (Standing(5_000, disputed=700), 5_000, [(HoldReason.DISPUTE, 700)]),
        (Standing(-300, refundable=2_000, disputed=700), 0, [(HoldReason.DISPUTE, 700)]),
        (Standing(0), 0, []),
    ],
)
def test_each_part_of_a_balance_has_one_reason(
    standing: Standing, available: int, holds: list[tuple[HoldReason, int]]
) -> None:
    found = holding(standing, minimum=1_000)
    assert (found.available, list(found.holds)) == (available, [Held(*one) for one in holds])


@given(_STANDINGS, st.integers(1, 10**6))
def test_available_and_holds_less_what_is_owed_are_the_balance(standing: Standing, minimum: int) -> None:
    found = holding(standing, minimum=minimum)
    of_the_balance = sum(minor for reason, minor in found.holds if reason is not HoldReason.DISPUTE)
    assert found.available + of_the_balance - found.owed == standing.balance
    assert found.held == of_the_balance + standing.disputed
    assert found.in_transit == standing.in_transit


@given(_STANDINGS, st.integers(1, 10**6))
def test_nothing_is_available_that_may_not_be_paid(standing: Standing, minimum: int) -> None:
    found = holding(standing, minimum=minimum)
    assert found.available == 0 or found.available >= minimum
    assert found.available <= max(standing.balance - standing.refundable, 0)
    if not standing.ready or standing.reviewed or standing.balance < 0:
        assert found.available == 0


@given(_STANDINGS, st.integers(1, 10**6))
def test_no_hold_is_empty_and_no_reason_stands_twice(standing: Standing, minimum: int) -> None:
    holds = holding(standing, minimum=minimum).holds
    assert all(minor > 0 for _, minor in holds)
    assert len({reason for reason, _ in holds}) == len(holds)
