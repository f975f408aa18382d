"""Where exclusive sales are played: one installation with its people, and the provider's account that is its own.

Everything is real: both databases, the endpoint of the webhooks, job table and actors, and the payment provider's SDK over
HTTP to the sandbox. What has to be true stands in `sales_truths`.
"""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Coroutine
from contextlib import ExitStack
from pathlib import Path
from typing import Any, ClassVar, Final

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import text
from stripe import HTTPClient

from db.vocabulary import CurrencyCode
from tests.factories import a_producer, staff
from tests.licences.licensed import a_subscriber
from tests.plans.shop import SECRET
from tests.purchases.interruptions import Interruptions, Killed
from tests.purchases.market import Market
from tests.purchases.sales_desk import Desk, provider_of
from tests.purchases.sales_troubles import Fault, Kill, Trouble
from tests.purchases.sales_truths import Seen, check_always, check_drained, seen_in
from tests.purchases.sales_workers import Workers
from tests.stage import Json, Stage, settings_of
from tests.tools.databases import PostgresTemplate, SqliteTemplate
from tests.tools.stripe_sandbox import Sandbox

PRICES: Final = {CurrencyCode.USD: 29_900, CurrencyCode.EUR: 4_999, CurrencyCode.CAD: 100_001}


class World(RuleBasedStateMachine):
    """Two producers with three tracks, three buyers, and staff."""

    template: ClassVar[SqliteTemplate | PostgresTemplate]
    folder: ClassVar[Path]
    valkey_url: ClassVar[str]
    sandbox: ClassVar[Sandbox]
    without: ClassVar[tuple[str, ...]] = ()
    """Unique indexes that are left out, to see what stands behind them."""
    tally: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.held = ExitStack()
        self.runner = self.held.enter_context(asyncio.Runner())
        patch = self.held.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(HTTPClient, "_sleep_time_seconds", _no_time)  # the SDK's, between its tries
        self.market = self._market()
        self.interruptions = Interruptions()
        self.interruptions.watch(patch, self.market.stage.sessions)
        self.workers = Workers(self.market, patch)
        self.desk = Desk(self.market.seller)
        self.late: list[Json] = []
        self.undrained = 0
        self.run(self._people())
        self.seen = self._look()
        self.tally["examples"] += 1

    def _market(self) -> Market:
        folder = Path(self.held.enter_context(tempfile.TemporaryDirectory(dir=self.folder)))
        seller = self.held.enter_context(self.sandbox.seller())
        url = self.held.enter_context(self.template.fresh(folder))
        keys = {
            "stripe_secret_key": seller.key,
            "stripe_api_url": seller.url,
            "stripe_webhook_secret": SECRET,
        }
        address = "https://api.beatpass.test/stripe/webhooks"
        seller.control("POST", "/webhooks/endpoints", url=address, secret=SECRET)
        return Market(Stage(settings_of(url, self.valkey_url, folder / "data", **keys)), seller)

    async def _people(self) -> None:
        sessions = self.market.stage.sessions
        async with sessions.writing() as session:
            for index in self.without:
                await session.execute(text(f"DROP INDEX {index}"))
        self.nova, self.echo = await a_producer(sessions), await a_producer(sessions, "Echo")
        self.buyers = [await a_subscriber(sessions, name) for name in ("Ari", "Bo", "Cleo")]
        self.staff = await staff(sessions)
        self.tracks = [
            await self.market.on_sale(owner, exclusive_price_minor=minor, exclusive_currency=currency)
            for owner, (currency, minor) in zip(
                (self.nova, self.nova, self.echo), PRICES.items(), strict=True
            )
        ]

    def teardown(self) -> None:
        try:
            self.drain(ends=True)
        finally:
            self.close()

    def close(self) -> None:
        self.interruptions.stop()
        self.runner.run(self.market.stage.close())
        self.held.close()

    def run(self, doing: Coroutine[Any, Any, Any]) -> Any:
        """Whatever comes of it; nothing, where its process ends meanwhile."""
        try:
            return self.runner.run(doing)
        except Killed:
            return None

    def at_once(self, *doing: Coroutine[Any, Any, Any]) -> list[Any]:
        """What comes of several things, but for those whose process ended."""
        return [one for one in self.run(_gathered(*doing)) if not isinstance(one, Killed)]

    def _look(self) -> Seen:
        return self.runner.run(seen_in(self.market.stage.sessions))

    async def heard(self, letters: list[Json]) -> None:
        """Webhooks come in, and workers read them."""
        with self.interruptions.spared():  # one that is not answered comes again
            for letter in letters:
                assert (await self.market.post(letter)).status_code == 204
        await self.workers.work()

    def meet(self, trouble: Trouble) -> None:
        """Have this go wrong with what is done next."""
        if isinstance(trouble, Fault):
            self.desk.arm(trouble.kind, *trouble.call, trouble.times)
        elif isinstance(trouble, Kill):
            self.interruptions.kill_at(trouble.moment)
        elif trouble:
            self.interruptions.overtake_at(trouble.moment, self.workers.work)
        if trouble:
            self.tally[type(trouble).__name__.lower()] += 1

    @initialize(far=st.lists(st.sampled_from([0, 1, 2, 3, 3]), min_size=3, max_size=3))
    def begin_somewhere(self, far: list[int]) -> None:
        """With tracks that are kept, paid for, or sold."""
        for buyer, track, steps in zip(self.buyers, self.tracks, far, strict=True):
            purchase = self.run(self.market.begun(buyer, track)) if steps else None
            if steps > 1:
                self.run(self.market.pay_for(str(purchase)))
            if steps > 2:
                self.run(self.heard(self.market.seller.letters()))
        self.seen = self._look()

    # ---- what is so ------------------------------------------------------------------------------

    @invariant()
    def what_is_always_true_is_true(self) -> None:
        before, self.seen = self.seen, self._look()
        check_always(before, self.seen)
        self.tally["steps"] += 1
        self.undrained += 1

    @precondition(lambda self: self.undrained > 5)
    @rule()
    def drain(self, *, ends: bool = False) -> None:
        """Nothing goes wrong any more, and everything is read and done.

        Args:
            ends: The time of everything is over.
        """
        self.tally["interruptions"] += self.interruptions.happened
        self.interruptions.happened = 0
        self.interruptions.stop()
        self.desk.disarm()
        self.run(self._drained(ends=ends))
        before, self.seen = self.seen, self._look()
        check_always(before, self.seen)
        provider, money = provider_of(self.market.seller), self.market.money()
        self.run(check_drained(self.market.stage.sessions, self.seen, provider, money))
        if ends:
            assert [one.id for track in self.tracks for one in self.seen.living(track)] == []
        self.tally["drained"] += 1
        self.undrained = 0

    async def _drained(self, *, ends: bool) -> None:
        letters, self.late = self.late, []
        await self.heard(letters)
        await self.workers.catch_up()
        while letters := self.market.seller.letters():
            await self.heard(letters)
        if ends:
            await self.workers.expire()
            await self.heard(self.market.seller.letters())


def _no_time(client: HTTPClient, num_retries: int) -> float:
    return 0


async def _gathered(*doing: Coroutine[Any, Any, Any]) -> list[Any]:
    """Raises what is none of its business only when all are through."""
    found = await asyncio.gather(*doing, return_exceptions=True)
    for one in found:
        if isinstance(one, BaseException) and not isinstance(one, Killed):
            raise one
    return found
