"""D-52, MONEY 1: what invoices and refunds do to the books."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.earnings.return_journals import Return, refunded
from api.earnings.subscription_journals import (
    Bill,
    PaidInvoice,
    fee_kept,
    invoice_paid,
)
from db.bookkeeping import (
    BAD_DEBT,
    STRIPE_CASH,
    STRIPE_FEES,
    SUSPENSE,
    TAX_PAYABLE,
    LedgerAccount,
    NewJournal,
    Source,
    changes_of,
    is_account,
    payable_to,
    period_of,
    pool_of,
    producer_of,
)
from db.ids import ProducerId
from db.money import Amount
from db.vocabulary import CurrencyCode, JournalSource

CAD = CurrencyCode.CAD
NOVEMBER = pool_of("2026-11")
PAID_AT = datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)


def cad(minor: int) -> Amount:
    return Amount(minor, CAD)


def an_invoice(base: int = 2900, tax: int = 377, paid_at: datetime = PAID_AT) -> PaidInvoice:
    return PaidInvoice("in_1", paid_at, cad(base), cad(tax))


def a_refund(minor: int, before: int = 0) -> Return:
    return Return(f"re_{before}", cad(minor), cad(before), PAID_AT)


def invoice_refunded(invoice: PaidInvoice, refund: Return, *, late: bool = False) -> NewJournal:
    return refunded(Bill(invoice, late=late), refund, JournalSource.SUBSCRIPTION_REFUND)


def changes(*journals: NewJournal) -> dict[LedgerAccount, int]:
    moved = changes_of(move for journal in journals for move in journal.moves)
    return {account: change for (account, _), change in moved.items() if change}


def test_base_and_tax_go_where_they_belong() -> None:
    journal = invoice_paid(an_invoice())
    assert journal.source == Source(JournalSource.SUBSCRIPTION_INVOICE, "in_1")
    assert journal.happened_at == PAID_AT
    assert changes(journal) == {STRIPE_CASH: -2900 - 377, NOVEMBER: 2900, TAX_PAYABLE: 377}


def test_the_providers_fee_is_the_platforms_cost_whenever_it_is_known() -> None:
    journal = fee_kept(an_invoice(), cad(125))
    assert journal.source == Source(JournalSource.SUBSCRIPTION_FEE, "in_1")
    assert journal.happened_at == PAID_AT
    assert changes(journal) == {STRIPE_CASH: 125, STRIPE_FEES: -125}
    assert fee_kept(an_invoice(), cad(0)).moves == ()


def test_an_invoice_of_nothing_moves_nothing() -> None:
    assert invoice_paid(an_invoice(0, 0)).moves == ()


def test_the_month_is_that_of_the_payment_in_utc() -> None:
    in_tokyo = (PAID_AT + timedelta(seconds=1)).astimezone(timezone(timedelta(hours=9)))
    assert period_of(in_tokyo) == "2026-12"
    assert period_of(in_tokyo - timedelta(seconds=1)) == "2026-11"
    assert changes(invoice_paid(an_invoice(paid_at=in_tokyo)))[pool_of("2026-12")] == 2900


def test_the_providers_fee_may_be_in_a_currency_of_its_own() -> None:
    assert dict(changes_of(fee_kept(an_invoice(), Amount(90, CurrencyCode.USD)).moves)) == {
        (STRIPE_FEES, CurrencyCode.USD): -90,
        (STRIPE_CASH, CurrencyCode.USD): 90,
    }


def test_a_whole_refund_takes_back_all_but_the_providers_fee() -> None:
    invoice = an_invoice()
    three = invoice_paid(invoice), fee_kept(invoice, cad(125)), invoice_refunded(invoice, a_refund(3277))
    assert changes(*three) == {STRIPE_CASH: 125, STRIPE_FEES: -125}


def test_what_goes_back_after_the_month_was_closed_is_advanced_by_the_platform() -> None:
    assert changes(invoice_refunded(an_invoice(), a_refund(3277), late=True)) == {
        BAD_DEBT: -2900,
        TAX_PAYABLE: -377,
        STRIPE_CASH: 3277,
    }


@given(
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.lists(st.integers(1, 10**6), min_size=1, max_size=8),
)
def test_refunds_of_the_whole_in_parts_give_back_base_and_tax_to_the_cent(
    base: int, tax: int, parts: list[int]
) -> None:
    whole = base + tax
    ends = sorted({min(end, whole) for end in accumulate(parts)} | {0, whole})
    invoice = an_invoice(base, tax)
    refunds = [invoice_refunded(invoice, a_refund(end - start, start)) for start, end in pairwise(ends)]
    assert all(changes(one).get(STRIPE_CASH, 0) > 0 for one in refunds)
    assert changes(invoice_paid(invoice), *refunds) == {}


def test_what_goes_back_beyond_what_was_paid_is_made_of_what_came_back() -> None:
    for late in (False, True):
        again = invoice_refunded(an_invoice(), a_refund(3277, before=3277), late=late)
        assert changes(again) == {SUSPENSE: -3277, STRIPE_CASH: 3277}


def test_accounts_are_told_by_their_names() -> None:
    nova = ProducerId("pro_01k9")
    assert producer_of(payable_to(nova)) == nova
    assert producer_of(NOVEMBER) is None
    known = [
        STRIPE_CASH,
        NOVEMBER,
        payable_to(nova),
        "sub_pool:2026-13",
        "producer:trk_1:payable",
        "cash",
        "",
    ]
    assert [is_account(name) for name in known] == [True, True, True, False, False, False, False]
    for period in ("2026-13", "2026", "2026-1", "november"):
        with pytest.raises(ValueError, match="is no month"):
            pool_of(period)
