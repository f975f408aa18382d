"""Months as a machine of small steps: listeners, bills, banks, producers, staff, relay and workers, and a clock (MONEY 5, 6)."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from api.pool.adjusting import adjust_closed_months
from api.pool.opening import close_period
from api.pool.replay import replay
from api.pool.simulating import simulate
from api.refusals import Refused
from db.ids import PoolRunId
from db.months import Month
from db.vocabulary import JobKind, PoolDivision
from tests.pool.months_bills import PRICES, Price
from tests.pool.months_ground import FIRST_PAID_IN, viewer_of
from tests.pool.months_seen import Run
from tests.pool.months_troubles import BRIEFLY, ENDS, TROUBLES, Trouble
from tests.pool.months_truths import check_catalogue, check_simulation
from tests.pool.months_world import World

_ANY: Final = st.integers(0, 8)
"""Which of several, counted on from the first after the last."""
_SECONDS: Final = st.sampled_from([3, 29, 30, 31, 200])
_LAST_MONTH: Final = Month(date(2026, 7, 1))
_WORKERS: Final = st.sampled_from([1, 1, 2])


class Months(World):
    """What may happen next."""

    # ---- listeners ---------------------------------------------------------------------------------

    @rule(who=_ANY, track=_ANY, seconds=_SECONDS, times=st.integers(1, 3), end=ENDS)
    def listen(self, who: int, track: int, seconds: int, times: int, end: Trouble) -> None:
        """And report it; where no answer came, the same again."""
        for _ in range(times):
            if play := self._opened(who, track):
                self.clock.go_on(seconds=seconds)
                self._report(who, play, seconds * 1000, end)

    @rule(who=_ANY, track=_ANY)
    def begin_to_listen(self, who: int, track: int) -> None:
        """What is heard of it is reported later, or never."""
        self._opened(who, track)

    @precondition(lambda self: self.ears.plays)
    @rule(which=_ANY, seconds=_SECONDS, end=ENDS)
    def report_later(self, which: int, seconds: int, end: Trouble) -> None:
        """Of a play that was reported, or not, perhaps in another month: as much as can have been heard, or as before."""
        play, heard = list(self.ears.plays.items())[-1 - which % len(self.ears.plays)]
        who = [str(one.account) for one in self.people.ears].index(heard.account)
        self._report(who, play, max(heard.ms, min(heard.possible_ms(self.clock.at), seconds * 1000)), end)

    @precondition(lambda self: self.ears.plays)
    @rule(which=_ANY, who=_ANY, ahead=st.sampled_from([2_000, 2_001, 10**9]))
    def forge(self, which: int, who: int, ahead: int) -> None:
        """More than time has passed, or of a play that is another's."""
        play, heard = list(self.ears.plays.items())[-1 - which % len(self.ears.plays)]
        self._report(who, play, heard.possible_ms(self.clock.at) + ahead, None)

    def _opened(self, who: int, track: int) -> str | None:
        self.clock.go_on(seconds=1)
        listener, beat = self.people.ears[who % 6], self.tracks[track % len(self.tracks)]
        return self.runner.run(self.opens(listener, beat))

    def _report(self, who: int, play: str, ms: int, end: Trouble) -> None:
        listener = self.people.ears[who % 6]
        self.meet(end)
        if not self.came_through(self.reports(listener, play, ms)):
            self.run(self.reports(listener, play, ms))
        self.calm()

    # ---- bills -------------------------------------------------------------------------------------

    @rule(
        who=_ANY,
        price=st.sampled_from(PRICES),
        hours_ago=st.sampled_from([0, 1, 40, 800]),
        told=st.booleans(),
    )
    def pay(self, who: int, price: Price, hours_ago: int, told: bool) -> None:
        """Now, or some time ago: what the provider says of it may come late."""
        self.clock.go_on(seconds=1)
        self.run(self.pays(who, price, hours_ago=hours_ago, told=told))

    @rule(which=_ANY, part=st.integers(0, 2), told=st.booleans())
    def refund(self, which: int, part: int, told: bool) -> None:
        self.clock.go_on(seconds=1)
        self.run(self.refunds(which, part=part, told=told))

    @rule(which=_ANY, told=st.booleans())
    def dispute(self, which: int, told: bool) -> None:
        self.clock.go_on(seconds=1)
        self.run(self.disputes(which, told=told))

    @rule(which=_ANY, won=st.sampled_from([True, True, False]), told=st.booleans())
    def decide(self, which: int, won: bool, told: bool) -> None:
        self.clock.go_on(seconds=1)
        self.run(self.decides(which, won=won, told=told))

    @rule(which=_ANY, earlier=st.integers(0, 2), times=st.integers(1, 2), trouble=BRIEFLY)
    def tell(self, which: int, earlier: int, times: int, trouble: Trouble) -> None:
        """What the provider says, or has said: once more, or by a worker who is late with it."""
        bill = self.bill(which)
        answer = max(len(bill.said) - 1 - earlier, 0)
        for _ in range(times):
            self.meet(trouble)
            if not self.came_through(self.workers.tell(bill, answer)):
                self.run(self.workers.tell(bill, answer))
            self.calm()

    @rule(which=_ANY, trouble=BRIEFLY)
    def tell_all_at_once(self, which: int, trouble: Trouble) -> None:
        """By several workers, the last answers in disorder; one that is not through does it again."""
        some = [self.bill(which), self.bill(which), self.bill(which + 1)]
        answers = [max(len(bill.said) - 1 - number, 0) for number, bill in enumerate(some[:2])]
        doing = zip(some, [*answers, len(some[2].said) - 1], strict=True)
        self.meet(trouble)
        self.at_once(*(self.workers.tell(bill, answer) for bill, answer in doing))
        self.calm()
        for bill in some:
            if bill.told < len(bill.said) - 1:
                self.run(self.workers.tell(bill, len(bill.said) - 1))

    # ---- beats -------------------------------------------------------------------------------------

    @rule(
        track=_ANY,
        which=_ANY,
        how=st.sampled_from(["hides", "hides", "shows", "shows", "credits", "credits", "removes", "sells"]),
    )
    def change(self, track: int, which: int, how: str) -> None:
        self.run(self.changes(self.tracks[track % len(self.tracks)], how, which))

    @precondition(lambda self: len(self.tracks) < 9)
    @rule(by=_ANY, days_ago=st.sampled_from([0, 0, 20, 300]))
    def come_out(self, by: int, days_ago: int) -> None:
        self.run(self.comes_out(by, days_ago=days_ago))

    # ---- time, relay and staff ---------------------------------------------------------------------

    @precondition(lambda self: Month.of(self.clock.at) < _LAST_MONTH)
    @rule(hours=st.sampled_from([1, 7, 7, 7, 31]), workers=_WORKERS, trouble=TROUBLES)
    def month_ends(self, hours: int, workers: int, trouble: Trouble) -> None:
        """And relay looks; when some hours have passed it is closed."""
        self.clock.at = max(Month.of(self.clock.at).ends_at + timedelta(hours=hours), self.clock.at)
        self.relay_closes(workers=workers, trouble=trouble)

    @rule(workers=_WORKERS, trouble=TROUBLES)
    def relay_closes(self, workers: int, trouble: Trouble) -> None:
        self.meet(trouble)
        self.run(self.workers.routine(JobKind.CLOSE_MONTHS, workers))
        self._was_closed(trouble)

    @rule(back=st.sampled_from([0, 1, 1, 1, 2, 3]), key=st.integers(0, 1), workers=_WORKERS, trouble=TROUBLES)
    def staff_close(self, back: int, key: int, workers: int, trouble: Trouble) -> None:
        """A month, by whatever name its asking has; refused, nothing changes."""
        month = Month.of(self.clock.at)
        for _ in range(back):
            month = month.before
        self.meet(trouble)
        self.run(self._asked_to_close(month, f"key {key} of {month.name}"))
        self.run(self.workers.work(workers))
        self._was_closed(trouble)

    async def _asked_to_close(self, month: Month, key: str) -> None:
        refused = None
        try:
            async with self.sessions.writing() as session:
                await close_period(session, viewer_of(self.people.sam), month.name, idempotency_key=key)
        except Refused as why:
            refused = type(why).__name__
        expected = self._why_not_closed(month)
        assert refused == expected, f"closing {month.name} is answered with {refused}, not {expected}"
        assert refused is None or self.look() == self.seen, "who was refused has changed something"

    def _why_not_closed(self, month: Month) -> str | None:
        if self.seen.closing(month.name):
            return None
        if month.ends_at > self.clock.at:
            return "MonthIsNotOver"
        if month.name < FIRST_PAID_IN:
            return "NobodyHadPaidYet"
        return "EarlierMonthIsOpen" if self.seen.unclosed(before=month.name) else None

    def _was_closed(self, trouble: Trouble) -> None:
        """What was closed without anything in the middle is the catalogue as it is."""
        self.calm()
        after = self.look()
        new = [run for run in after.runs.values() if run.is_posted and run.id not in self.seen.runs]
        for run in new if trouble is None else ():
            check_catalogue(after, run)

    @rule(times=st.integers(1, 2), trouble=TROUBLES)
    def adjust(self, times: int, trouble: Trouble) -> None:
        """By one worker, or by two at once."""
        self.meet(trouble)
        self.at_once(*(adjust_closed_months(self.sessions) for _ in range(times)))
        self.run(self.workers.work())

    @rule(workers=_WORKERS, trouble=TROUBLES)
    def work(self, workers: int, trouble: Trouble) -> None:
        """By one worker, or by two that reach for the same; leases of dead ones are over by now."""
        self.meet(trouble)
        self.run(self.workers.work(workers))

    @rule(workers=_WORKERS, trouble=BRIEFLY)
    def write_statements(self, workers: int, trouble: Trouble) -> None:
        self.meet(trouble)
        self.run(self.workers.routine(JobKind.MAKE_STATEMENTS, workers))

    # ---- looking -----------------------------------------------------------------------------------

    @rule(which=_ANY, half_life=st.sampled_from([1, 6, 6, 24]), division=st.sampled_from(PoolDivision))
    def look_again(self, which: int, half_life: int, division: PoolDivision) -> None:
        """A closed month is reckoned again, and by another rule: nothing is written."""
        closed = [run for run in self.seen.runs.values() if run.sequence == 0 and run.is_posted]
        run = closed[which % len(closed)]
        self.run(self._looked_at(run, Decimal(half_life), division))
        assert self.look() == self.seen, "looking has changed something"

    async def _looked_at(self, run: Run, half_life: Decimal, division: PoolDivision) -> None:
        assert (await replay(self.sessions, PoolRunId(run.id))).is_the_same, (
            f"{run.period} is not replayed the same"
        )
        found = await simulate(self.sessions, run.period, half_life_months=half_life, division=division)
        assert found, f"{run.period} is closed, and not simulated"
        as_it_is = half_life == 6 and division is PoolDivision.POOLED
        check_simulation(
            self.seen,
            run,
            [(one.producer_id, one.paid, one.simulated) for one in found.differences],
            as_it_is=as_it_is,
        )
