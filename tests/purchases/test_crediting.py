"""What is credited of a sale is reckoned exactly, in however many parts it goes back (D-82)."""

from datetime import UTC, datetime, timedelta
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from api.earnings.sale_journals import Sale
from api.gateways.sale_facts import DisputeFacts, DisputeState, MoneyState, Movement, RefundFacts, SaleFacts
from api.purchases.crediting import Credit, credits_due
from db.bookkeeping import PLATFORM_FEE, TAX_PAYABLE
from db.ids import ProducerId
from db.money import Amount
from db.vocabulary import CreditCause, CurrencyCode

MOMENT: Final = datetime(2026, 11, 1, 12, tzinfo=UTC)
_MINOR: Final = st.integers(0, 10_000)


def usd(minor: int) -> Amount:
    return Amount(minor, CurrencyCode.USD)


def a_sale(price: int, fee: int, tax: int) -> Sale:
    return Sale("pur_1", ProducerId("pro_1"), usd(price), usd(fee), usd(tax), MOMENT)


def paid(sale: Sale, refunds: list[int], disputes: tuple[DisputeFacts, ...] = ()) -> SaleFacts:
    """A payment of which so much went back, a second apart."""
    back = tuple(
        RefundFacts(f"re_{number}", usd(minor), MOMENT + timedelta(seconds=number), False, ())
        for number, minor in enumerate(refunds)
    )
    return SaleFacts("pi_1", MoneyState.TAKEN, sale.total, None, back, disputes)


def disputed(
    minor: int, state: DisputeState, *, moved: bool = True, given_back: bool = False, name: str = "du_1"
) -> DisputeFacts:
    taken = [Movement("txn_1", usd(-minor), usd(1500), MOMENT)] if moved else []
    again = [Movement("txn_2", usd(minor), usd(0), MOMENT + timedelta(days=9))] if given_back else []
    return DisputeFacts(name, usd(minor), state, MOMENT, (*taken, *again))


@given(st.integers(1, 10_000), _MINOR, _MINOR, st.lists(st.integers(1, 9000), max_size=8), st.integers(0, 8))
def test_notes_are_the_books_split_and_never_more_than_the_receipt(
    price: int, fee: int, tax: int, refunds: list[int], first_look: int
) -> None:
    sale = a_sale(price, fee, tax)
    known: list[Credit] = []
    for looked in (refunds[:first_look], refunds):
        known += credits_due(sale, paid(sale, looked), known)
        gone = min(sum(looked), sale.total.minor)
        split = sale.parts(gone)
        assert sum(one.minor for one in known) == gone
        assert sum(one.tax for one in known) == split[TAX_PAYABLE].minor <= tax
        assert sum(one.fee for one in known) == split[PLATFORM_FEE].minor <= fee
    assert all(min(one.price, one.fee, one.tax) >= 0 < one.minor for one in known)
    assert credits_due(sale, paid(sale, refunds), known) == []


def test_a_note_of_the_whole_from_before_leaves_nothing_to_credit() -> None:
    sale = a_sale(29_900, 3888, 0)
    whole = Credit(CreditCause.REFUND, "pi_1", MOMENT, 29_900, 3888, 0)
    assert credits_due(sale, paid(sale, [33_788]), [whole]) == []


def test_the_first_dispute_that_is_won_puts_a_note_of_the_whole_right() -> None:
    """What it had left no room for is credited then: refunds, and another dispute that stays lost."""
    sale = a_sale(29_900, 3888, 0)
    whole = Credit(CreditCause.LOST_DISPUTE, "pi_1", MOMENT, 29_900, 3888, 0)
    won = disputed(20_000, DisputeState.WON, given_back=True)
    lost = disputed(10_000, DisputeState.LOST, name="du_2")
    payment = paid(sale, [3000], (won, lost))
    known = [whole, *credits_due(sale, payment, [whole])]
    assert [(one.cause, one.reference, one.minor) for one in known[1:]] == [
        (CreditCause.WON_DISPUTE, "du_1", -33_788),
        (CreditCause.REFUND, "re_0", 3000),
        (CreditCause.LOST_DISPUTE, "du_2", 10_000),
    ]
    assert credits_due(sale, payment, known) == []
    both = paid(sale, [3000], (won, disputed(10_000, DisputeState.WON, given_back=True, name="du_2")))
    [correction] = credits_due(sale, both, known)
    assert (correction.reference, correction.minor) == ("du_2", -10_000)


def test_a_refund_of_the_whole_from_before_is_not_taken_for_a_dispute() -> None:
    sale = a_sale(29_900, 3888, 0)
    whole = Credit(CreditCause.REFUND, "pi_1", MOMENT, 29_900, 3888, 0)
    won = disputed(33_788, DisputeState.WON, given_back=True)
    assert credits_due(sale, paid(sale, [33_788], (won,)), [whole]) == []


def test_a_dispute_of_which_no_money_has_moved_has_no_note() -> None:
    sale = a_sale(29_900, 3888, 0)
    for one in (
        disputed(33_788, DisputeState.LOST, moved=False),
        disputed(33_788, DisputeState.ASKED, moved=False),
        disputed(33_788, DisputeState.OPEN),
        disputed(33_788, DisputeState.WON),
        disputed(33_788, DisputeState.WON, given_back=True),
    ):
        assert credits_due(sale, paid(sale, [], (one,)), []) == []


def test_what_is_here_again_is_what_its_note_has_credited() -> None:
    """Less than was disputed, where a refund was earlier; and it is dated by the day on which it came."""
    sale = a_sale(29_900, 3888, 0)
    lost = paid(sale, [], (disputed(33_788, DisputeState.LOST),))
    before = [Credit(CreditCause.REFUND, "re_0", MOMENT, 8850, 1151, 0)]
    known = [*before, *credits_due(sale, lost, before)]
    assert (known[1].minor, known[1].price, known[1].fee) == (23_787, 21_050, 2737)
    won = paid(sale, [], (disputed(33_788, DisputeState.WON, given_back=True),))
    [correction] = credits_due(sale, won, known)
    assert correction == Credit(
        CreditCause.WON_DISPUTE, "du_1", MOMENT + timedelta(days=9), -21_050, -2737, 0
    )
    assert credits_due(sale, won, [*known, correction]) == []
