"""Accounts of those who are paid: asked who they are on a page, looked at, closed; and the thin events that tell of it."""

from typing import Any

import httpx
import pytest
import stripe

from tests.sandbox.shop import a_paid_sale
from tests.tools.stripe_sandbox import Seller

_RETURN = "http://127.0.0.1:9/finances"
_REFRESH = "http://127.0.0.1:9/again"
_EVERYTHING: Any = ["configuration.recipient", "requirements", "identity", "defaults"]


def an_account(seller: Seller, email: str = "kai@example.org") -> str:
    params: Any = {
        "contact_email": email,
        "display_name": "Kai",
        "dashboard": "express",
        "identity": {"country": "ca"},
        "configuration": {
            "recipient": {"capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}}
        },
        "defaults": {
            "currency": "cad",
            "responsibilities": {"fees_collector": "application", "losses_collector": "application"},
        },
        "metadata": {"producer": "prd_1"},
    }
    return seller.stripe.v2.core.accounts.create(params).id


def a_link(seller: Seller, account: str) -> str:
    made = seller.stripe.v2.core.account_links.create(
        {
            "account": account,
            "use_case": {
                "type": "account_onboarding",
                "account_onboarding": {"refresh_url": _REFRESH, "return_url": _RETURN},
            },
        }
    )
    return made.url


def a_ready_account(seller: Seller, outcome: str = "complete") -> str:
    account = an_account(seller)
    httpx.post(a_link(seller, account), data={"do": "finish", "outcome": outcome, "name": "Kai Moss"})
    return account


def statuses(seller: Seller, account: str) -> tuple[str, str]:
    """Of transfers and of payouts."""
    found = seller.stripe.v2.core.accounts.retrieve(account, {"include": _EVERYTHING})
    assert found.configuration
    assert found.configuration.recipient
    capabilities = found.configuration.recipient.capabilities
    assert capabilities
    assert capabilities.stripe_balance
    balance = capabilities.stripe_balance
    assert balance.stripe_transfers
    assert balance.payouts
    return balance.stripe_transfers.status, balance.payouts.status


def asked(seller: Seller, account: str) -> list[tuple[str, str]]:
    """What is asked for, and by whom it is owed."""
    found = seller.stripe.v2.core.accounts.retrieve(account, {"include": ["requirements"]})
    entries = found.requirements.entries if found.requirements else None
    return [(entry.description, entry.awaiting_action_from) for entry in entries or []]


def test_a_new_account_can_do_nothing_and_says_what_it_needs(seller: Seller) -> None:
    account = an_account(seller)
    assert statuses(seller, account) == ("restricted", "restricted")
    assert ("identity.individual.given_name", "user") in asked(seller, account)
    assert len(asked(seller, account)) == 6


def test_what_is_not_asked_for_is_null(seller: Seller) -> None:
    account = seller.stripe.v2.core.accounts.retrieve(an_account(seller))
    assert (account.configuration, account.requirements, account.identity) == (None, None, None)
    assert (account.contact_email, account.closed, account.applied_configurations) == (
        "kai@example.org",
        False,
        ["recipient"],
    )
    assert account.metadata
    assert account.metadata["producer"] == "prd_1"
    assert account.created == "2026-06-01T12:00:00.000Z"


@pytest.mark.parametrize(
    ("outcome", "expected", "entries"),
    [
        ("complete", ("active", "active"), 0),
        ("review", ("pending", "pending"), 1),
        ("document", ("restricted", "restricted"), 1),
        ("no_bank", ("active", "restricted"), 1),
        ("refusing_bank", ("active", "active"), 0),
        ("rejected", ("rejected", "rejected"), 0),
    ],
)
def test_the_page_leads_back_and_what_comes_of_it_is_read_anew(
    seller: Seller, outcome: str, expected: tuple[str, str], entries: int
) -> None:
    account = an_account(seller)
    link = a_link(seller, account)
    assert "no real money" in httpx.get(link).text
    done = httpx.post(link, data={"do": "finish", "outcome": outcome, "name": "Kai Moss"})
    assert (done.status_code, done.headers["location"]) == (303, _RETURN)
    assert statuses(seller, account) == expected
    assert len(asked(seller, account)) == entries
    found = seller.stripe.v2.core.accounts.retrieve(account, {"include": ["identity"]})
    assert found.identity
    assert found.identity.individual
    assert (found.identity.individual.given_name, found.identity.individual.surname) == ("Kai", "Moss")


def test_who_leaves_comes_back_with_nothing_done(seller: Seller) -> None:
    account = an_account(seller)
    left = httpx.post(a_link(seller, account), data={"do": "leave"})
    assert (left.status_code, left.headers["location"]) == (303, _RETURN)
    assert statuses(seller, account) == ("restricted", "restricted")


def test_a_form_that_is_not_filled_in_is_shown_again(seller: Seller) -> None:
    account = an_account(seller)
    link = a_link(seller, account)
    answer = httpx.post(link, data={"do": "finish", "outcome": "complete", "name": " "})
    assert (answer.status_code, "Give a name" in answer.text) == (400, True)
    assert statuses(seller, account) == ("restricted", "restricted")


def test_a_link_that_was_used_or_is_too_old_asks_for_another(seller: Seller) -> None:
    account = an_account(seller)
    used, old = a_link(seller, account), a_link(seller, account)
    httpx.post(used, data={"do": "leave"})
    assert httpx.get(used).headers["location"] == _REFRESH
    seller.advance(seconds=600)
    answer = httpx.post(old, data={"do": "finish", "outcome": "complete", "name": "Kai Moss"})
    assert answer.headers["location"] == _REFRESH
    assert statuses(seller, account) == ("restricted", "restricted")


def test_somebody_who_looks_at_it_says_yes_after_a_day(seller: Seller) -> None:
    account = a_ready_account(seller, "review")
    assert asked(seller, account) == [("identity.individual.documents.primary_verification", "stripe")]
    seller.advance(days=1)
    assert statuses(seller, account) == ("active", "active")
    assert asked(seller, account) == []


def test_an_account_that_was_ready_can_be_restricted_again(seller: Seller) -> None:
    account = a_ready_account(seller)
    seller.control("POST", f"/accounts/{account}", verification="document")
    assert statuses(seller, account) == ("restricted", "restricted")
    seller.control("POST", f"/accounts/{account}", outcome="complete")
    assert statuses(seller, account) == ("active", "active")


def test_an_account_is_closed_when_nothing_is_left_in_it(seller: Seller) -> None:
    account = a_ready_account(seller)
    a_paid_sale(seller)
    transfer = seller.stripe.v1.transfers.create({"amount": 500, "currency": "cad", "destination": account})
    with pytest.raises(stripe.StripeError, match="has a balance"):
        seller.stripe.v2.core.accounts.close(account)
    seller.stripe.v1.transfers.reversals.create(transfer.id)
    assert seller.stripe.v2.core.accounts.close(account).closed
    with pytest.raises(stripe.InvalidRequestError) as refused:
        seller.stripe.v1.transfers.create({"amount": 500, "currency": "cad", "destination": account})
    assert refused.value.code == "insufficient_capabilities_for_transfer"


def test_accounts_are_changed_and_listed_page_by_page(seller: Seller) -> None:
    accounts = [an_account(seller, f"{number}@example.org") for number in range(5)]
    changed: Any = {"display_name": "Moss", "metadata": {"producer": None, "plan": "pro"}}
    seller.stripe.v2.core.accounts.update(accounts[0], changed)
    found = list(seller.stripe.v2.core.accounts.list({"limit": 2}).auto_paging_iter())
    assert [account.id for account in found] == accounts[::-1]
    assert found[-1].display_name == "Moss"
    assert found[-1].metadata
    assert (found[-1].metadata["plan"], "producer" in found[-1].metadata) == ("pro", False)


def test_a_mistake_in_a_newer_request_fails_too(seller: Seller) -> None:
    mistakes: list[tuple[Any, str]] = [
        ({"configuration": {"recipient": {}}, "colour": "red"}, "colour"),
        ({"dashboard": "golden"}, "dashboard"),
        ({"identity": {"country": 7}}, "identity[country]"),
    ]
    for wrong, param in mistakes:
        with pytest.raises(stripe.StripeError) as refused:
            seller.stripe.v2.core.accounts.create(wrong)
        body: Any = refused.value.json_body
        assert (refused.value.http_status, body["error"]["param"]) == (400, param)
    assert seller.stripe.v2.core.accounts.list().data == []


def test_thin_events_name_the_account_and_lead_to_it(seller: Seller) -> None:
    seller.control(
        "POST", "/webhooks/endpoints", url="http://127.0.0.1:9/", payload="thin", secret="whsec_thin"
    )
    account = a_ready_account(seller)
    letters = seller.letters()
    assert all("data" not in letter["body"] for letter in letters)
    notices = [
        seller.stripe.parse_event_notification(
            letter["body"], letter["headers"]["stripe-signature"], "whsec_thin"
        )
        for letter in letters
    ]
    capability = "v2.core.account[configuration.recipient].capability_status_updated"
    assert [notice.type for notice in notices] == [
        "v2.core.account.created",
        "v2.core.account[requirements].updated",
        capability,
        capability,
        "v2.core.account[identity].updated",
        "v2.core.account[requirements].updated",
        capability,
        capability,
        "v2.core.account_link.returned",
    ]
    notice: Any = notices[-2]
    assert notice.fetch_related_object().id == account
    assert notice.fetch_event().data.updated_capability == "stripe_balance.payouts"
    listed = list(seller.stripe.v2.core.events.list({"object_id": account, "limit": 4}).auto_paging_iter())
    assert [event.id for event in listed[::-1]] == [notice.id for notice in notices]
    seller.advance(days=1)
    later = seller.stripe.v2.core.events.list({"created": {"gt": "2026-06-01T12:00:00.000Z"}})
    assert later.data == []
