"""Where payouts are played: one installation with its producers, and the provider's account that is its own.

Everything is real: both databases, the endpoints of the webhooks, job table and actors, and the payment provider's SDK over
HTTP to the sandbox. What has to be true stands in `payouts_truths`.
"""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Coroutine, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, ClassVar, Final

import pytest
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from stripe import HTTPClient

from db.clock import now
from db.vocabulary import JobKind
from tests.factories import Beatmaker, a_producer, staff
from tests.payouts.payouts_truths import (
    Seen,
    check_always,
    check_books,
    check_ended,
    check_money,
    check_paid_once,
    provider_of,
    seen_in,
)
from tests.payouts.payouts_workers import Workers
from tests.payouts.payroll import CONNECT_SECRET, Payroll, register
from tests.plans.shop import SECRET
from tests.purchases.interruptions import Interruptions, Killed
from tests.purchases.sales_troubles import Fault, Kill, Trouble
from tests.stage import Json, Stage, settings_of
from tests.tools.databases import PostgresTemplate, SqliteTemplate
from tests.tools.stripe_sandbox import Sandbox

CALLERS: Final = ("api.payouts.onboarding", "api.payouts.settlement")
_MUCH: Final = 5_000_000


class World(RuleBasedStateMachine):
    """Three producers, two of whom have set their payouts up, and staff."""

    template: ClassVar[SqliteTemplate | PostgresTemplate]
    folder: ClassVar[Path]
    valkey_url: ClassVar[str]
    sandbox: ClassVar[Sandbox]
    tally: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.held = ExitStack()
        self.runner = self.held.enter_context(asyncio.Runner())
        patch = self.held.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(HTTPClient, "_sleep_time_seconds", no_time)  # the SDK's, between its tries
        self.payroll = self._payroll()
        self.interruptions = Interruptions()
        self.interruptions.watch(patch, self.payroll.stage.sessions, CALLERS)
        self.workers = Workers(self.payroll, patch)
        self.late: list[Json] = []
        self.undrained = 0
        self.earned: Counter[str] = Counter()
        self.run(self._people())
        self.seen = self._look()
        self.tally["examples"] += 1

    def _payroll(self) -> Payroll:
        folder = Path(self.held.enter_context(tempfile.TemporaryDirectory(dir=self.folder)))
        seller = self.held.enter_context(self.sandbox.seller())
        url = self.held.enter_context(self.template.fresh(folder))
        keys: Mapping[str, Any] = {
            "stripe_secret_key": seller.key,
            "stripe_api_url": seller.url,
            "stripe_webhook_secret": SECRET,
            "stripe_connect_webhook_secret": CONNECT_SECRET,
            "payout_weekday": now().weekday(),
        }
        register(seller)
        return Payroll(Stage(settings_of(url, self.valkey_url, folder / "data", **keys)), seller)

    async def _people(self) -> None:
        sessions = self.payroll.stage.sessions
        self.nova, self.echo, self.kilo = [
            await a_producer(sessions, name) for name in ("Nova", "Echo", "Kilo")
        ]
        self.producers = (self.nova, self.echo, self.kilo)
        self.staff = await staff(sessions)
        for who in (self.nova, self.echo):
            payload = await self.payroll.onboard(who)
            self.payroll.fill_in(payload["onboardingUrl"])
            await self.payroll.refresh(who)
        await self.payroll.fund(40_000)
        self.payroll.seller.letters()  # what they tell is known

    def teardown(self) -> None:
        try:
            self.drain(ends=True)
        finally:
            self.close()

    def close(self) -> None:
        self.interruptions.stop()
        self.runner.run(self.payroll.stage.close())
        self.held.close()

    def run(self, doing: Coroutine[Any, Any, Any]) -> Any:
        """Whatever comes of it; nothing, where its process ends meanwhile."""
        try:
            return self.runner.run(doing)
        except Killed:
            return None

    def at_once(self, *doing: Coroutine[Any, Any, Any]) -> list[Any]:
        """What comes of several things, but for those whose process ended."""
        found: list[Any] = self.run(_gathered(*doing)) or []
        return [one for one in found if not isinstance(one, Killed)]

    def _look(self) -> Seen:
        return self.runner.run(seen_in(self.payroll.stage.sessions))

    def earn(self, who: Beatmaker, minor: int) -> None:
        with self.interruptions.spared():
            change = self.payroll.earn(who, minor) if minor > 0 else self.payroll.take_back(who, -minor)
            self.run(change)
        self.earned[who.producer] += minor

    async def heard(self, letters: list[Json]) -> None:
        """Webhooks come in, and workers read them."""
        with self.interruptions.spared():  # one that is not answered comes again
            for letter in letters:
                assert (await self.payroll.post(letter)).status_code == 204
        await self.workers.work()

    def meet(self, trouble: Trouble) -> None:
        """Have this go wrong with what is done next."""
        if isinstance(trouble, Fault):
            method, path = trouble.call
            late = 0.05 if trouble.kind == "late" else 0
            self.payroll.seller.arm(trouble.kind, method=method, path=path, times=trouble.times, seconds=late)
        elif isinstance(trouble, Kill):
            self.interruptions.kill_at(trouble.moment)
        elif trouble:
            self.interruptions.overtake_at(trouble.moment, self.workers.work)
        if trouble:
            self.tally[type(trouble).__name__.lower()] += 1

    @initialize()
    def begin(self) -> None:
        """Everybody has earned something."""
        for who, minor in zip(self.producers, (12_345, 5_001, 7_777), strict=True):
            self.earn(who, minor)
        self.seen = self._look()

    # ---- what is so ------------------------------------------------------------------------------

    @invariant()
    def what_is_always_true_is_true(self) -> None:
        before, self.seen = self.seen, self._look()
        check_always(before, self.seen)
        self.runner.run(check_books(self.payroll.stage.sessions))
        self.tally["steps"] += 1
        self.undrained += 1

    @precondition(lambda self: self.undrained > 6)
    @rule()
    def drain(self, *, ends: bool = False) -> None:
        """Nothing goes wrong any more, and everything is read and done.

        Args:
            ends: Banks have taken, or sent back, what is on its way.
        """
        self.tally["interruptions"] += self.interruptions.happened
        self.interruptions.happened = 0
        self.interruptions.stop()
        self.payroll.seller.control("DELETE", "/faults")
        self.run(self._drained(ends=ends))
        before, self.seen = self.seen, self._look()
        check_always(before, self.seen)
        provider = provider_of(self.payroll.seller, self.seen.accounts)
        check_paid_once(self.seen, provider)
        check_ended(self.seen, provider)
        self.runner.run(check_money(self.payroll.stage.sessions, self.seen, provider, self.earned))
        self.tally["drained"] += 1
        self.undrained = 0
        if ends:
            self.tally["payouts"] += len(self.seen.payouts)
            for row in self.seen.payouts.values():
                self.tally[f"payouts {row.status}"] += 1

    async def _drained(self, *, ends: bool) -> None:
        await self.payroll.fund(_MUCH)
        letters, self.late = self.late, []
        await self.heard(letters)
        await self.workers.routine(JobKind.CATCH_UP_ON_PAYMENTS)
        for _ in range(2):
            await self.heard(self.payroll.seller.letters())
            await self.workers.routine(JobKind.FOLLOW_PAYOUTS)
        if ends:
            self.payroll.seller.advance(days=4)
            await self.heard(self.payroll.seller.letters())
            await self.workers.routine(JobKind.FOLLOW_PAYOUTS)


def no_time(client: HTTPClient, num_retries: int) -> float:
    """How long the SDK waits between its tries."""
    return 0


async def _gathered(*doing: Coroutine[Any, Any, Any]) -> list[Any]:
    """Raises what is none of its business only when all are through."""
    found = await asyncio.gather(*doing, return_exceptions=True)
    for one in found:
        if isinstance(one, BaseException) and not isinstance(one, Killed):
            raise one
    return found
