"""Producers hear that they owe something, and that they cannot be paid any more: each time once (D-70)."""

import pytest

from db.models.notices import Notification
from db.session import Sessions
from db.vocabulary import CurrencyCode, NotificationKind
from tests.factories import Beatmaker, a_producer
from tests.licences.licensed import told
from tests.payouts.payroll import Payroll

pytestmark = pytest.mark.anyio


async def updates(sessions: Sessions) -> list[Notification]:
    """What producers were told of their payouts, the first one first."""
    kind = NotificationKind.PAYOUT_UPDATE
    found = [one for one in await told(sessions) if one.kind is kind]
    return sorted(found, key=lambda one: one.created_at)


async def verified(payroll: Payroll, name: str = "Kilo") -> Beatmaker:
    return await a_producer(payroll.stage.sessions, name, verified=True)


async def test_who_comes_to_owe_something_is_told_once(payroll: Payroll) -> None:
    kilo = await verified(payroll)
    await payroll.earn(kilo, 5_000)
    await payroll.earn(kilo, 9_000, CurrencyCode.USD)
    await payroll.take_back(kilo, 5_000)
    assert await updates(payroll.stage.sessions) == []
    await payroll.take_back(kilo, 1_234)
    await payroll.take_back(kilo, 1_000)
    [notice] = await updates(payroll.stage.sessions)
    assert (notice.account_id, notice.title, notice.path) == (
        kilo.account,
        "12.34 CAD have to be earned first",
        "/finances",
    )
    assert "that is 12.34 CAD more than your balance had" in notice.body


async def test_a_debt_that_was_paid_off_and_comes_again_is_told_again(payroll: Payroll) -> None:
    kilo = await verified(payroll)
    await payroll.take_back(kilo, 100)
    await payroll.earn(kilo, 60)
    await payroll.earn(kilo, 40)
    await payroll.take_back(kilo, 1)
    titles = [one.title for one in await updates(payroll.stage.sessions)]
    assert titles == ["1.00 CAD have to be earned first", "0.01 CAD have to be earned first"]


async def test_of_a_debt_only_its_verified_producer_hears(payroll: Payroll) -> None:
    nova = await a_producer(payroll.stage.sessions)
    await verified(payroll)
    await payroll.take_back(nova, 100)
    assert await updates(payroll.stage.sessions) == []


async def test_an_account_that_is_ready_no_longer_is_told_each_time(payroll: Payroll) -> None:
    kilo = await verified(payroll)
    account = await payroll.set_up(kilo)
    for wanted in ("document", "document", "verified", "document"):
        payroll.seller.control("POST", f"/accounts/{account}", verification=wanted)
        await payroll.hear()
        await payroll.refresh(kilo)
    assert [(one.account_id, one.title) for one in await updates(payroll.stage.sessions)] == [
        (kilo.account, "Your payouts wait"),
        (kilo.account, "Your payouts wait"),
    ]
    [notice, _] = await updates(payroll.stage.sessions)
    assert notice.body.startswith(
        "The payment provider asks for more: go on with the set-up of your payouts."
    )


async def test_who_was_never_ready_hears_nothing_of_it(payroll: Payroll) -> None:
    for name, outcome in (("Kilo", "document"), ("Lima", "review"), ("Mike", "rejected")):
        await payroll.set_up(await verified(payroll, name), outcome)
    assert await updates(payroll.stage.sessions) == []


async def test_who_is_paid_no_longer_for_good_hears_whom_to_write_to(payroll: Payroll) -> None:
    kilo = await verified(payroll)
    account = await payroll.set_up(kilo)
    payroll.seller.control("POST", f"/accounts/{account}", verification="rejected")
    await payroll.hear()
    [notice] = await updates(payroll.stage.sessions)
    assert notice.body == "The payment provider will not pay you. Your earnings wait: write to us."
