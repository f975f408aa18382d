"""Payouts are set up on a hosted form, and are what the provider says they are (D-54, D-55)."""

from contextlib import aclosing
from datetime import timedelta
from typing import Final

import pytest
from sqlalchemy import update
from sqlmodel import col

from db.clock import now
from db.models.accounts import RoleGrant
from db.vocabulary import JobKind
from tests.factories import a_listener, a_producer, staff
from tests.payouts.payroll import ACCOUNT, Payroll
from tests.tools.databases import on_sqlite

pytestmark = pytest.mark.anyio
_LONG: Final = timedelta(days=3650)
"""The sandbox's clock stands elsewhere."""


async def test_a_producer_fills_in_the_form_and_is_ready(payroll: Payroll) -> None:
    nova = await a_producer(payroll.stage.sessions)
    before = await payroll.account(nova)
    assert (before["status"], before["country"], before["ready"]) == ("NONE", None, False)
    begun = await payroll.onboard(nova)
    assert begun["errors"] == []
    assert begun["onboardingUrl"].startswith(payroll.seller.url)
    account = begun["payoutAccount"]
    assert (account["status"], account["country"], account["ready"]) == ("CREATED", "CA", False)
    assert {"message": "Your first name.", "dueAt": None} in account["requirements"]
    payroll.fill_in(begun["onboardingUrl"])
    assert set(await payroll.hear()) == {204}
    ready = await payroll.account(nova)
    assert (ready["status"], ready["ready"], ready["requirements"]) == ("READY", True, [])
    assert ready["id"] == account["id"]


@pytest.mark.parametrize(
    ("outcome", "status", "asked"),
    [
        ("review", "UNDER_REVIEW", []),
        ("document", "INCOMPLETE", ["A picture of an identity document is needed."]),
        ("no_bank", "INCOMPLETE", ["The bank account to be paid to."]),
        ("refusing_bank", "READY", []),
        ("rejected", "REJECTED", []),
    ],
)
@on_sqlite
async def test_every_outcome_of_the_form_is_a_state(
    payroll: Payroll, outcome: str, status: str, asked: list[str]
) -> None:
    nova = await a_producer(payroll.stage.sessions)
    await payroll.set_up(nova, outcome)
    account = await payroll.account(nova)
    assert (account["status"], account["ready"]) == (status, status == "READY")
    assert [one["message"] for one in account["requirements"]] == asked


async def test_coming_back_proves_nothing_and_what_the_provider_says_is_kept(payroll: Payroll) -> None:
    """Without any webhook: the client asks for it on the way back."""
    nova = await a_producer(payroll.stage.sessions)
    form = (await payroll.onboard(nova))["onboardingUrl"]
    assert (await payroll.refresh(nova))["payoutAccount"]["status"] == "CREATED"
    payroll.fill_in(form, "review")
    assert (await payroll.account(nova))["status"] == "CREATED"
    assert (await payroll.refresh(nova))["payoutAccount"]["status"] == "UNDER_REVIEW"
    payroll.seller.advance(days=1)
    assert (await payroll.refresh(nova))["payoutAccount"]["ready"] is True


async def test_going_on_uses_the_same_account(payroll: Payroll) -> None:
    nova = await a_producer(payroll.stage.sessions)
    first, second = await payroll.onboard(nova), await payroll.onboard(nova)
    assert first["payoutAccount"]["id"] == second["payoutAccount"]["id"]
    assert first["onboardingUrl"] != second["onboardingUrl"]
    assert len(payroll.seller.stripe.v2.core.accounts.list().data) == 1


@pytest.mark.parametrize("fault", ["error_before", "drop_after", "conflict", "rate_limited"])
async def test_an_account_is_made_once_whatever_the_provider_answers(payroll: Payroll, fault: str) -> None:
    nova = await a_producer(payroll.stage.sessions)
    payroll.seller.arm(fault, method="POST", path="/v2/core/accounts", times=3)
    first = await payroll.onboard(nova)
    assert [error["code"] for error in first["errors"]] in ([], ["PAYMENTS_UNAVAILABLE"])
    payroll.seller.control("DELETE", "/faults")
    assert (await payroll.onboard(nova))["errors"] == []
    assert len(payroll.seller.stripe.v2.core.accounts.list().data) == 1


@on_sqlite
async def test_behind_a_failure_of_the_provider_may_be_a_second_account_which_stays_empty(
    payroll: Payroll,
) -> None:
    """The newer endpoints keep no failures under a key: it is done again. Nobody is ever paid to what we do not know."""
    nova = await a_producer(payroll.stage.sessions)
    payroll.seller.arm("error_after", method="POST", path="/v2/core/accounts")
    account = await payroll.set_up(nova)
    assert (await payroll.account(nova))["status"] == "READY"
    others = [one.id for one in payroll.seller.stripe.v2.core.accounts.list().data if one.id != account]
    assert len(others) == 1
    [row] = await payroll.accounts(nova)
    assert row.reference == account


async def test_what_comes_in_is_not_sent_on_by_itself(payroll: Payroll) -> None:
    nova = await a_producer(payroll.stage.sessions)
    account = await payroll.set_up(nova)
    found = payroll.seller.stripe.v1.balance_settings.retrieve({}, {"stripe_account": account})
    assert found.payments.payouts
    assert found.payments.payouts.schedule
    assert found.payments.payouts.schedule.interval == "manual"


async def test_another_country_takes_the_place_of_what_nobody_has_finished(payroll: Payroll) -> None:
    nova = await a_producer(payroll.stage.sessions)
    wrong = await payroll.onboard(nova, "US")
    right = await payroll.onboard(nova, "CA")
    assert right["errors"] == []
    assert right["payoutAccount"]["country"] == "CA"
    assert right["payoutAccount"]["id"] != wrong["payoutAccount"]["id"]
    former, present = await payroll.accounts(nova)
    assert (former.status, present.status) == ("DISCONNECTED", "CREATED")
    closed = payroll.seller.stripe.v2.core.accounts.retrieve(str(former.reference))
    assert closed.closed


async def test_an_account_that_was_ready_keeps_its_country(payroll: Payroll) -> None:
    nova = await a_producer(payroll.stage.sessions)
    await payroll.set_up(nova)
    payroll.seller.control("POST", f"/accounts/{await payroll.account_of(nova)}", verification="document")
    await payroll.hear()
    assert (await payroll.account(nova))["status"] == "RESTRICTED"
    refused = await payroll.onboard(nova, "US")
    assert [(error["code"], error["path"]) for error in refused["errors"]] == [
        ("PAYOUT_COUNTRY_SET", ["input", "country"])
    ]
    assert (await payroll.account(nova))["country"] == "CA"


async def test_whom_the_provider_rejects_is_told_so(payroll: Payroll) -> None:
    nova = await a_producer(payroll.stage.sessions)
    await payroll.set_up(nova, "rejected")
    refused = await payroll.onboard(nova)
    assert [error["code"] for error in refused["errors"]] == ["PAYOUT_ACCOUNT_REJECTED"]
    payroll.seller.control("POST", f"/accounts/{await payroll.account_of(nova)}", outcome="complete")
    await payroll.hear()
    assert (await payroll.account(nova))["status"] == "READY"


async def test_a_closed_account_makes_room_for_another_which_is_looked_at_twice(payroll: Payroll) -> None:
    nova = await a_producer(payroll.stage.sessions)
    first = await payroll.set_up(nova)
    payroll.seller.stripe.v2.core.accounts.close(first)
    await payroll.hear()
    assert (await payroll.account(nova))["status"] == "NONE"
    second = await payroll.set_up(nova, country="US")
    assert second != first
    told = await payroll.stage.ask(nova, "{ me { notifications(first: 5) { nodes { kind title } } } }")
    assert told["me"]["notifications"]["nodes"] == [
        {"kind": "SECURITY", "title": "Your payouts go to another account"}
    ]


async def test_news_that_never_came_in_are_found(payroll: Payroll, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.payments.inbox._LOOKED_BACK", _LONG)
    nova = await a_producer(payroll.stage.sessions)
    form = (await payroll.onboard(nova))["onboardingUrl"]
    payroll.fill_in(form)
    payroll.seller.letters()  # and are lost
    await payroll.routine(JobKind.CATCH_UP_ON_PAYMENTS)
    assert (await payroll.account(nova))["status"] == "READY"


async def test_events_in_any_order_and_twice_end_alike(payroll: Payroll) -> None:
    nova = await a_producer(payroll.stage.sessions)
    begun = await payroll.onboard(nova)
    payroll.fill_in(begun["onboardingUrl"], "document")
    letters = payroll.seller.letters(reversed=True)
    account = await payroll.account_of(nova)
    payroll.seller.control("POST", f"/accounts/{account}", outcome="complete")
    assert set(await payroll.hear([*letters, *letters[:3]])) == {204}
    assert (await payroll.account(nova))["status"] == "READY"


async def test_a_watcher_sees_the_set_up_change(payroll: Payroll) -> None:
    nova = await a_producer(payroll.stage.sessions)
    form = (await payroll.onboard(nova))["onboardingUrl"]
    watching = payroll.stage.watch(nova, f"subscription {{ payoutAccountChanged {{ {ACCOUNT} }} }}")
    async with aclosing(watching) as answers:
        assert (await anext(answers)).data["payoutAccountChanged"]["status"] == "CREATED"
        payroll.fill_in(form)
        await payroll.hear()
        seen = [(await anext(answers)).data["payoutAccountChanged"]["status"]]
        while seen[-1] != "READY":
            seen.append((await anext(answers)).data["payoutAccountChanged"]["status"])


async def test_a_watcher_without_a_profile_hears_why_nothing_comes(payroll: Payroll) -> None:
    ari = await a_listener(payroll.stage.sessions)
    async with aclosing(payroll.stage.watch(ari, "subscription { payoutAccountChanged { id } }")) as answers:
        [error] = (await anext(answers)).errors
    assert (error.message, error.extensions) == ("Only approved producers have this.", {"code": "FORBIDDEN"})


@on_sqlite
async def test_who_has_no_producer_access_sets_nothing_up(payroll: Payroll) -> None:
    ari, nova = await a_listener(payroll.stage.sessions), await a_producer(payroll.stage.sessions)
    async with payroll.stage.sessions.writing() as session:
        revoked = update(RoleGrant).where(col(RoleGrant.account_id) == nova.account)
        await session.execute(revoked.values(withdrawn_at=now()))
    for who in (ari, nova):
        async with payroll.stage.nothing_changes():
            assert await payroll.stage.refusals(who, "refreshPayoutAccount") == [("", "PRODUCER_REQUIRED")]
            refused = await payroll.onboard(who)
            assert [error["code"] for error in refused["errors"]] == ["PRODUCER_REQUIRED"]
        assert await payroll.account(who) is None


@on_sqlite
async def test_what_is_no_country_or_leads_elsewhere_is_refused(payroll: Payroll) -> None:
    nova = await a_producer(payroll.stage.sessions)
    async with payroll.stage.nothing_changes():
        refused = await payroll.onboard(nova, "Canada", returnPath="//evil.test")
    assert [(".".join(one["path"]), one["code"]) for one in refused["errors"]] == [
        ("input.country", "MALFORMED"),
        ("input.returnPath", "MALFORMED"),
    ]


@on_sqlite
async def test_backstage_asks_for_the_set_up_until_it_is_there(payroll: Payroll) -> None:
    nova = await a_producer(payroll.stage.sessions)
    query = "{ backstage { payoutAccount { status } tasks { kind title reason target { id } } } }"

    async def task() -> tuple[str, str | None]:
        found = (await payroll.stage.ask(nova, query))["backstage"]
        tasks = [one for one in found["tasks"] if one["kind"] == "CONNECT_PAYOUTS"]
        return found["payoutAccount"]["status"], tasks[0]["title"] if tasks else None

    assert await task() == ("NONE", "Set up your payouts")
    account = await payroll.set_up(nova, "no_bank")
    assert await task() == ("INCOMPLETE", "Finish the set-up of your payouts")
    payroll.seller.control("POST", f"/accounts/{account}", bank="works")
    await payroll.hear()
    assert await task() == ("READY", None)


@on_sqlite
async def test_only_its_producer_and_staff_see_a_set_up(payroll: Payroll) -> None:
    nova, other = await a_producer(payroll.stage.sessions), await a_producer(payroll.stage.sessions, "Echo")
    sam = await staff(payroll.stage.sessions)
    await payroll.set_up(nova)
    [row] = await payroll.accounts(nova)
    none = f"pac_{other.producer.removeprefix('pro_')}"
    query = "query($id: ID!) { node(id: $id) { ... on PayoutAccount { status } } }"
    seen = {
        who.name: [(await payroll.stage.ask(who, query, id=one))["node"] for one in (row.id, none)]
        for who in (nova, other, sam)
    }
    assert seen == {
        "Nova": [{"status": "READY"}, None],
        "Echo": [None, {"status": "NONE"}],
        "Sam": [{"status": "READY"}, {"status": "NONE"}],
    }


@on_sqlite
async def test_a_country_that_the_provider_does_not_take_sets_nothing_up(payroll: Payroll) -> None:
    """What is kept of the try shows nowhere; the next one, of another country, is as the first."""
    nova = await a_producer(payroll.stage.sessions)
    before = await payroll.account(nova)
    payroll.seller.arm("error_before", method="POST", path="/v2/core/accounts", status=400)
    refused = await payroll.onboard(nova, "US")
    assert [error["code"] for error in refused["errors"]] == ["PAYMENT_REFUSED"]
    assert await payroll.account(nova) == before
    assert (await payroll.onboard(nova, "CA"))["payoutAccount"]["country"] == "CA"
    [row] = await payroll.accounts(nova)
    assert (row.country, row.status) == ("CA", "CREATED")


@pytest.mark.parametrize(
    ("outcome", "code", "sentence"),
    [
        ("rejected", "PAYOUT_ACCOUNT_REJECTED", "The payment provider will not pay you."),
        ("review", "PAYOUT_ACCOUNT_NOT_READY", "The payment provider is looking at your set-up"),
        ("document", "PAYOUT_ACCOUNT_NOT_READY", "Finish the set-up of your payouts first."),
    ],
)
@on_sqlite
async def test_who_cannot_be_paid_is_told_what_they_can_do(
    payroll: Payroll, outcome: str, code: str, sentence: str
) -> None:
    nova = await payroll.earner(outcome=outcome)
    async with payroll.stage.nothing_changes():
        [error] = (await payroll.ask_for(nova))["errors"]
    assert (error["code"], error["message"].startswith(sentence)) == (code, True)
    [hold] = await payroll.holds(nova)
    assert (hold["reason"], hold["message"].startswith(sentence)) == ("PAYOUT_ACCOUNT_NOT_READY", True)


@on_sqlite
async def test_nobody_begins_with_one_country_after_the_other(payroll: Payroll) -> None:
    nova = await a_producer(payroll.stage.sessions)
    for country in ("CA", "US", "GB", "DE"):
        assert (await payroll.onboard(nova, country))["errors"] == []
    [error] = (await payroll.onboard(nova, "FR"))["errors"]
    assert (error["code"], error["limit"]) == ("TOO_MANY_ATTEMPTS", 4)
    [error] = (await payroll.onboard(nova, "ZZ"))["errors"]
    assert (error["code"], error["path"]) == ("MALFORMED", ["input", "country"])
