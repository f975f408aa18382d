"""Money that goes back, is fought over, or comes later: refunds, disputes, balances."""

import pytest
import stripe

from tests.sandbox.shop import a_paid_sale
from tests.tools.stripe_sandbox import DAY, START, Sandbox, Seller


def available(seller: Seller) -> int:
    return seller.stripe.v1.balance.retrieve().available[0].amount


def test_a_refund_sends_all_back_but_the_fee_stays_with_stripe(seller: Seller) -> None:
    payment = a_paid_sale(seller)
    refund = seller.stripe.v1.refunds.create({"payment_intent": payment.id, "metadata": {"why": "error"}})
    assert (refund.status, refund.amount, refund.charge) == ("succeeded", 10_000, payment.latest_charge)
    charge = seller.stripe.v1.charges.retrieve(str(payment.latest_charge), {"expand": ["refunds"]})
    assert (charge.refunded, charge.amount_refunded) == (True, 10_000)
    assert charge.refunds
    assert [one.id for one in charge.refunds.data] == [refund.id]
    assert available(seller) == -320


def test_parts_are_refunded_until_nothing_is_left(seller: Seller) -> None:
    payment = a_paid_sale(seller)
    for amount in (4_000, 6_000):
        seller.stripe.v1.refunds.create({"payment_intent": payment.id, "amount": amount})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        seller.stripe.v1.refunds.create({"payment_intent": payment.id, "amount": 1})
    assert refused.value.code == "charge_already_refunded"
    assert [one.amount for one in seller.stripe.v1.refunds.list().data] == [6_000, 4_000]
    assert available(seller) == -320


def test_a_refund_that_the_bank_sends_back_is_the_sellers_again(seller: Seller) -> None:
    payment = a_paid_sale(seller)
    refund = seller.stripe.v1.refunds.create({"payment_intent": payment.id})
    seller.control("POST", f"/refunds/{refund.id}/fail")
    failed = seller.stripe.v1.refunds.retrieve(refund.id)
    assert (failed.status, failed.failure_reason) == ("failed", "lost_or_stolen_card")
    assert available(seller) == 9_680
    assert seller.stripe.v1.refunds.create({"payment_intent": payment.id}).status == "succeeded"


def test_a_dispute_takes_the_money_and_its_fee_until_it_is_won(seller: Seller) -> None:
    payment = a_paid_sale(seller)
    opened = seller.control("POST", "/disputes", charge=payment.latest_charge)
    assert available(seller) == 9_680 - 10_000 - 1_500
    with pytest.raises(stripe.InvalidRequestError) as refused:
        seller.stripe.v1.refunds.create({"payment_intent": payment.id})
    assert refused.value.code == "charge_disputed"
    sent = seller.stripe.v1.disputes.update(
        opened["id"], {"evidence": {"product_description": "A beat"}, "submit": True}
    )
    assert (sent.status, sent.evidence.product_description) == ("under_review", "A beat")
    seller.control("POST", f"/disputes/{opened['id']}/win")
    won = seller.stripe.v1.disputes.retrieve(opened["id"])
    assert (won.status, [entry.net for entry in won.balance_transactions]) == ("won", [-11_500, 10_000])
    assert available(seller) == 9_680 - 1_500
    assert [kind for kind in seller.events() if "dispute" in kind] == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.updated",
        "charge.dispute.funds_reinstated",
        "charge.dispute.updated",
        "charge.dispute.closed",
    ]


def test_a_dispute_that_is_lost_or_given_in_to_keeps_the_money(seller: Seller) -> None:
    first, second = a_paid_sale(seller), a_paid_sale(seller)
    lost = seller.control("POST", "/disputes", charge=first.latest_charge)
    given_in = seller.control("POST", "/disputes", charge=second.latest_charge, reason="product_not_received")
    seller.control("POST", f"/disputes/{lost['id']}/lose")
    assert seller.stripe.v1.disputes.close(given_in["id"]).status == "lost"
    assert available(seller) == 2 * (9_680 - 11_500)
    with pytest.raises(stripe.InvalidRequestError, match="closed"):
        seller.stripe.v1.disputes.update(lost["id"], {"submit": True})


def test_money_of_a_charge_can_be_paid_out_when_it_has_settled(sandbox: Sandbox) -> None:
    with sandbox.seller(settlement_days=7) as seller:
        a_paid_sale(seller)
        before = seller.stripe.v1.balance.retrieve()
        assert (before.available[0].amount, before.pending[0].amount) == (0, 9_680)
        [entry] = seller.stripe.v1.balance_transactions.list().data
        assert (entry.status, entry.available_on) == ("pending", START + 7 * DAY)
        seller.advance(days=7)
        after = seller.stripe.v1.balance.retrieve()
        assert (after.available[0].amount, after.pending[0].amount) == (9_680, 0)
        assert seller.stripe.v1.balance_transactions.retrieve(entry.id).status == "available"


@pytest.mark.parametrize(("amount", "fee"), [(50, 31), (100, 33), (999, 59), (2_900, 114), (5_900, 201)])
def test_the_fee_is_2_9_percent_and_30_halves_up(seller: Seller, amount: int, fee: int) -> None:
    a_paid_sale(seller, amount)
    [entry] = seller.stripe.v1.balance_transactions.list().data
    assert (entry.fee, entry.net) == (fee, amount - fee)
