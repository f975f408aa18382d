"""D-43, D-47: what can be bought and undone, and what a payment comes to."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.earnings.sale_journals import Sale
from api.gateways.sale_facts import DisputeFacts, DisputeState, MoneyState, Movement, RefundFacts, SaleFacts
from api.purchases.reckoning import is_given_back, journals_of, sent_first, standing
from api.purchases.rules import (
    MOST_AT_ONCE,
    MOST_TRIES_A_DAY,
    Asked,
    why_not_bought,
    why_not_kept,
    why_not_refunded,
)
from api.refusals import TooMuch
from db.ids import ProducerId
from db.models.purchases import LIVING as INDEXED
from db.money import Amount
from db.transitions import LIVING, PURCHASE, UNPAID
from db.vocabulary import (
    CurrencyCode,
    ErrorCode,
    ExclusiveAvailability,
    JournalSource,
    PurchaseStatus,
    TrackStatus,
)

MOMENT = datetime(2026, 11, 28, 12, tzinfo=UTC)
DAY = timedelta(hours=24)


def usd(minor: int) -> Amount:
    return Amount(minor, CurrencyCode.USD)


def a_payment(**different: Any) -> SaleFacts:
    usual: dict[str, Any] = {
        "reference": "pi_1",
        "state": MoneyState.TAKEN,
        "amount": usd(100),
        "movement": Movement("txn_1", usd(100), usd(3), MOMENT),
        "refunds": (),
        "disputes": (),
    }
    return SaleFacts(**(usual | different))


def a_refund(minor: int, *, came_back: bool = False, name: str = "re_1") -> RefundFacts:
    return RefundFacts(
        name, usd(minor), MOMENT, came_back, (Movement(f"txn_{name}", usd(-minor), usd(0), MOMENT),)
    )


def refunds(*parts: tuple[int, float, float | None]) -> tuple[RefundFacts, ...]:
    """Each with the second that it was made in, and the second that it came back in."""
    return tuple(_a_part(*part, name=f"re_{number}") for number, part in enumerate(parts))


def _a_part(minor: int, made: float, returned: float | None, *, name: str) -> RefundFacts:
    moment = MOMENT + timedelta(seconds=made)
    out = Movement(f"txn_{name}", usd(-minor), usd(0), moment)
    if returned is None:
        return RefundFacts(name, usd(minor), moment, False, (out,))
    back = Movement(f"txn_{name}_back", usd(minor), usd(0), MOMENT + timedelta(seconds=returned))
    return RefundFacts(name, usd(minor), moment, True, (out, back))


def a_dispute(state: DisputeState, *, moved: bool = True) -> DisputeFacts:
    taken = (Movement("txn_du", usd(-100), usd(15), MOMENT),) if moved else ()
    return DisputeFacts("du_1", usd(100), state, MOMENT, taken)


@given(
    status=st.sampled_from(TrackStatus),
    availability=st.none() | st.sampled_from(ExclusiveAvailability),
    own=st.booleans(),
    reserved=st.booleans(),
)
def test_a_track_is_sold_where_nothing_stands_against_it(
    status: TrackStatus, availability: ExclusiveAvailability | None, *, own: bool, reserved: bool
) -> None:
    refused = why_not_bought(status, availability, own=own, reserved_until=MOMENT if reserved else None)
    on_sale = status is TrackStatus.PUBLISHED and availability is ExclusiveAvailability.AVAILABLE
    assert (refused is None) == (on_sale and not own and not reserved)
    if refused is not None and not own and on_sale:
        assert (refused.code, getattr(refused, "retry_at", None)) == (ErrorCode.RESERVED_BY_OTHER, MOMENT)


def test_nobody_keeps_more_than_they_can_pay_for() -> None:
    tries = tuple(MOMENT + timedelta(hours=hour) for hour in range(MOST_TRIES_A_DAY))
    assert why_not_kept(Asked(MOST_AT_ONCE - 1, tries[:-1])) is None
    refused = why_not_kept(Asked(MOST_AT_ONCE, ()))
    assert isinstance(refused, TooMuch)
    assert (refused.limit, refused.retry_at) == (MOST_AT_ONCE, None)
    refused = why_not_kept(Asked(0, tries))
    assert isinstance(refused, TooMuch)
    assert (refused.limit, refused.retry_at) == (MOST_TRIES_A_DAY, MOMENT + DAY)


@pytest.mark.parametrize(
    ("hours", "downloaded", "code"),
    [
        (0, False, None),
        (24, False, None),
        (24.001, False, ErrorCode.REFUND_TOO_LATE),
        (0, True, ErrorCode.ALREADY_DOWNLOADED),
    ],
)
def test_what_was_bought_in_error_is_refunded_within_a_day_unless_it_was_fetched(
    hours: float, downloaded: bool, code: ErrorCode | None
) -> None:
    refused = why_not_refunded(
        PurchaseStatus.COMPLETED,
        completed_at=MOMENT,
        holds=True,
        downloaded=downloaded,
        moment=MOMENT + timedelta(hours=hours),
        within=DAY,
    )
    assert (refused.code if refused else None) is code


@given(st.sampled_from(sorted(set(PurchaseStatus) - {PurchaseStatus.COMPLETED})))
def test_what_is_not_bought_any_more_or_not_yet_is_not_refunded(status: PurchaseStatus) -> None:
    when: dict[str, Any] = {"moment": MOMENT, "within": DAY}
    refused = why_not_refunded(status, completed_at=MOMENT, holds=True, downloaded=False, **when)
    assert refused
    assert refused.code is ErrorCode.NOT_REFUNDABLE


def test_what_staff_have_taken_away_is_not_refunded() -> None:
    when: dict[str, Any] = {"completed_at": MOMENT, "moment": MOMENT, "within": DAY}
    refused = why_not_refunded(PurchaseStatus.COMPLETED, holds=False, downloaded=False, **when)
    assert refused
    assert refused.code is ErrorCode.NOT_REFUNDABLE


@pytest.mark.parametrize(
    ("payment", "status"),
    [
        (a_payment(), PurchaseStatus.COMPLETED),
        (a_payment(refunds=(a_refund(99),)), PurchaseStatus.COMPLETED),
        (a_payment(refunds=(a_refund(99), a_refund(1, name="re_2"))), PurchaseStatus.REFUNDED),
        (a_payment(refunds=(a_refund(100, came_back=True),)), PurchaseStatus.COMPLETED),
        (a_payment(refunds=refunds((60, 0, 1), (60, 2, None))), PurchaseStatus.COMPLETED),
        (a_payment(refunds=refunds((60, 0, 1), (40, 2, None))), PurchaseStatus.COMPLETED),
        (a_payment(refunds=refunds((60, 0, 1), (40, 2, None), (60, 3, None))), PurchaseStatus.REFUNDED),
        (a_payment(disputes=(a_dispute(DisputeState.OPEN),)), PurchaseStatus.DISPUTED),
        (a_payment(disputes=(a_dispute(DisputeState.ASKED, moved=False),)), PurchaseStatus.COMPLETED),
        (a_payment(disputes=(a_dispute(DisputeState.WON),)), PurchaseStatus.COMPLETED),
        (a_payment(disputes=(a_dispute(DisputeState.LOST),)), PurchaseStatus.RESCINDED),
    ],
)
def test_what_a_payment_comes_to(payment: SaleFacts, status: PurchaseStatus) -> None:
    assert standing(payment) is status


def test_a_refund_that_came_back_was_made() -> None:
    assert not is_given_back(a_payment())
    assert is_given_back(a_payment(refunds=(a_refund(100, came_back=True),)))
    assert not is_given_back(a_payment(refunds=refunds((60, 0, 1), (60, 2, None))))
    assert is_given_back(a_payment(refunds=refunds((60, 0, 1), (60, 2, None), (40, 3, None))))


@pytest.mark.parametrize(
    ("made", "first"),
    [
        (refunds((30, 0, None), (30, 2, None)), [30, 30]),
        (refunds((30, 0, 1), (30, 2, None)), [30, 0]),
        (refunds((30, 0, 1), (50, 2, None), (30, 3, None)), [30, 20, 30]),
        (refunds((30, 0, 1), (10, 2, None), (10, 3, None), (20, 4, None)), [30, 0, 0, 10]),
        (refunds((30, 0, 1), (30, 2, 3), (30, 4, None)), [30, 0, 0]),
        (refunds((30, 0, 3), (30, 2, None), (30, 4, None)), [30, 30, 0]),
        ((a_refund(30, came_back=True), a_refund(30, name="re_2")), [30, 0]),
    ],
)
def test_what_came_back_is_what_the_next_refund_sends(
    made: tuple[RefundFacts, ...], first: list[int]
) -> None:
    """Unless it came back later than that was made; one of which nothing has moved was never away."""
    assert sent_first(a_payment(refunds=made)) == first


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(1, 9), st.none() | st.integers(0, 30))))
def test_no_refund_is_less_than_what_arrived_or_more_than_what_was_sent(
    given_back: list[tuple[int, int, int | None]],
) -> None:
    """And what is known of refunds stays when others follow."""
    parts: list[tuple[int, float, float | None]] = []
    second = 0
    for minor, pause, away in given_back:
        second += pause
        parts.append((minor, second, None if away is None else second + away))
    made = refunds(*parts)
    first = sent_first(a_payment(refunds=made))
    arrived = sum(one.amount.minor for one in made if not one.came_back)
    assert arrived <= sum(first) <= sum(one.amount.minor for one in made)
    assert all(0 <= sent <= one.amount.minor for sent, one in zip(first, made, strict=True))
    for number in range(len(made)):
        assert sent_first(a_payment(refunds=made[:number])) == first[:number]


def test_a_refund_that_came_back_and_was_sent_again_leaves_what_was_entered() -> None:
    """The books take it of its payees again, and have what came back in suspense: what was entered is never changed."""
    sale = Sale("pur_1", ProducerId("pro_1"), usd(90), usd(10), usd(0), MOMENT)
    [known] = refunds((30, 0, None))
    [came_back, again] = refunds((30, 0, 1), (30, 2, None))
    before = journals_of(sale, a_payment(refunds=(known,)))
    after = journals_of(sale, a_payment(refunds=(came_back, again)))
    assert after[: len(before)] == before
    assert [one.source.kind for one in after[len(before) :]] == [
        JournalSource.REFUND_RETURNED,
        JournalSource.EXCLUSIVE_REFUND,
    ]


def kinds(payment: SaleFacts) -> list[JournalSource]:
    sale = Sale("pur_1", ProducerId("pro_1"), usd(90), usd(10), usd(0), MOMENT)
    return [one.source.kind for one in journals_of(sale, payment)]


def test_what_is_not_known_yet_is_entered_later() -> None:
    assert kinds(a_payment(movement=None)) == [JournalSource.EXCLUSIVE_SALE]
    assert kinds(a_payment()) == [JournalSource.EXCLUSIVE_SALE, JournalSource.EXCLUSIVE_FEE]


def test_a_question_of_the_bank_is_in_no_journal() -> None:
    asked = a_payment(disputes=(a_dispute(DisputeState.ASKED, moved=False),))
    assert kinds(asked) == kinds(a_payment())


def test_a_dispute_is_won_once_the_money_is_here_again() -> None:
    decided = a_payment(disputes=(a_dispute(DisputeState.WON),))
    assert kinds(decided)[2:] == [JournalSource.DISPUTE_OPENED, JournalSource.DISPUTE_MOVEMENT]
    back = Movement("txn_back", usd(100), usd(0), MOMENT)
    dispute = a_dispute(DisputeState.WON)
    here = DisputeFacts("du_1", usd(100), dispute.state, MOMENT, (*dispute.movements, back))
    assert kinds(a_payment(disputes=(here,)))[2:] == [
        JournalSource.DISPUTE_OPENED,
        JournalSource.DISPUTE_MOVEMENT,
        JournalSource.DISPUTE_MOVEMENT,
        JournalSource.DISPUTE_WON,
    ]


def test_a_track_is_kept_by_the_states_that_the_index_names() -> None:
    assert {PurchaseStatus.RESERVED, PurchaseStatus.CHECKOUT_OPEN, PurchaseStatus.AUTHORISED} == LIVING
    assert LIVING - {PurchaseStatus.AUTHORISED} == UNPAID
    assert set(re.findall("[A-Z_]{4,}", str(INDEXED))) == {status.value for status in LIVING}
    assert not any(PURCHASE[over] & LIVING for over in set(PurchaseStatus) - LIVING)


def test_of_refunds_in_one_second_the_earlier_one_stays_the_first() -> None:
    first, second = a_refund(33, name="re_2"), a_refund(33, name="re_1")
    sale = Sale("pur_1", ProducerId("pro_1"), usd(90), usd(10), usd(0), MOMENT)
    known = journals_of(sale, a_payment(refunds=(first,)))
    assert journals_of(sale, a_payment(refunds=(first, second)))[: len(known)] == known
