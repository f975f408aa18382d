"""Whoever has earned and cannot be paid is reminded: after some days, once a month, and not once all is set up (D-70)."""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from db.clock import now
from db.models.notices import Notification
from db.vocabulary import CurrencyCode, JobKind, NotificationKind
from tests.factories import Person, a_producer
from tests.licences.licensed import told
from tests.payouts.payroll import Payroll

pytestmark = pytest.mark.anyio
_USD: Final = CurrencyCode.USD


async def reminded(payroll: Payroll) -> list[Notification]:
    await payroll.routine(JobKind.REMIND_OF_PAYOUT_SETUP)
    kind = NotificationKind.PAYOUT_SETUP_REMINDER
    return [one for one in await told(payroll.stage.sessions) if one.kind is kind]


def later(patch: pytest.MonkeyPatch, **much: float) -> None:
    moment = now() + timedelta(**much)
    patch.setattr("api.payouts.reminding.now", lambda: moment)


async def a_waiting_producer(payroll: Payroll, minor: int = 5_000, name: str = "Nova") -> Person:
    who = await a_producer(payroll.stage.sessions, name)
    await payroll.earn(who, minor)
    return who


async def test_who_has_earned_is_reminded_after_some_days_and_once_a_month(
    payroll: Payroll, monkeypatch: pytest.MonkeyPatch
) -> None:
    nova = await a_waiting_producer(payroll)
    assert await reminded(payroll) == []
    monkeypatch.setattr("api.payouts.reminding.now", lambda: _in_january(5))
    [notice] = await reminded(payroll)
    assert (notice.account_id, notice.path) == (nova.account, "/finances")
    assert notice.body.startswith("You have earned 50.00 CAD, which is kept for you.")
    monkeypatch.setattr("api.payouts.reminding.now", lambda: _in_january(31))
    assert len(await reminded(payroll)) == 1
    monkeypatch.setattr("api.payouts.reminding.now", lambda: _in_january(31) + timedelta(days=1))
    assert len(await reminded(payroll)) == 2


def _in_january(day: int) -> datetime:
    """Of a year to come."""
    return datetime(now().year + 1, 1, day, tzinfo=UTC)


async def test_of_several_currencies_one_is_told(payroll: Payroll, monkeypatch: pytest.MonkeyPatch) -> None:
    nova = await a_producer(payroll.stage.sessions)
    await payroll.earn(nova, 5_000)
    await payroll.earn(nova, 7_000, _USD)
    later(monkeypatch, days=4)
    assert len(await reminded(payroll)) == 1


@pytest.mark.parametrize(
    ("outcome", "count"), [("complete", 0), ("rejected", 0), ("no_bank", 1), ("review", 1)]
)
async def test_who_is_set_up_or_cannot_be_is_left_alone(
    payroll: Payroll, monkeypatch: pytest.MonkeyPatch, outcome: str, count: int
) -> None:
    nova = await a_waiting_producer(payroll)
    await payroll.set_up(nova, outcome)
    later(monkeypatch, days=4)
    assert len(await reminded(payroll)) == count


async def test_too_little_for_a_payout_reminds_nobody(
    payroll: Payroll, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_waiting_producer(payroll, 999)
    later(monkeypatch, days=4)
    assert await reminded(payroll) == []


async def test_however_many_they_are_each_is_reminded(
    payroll: Payroll, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.payouts.reminding._AT_ONCE", 2)
    people = [await a_waiting_producer(payroll, name=f"Nova {number}") for number in range(5)]
    later(monkeypatch, days=4)
    for _ in range(2):
        assert {one.account_id for one in await reminded(payroll)} == {who.account for who in people}


@pytest.mark.parametrize(
    ("outcome", "title", "sentence"),
    [
        ("document", "Set up your payouts", "It is paid out once your payouts are set up."),
        ("review", "Your payouts wait for the payment provider", "there is nothing for you to do."),
    ],
)
async def test_a_reminder_says_what_there_is_to_do(
    payroll: Payroll, monkeypatch: pytest.MonkeyPatch, outcome: str, title: str, sentence: str
) -> None:
    nova = await a_waiting_producer(payroll)
    await payroll.set_up(nova, outcome)
    later(monkeypatch, days=4)
    [notice] = await reminded(payroll)
    assert notice.title == title
    assert notice.body.startswith("You have earned 50.00 CAD, which is kept for you. ")
    assert notice.body.endswith(sentence)


async def test_who_had_set_up_and_is_asked_for_more_is_not_told_to_set_up(
    payroll: Payroll, monkeypatch: pytest.MonkeyPatch
) -> None:
    nova = await a_waiting_producer(payroll)
    account = await payroll.set_up(nova)
    payroll.seller.control("POST", f"/accounts/{account}", verification="document")
    await payroll.hear()
    later(monkeypatch, days=4)
    [notice] = await reminded(payroll)
    assert notice.title == "Your payouts wait for you"
    assert notice.body.endswith("give it that, and it is paid out.")
