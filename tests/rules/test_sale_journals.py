"""D-43, D-47, MONEY 1: whose the money of a sale is, and who gives it back, to the cent."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.earnings import return_journals
from api.earnings.return_journals import (
    Moved,
    Payees,
    Return,
    dispute_moved,
    dispute_opened,
    dispute_won,
    exchanged,
    refund_returned,
)
from api.earnings.sale_journals import Sale, Vain, paid_in_vain, sold
from db.bookkeeping import (
    BAD_DEBT,
    DISPUTE_HOLD,
    PLATFORM_FEE,
    STRIPE_CASH,
    STRIPE_FEES,
    SUSPENSE,
    TAX_PAYABLE,
    NewJournal,
    Place,
    changes_of,
    payable_to,
)
from db.ids import ProducerId
from db.money import Amount
from db.vocabulary import CurrencyCode, JournalSource

MOMENT = datetime(2026, 11, 28, 12, tzinfo=UTC)
USD = CurrencyCode.USD
NOVA = ProducerId("pro_01k9")
OWED = payable_to(NOVA)


def usd(minor: int) -> Amount:
    return Amount(minor, USD)


def a_sale(price: int = 29_900, fee: int = 3888, tax: int = 0) -> Sale:
    return Sale("pur_1", NOVA, usd(price), usd(fee), usd(tax), MOMENT)


def back(minor: int, before: int = 0, name: str = "re_1") -> Return:
    return Return(name, usd(minor), usd(before), MOMENT)


def refunded(payees: Payees, back: Return) -> NewJournal:
    return return_journals.refunded(payees, back, JournalSource.EXCLUSIVE_REFUND)


def came_in(moved: Moved) -> list[NewJournal]:
    return return_journals.came_in(moved, JournalSource.EXCLUSIVE_FEE)


def moved(minor: int, fee: int = 0, *, currency: CurrencyCode = USD, said: int | None = None) -> Moved:
    said_ = usd(minor if said is None else said)
    return Moved("txn_1", Amount(minor, currency), said_, Amount(fee, currency), MOMENT)


def balances(journals: Iterable[NewJournal]) -> dict[Place, int]:
    """What accounts have after journals; those with nothing are left out."""
    changes: Counter[Place] = changes_of(move for one in journals for move in one.moves)
    return {place: minor for place, minor in changes.items() if minor}


def test_the_producer_gets_the_whole_price_and_the_platform_its_fee() -> None:
    journal = sold(a_sale(tax=4392))
    assert (journal.source.kind, journal.source.id) == (JournalSource.EXCLUSIVE_SALE, "pur_1")
    assert balances([journal]) == {
        (STRIPE_CASH, USD): -38_180,
        (OWED, USD): 29_900,
        (PLATFORM_FEE, USD): 3888,
        (TAX_PAYABLE, USD): 4392,
    }


def test_what_the_provider_keeps_is_the_platforms_cost() -> None:
    assert balances(came_in(moved(33_788, 1010))) == {(STRIPE_FEES, USD): -1010, (STRIPE_CASH, USD): 1010}


def test_what_the_provider_gives_back_of_a_fee_is_the_platforms() -> None:
    [back] = dispute_moved(moved(100, -15))
    assert balances([back]) == {(STRIPE_CASH, USD): -115, (DISPUTE_HOLD, USD): 100, (STRIPE_FEES, USD): 15}


money = st.integers(1, 10_000_000)
parts = st.integers(0, 1_000_000)


@given(price=money, fee=parts, tax=parts, data=st.data())
def test_however_often_it_is_refunded_in_part_the_whole_is_what_each_had(
    price: int, fee: int, tax: int, data: st.DataObject
) -> None:
    sale = a_sale(price, fee, tax)
    total, journals, before = sale.total.minor, [sold(sale)], 0
    while before < total:
        some = data.draw(st.integers(1, total - before))
        some = total - before if len(journals) > 6 else some
        journals.append(refunded(sale, back(some, before, f"re_{len(journals)}")))
        before += some
        assert all(minor >= 0 for (account, _), minor in balances(journals).items() if account != STRIPE_CASH)
    assert balances(journals) == {}


@given(price=money, fee=parts, tax=parts, data=st.data())
def test_a_part_that_goes_back_is_theirs_in_proportion(
    price: int, fee: int, tax: int, data: st.DataObject
) -> None:
    sale = a_sale(price, fee, tax)
    minor = data.draw(st.integers(0, sale.total.minor))
    shares = {owner: amount.minor for owner, amount in sale.parts(minor).items()}
    assert sum(shares.values()) == minor
    for owner, whole in ((OWED, price), (PLATFORM_FEE, fee), (TAX_PAYABLE, tax)):
        assert abs(shares[owner] - minor * whole / sale.total.minor) <= 1


@given(price=money, fee=parts, tax=parts, disputed=st.floats(0, 1), refund=st.floats(0, 1))
def test_a_dispute_that_is_won_leaves_all_as_it_was(
    price: int, fee: int, tax: int, disputed: float, refund: float
) -> None:
    sale = a_sale(price, fee, tax)
    given_back = int(sale.total.minor * refund)
    minor = max(1, int(sale.total.minor * disputed))
    opened = back(minor, given_back, "du_1")
    before = [sold(sale), *([refunded(sale, back(given_back))] if given_back else [])]
    there = [dispute_opened(sale, opened), *dispute_moved(moved(-minor))]
    held = balances([*before, *there])
    assert (DISPUTE_HOLD, USD) not in held
    beyond = max(0, given_back + minor - sale.total.minor)
    assert -held.get((BAD_DEBT, USD), 0) == beyond
    won = [*dispute_moved(moved(minor)), dispute_won(sale, opened, MOMENT)]
    assert balances([*before, *there, *won]) == balances(before)


def test_a_dispute_after_a_refund_that_came_back_takes_that_and_nothing_of_the_producer() -> None:
    sale = a_sale()
    whole = sale.total.minor
    opened = Return("du_1", usd(whole), usd(whole), MOMENT, returned=whole)
    before = [sold(sale), refunded(sale, back(whole)), refund_returned(back(whole))]
    there = [dispute_opened(sale, opened), *dispute_moved(moved(-whole))]
    assert balances([*before, *there]) == {}
    won = [*dispute_moved(moved(whole)), dispute_won(sale, opened, MOMENT)]
    assert balances([*before, *there, *won]) == balances(before)


def test_a_refund_after_one_that_came_back_is_made_of_that() -> None:
    sale = a_sale()
    whole = sale.total.minor
    journals = [sold(sale), refunded(sale, back(whole)), refund_returned(back(whole))]
    assert balances(journals) == {(STRIPE_CASH, USD): -whole, (SUSPENSE, USD): whole}
    assert balances([*journals, refunded(sale, back(whole, whole, "re_2"))]) == {}


def test_money_that_was_taken_in_vain_waits_and_goes_back() -> None:
    taken = paid_in_vain("pi_1", usd(100), MOMENT)
    assert balances([taken]) == {(STRIPE_CASH, USD): -100, (SUSPENSE, USD): 100}
    assert balances([taken, refunded(Vain(usd(100)), back(100))]) == {}


@pytest.mark.parametrize(("minor", "said"), [(46_000, 33_788), (-46_000, -33_788)])
def test_another_currency_is_changed_and_a_person_has_to_say_what_it_was_worth(minor: int, said: int) -> None:
    cad = CurrencyCode.CAD
    one = moved(minor, currency=cad, said=said)
    sign = 1 if minor > 0 else -1
    assert balances(exchanged(one)) == {
        (SUSPENSE, USD): -sign * 33_788,
        (STRIPE_CASH, USD): sign * 33_788,
        (SUSPENSE, cad): sign * 46_000,
        (STRIPE_CASH, cad): -sign * 46_000,
    }
    assert exchanged(moved(minor)) == []


def test_the_same_movement_is_the_same_journal() -> None:
    later = Moved("txn_1", usd(-5), usd(-5), usd(1), MOMENT + timedelta(0))
    assert dispute_moved(later)[0].content_sha256 == dispute_moved(moved(-5, 1))[0].content_sha256
