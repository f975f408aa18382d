"""Money from the platform's balance to an account's, to its bank, and back."""

from typing import Any

import pytest
import stripe

from tests.sandbox.shop import a_paid_sale, refusal
from tests.sandbox.test_payout_accounts import a_ready_account, an_account
from tests.tools.stripe_sandbox import DAY, START, Sandbox, Seller


def balance(seller: Seller, account: str = "") -> int:
    options: Any = {"stripe_account": account} if account else {}
    return seller.stripe.v1.balance.retrieve(options=options).available[0].amount


def transfer(seller: Seller, account: str, amount: int, **fields: Any) -> stripe.Transfer:
    params: Any = {"amount": amount, "currency": "cad", "destination": account, **fields}
    return seller.stripe.v1.transfers.create(params)


def payouts(seller: Seller, account: str) -> list[tuple[int, str, bool]]:
    """Amount, status and whether it went by itself, oldest first."""
    found = seller.stripe.v1.payouts.list({}, {"stripe_account": account}).data
    return [(payout.amount, payout.status, payout.automatic) for payout in found[::-1]]


def test_a_transfer_moves_money_and_is_found_by_its_group(seller: Seller) -> None:
    account = a_ready_account(seller)
    a_paid_sale(seller)
    made = transfer(seller, account, 4_000, transfer_group="payout:1", metadata={"payout": "pay_1"})
    assert (balance(seller), balance(seller, account)) == (5_680, 4_000)
    assert (made.destination, made.reversed, made.metadata["payout"]) == (account, False, "pay_1")
    [found] = seller.stripe.v1.transfers.list({"transfer_group": "payout:1"}).data
    assert found.id == made.id
    entry = seller.stripe.v1.balance_transactions.retrieve(str(made.balance_transaction))
    assert (entry.type, entry.net, entry.source) == ("transfer", -4_000, made.id)
    [theirs] = seller.stripe.v1.balance_transactions.list({}, {"stripe_account": account}).data
    assert (theirs.type, theirs.net, theirs.source) == ("payment", 4_000, made.destination_payment)


def test_what_the_balance_has_not_is_not_transferred(seller: Seller) -> None:
    account = a_ready_account(seller)
    a_paid_sale(seller)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        transfer(seller, account, 9_681)
    assert refusal(refused.value) == (400, "balance_insufficient", None)
    assert seller.stripe.v1.transfers.list().data == []
    assert (balance(seller), balance(seller, account)) == (9_680, 0)


def test_money_that_has_not_settled_is_not_transferred(sandbox: Sandbox) -> None:
    with sandbox.seller(settlement_days=2) as seller:
        account = a_ready_account(seller)
        a_paid_sale(seller)
        with pytest.raises(stripe.InvalidRequestError, match="insufficient available funds"):
            transfer(seller, account, 1)
        seller.advance(days=2)
        assert transfer(seller, account, 9_680).amount == 9_680


def test_an_account_that_is_not_ready_or_not_there_gets_nothing(seller: Seller) -> None:
    a_paid_sale(seller)
    for account, code in (
        (an_account(seller), "insufficient_capabilities_for_transfer"),
        ("acct_nobody", "resource_missing"),
    ):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            transfer(seller, account, 100)
        assert refusal(refused.value) == (400, code, "destination")
    assert balance(seller) == 9_680


def test_a_transfer_goes_back_in_parts_but_never_twice(seller: Seller) -> None:
    account = a_ready_account(seller)
    a_paid_sale(seller)
    made = transfer(seller, account, 4_000)
    first = seller.stripe.v1.transfers.reversals.create(
        made.id, {"amount": 1_000, "metadata": {"why": "refund"}}
    )
    assert (first.amount, first.metadata and first.metadata["why"]) == (1_000, "refund")
    with pytest.raises(stripe.InvalidRequestError, match="greater than"):
        seller.stripe.v1.transfers.reversals.create(made.id, {"amount": 3_001})
    seller.stripe.v1.transfers.reversals.create(made.id)
    found = seller.stripe.v1.transfers.retrieve(made.id)
    assert (found.reversed, found.amount_reversed) == (True, 4_000)
    assert [one.amount for one in found.reversals.data] == [3_000, 1_000]
    assert (balance(seller), balance(seller, account)) == (9_680, 0)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        seller.stripe.v1.transfers.reversals.create(made.id)
    assert refused.value.code == "transfer_already_reversed"
    assert seller.events().count("transfer.reversed") == 2


def test_what_was_paid_out_cannot_be_reversed(seller: Seller) -> None:
    account = a_ready_account(seller)
    a_paid_sale(seller)
    made = transfer(seller, account, 4_000)
    seller.advance(days=1)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        seller.stripe.v1.transfers.reversals.create(made.id)
    assert refused.value.code == "balance_insufficient"
    assert seller.stripe.v1.transfers.retrieve(made.id).amount_reversed == 0


def test_a_balance_goes_to_the_bank_at_midnight_and_is_there_two_days_later(seller: Seller) -> None:
    account = a_ready_account(seller)
    a_paid_sale(seller)
    transfer(seller, account, 4_000)
    seller.advance(seconds=DAY // 2 - 1)
    assert payouts(seller, account) == []
    seller.advance(seconds=1)
    assert payouts(seller, account) == [(4_000, "pending", True)]
    assert balance(seller, account) == 0
    seller.advance(days=1)
    assert payouts(seller, account) == [(4_000, "in_transit", True)]
    seller.advance(days=1)
    assert payouts(seller, account) == [(4_000, "paid", True)]
    [payout] = seller.stripe.v1.payouts.list({}, {"stripe_account": account}).data
    assert payout.arrival_date == START + DAY // 2 + 2 * DAY
    heard = seller.stripe.v1.events.list({}, {"stripe_account": account}).data
    assert [(event.type, event.account) for event in heard[::-1]] == [
        ("payout.created", account),
        ("payout.updated", account),
        ("payout.paid", account),
    ]
    assert "payout.paid" not in seller.events()


def test_events_of_accounts_go_to_the_endpoints_for_them(seller: Seller) -> None:
    for scope in ("platform", "connect"):
        seller.control(
            "POST", "/webhooks/endpoints", url=f"http://127.0.0.1:9/{scope}", scope=scope, secret="whsec_x"
        )
    account = a_ready_account(seller)
    a_paid_sale(seller)
    transfer(seller, account, 4_000)
    seller.advance(days=3)
    sent = [
        (letter["url"].rpartition("/")[2], '"account":"acct_' in letter["body"].replace(" ", ""))
        for letter in seller.letters()
    ]
    assert sent.count(("connect", True)) == 3
    assert set(sent) == {("connect", True), ("platform", False)}


def test_a_bank_that_sends_it_back_leaves_the_money_in_the_balance(seller: Seller) -> None:
    account = a_ready_account(seller, "refusing_bank")
    a_paid_sale(seller)
    transfer(seller, account, 4_000)
    seller.stripe.v1.balance_settings.update(
        {"payments": {"payouts": {"schedule": {"interval": "manual"}}}}, {"stripe_account": account}
    )
    made = seller.stripe.v1.payouts.create({"amount": 3_000, "currency": "cad"}, {"stripe_account": account})
    seller.advance(days=2)
    failed = seller.stripe.v1.payouts.retrieve(made.id, {}, {"stripe_account": account})
    assert (failed.status, failed.failure_code) == ("failed", "account_closed")
    assert balance(seller, account) == 4_000


def test_a_payout_that_had_arrived_can_still_come_back(seller: Seller) -> None:
    account = a_ready_account(seller)
    a_paid_sale(seller)
    transfer(seller, account, 4_000)
    seller.advance(days=3)
    [payout] = seller.stripe.v1.payouts.list({}, {"stripe_account": account}).data
    assert payout.status == "paid"
    seller.control("POST", f"/accounts/{account}/payouts/{payout.id}/fail")
    assert payouts(seller, account)[0][1] == "failed"
    assert balance(seller, account) == 4_000


def test_a_payout_by_hand_can_be_cancelled_before_it_leaves_and_needs_the_money(seller: Seller) -> None:
    account = a_ready_account(seller)
    a_paid_sale(seller)
    transfer(seller, account, 4_000)
    options: Any = {"stripe_account": account}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        seller.stripe.v1.payouts.create({"amount": 4_001, "currency": "cad"}, options)
    assert refused.value.code == "balance_insufficient"
    made = seller.stripe.v1.payouts.create({"amount": 4_000, "currency": "cad"}, options)
    assert seller.stripe.v1.payouts.cancel(made.id, {}, options).status == "canceled"
    assert balance(seller, account) == 4_000
    with pytest.raises(stripe.InvalidRequestError):
        seller.stripe.v1.payouts.cancel(made.id, {}, options)


def test_an_account_without_a_bank_keeps_its_money_until_it_has_one(seller: Seller) -> None:
    account = a_ready_account(seller, "no_bank")
    a_paid_sale(seller)
    transfer(seller, account, 4_000)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        seller.stripe.v1.payouts.create({"amount": 1, "currency": "cad"}, {"stripe_account": account})
    assert refused.value.code == "payouts_not_allowed"
    seller.advance(days=3)
    assert (payouts(seller, account), balance(seller, account)) == ([], 4_000)
    seller.control("POST", f"/accounts/{account}", bank="works")
    seller.advance(days=3)
    assert payouts(seller, account) == [(4_000, "paid", True)]


def test_the_platform_keeps_its_minimum_when_it_is_paid_out_daily(seller: Seller) -> None:
    a_paid_sale(seller)
    seller.advance(days=2)
    assert balance(seller) == 9_680
    settings: Any = {
        "payments": {
            "payouts": {
                "schedule": {"interval": "daily"},
                "minimum_balance_by_currency": {"cad": 9_000},
            }
        }
    }
    updated = seller.stripe.v1.balance_settings.update(settings)
    assert updated.payments.payouts
    assert updated.payments.payouts.minimum_balance_by_currency
    assert updated.payments.payouts.minimum_balance_by_currency["cad"] == 9_000
    seller.advance(days=3)
    assert balance(seller) == 9_000
    assert [payout.amount for payout in seller.stripe.v1.payouts.list().data] == [680]


def test_an_account_of_another_platform_cannot_be_reached(sandbox: Sandbox, seller: Seller) -> None:
    account = a_ready_account(seller)
    with sandbox.seller() as other, pytest.raises(stripe.PermissionError):
        other.stripe.v1.balance.retrieve({}, {"stripe_account": account})
