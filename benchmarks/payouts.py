"""Payouts with faults on most of them: nobody is paid twice, and nothing is lost (MONEY 1.5, 7).

Producers are paid again and again by real jobs, the payment provider's SDK over HTTP to the sandbox, and the endpoint of the
webhooks, while calls fail before and after their effect, connections break, answers come late, workers are killed at every
moment that matters or overtaken by others, keys are pruned, banks send money back, and webhooks come twice, in disorder or
never. In the end every transfer of the sandbox is held against every payout, and the books against its balance.
"""

import argparse
import asyncio
import random
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
import structlog

from api.payouts.requesting import request_payout
from api.payouts.till import payout_terms
from api.viewer import Viewer
from db.clock import now
from db.ids import JobId, new_id
from db.vocabulary import JobKind, PayoutStatus, Role
from tests.factories import Beatmaker, a_producer
from tests.installations import impatient, looking
from tests.payouts.payouts_ground import SECRETS
from tests.payouts.payouts_truths import (
    check_always,
    check_books,
    check_ended,
    check_money,
    check_paid_once,
    provider_of,
    seen_in,
)
from tests.payouts.payouts_workers import Workers
from tests.payouts.payouts_world import CALLERS
from tests.payouts.payroll import ACTORS, CAD, Payroll, register
from tests.purchases.interruptions import Interruptions, Killed
from tests.stage import Stage, settings_of
from tests.tools.databases import postgres_template, sqlite_template
from tests.tools.postgres import postgres_server
from tests.tools.stripe_sandbox import Sandbox, stripe_sandbox
from tests.tools.valkey import valkey_server
from tests.working import tools_of
from workers.transaction import perform

PRODUCERS: Final = 40
REFUSING: Final = 4
"""Of them have a bank that sends everything back."""
_ROUNDS: Final = 12
"""Of jobs with troubles; what is left then is done without."""
_FAULTS: Final = (
    "error_before",
    "error_after",
    "drop_before",
    "drop_after",
    "late",
    "conflict",
    "rate_limited",
)
_CALLS: Final = (
    ("POST", "/v1/transfers"),
    ("POST", "/v1/transfers"),
    ("POST", "/v1/payouts"),
    ("POST", "/v1/transfers/*/reversals"),
    ("GET", "*"),
)
_LOOKED_AT: Final = timedelta(days=10)
_TOLD_EVERY: Final = 1_000
_LOGGED: Final = 50
"""From critical on: what goes wrong is meant to."""


class Field:
    """One installation with its producers, and what goes wrong."""

    def __init__(self, payroll: Payroll, patch: pytest.MonkeyPatch, seed: int) -> None:
        self.payroll = payroll
        self.patch = patch
        self.random = random.Random(seed)
        self.workers = Workers(payroll, patch)
        self.interruptions = Interruptions()
        self.interruptions.watch(patch, payroll.stage.sessions, CALLERS)
        self.producers: list[Beatmaker] = []
        self.earned: Counter[str] = Counter()
        self.tally: Counter[str] = Counter()
        self.terms = payout_terms(payroll.stage.settings)

    async def open(self) -> None:
        for number in range(PRODUCERS):
            who = await a_producer(self.payroll.stage.sessions, f"Producer {number}")
            await self.payroll.set_up(who, "refusing_bank" if number < REFUSING else "complete")
            self.producers.append(who)

    async def play(self, count: int) -> None:
        """So many payouts, each from the asking to its end."""
        while self.tally["payouts"] < count:
            await self._ask(min(count - self.tally["payouts"], PRODUCERS))
            await self._send()
            self._let_days_pass()
            await self._hear()
            await self.workers.routine(JobKind.FOLLOW_PAYOUTS)
            await self.workers.end_holds()
            if self.tally["payouts"] % _TOLD_EVERY == 0:
                print(f"  {self.tally['payouts']:,} of {count:,}", flush=True)

    async def _ask(self, count: int) -> None:
        """Of producers who have just earned something, three times with one key."""
        amounts = {who: self.random.randint(1_000, 99_999) for who in self.producers[:count]}
        await self.payroll.fund(2 * sum(amounts.values()))
        for who, minor in amounts.items():
            await self.payroll.earn(who, minor)
            self.earned[who.producer] += minor
            viewer = Viewer(who.account, who.session, frozenset({Role.PRODUCER}), producer_id=who.producer)
            key = new_id("key")
            for _ in range(3):
                async with self.payroll.stage.sessions.writing() as session:
                    await request_payout(session, viewer, self.terms, currency=CAD, idempotency_key=key)
            self.tally["payouts"] += 1

    async def _send(self) -> None:
        """With troubles on the way; then whatever is left without any."""
        for _ in range(_ROUNDS):
            with self.interruptions.spared():
                await self.workers.let_time_pass()
                waiting = await self.workers.waiting()
            if not waiting:
                break
            for job, kind in waiting:
                self._trouble(job, kind)
                with suppress(Killed):
                    await perform(tools_of(self.payroll.stage), job, ACTORS[kind])
        self._calm()
        await self.workers.work()

    def _trouble(self, job: JobId, kind: JobKind) -> None:
        """For two of three jobs; one that has not come by then, comes no more."""
        self.interruptions.stop()
        chance = self.random.random()
        if chance < 0.45:
            method, path = self.random.choice(_CALLS)
            fault, times = self.random.choice(_FAULTS), self.random.choice([1, 1, 3])
            late = 0.02 if fault == "late" else 0
            self.payroll.seller.arm(fault, method=method, path=path, times=times, seconds=late)
            self.tally["faults"] += times
        elif chance < 0.6:
            self.interruptions.kill_at(self.random.randint(0, 14))
        elif chance < 0.68:
            self.interruptions.overtake_at(self.random.randint(0, 10), lambda: self._take_over(job, kind))

    async def _take_over(self, job: JobId, kind: JobKind) -> None:
        """The lease of who has the job is over, and another worker does it."""
        await self.workers.let_time_pass()
        await perform(tools_of(self.payroll.stage), job, ACTORS[kind])

    def _calm(self) -> None:
        self.tally["interruptions"] += self.interruptions.happened
        self.interruptions.happened = 0
        self.interruptions.stop()
        armed = self.payroll.seller.control("GET", "/faults")
        self.tally["faults"] -= sum(one["times"] for one in armed)
        self.payroll.seller.control("DELETE", "/faults")

    def _let_days_pass(self) -> None:
        """At the provider alone: what it says has arrived since is looked at again for ten days of its own."""
        self.payroll.seller.advance(days=3)
        there = datetime.fromtimestamp(self.payroll.seller.control("GET", "/clock")["now"], UTC)
        self.patch.setattr("api.payouts.following.COMES_BACK_WITHIN", now() - there + _LOOKED_AT)

    async def _hear(self) -> None:
        """A third never, some twice, all in disorder."""
        letters = self.payroll.seller.letters(seed=self.random.randint(0, 10_000))
        heard = [one for one in letters if self.random.random() > 0.33]
        again = [one for one in heard if self.random.random() < 0.2]
        self.tally["webhooks lost"] += len(letters) - len(heard)
        self.tally["webhooks twice"] += len(again)
        for letter in [*heard, *again]:
            assert (await self.payroll.post(letter)).status_code == 204
        await self._send()

    async def check(self) -> None:
        """Stop if anything is not as it has to be."""
        sessions = self.payroll.stage.sessions
        with looking(self.payroll.stage.settings.database_url) as engine:
            seen = seen_in(engine)
        check_always(seen, seen)
        await check_books(sessions)
        provider = provider_of(self.payroll.seller, seen.accounts)
        check_paid_once(seen, provider)
        check_ended(seen, provider)
        await check_money(sessions, seen, provider, self.earned)
        states = Counter(row.status for row in seen.payouts.values())
        assert states[PayoutStatus.SENT] == 0, states
        sent = [one for some in provider.transfers.values() for one in some]
        print(f"  payouts by state: {dict(states)}")
        print(
            f"  {len(sent):,} transfers, {sum(one.reversed_minor > 0 for one in sent):,} of them taken back"
        )
        print(
            "  0 paid twice, 0 lost; books and balance agree to the cent, and the audit finds nothing",
            flush=True,
        )


async def measure(name: str, place: Mapping[str, Any], count: int, seed: int) -> None:
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(dir=place["folder"])))
        patch = held.enter_context(pytest.MonkeyPatch.context())
        impatient(patch)
        seller = held.enter_context(place["sandbox"].seller())
        url = held.enter_context(place["template"].fresh(folder))
        keys = {
            "stripe_secret_key": seller.key,
            "stripe_api_url": seller.url,
            **SECRETS,
        }
        register(seller)
        stage = Stage(settings_of(url, place["valkey_url"], folder / "data", **keys))
        field = Field(Payroll(stage, seller), patch, seed)
        await field.open()
        started = time.perf_counter()
        await field.play(count)
        spent = time.perf_counter() - started
        told = ", ".join(f"{number:,} {what}" for what, number in sorted(field.tally.items()))
        print(f"{name}: {told}; {spent:.0f} s, {count / spent:.1f} payouts/s", flush=True)
        await field.check()
        await stage.close()


def main(options: argparse.Namespace) -> None:
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
        sandbox: Sandbox = held.enter_context(stripe_sandbox())
        shared: dict[str, Any] = {
            "folder": folder,
            "valkey_url": held.enter_context(valkey_server()),
            "sandbox": sandbox,
        }
        places = {"SQLite": shared | {"template": sqlite_template(folder)}}
        if options.engine != "SQLite":
            server = held.enter_context(postgres_server())
            places["Postgres"] = shared | {"template": held.enter_context(postgres_template(server))}
        for name in [options.engine] if options.engine else places:
            asyncio.run(measure(name, places[name], options.payouts, options.seed))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("payouts", type=int, nargs="?", default=10_000, help="on each engine")
    parser.add_argument("--engine", choices=["SQLite", "Postgres"], help="both, unless one is named")
    parser.add_argument("--seed", type=int, default=8)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(_LOGGED))
    main(parser.parse_args())
