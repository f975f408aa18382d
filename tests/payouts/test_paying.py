"""What is available goes out of the balance, into the account, to the bank, and each step is in the books once (D-54)."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from api.gateways.payment_answers import PaymentRefused, PaymentUnsure
from api.gateways.payout_facts import Arrived, TransferFacts
from api.gateways.payout_payments import PayoutPayments
from api.payments.calls import Intent, carry_out
from api.payouts import following
from db.bookkeeping import payable_to
from db.clock import now
from db.models.payouts import PayoutHold
from db.vocabulary import CurrencyCode, JobKind, NotificationKind, PaymentCallKind
from tests.factories import a_producer, staff
from tests.licences.licensed import told
from tests.payouts.payroll import Payroll
from tests.tools.databases import on_sqlite

pytestmark = pytest.mark.anyio


async def test_a_payout_goes_out_of_the_balance_to_the_bank(payroll: Payroll) -> None:
    nova = await payroll.earner()
    cash = payroll.money()["CAD"]
    asked = (await payroll.ask_for(nova))["payout"]
    assert (asked["status"], asked["amount"]["minorUnits"]) == ("REQUESTED", "12345")
    assert await payroll.balance(nova) == {"available": 12_345, "inTransit": 0, "owed": 0}
    await payroll.work()
    account = await payroll.account_of(nova)
    assert payroll.transfers() == [(12_345, account, False)]
    assert payroll.bank(account) == [(12_345, "pending")]
    assert await payroll.balance(nova) == {"available": 0, "inTransit": 12_345, "owed": 0}
    assert payroll.money()["CAD"] == cash - 12_345
    payroll.seller.advance(days=3)
    assert set(await payroll.hear()) == {204}
    row = await payroll.payout(asked["id"])
    assert (row.status, row.failure, row.account_ready) == ("SETTLED", None, True)
    assert await payroll.balance(nova) == {"available": 0, "inTransit": 0, "owed": 0}
    owed = payable_to(nova.producer)
    assert await payroll.entries() == [
        ("PAYOUT_BEGUN", owed, "payout_clearing", 12_345),
        ("PAYOUT_SENT", "payout_clearing", "stripe_cash", 12_345),
    ]
    assert await payroll.broken() == []


async def test_the_same_key_is_the_same_payout_and_another_input_is_refused(payroll: Payroll) -> None:
    nova = await payroll.earner()
    first = await payroll.ask_for(nova, idempotencyKey="one")
    async with payroll.stage.nothing_changes():
        assert await payroll.ask_for(nova, idempotencyKey="one") == first
        other = await payroll.ask_for(nova, CurrencyCode.USD, idempotencyKey="one")
        assert [(e["code"], e["path"]) for e in other["errors"]] == [
            ("IDEMPOTENCY_KEY_REUSED", ["input", "idempotencyKey"])
        ]
        under_way = await payroll.ask_for(nova, idempotencyKey="two")
    assert [error["code"] for error in under_way["errors"]] == ["PAYOUT_UNDER_WAY"]
    assert under_way["errors"][0]["object"] == {"__typename": "Payout", "id": first["payout"]["id"]}
    await payroll.work()
    again = await payroll.ask_for(nova, idempotencyKey="one")
    assert (again["payout"]["id"], again["payout"]["status"]) == (first["payout"]["id"], "SENT")


async def test_of_many_who_ask_at_once_one_is_paid(payroll: Payroll) -> None:
    nova = await payroll.earner()
    payloads = await asyncio.gather(*(payroll.ask_for(nova) for _ in range(5)))
    codes = sorted(error["code"] for payload in payloads for error in payload["errors"])
    assert codes == ["PAYOUT_UNDER_WAY"] * 4
    await payroll.work()
    assert [minor for minor, _, _ in payroll.transfers()] == [12_345]


@on_sqlite
async def test_what_is_earned_waits_for_the_set_up_and_nothing_is_lost(payroll: Payroll) -> None:
    nova = await a_producer(payroll.stage.sessions)
    await payroll.fund()
    await payroll.earn(nova, 5_000)
    waiting = {"available": 0, "inTransit": 0, "owed": 0, "PAYOUT_ACCOUNT_NOT_READY": 5_000}
    assert await payroll.balance(nova) == waiting
    async with payroll.stage.nothing_changes():
        refused = await payroll.ask_for(nova)
        assert [error["code"] for error in refused["errors"]] == ["PAYOUT_ACCOUNT_NOT_READY"]
    await payroll.set_up(nova, "no_bank")
    assert await payroll.balance(nova) == waiting
    async with payroll.stage.nothing_changes():
        refused = await payroll.ask_for(nova)
        assert [error["code"] for error in refused["errors"]] == ["PAYOUT_ACCOUNT_NOT_READY"]
    payroll.seller.control("POST", f"/accounts/{await payroll.account_of(nova)}", bank="works")
    await payroll.hear()
    await payroll.paid_out(nova)


@pytest.mark.parametrize(("minor", "paid"), [(999, False), (1_000, True)])
@on_sqlite
async def test_less_than_ten_is_carried_over(payroll: Payroll, minor: int, paid: bool) -> None:
    nova = await payroll.earner(minor)
    payload = await payroll.ask_for(nova)
    assert [error["code"] for error in payload["errors"]] == ([] if paid else ["BELOW_MINIMUM"])
    if not paid:
        assert (await payroll.balance(nova))["BELOW_MINIMUM"] == 999
        await payroll.earn(nova, 1)
    await payroll.work()
    assert (await payroll.balance(nova))["available"] == (0 if paid else 1_000)


async def test_on_its_day_everybody_who_can_be_paid_is_once(payroll: Payroll) -> None:
    nova = await payroll.earner()
    little, unready = (
        await payroll.earner(999, name="Echo"),
        await payroll.earner(5_000, "document", name="Kilo"),
    )
    settings = payroll.stage.settings.model_copy(update={"payout_weekday": now().weekday()})
    payroll.stage.settings = settings
    for _ in range(2):
        await payroll.routine(JobKind.START_PAYOUTS)
    assert [minor for minor, _, _ in payroll.transfers()] == [12_345]
    assert (await payroll.balance(little))["BELOW_MINIMUM"] == 999
    assert (await payroll.balance(unready))["PAYOUT_ACCOUNT_NOT_READY"] == 5_000
    await payroll.earn(nova, 2_000)
    await payroll.routine(JobKind.START_PAYOUTS)
    assert len(payroll.transfers()) == 1, "a producer has one payout of a day"
    assert await payroll.broken() == []


@on_sqlite
async def test_on_another_day_nobody_is_paid_by_itself(payroll: Payroll) -> None:
    await payroll.earner()
    other = (now().weekday() + 1) % 7
    payroll.stage.settings = payroll.stage.settings.model_copy(update={"payout_weekday": other})
    await payroll.routine(JobKind.START_PAYOUTS)
    assert payroll.transfers() == []


async def test_a_bank_that_sends_it_back_has_the_money_come_home(payroll: Payroll) -> None:
    nova = await payroll.earner(outcome="refusing_bank")
    cash, payout = payroll.money()["CAD"], await payroll.asked_for(nova)
    await payroll.work()
    payroll.seller.advance(days=3)
    await payroll.hear()
    account, row = await payroll.account_of(nova), await payroll.payout(payout)
    assert (row.status, row.failure) == ("FAILED", "The bank account has been closed.")
    assert row.returned_at
    assert payroll.transfers() == [(12_345, account, True)]
    assert payroll.money()["CAD"] == cash
    assert await payroll.balance(nova) == {"available": 0, "inTransit": 0, "owed": 0, "REVIEW": 12_345}
    assert [kind for kind, *_ in await payroll.entries()] == [
        "PAYOUT_BEGUN",
        "PAYOUT_SENT",
        "PAYOUT_RETURNED",
    ]
    assert await payroll.broken() == []
    refused = await payroll.ask_for(nova)
    assert [error["code"] for error in refused["errors"]] == ["PAYOUTS_HELD"]
    payroll.seller.control("POST", f"/accounts/{account}", bank="works")
    async with payroll.stage.sessions.writing() as session:
        await session.execute(update(PayoutHold).values(until=now() - timedelta(seconds=1)))
    await payroll.paid_out(nova)
    assert payroll.transfers() == [(12_345, account, True), (12_345, account, False)]


async def test_what_had_arrived_can_come_back_days_later_also_unheard_of(payroll: Payroll) -> None:
    nova = await payroll.earner()
    payout = await payroll.paid_out(nova)
    account, row = await payroll.account_of(nova), await payroll.payout(payout)
    payroll.seller.control("POST", f"/accounts/{account}/payouts/{row.bank_reference}/fail")
    payroll.seller.letters()  # and are lost
    async with payroll.stage.sessions.writing() as session:
        await session.execute(update(type(row)).values(settled_at=now() - timedelta(days=2)))
    await payroll.routine(JobKind.FOLLOW_PAYOUTS)
    assert (await payroll.payout(payout)).status == "FAILED"
    assert (await payroll.balance(nova))["REVIEW"] == 12_345
    assert await payroll.broken() == []


async def test_an_account_restricted_after_the_asking_holds_the_payout_until_it_is_ready(
    payroll: Payroll,
) -> None:
    """The provider is asked before anything leaves the balance: no webhook has come."""
    nova = await payroll.earner()
    payout, account = await payroll.asked_for(nova), await payroll.account_of(nova)
    payroll.seller.control("POST", f"/accounts/{account}", verification="document")
    await payroll.work()
    row = await payroll.payout(payout)
    assert (row.status, row.failure) == ("HELD", "The set-up of your payouts has to be finished first.")
    assert (payroll.transfers(), await payroll.entries()) == ([], [])
    payroll.seller.control("POST", f"/accounts/{account}", outcome="complete")
    await payroll.hear()
    assert (await payroll.payout(payout)).status == "SENT"
    assert payroll.transfers() == [(12_345, account, False)]


async def test_an_account_restricted_in_the_last_moment_has_the_money_back_in_the_balance(
    payroll: Payroll,
) -> None:
    nova = await payroll.earner()
    payout, account = await payroll.asked_for(nova), await payroll.account_of(nova)
    payroll.seller.arm("drop_before", method="POST", path="/v1/transfers", times=3)
    await payroll.work()
    assert (await payroll.payout(payout)).status == "SENDING"
    assert (await payroll.balance(nova))["inTransit"] == 12_345
    payroll.seller.control("POST", f"/accounts/{account}", verification="document")
    await payroll.work_again()
    row = await payroll.payout(payout)
    assert (row.status, row.transfer_reference) == ("REJECTED", None)
    assert "transfers capability" in str(row.failure)
    assert [kind for kind, *_ in await payroll.entries()] == ["PAYOUT_BEGUN", "PAYOUT_REJECTED"]
    await payroll.hear()
    assert await payroll.balance(nova) == {
        "available": 0,
        "inTransit": 0,
        "owed": 0,
        "PAYOUT_ACCOUNT_NOT_READY": 12_345,
    }
    assert await payroll.broken() == []


async def test_a_refusal_that_was_acted_upon_is_final(payroll: Payroll) -> None:
    """Of two workers one is told no, and gives the money back: the other must not have it sent a moment later."""
    intent, keys = Intent(PaymentCallKind.TRANSFER, "pot_1", final=True), list[str]()

    async def act(key: str) -> str:
        keys.append(key)
        raise PaymentRefused("insufficient_capabilities", "It cannot receive money.")

    for _ in range(2):
        with pytest.raises(PaymentRefused, match="insufficient_capabilities: It cannot receive money"):
            await carry_out(payroll.stage.sessions, intent, act)
    assert len(keys) == 1


async def test_an_account_that_was_swapped_is_not_paid_what_was_asked_for_with_the_one_before(
    payroll: Payroll,
) -> None:
    nova = await payroll.earner()
    payout, first = await payroll.asked_for(nova), await payroll.account_of(nova)
    payroll.seller.stripe.v2.core.accounts.close(first)
    await payroll.refresh(nova)
    second = await payroll.set_up(nova)
    row = await payroll.payout(payout)
    assert (row.status, row.failure) == (
        "REJECTED",
        "Your payouts go to another account now: ask again.",
    )
    assert payroll.transfers() == []
    assert await payroll.balance(nova) == {"available": 0, "inTransit": 0, "owed": 0, "REVIEW": 12_345}
    async with payroll.stage.sessions.writing() as session:
        await session.execute(update(PayoutHold).values(until=now() - timedelta(seconds=1)))
    await payroll.paid_out(nova)
    assert payroll.transfers() == [(12_345, second, False)]


async def test_a_platform_without_the_money_sends_later_and_nobody_loses(payroll: Payroll) -> None:
    nova = await payroll.earner(2_000_000)
    payout = await payroll.asked_for(nova)
    await payroll.work()
    assert ((await payroll.payout(payout)).status, payroll.transfers()) == ("SENDING", [])
    await payroll.work_again()
    assert (await payroll.payout(payout)).status == "SENDING"
    await payroll.fund(3_000_000)
    await payroll.work_again()
    assert (await payroll.payout(payout)).status == "SENT"
    assert [minor for minor, _, _ in payroll.transfers()] == [2_000_000]


@on_sqlite
async def test_a_clawback_after_a_payout_is_owed_and_nothing_is_paid_until_it_is_earned(
    payroll: Payroll,
) -> None:
    nova = await payroll.earner()
    await payroll.paid_out(nova)
    await payroll.take_back(nova, 4_000)
    assert await payroll.balance(nova) == {"available": 0, "inTransit": 0, "owed": 4_000}
    await payroll.earn(nova, 4_500)
    assert await payroll.balance(nova) == {"available": 0, "inTransit": 0, "owed": 0, "BELOW_MINIMUM": 500}
    await payroll.earn(nova, 1_000)
    assert await payroll.balance(nova) == {"available": 1_500, "inTransit": 0, "owed": 0}


async def test_what_is_taken_back_before_it_has_begun_is_not_sent(payroll: Payroll) -> None:
    nova = await payroll.earner()
    payout = await payroll.asked_for(nova)
    await payroll.take_back(nova, 12_000)
    await payroll.work()
    row = await payroll.payout(payout)
    assert (row.status, row.failure) == ("HELD", "There is not enough for a payout now.")
    await payroll.earn(nova, 5_000)
    await payroll.routine(JobKind.FOLLOW_PAYOUTS)
    row = await payroll.payout(payout)
    assert (row.status, row.amount_minor) == ("SENT", 5_345)


@on_sqlite
async def test_staff_hold_payouts_and_let_them_go_on(payroll: Payroll) -> None:
    nova, sam = await payroll.earner(), await staff(payroll.stage.sessions)
    payout = await payroll.asked_for(nova)

    async def hold(held: bool, reason: str) -> Any:
        answer = "holds { reason until producer { id } }"
        given = {"held": held, "reason": reason}
        return await payroll.stage.mutate(sam, "setPayoutHold", answer, id=nova.producer, input=given)

    placed = await hold(True, "We look at a sale.")
    assert placed == {
        "holds": [{"reason": "We look at a sale.", "until": None, "producer": {"id": nova.producer}}],
        "errors": [],
    }
    await payroll.work()
    assert (await payroll.payout(payout)).failure == "We look at a sale."
    assert (await payroll.balance(nova))["REVIEW"] == 12_345
    desk = await payroll.stage.ask(sam, "{ staff { payoutHolds { reason } } }")
    assert desk == {"staff": {"payoutHolds": [{"reason": "We look at a sale."}]}}
    async with payroll.stage.nothing_changes():
        for who in (nova, None):
            answer = await payroll.stage.answer(
                who,
                'mutation($id: ID!) { setPayoutHold(id: $id, input: {held: false, reason: "x"})'
                " { errors { code } } }",
                id=nova.producer,
            )
            refused = answer.codes or [one["code"] for one in answer.data["setPayoutHold"]["errors"]]
            assert refused == (["STAFF_REQUIRED"] if who else ["UNAUTHENTICATED"])
    assert (await hold(False, "It was nothing."))["holds"] == []
    await payroll.work()
    assert (await payroll.payout(payout)).status == "SENT"


async def test_only_verified_producers_are_told_of_payouts_and_everybody_sees_them(payroll: Payroll) -> None:
    kilo = await payroll.earner()
    nova = await a_producer(payroll.stage.sessions)
    await payroll.set_up(nova)
    await payroll.earn(nova, 2_000)
    for who in (kilo, nova):
        await payroll.paid_out(who)
    updates = [
        one for one in await told(payroll.stage.sessions) if one.kind is NotificationKind.PAYOUT_UPDATE
    ]
    assert [(one.account_id, one.title) for one in sorted(updates, key=lambda one: one.created_at)] == [
        (kilo.account, "123.45 CAD are on their way to you"),
        (kilo.account, "123.45 CAD have arrived"),
    ]
    about = "{ me { notifications(first: 1) { nodes { subject { __typename ... on Payout { status } } } } } }"
    assert (await payroll.stage.ask(kilo, about))["me"]["notifications"]["nodes"] == [
        {"subject": {"__typename": "Payout", "status": "SETTLED"}}
    ]
    query = "{ finances { minimumPayouts { amount currency } payouts(first: 5) { totalCount nodes { status } } } }"
    seen = (await payroll.stage.ask(nova, query))["finances"]
    assert seen["payouts"] == {"totalCount": 1, "nodes": [{"status": "SETTLED"}]}
    assert {"amount": "10.00", "currency": "CAD"} in seen["minimumPayouts"]


async def test_every_currency_is_paid_by_itself_and_out_of_its_own_balance(payroll: Payroll) -> None:
    """Nothing of ours is changed: where the platform has none of a currency, its payouts wait."""
    nova = await payroll.earner(5_000)
    await payroll.earn(nova, 4_000, CurrencyCode.USD)
    await payroll.earn(nova, 900, CurrencyCode.EUR)
    for currency, codes in (
        (CurrencyCode.CAD, []),
        (CurrencyCode.USD, []),
        (CurrencyCode.EUR, ["BELOW_MINIMUM"]),
    ):
        payload = await payroll.ask_for(nova, currency)
        assert [error["code"] for error in payload["errors"]] == codes
    await payroll.work()
    assert [minor for minor, _, _ in payroll.transfers()] == [5_000]
    assert (await payroll.balance(nova, CurrencyCode.USD))["inTransit"] == 4_000
    await payroll.fund(10_000, CurrencyCode.USD)
    await payroll.work_again()
    found = payroll.seller.stripe.v1.transfers.list({"limit": 10}).data
    assert [(one.amount, one.currency) for one in found] == [(4_000, "usd"), (5_000, "cad")]
    assert await payroll.broken() == []


@on_sqlite
async def test_what_the_provider_has_changed_on_arrival_goes_on_as_it_stands_there(
    payroll: Payroll, monkeypatch: pytest.MonkeyPatch
) -> None:
    nova, asked = await payroll.earner(), list[Arrived]()

    async def changed(gateway: PayoutPayments, transfer: TransferFacts) -> Arrived:
        return Arrived(8_900, "jpy")

    async def send_on(gateway: PayoutPayments, key: str, account: str, subject: str, arrived: Arrived) -> str:
        asked.append(arrived)
        raise PaymentUnsure("The sandbox changes no money.")

    monkeypatch.setattr(PayoutPayments, "arrived", changed)
    monkeypatch.setattr(PayoutPayments, "send_on", send_on)
    payout = await payroll.asked_for(nova)
    await payroll.work()
    assert asked == [Arrived(8_900, "jpy")]
    assert (await payroll.payout(payout)).status == "SENT"


async def test_what_is_taken_back_in_the_same_moment_is_taken_before_or_after_and_never_paid_twice(
    payroll: Payroll,
) -> None:
    """Whoever comes first: nothing is sent of what is gone, or all of it is and is owed."""
    people = [await payroll.earner(name=f"Nova {number}") for number in range(4)]
    for who in people:
        payout = await payroll.asked_for(who)
        await asyncio.gather(payroll.work(), payroll.take_back(who, 12_000))
        await payroll.work_again()
        row, balance = await payroll.payout(payout), await payroll.balance(who)
        if row.status == "HELD":
            assert balance == {"available": 0, "inTransit": 0, "owed": 0, "BELOW_MINIMUM": 345}
        else:
            assert (row.status, row.amount_minor) == ("SENT", 12_345)
            assert balance == {"available": 0, "inTransit": 12_345, "owed": 12_000}
    assert await payroll.broken() == []


@on_sqlite
async def test_all_payouts_are_followed_however_many_wait(
    payroll: Payroll, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "_AT_ONCE", 1)
    nova, kilo, echo = [await payroll.earner(name=name) for name in ("Nova", "Kilo", "Echo")]
    held = [await payroll.asked_for(who) for who in (nova, kilo)]
    async with payroll.stage.sessions.writing() as session:
        session.add_all(PayoutHold(producer_id=who.producer, reason="Looked at.") for who in (nova, kilo))
    last = await payroll.asked_for(echo)
    await payroll.work()
    payroll.seller.advance(days=3)
    payroll.seller.letters()  # nobody hears of it
    await payroll.routine(JobKind.FOLLOW_PAYOUTS)
    assert [(await payroll.payout(one)).status for one in (*held, last)] == ["HELD", "HELD", "SETTLED"]


@on_sqlite
async def test_what_is_released_goes_whenever_it_was_looked_at_last(payroll: Payroll) -> None:
    nova, boss = await payroll.earner(), await staff(payroll.stage.sessions)
    payout = await payroll.asked_for(nova)
    for held in (True, False):
        given = {"held": held, "reason": "Looked at."}
        await payroll.stage.mutate(boss, "setPayoutHold", id=nova.producer, input=given)
        if held:
            await payroll.work()
            await payroll.routine(JobKind.FOLLOW_PAYOUTS)
            assert (await payroll.payout(payout)).status == "HELD"
    await payroll.work()
    assert (await payroll.payout(payout)).status == "SENT"
