"""Whatever goes wrong at any moment of a payout, it is sent once, and nothing is lost (MONEY 1.5, 6)."""

import pytest

from db.queries import ledger
from db.vocabulary import JobKind
from tests.factories import Beatmaker
from tests.payouts.payouts_workers import Workers
from tests.payouts.payouts_world import CALLERS
from tests.payouts.payroll import Payroll
from tests.purchases.interruptions import Interruptions, Killed
from tests.tools.databases import on_sqlite

pytestmark = pytest.mark.anyio
_FAULTS = (
    "error_before",
    "error_after",
    "drop_before",
    "drop_after",
    "conflict",
    "rate_limited",
)


@pytest.fixture
def workers(payroll: Payroll, monkeypatch: pytest.MonkeyPatch) -> Workers:
    return Workers(payroll, monkeypatch)


async def paid_once(payroll: Payroll, nova: Beatmaker) -> None:
    """One transfer of all, one way to the bank, and books that say so."""
    account = await payroll.account_of(nova)
    assert payroll.transfers() == [(12_345, account, False)]
    assert [minor for minor, _ in payroll.bank(account)] == [12_345]
    assert await payroll.balance(nova) == {"available": 0, "inTransit": 12_345, "owed": 0}
    assert await payroll.broken() == []


@pytest.mark.parametrize(
    ("path", "times"),
    [("/v1/transfers", 1), ("/v1/transfers", 4), ("/v1/payouts", 3), ("/v2/core/accounts/*", 3)],
)
@pytest.mark.parametrize("fault", _FAULTS)
@on_sqlite
async def test_whatever_the_provider_answers_it_is_sent_once(
    payroll: Payroll, workers: Workers, fault: str, path: str, times: int
) -> None:
    """Of three failures the SDK makes two good by itself."""
    nova = await payroll.earner()
    await payroll.asked_for(nova)
    method = "POST" if path in {"/v1/transfers", "/v1/payouts"} else "GET"
    payroll.seller.arm(fault, method=method, path=path, times=times)
    await workers.work()
    payroll.seller.control("DELETE", "/faults")
    await workers.work()
    await paid_once(payroll, nova)


@pytest.mark.parametrize("fault", _FAULTS)
@on_sqlite
async def test_whatever_the_provider_answers_it_is_taken_back_once(
    payroll: Payroll, workers: Workers, fault: str
) -> None:
    nova = await payroll.earner(outcome="refusing_bank")
    await payroll.asked_for(nova)
    await workers.work()
    payroll.seller.advance(days=3)
    payroll.seller.arm(fault, method="POST", path="/v1/transfers/*/reversals", times=3)
    await payroll.hear()
    payroll.seller.control("DELETE", "/faults")
    await workers.work()
    account = await payroll.account_of(nova)
    assert payroll.transfers() == [(12_345, account, True)]
    assert await payroll.balance(nova) == {"available": 0, "inTransit": 0, "owed": 0, "REVIEW": 12_345}
    assert await payroll.broken() == []


async def test_a_worker_may_end_at_any_moment(
    payroll: Payroll, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One payout for each moment, until there is none left at which it could end."""
    interruptions = Interruptions()
    interruptions.watch(monkeypatch, payroll.stage.sessions, CALLERS)
    nova, moment = await payroll.earner(), 0
    while interruptions.happened == moment:
        with interruptions.spared():
            await payroll.asked_for(nova)
            await workers.let_time_pass()
        interruptions.kill_at(moment)
        try:
            await payroll.work()
        except Killed:
            await workers.work()
        interruptions.stop()
        assert len(payroll.transfers()) == moment + 1
        assert await payroll.broken() == []
        with interruptions.spared():
            await payroll.earn(nova, 12_345)
        moment += 1
    assert moment > 14
    assert [minor for minor, _, _ in payroll.transfers()] == [12_345] * moment
    account = await payroll.account_of(nova)
    assert len(payroll.bank(account)) == moment


async def test_another_worker_may_take_over_at_any_moment(
    payroll: Payroll, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lease of the first one ends, the second does all of it, then the first goes on."""
    interruptions = Interruptions()
    interruptions.watch(monkeypatch, payroll.stage.sessions, CALLERS)
    nova, moment = await payroll.earner(), 0
    while interruptions.happened == moment:
        with interruptions.spared():
            await payroll.asked_for(nova)
        interruptions.overtake_at(moment, workers.work)
        await payroll.work()
        await workers.work()
        interruptions.stop()
        assert len(payroll.transfers()) == moment + 1
        assert await payroll.broken() == []
        with interruptions.spared():
            await payroll.earn(nova, 12_345)
        moment += 1
    assert moment > 10
    assert [minor for minor, _, _ in payroll.transfers()] == [12_345] * moment


async def test_a_key_that_the_provider_has_forgotten_is_not_used_again(
    payroll: Payroll, workers: Workers
) -> None:
    """The transfer was made, its answer lost, and a day has gone by: it is found, not made again."""
    nova = await payroll.earner()
    payout = await payroll.asked_for(nova)
    payroll.seller.arm("drop_after", method="POST", path="/v1/transfers", times=3)
    await payroll.work()
    assert ((await payroll.payout(payout)).status, len(payroll.transfers())) == ("SENDING", 1)
    assert await workers.forget_keys() == 1
    await workers.work()
    await paid_once(payroll, nova)


async def test_webhooks_that_never_come_are_not_missed(payroll: Payroll, workers: Workers) -> None:
    nova = await payroll.earner()
    payout = await payroll.asked_for(nova)
    await payroll.work()
    payroll.seller.advance(days=3)
    payroll.seller.letters()  # and are lost
    await workers.routine(JobKind.FOLLOW_PAYOUTS)
    assert (await payroll.payout(payout)).status == "SETTLED"


@on_sqlite
async def test_webhooks_in_any_order_and_twice_end_alike(payroll: Payroll) -> None:
    nova = await payroll.earner(outcome="refusing_bank")
    payout = await payroll.asked_for(nova)
    await payroll.work()
    payroll.seller.advance(days=3)
    letters = payroll.seller.letters(reversed=True)
    assert set(await payroll.hear([*letters, *letters])) == {204}
    assert (await payroll.payout(payout)).status == "FAILED"
    assert [kind for kind, *_ in await payroll.entries()] == [
        "PAYOUT_BEGUN",
        "PAYOUT_SENT",
        "PAYOUT_RETURNED",
    ]


async def test_what_stands_in_an_account_that_is_gone_comes_back(payroll: Payroll, workers: Workers) -> None:
    """It has arrived, and the account is closed before anybody sent it on."""
    nova = await payroll.earner()
    payout = await payroll.asked_for(nova)
    payroll.seller.arm("error_before", method="GET", path="/v1/balance_transactions", times=3)
    await payroll.work()
    assert (await payroll.payout(payout)).status == "SENT"
    payroll.seller.control("DELETE", f"/accounts/{await payroll.account_of(nova)}")
    payroll.seller.control("DELETE", "/faults")
    await workers.work()
    assert (await payroll.payout(payout)).status == "FAILED"
    assert [back for _, _, back in payroll.transfers()] == [True]
    money = await payroll.balance(nova)
    assert (sum(money.values()), money["inTransit"]) == (12_345, 0)
    assert await payroll.broken() == []


async def test_of_an_account_that_is_gone_nothing_is_guessed(payroll: Payroll, workers: Workers) -> None:
    """It may be at the bank, for nobody heard the answer: it is not taken back, and not paid again."""
    nova = await payroll.earner()
    payout = await payroll.asked_for(nova)
    payroll.seller.arm("drop_after", method="POST", path="/v1/payouts", times=3)
    await payroll.work()
    payroll.seller.control("DELETE", f"/accounts/{await payroll.account_of(nova)}")
    await workers.work()
    assert (await payroll.payout(payout)).status == "SENT"
    assert [back for _, _, back in payroll.transfers()] == [False]
    assert (await payroll.balance(nova))["inTransit"] == 12_345


async def test_what_had_arrived_stays_so_when_the_account_is_gone(payroll: Payroll, workers: Workers) -> None:
    nova = await payroll.earner()
    payout = await payroll.paid_out(nova)
    payroll.seller.control("DELETE", f"/accounts/{await payroll.account_of(nova)}")
    async with payroll.stage.sessions.reading() as session:
        before = await ledger.balances(session)
    await workers.routine(JobKind.FOLLOW_PAYOUTS)
    assert (await payroll.payout(payout)).status == "SETTLED"
    async with payroll.stage.sessions.reading() as session:
        assert await ledger.balances(session) == before
    assert await workers.waiting() == []
