"""One example of payouts: everything is real, both databases, the endpoints of the webhooks, job table and actors, and the
payment provider's SDK over HTTP to the sandbox. What has to be true stands in `payouts_truths`.
"""

from collections import Counter
from typing import ClassVar, Final

from hypothesis.stateful import invariant, precondition, rule

from db.vocabulary import JobKind
from tests.factories import Beatmaker
from tests.payouts.payouts_ground import EARNED, Ground
from tests.payouts.payouts_truths import (
    check_always,
    check_books,
    check_ended,
    check_money,
    check_paid_once,
    provider_of,
)
from tests.worlds import PaidWorld

CALLERS: Final = ("api.payouts.onboarding", "api.payouts.settlement")
_MUCH: Final = 5_000_000


class World(PaidWorld):
    """Three producers, two of whom have set their payouts up, and staff."""

    ground: ClassVar[Ground]
    tally: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        self.ground.renew()
        self.payroll, self.workers = self.ground.payroll, self.ground.workers
        super().__init__(self.ground.place, self.payroll, self.workers.work, CALLERS)
        names = [who.producer for who in self.ground.producers]
        self.earned: Counter[str] = Counter(dict(zip(names, EARNED, strict=True)))
        self.seen = self.ground.look()

    def earn(self, who: Beatmaker, minor: int) -> None:
        with self.interruptions.spared():
            change = self.payroll.earn(who, minor) if minor > 0 else self.payroll.take_back(who, -minor)
            self.run(change)
        self.earned[who.producer] += minor

    # ---- what is so ------------------------------------------------------------------------------

    @invariant()
    def what_is_always_true_is_true(self) -> None:
        before, self.seen = self.seen, self.ground.look()
        check_always(before, self.seen)
        self.runner.run(check_books(self.sessions))
        self.tally["steps"] += 1
        self.undrained += 1

    @precondition(lambda self: self.undrained > 6)
    @rule()
    def drain(self, *, ends: bool = False) -> None:
        """Nothing goes wrong any more, and everything is read and done.

        Args:
            ends: Banks have taken, or sent back, what is on its way.
        """
        self.calm()
        self.run(self._drained(ends=ends))
        before, self.seen = self.seen, self.ground.look()
        check_always(before, self.seen)
        provider = provider_of(self.payroll.seller, self.seen.accounts)
        check_paid_once(self.seen, provider)
        check_ended(self.seen, provider)
        self.runner.run(check_money(self.sessions, self.seen, provider, self.earned))
        self.tally["drained"] += 1
        self.undrained = 0
        if ends:
            self.tally["payouts"] += len(self.seen.payouts)
            for row in self.seen.payouts.values():
                self.tally[f"payouts {row.status}"] += 1

    async def _drained(self, *, ends: bool) -> None:
        await self.payroll.fund(_MUCH)
        await self.heard_late()
        await self.workers.routine(JobKind.CATCH_UP_ON_PAYMENTS)
        for _ in range(2):
            await self.heard(self.payroll.seller.letters())
            await self.workers.routine(JobKind.FOLLOW_PAYOUTS)
        if ends:
            self.payroll.seller.advance(days=4)
            await self.heard(self.payroll.seller.letters())
            await self.workers.routine(JobKind.FOLLOW_PAYOUTS)
