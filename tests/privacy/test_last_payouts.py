"""D-81: whoever leaves is paid all that can be paid, is told of the rest before, and the account stays open so long."""

from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update
from sqlmodel import col

from api.auth import passwords
from api.privacy.farewell import what_becomes_of_money
from api.privacy.obstacles import BalanceLeft, left_for_good
from db.clock import now
from db.models.jobs import Job
from db.models.ledger import ProducerBalance
from db.models.notices import Notification
from db.models.payouts import Payout, PayoutAccount, PayoutHold
from db.models.privacy import AccountDeletion
from db.models.producers import Producer
from db.personal.holding import DELETED_PRODUCER
from db.vocabulary import (
    AccountDeletionStatus,
    BalanceFate,
    CurrencyCode,
    DeletionObstacleKind,
    JobKind,
    PayoutAccountStatus,
    PayoutStatus,
    TrackStatus,
)
from tests.earnings.books import earned, enter
from tests.factories import Beatmaker, Person, a_producer, a_track, staff
from tests.payouts.payroll import Payroll
from tests.privacy.leaving import ask, become_due, status, with_password, work
from tests.stage import Json, Stage

pytestmark = pytest.mark.anyio

WAITS_FOR_A_PAYOUT = (AccountDeletionStatus.RUNNING, DeletionObstacleKind.PAYOUT_UNDER_WAY)
WAITS_FOR_THE_BANK = (AccountDeletionStatus.RUNNING, DeletionObstacleKind.PAYOUT_MAY_RETURN)
DONE = (AccountDeletionStatus.DONE, None)


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


async def earner(payroll: Payroll, minor: int = 12_345, **different: Any) -> Beatmaker:
    leaver: Beatmaker = await with_password(payroll.stage, await payroll.earner(minor, **different))
    return leaver


async def go_on(
    stage: Stage, *, late_by: timedelta = timedelta(0)
) -> tuple[AccountDeletionStatus, DeletionObstacleKind | None]:
    """How far the deletion comes when it is its turn, and what it waits for.

    Args:
        late_by: It has been due for so long.
    """
    await become_due(stage)
    async with stage.sessions.writing() as session:
        await session.execute(update(AccountDeletion).values(due_at=now() - late_by))
    await work(stage)
    async with stage.sessions.reading() as session:
        [row] = list(await session.scalars(select(AccountDeletion)))
        return row.status, row.waits_for


async def hold(payroll: Payroll, sam: Person, nova: Beatmaker, *, held: bool) -> None:
    given = {"held": held, "reason": "We look at a sale."}
    assert await payroll.stage.refusals(sam, "setPayoutHold", id=nova.producer, input=given) == []


async def arrive(payroll: Payroll) -> None:
    """What is on its way to the bank is there; by our clock, which the provider's is not."""
    await payroll.work()
    payroll.seller.advance(days=3)
    await payroll.hear()
    async with payroll.stage.sessions.writing() as session:
        settled = update(Payout).where(col(Payout.status) == PayoutStatus.SETTLED)
        await session.execute(settled.values(settled_at=now()))


async def grow_old(payroll: Payroll) -> None:
    """What is at the bank stays there, for eleven days; holds that have a date are over."""
    async with payroll.stage.sessions.writing() as session:
        long_ago = now() - timedelta(days=11)
        settled = col(Payout.status) == PayoutStatus.SETTLED
        await session.execute(update(Payout).where(settled).values(settled_at=long_ago))
        dated = update(PayoutHold).where(col(PayoutHold.until).is_not(None))
        await session.execute(dated.values(until=now() - timedelta(seconds=1)))


async def payouts(payroll: Payroll) -> list[tuple[PayoutStatus, int]]:
    """In the order in which they were asked for."""
    async with payroll.stage.sessions.reading() as session:
        rows = await session.scalars(select(Payout).order_by(col(Payout.id)))
        return [(row.status, row.amount_minor) for row in rows]


async def owed(stage: Stage) -> int:
    async with stage.sessions.reading() as session:
        return (await session.execute(select(col(ProducerBalance.balance_minor)))).scalar_one()


async def account_status(payroll: Payroll) -> PayoutAccountStatus:
    async with payroll.stage.sessions.reading() as session:
        return (await session.execute(select(col(PayoutAccount.status)))).scalar_one()


async def balances(stage: Stage, who: Beatmaker) -> list[Json]:
    preview = "{ accountDeletionPreview { balances { amount { minorUnits } fate } } }"
    shown = (await stage.ask(who, preview))["accountDeletionPreview"]["balances"]
    return [{"minor": int(one["amount"]["minorUnits"]), "fate": one["fate"]} for one in shown]


async def seen(stage: Stage, who: Beatmaker) -> Json | None:
    """A profile as anybody sees it."""
    query = "query($id: ID!) { node(id: $id) { ... on Producer { name bio } } }"
    shown: Json | None = (await stage.ask(None, query, id=who.producer))["node"]
    return shown


async def titles(stage: Stage) -> list[str]:
    async with stage.sessions.reading() as session:
        chosen = select(col(Notification.title)).order_by(col(Notification.id))
        return list(await session.scalars(chosen))


async def test_what_is_earned_while_the_bank_is_waited_for_is_paid_too(payroll: Payroll) -> None:
    nova = await earner(payroll)
    async with payroll.stage.sessions.writing() as session:
        await session.execute(update(Producer).values(bio="Beats since 2009."))
    assert await seen(payroll.stage, nova) == {"name": "Nova", "bio": "Beats since 2009."}
    await ask(payroll.stage, nova, balanceAcknowledged=False)
    assert await go_on(payroll.stage) == WAITS_FOR_A_PAYOUT
    assert await seen(payroll.stage, nova) is None
    await arrive(payroll)
    assert await go_on(payroll.stage) == WAITS_FOR_THE_BANK
    await payroll.earn(nova, 2_000)
    assert await go_on(payroll.stage) == WAITS_FOR_A_PAYOUT
    await arrive(payroll)
    assert await payouts(payroll) == [(PayoutStatus.SETTLED, 12_345), (PayoutStatus.SETTLED, 2_000)]
    assert await go_on(payroll.stage) == WAITS_FOR_THE_BANK
    assert await account_status(payroll) is PayoutAccountStatus.READY  # for what comes back
    await grow_old(payroll)
    assert await go_on(payroll.stage) == DONE
    assert (await owed(payroll.stage), await account_status(payroll)) == (0, PayoutAccountStatus.DISCONNECTED)
    assert await seen(payroll.stage, nova) == {"name": DELETED_PRODUCER, "bio": None}
    assert await payroll.broken() == []


async def test_less_than_is_paid_out_stays_owed_though_nobody_waits_for_it(payroll: Payroll) -> None:
    nova = await earner(payroll)
    await ask(payroll.stage, nova)
    await go_on(payroll.stage)
    await arrive(payroll)
    await payroll.earn(nova, 999)
    await grow_old(payroll)
    assert await go_on(payroll.stage) == DONE
    assert await owed(payroll.stage) == 999


async def test_a_payout_that_staff_hold_without_an_end_is_ended_and_its_money_stays(payroll: Payroll) -> None:
    nova, sam = await earner(payroll), await staff(payroll.stage.sessions)
    payout = await payroll.asked_for(nova)
    await hold(payroll, sam, nova, held=True)
    await payroll.work()
    assert (await payroll.payout(payout)).status is PayoutStatus.HELD
    assert await balances(payroll.stage, nova) == [{"minor": 12_345, "fate": "STAYS_OWED"}]
    assert (await ask(payroll.stage, nova))["errors"] == []
    assert await go_on(payroll.stage) == DONE
    assert await payouts(payroll) == [(PayoutStatus.REJECTED, 12_345)]
    assert await owed(payroll.stage) == 12_345
    await payroll.work_again()
    assert payroll.transfers() == []
    assert await payroll.broken() == []


async def test_a_hold_that_ends_by_itself_is_waited_for(payroll: Payroll) -> None:
    nova = await earner(payroll)
    payout = await payroll.asked_for(nova)
    async with payroll.stage.sessions.writing() as session:
        until = now() + timedelta(days=5)
        session.add(PayoutHold(producer_id=nova.producer, cause="pac_1", reason="Another.", until=until))
    await payroll.work()
    assert (await payroll.payout(payout)).status is PayoutStatus.HELD
    assert await balances(payroll.stage, nova) == [{"minor": 12_345, "fate": "PAID_OUT"}]
    assert (await ask(payroll.stage, nova, balanceAcknowledged=False))["errors"] == []
    assert await go_on(payroll.stage) == WAITS_FOR_A_PAYOUT
    await grow_old(payroll)
    await payroll.routine(JobKind.FOLLOW_PAYOUTS)
    await arrive(payroll)
    assert await payouts(payroll) == [(PayoutStatus.SETTLED, 12_345)]
    await grow_old(payroll)
    assert await go_on(payroll.stage) == DONE


async def test_a_last_payout_that_comes_back_is_tried_once_and_its_money_stays(payroll: Payroll) -> None:
    nova = await earner(payroll, outcome="refusing_bank")
    await ask(payroll.stage, nova)
    assert await go_on(payroll.stage) == WAITS_FOR_A_PAYOUT
    await arrive(payroll)
    assert await payouts(payroll) == [(PayoutStatus.FAILED, 12_345)]
    await grow_old(payroll)
    assert await go_on(payroll.stage) == DONE
    assert await payouts(payroll) == [(PayoutStatus.FAILED, 12_345)]
    assert await owed(payroll.stage) == 12_345
    assert await payroll.broken() == []


async def test_what_had_arrived_and_comes_back_before_the_account_is_closed_stays_owed(
    payroll: Payroll,
) -> None:
    nova = await earner(payroll)
    await ask(payroll.stage, nova)
    await go_on(payroll.stage)
    await arrive(payroll)
    async with payroll.stage.sessions.reading() as session:
        [row] = list(await session.scalars(select(Payout)))
    account = await payroll.account_of(nova)
    payroll.seller.control("POST", f"/accounts/{account}/payouts/{row.bank_reference}/fail")
    await payroll.hear()
    assert await payouts(payroll) == [(PayoutStatus.FAILED, 12_345)]
    assert await go_on(payroll.stage) == DONE
    assert await owed(payroll.stage) == 12_345
    assert await payroll.broken() == []


async def test_a_set_up_that_misses_a_paper_is_waited_for_and_told_of_once(payroll: Payroll) -> None:
    nova = await earner(payroll)
    await ask(payroll.stage, nova, balanceAcknowledged=False)
    assert await go_on(payroll.stage) == WAITS_FOR_A_PAYOUT
    account = await payroll.account_of(nova)
    payroll.seller.control("POST", f"/accounts/{account}", verification="document")
    for _ in range(2):
        assert await go_on(payroll.stage) == WAITS_FOR_A_PAYOUT
    await payroll.work()
    assert await payouts(payroll) == [(PayoutStatus.HELD, 12_345)]
    assert (await titles(payroll.stage)).count("Your last payout waits") == 1
    payroll.seller.control("POST", f"/accounts/{account}", outcome="complete")
    assert await go_on(payroll.stage) == WAITS_FOR_A_PAYOUT
    await payroll.routine(JobKind.FOLLOW_PAYOUTS)
    await arrive(payroll)
    await grow_old(payroll)
    assert await go_on(payroll.stage) == DONE
    assert await payouts(payroll) == [(PayoutStatus.SETTLED, 12_345)]


async def test_a_set_up_that_stays_so_for_two_weeks_is_waited_for_no_more(payroll: Payroll) -> None:
    nova = await earner(payroll)
    await ask(payroll.stage, nova, balanceAcknowledged=False)
    await go_on(payroll.stage)
    payroll.seller.control("POST", f"/accounts/{await payroll.account_of(nova)}", verification="document")
    assert await go_on(payroll.stage) == WAITS_FOR_A_PAYOUT
    assert await go_on(payroll.stage, late_by=timedelta(days=15)) == DONE
    assert await payouts(payroll) == [(PayoutStatus.REJECTED, 12_345)]
    assert await owed(payroll.stage) == 12_345


async def test_what_staff_held_for_a_while_is_paid_when_they_let_it_go(payroll: Payroll) -> None:
    nova, sam = await earner(payroll), await staff(payroll.stage.sessions)
    await ask(payroll.stage, nova, balanceAcknowledged=False)
    assert await go_on(payroll.stage) == WAITS_FOR_A_PAYOUT
    await hold(payroll, sam, nova, held=True)
    await payroll.work()
    assert await payouts(payroll) == [(PayoutStatus.HELD, 12_345)]
    assert await go_on(payroll.stage) == WAITS_FOR_A_PAYOUT
    await hold(payroll, sam, nova, held=False)
    await arrive(payroll)
    assert await payouts(payroll) == [(PayoutStatus.SETTLED, 12_345)]


async def test_a_payout_that_never_left_is_not_one_in_vain(payroll: Payroll) -> None:
    nova = await earner(payroll)
    await ask(payroll.stage, nova, balanceAcknowledged=False)
    await go_on(payroll.stage)
    async with (
        payroll.stage.sessions.writing() as session
    ):  # ended before it began, as by a set-up that was lost for a moment
        never = {"status": PayoutStatus.REJECTED, "ended_at": now()}
        await session.execute(update(Payout).values(never))
    assert await go_on(payroll.stage) == WAITS_FOR_A_PAYOUT
    await arrive(payroll)
    assert await payouts(payroll) == [(PayoutStatus.REJECTED, 12_345), (PayoutStatus.SETTLED, 12_345)]
    assert await payroll.broken() == []


async def test_staff_who_let_go_of_a_profile_show_nothing_of_who_is_leaving(payroll: Payroll) -> None:
    nova, sam = await earner(payroll), await staff(payroll.stage.sessions)
    await ask(payroll.stage, nova, balanceAcknowledged=False)
    assert await go_on(payroll.stage) == WAITS_FOR_A_PAYOUT
    for action in ("HIDE", "RESTORE"):
        given = {"action": action, "reason": "Not hers"}
        assert await payroll.stage.refusals(sam, "moderateContent", id=nova.producer, input=given) == []
        assert await seen(payroll.stage, nova) is None
    for verb in ("suspendAccount", "reinstateAccount"):
        given = {"reason": "Fraud."}
        assert await payroll.stage.refusals(sam, verb, id=nova.account, input=given) == []
        assert await seen(payroll.stage, nova) is None


async def test_it_is_put_off_once_however_much_is_earned_meanwhile(stage: Stage) -> None:
    nova = await with_password(stage, await a_producer(stage.sessions, "Nova"))
    await enter(stage.sessions, earned("first", nova.producer, 5_000))
    await ask(stage, nova)
    await enter(stage.sessions, earned("second", nova.producer, 100))
    assert await go_on(stage) == (AccountDeletionStatus.WAITING, None)
    await enter(stage.sessions, earned("third", nova.producer, 100))
    assert await go_on(stage) == DONE
    assert await owed(stage) == 5_200


async def test_while_a_bank_is_waited_for_nothing_is_left_twice(payroll: Payroll) -> None:
    nova = await earner(payroll)
    await a_track(payroll.stage.sessions, nova, TrackStatus.SOLD)
    await ask(payroll.stage, nova)
    for _ in range(3):
        assert await go_on(payroll.stage) == WAITS_FOR_A_PAYOUT
        async with payroll.stage.sessions.reading() as session:
            weighed = select(Job).where(col(Job.kind) == JobKind.MATCH_TRACK)
            assert len(list(await session.scalars(weighed))) == 1


def test_the_last_letter_promises_no_payment() -> None:
    cad, usd, fates = CurrencyCode.CAD, CurrencyCode.USD, BalanceFate
    left = [
        BalanceLeft(cad, 12_345, fates.PAID_OUT),
        BalanceLeft(cad, 500, fates.STAYS_OWED),
        BalanceLeft(usd, 70, fates.WAIVED),
    ]
    said = what_becomes_of_money(left_for_good(left))
    assert said.startswith("128.45 CAD cannot be paid out now: they stay owed")
    assert "70.00" not in said
    assert "0.70 USD that a sale or a share was taken back for" in said


async def test_more_money_than_was_told_of_is_told_of_before(stage: Stage) -> None:
    nova = await with_password(stage, await a_producer(stage.sessions, "Nova"))
    await enter(stage.sessions, earned("first", nova.producer, 5_000))
    await ask(stage, nova)
    await enter(stage.sessions, earned("second", nova.producer, 100))
    assert await go_on(stage) == (AccountDeletionStatus.WAITING, None)
    async with stage.sessions.reading() as session:
        [row] = list(await session.scalars(select(AccountDeletion)))
        bodies = list(await session.scalars(select(col(Notification.body)).order_by(col(Notification.id))))
    assert (row.told, row.due_at > now() + timedelta(days=6)) == ({"CAD": 5_100}, True)
    assert await titles(stage) == ["Your account is about to be deleted", "Your account is deleted later"]
    assert "51.00 CAD cannot be paid out now" in bodies[-1]
    assert await go_on(stage) == DONE
    assert await owed(stage) == 5_100


async def test_as_much_as_was_told_of_or_less_is_no_reason_to_wait(stage: Stage) -> None:
    nova = await with_password(stage, await a_producer(stage.sessions, "Nova"))
    await enter(stage.sessions, earned("first", nova.producer, 5_000))
    await ask(stage, nova)
    assert await go_on(stage) == DONE
    assert await status(stage) == [AccountDeletionStatus.DONE]
