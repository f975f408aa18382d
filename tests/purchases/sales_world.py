"""One example of exclusive sales: everything is real, both databases, the endpoint of the webhooks, job table and actors, and
the payment provider's SDK over HTTP to the sandbox. What has to be true stands in `sales_truths`.
"""

from collections import Counter
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule
from sqlalchemy import text

from tests.purchases.interruptions import CALLERS
from tests.purchases.sales_desk import Desk, provider_of
from tests.purchases.sales_ground import Ground
from tests.purchases.sales_truths import check_always, check_drained
from tests.worlds import PaidWorld


class World(PaidWorld):
    """Two producers with three tracks, three buyers, and staff."""

    ground: ClassVar[Ground]
    without: ClassVar[tuple[str, ...]] = ()
    """Unique indexes that are left out, to see what stands behind them."""
    tally: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        self.ground.renew()
        self.market, self.workers, self.people = self.ground.market, self.ground.workers, self.ground.people
        super().__init__(self.ground.place, self.market, self.workers.work, CALLERS)
        self.desk = Desk(self.market.seller)
        self.tracks, self.buyers = self.people.tracks, self.people.buyers
        self._leave_out()
        self.seen = self.ground.look()

    def _leave_out(self) -> None:
        with self.ground.place.engine.begin() as connection:
            for index in self.without:
                connection.execute(text(f"DROP INDEX {index}"))

    @initialize(far=st.lists(st.sampled_from([0, 1, 2, 3, 3]), min_size=3, max_size=3))
    def begin_somewhere(self, far: list[int]) -> None:
        """With tracks that are kept, paid for, or sold."""
        for buyer, track, steps in zip(self.buyers, self.tracks, far, strict=True):
            purchase = self.run(self.market.begun(buyer, track)) if steps else None
            if steps > 1:
                self.run(self.market.pay_for(str(purchase)))
            if steps > 2:
                self.run(self.heard(self.market.seller.letters()))
        self.seen = self.ground.look()

    # ---- what is so ------------------------------------------------------------------------------

    @invariant()
    def what_is_always_true_is_true(self) -> None:
        before, self.seen = self.seen, self.ground.look()
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
        self.calm()
        self.run(self._drained(ends=ends))
        before, self.seen = self.seen, self.ground.look()
        check_always(before, self.seen)
        provider, money = provider_of(self.market.seller), self.market.money()
        self.run(check_drained(self.sessions, self.seen, provider, money))
        if ends:
            assert [one.id for track in self.tracks for one in self.seen.living(track)] == []
        self.tally["drained"] += 1
        self.undrained = 0

    async def _drained(self, *, ends: bool) -> None:
        await self.heard_late()
        await self.workers.catch_up()
        while letters := self.market.seller.letters():
            await self.heard(letters)
        if ends:
            await self.workers.expire()
            await self.heard(self.market.seller.letters())
