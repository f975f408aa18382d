"""Where months are played: plays, bills, beats and closings of one installation, each a small step that can be met by trouble.

Everything is real: both databases, verbs, job table and actors. Of the payment provider there is what it says, as a job has
read it. What has to be true stands in `months_truths` and `months_reckoned`.
"""

from collections import Counter
from collections.abc import Coroutine
from contextlib import suppress
from datetime import timedelta
from typing import Any, ClassVar, Final

from hypothesis.stateful import invariant, precondition, rule

from api.catalog.edit import Changes, delete_track, set_visibility, update_track
from api.gateways.sale_facts import DisputeState
from api.plays.opening import Opening, open_plays
from api.plays.reporting import Report, report_plays
from api.refusals import Refused
from db.ids import PlayId, ProducerId, TrackId
from db.months import Month
from db.queries import tracks
from db.vocabulary import ExclusiveAvailability, JobKind, TrackStatus
from tests import worlds
from tests.factories import Beatmaker, Person, a_track, an_exclusive
from tests.pool.months_bills import PRICES, Bill, Price, a_bill
from tests.pool.months_ears import Ears, Heard
from tests.pool.months_ground import Ground, viewer_of
from tests.pool.months_reckoned import check_drained
from tests.pool.months_seen import Seen
from tests.pool.months_troubles import Amid, Trouble
from tests.pool.months_truths import Known, check_always
from tests.purchases.interruptions import Killed

_SOLD: Final = an_exclusive(exclusive_availability=ExclusiveAvailability.SOLD)


class World(worlds.World):
    """Three producers with two beats each, three listeners who pay, and staff; February is closed."""

    ground: ClassVar[Ground]
    tally: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        self.bills = self.ground.renew()
        self.people, self.clock, self.workers = self.ground.people, self.ground.clock, self.ground.workers
        super().__init__(self.ground.place, self.workers.work)
        self.ears = Ears()
        nova = self.people.producers[0].producer
        self.known = Known(self.bills, self.ears, self.people.heard_before, nova)
        self.tracks: list[TrackId] = list(self.people.tracks)
        self.seen = self.look()

    def came_through(self, doing: Coroutine[Any, Any, Any]) -> bool:
        """Whether it came to its end; not where its process ended before."""
        try:
            self.runner.run(doing)
        except Killed:
            return False
        return True

    def look(self) -> Seen:
        return self.ground.look()

    def meet(self, trouble: Trouble) -> None:
        """This too: something else in the middle of it."""
        if not isinstance(trouble, Amid):
            super().meet(trouble)
            return
        self.tally["amid"] += 1
        self.interruptions.overtake_at(trouble.moment, lambda: self._meanwhile(trouble))

    async def _meanwhile(self, amid: Amid) -> None:
        self.tally[f"amid: {amid.what}"] += 1
        if amid.what == "pays":
            await self.pays(amid.which, PRICES[amid.which], hours_ago=40 if amid.which < 4 else 0)
        elif amid.what == "refunds":
            await self.refunds(amid.which, part=amid.which % 3)
        elif amid.what == "listens":
            await self.listens(self.people.ears[amid.which % 3], self.tracks[amid.which], seconds=31)
        elif amid.what == "comes out":
            await self.comes_out(amid.which, days_ago=10 * amid.which)
        else:
            await self.changes(self.tracks[amid.which], amid.what, amid.which)

    # ---- bills -------------------------------------------------------------------------------------

    async def pays(self, who: int, price: Price, *, hours_ago: float, told: bool = True) -> None:
        subscription = self.people.subscriptions[who % 3]
        paid_at = self.clock.at - timedelta(hours=hours_ago)
        bill = a_bill(len(self.bills), subscription, price, paid_at)
        self.bills.append(bill)
        if told:
            await self.workers.tell(bill, 0)

    async def refunds(self, which: int, *, part: int, told: bool = True) -> None:
        """All of a bill, a third of it, or a cent; where the provider does that."""
        bill = self.bill(which)
        if bill.can_be_refunded:
            bill.refund([bill.left, max(bill.left // 3, 1), 1][part], self.clock.at)
            self.tally["refunds"] += 1
            if told:
                await self.workers.tell(bill, len(bill.said) - 1)

    async def disputes(self, which: int, *, told: bool) -> None:
        """A bank takes the money of a bill; where the provider knows that."""
        bill = self.bill(which)
        if bill.can_be_disputed:
            bill.be_disputed(self.clock.at)
            self.tally["disputes"] += 1
            if told:
                await self.workers.tell(bill, len(bill.said) - 1)

    async def decides(self, which: int, *, won: bool, told: bool) -> None:
        """A bank, whose the money is that it has taken."""
        open_ones = [one for one in self.bills if one.dispute and one.dispute.state is DisputeState.OPEN]
        for bill in open_ones[which % len(open_ones) :][:1] if open_ones else ():
            bill.decide(self.clock.at, won=won)
            self.tally["disputes won" if won else "disputes lost"] += 1
            if told:
                await self.workers.tell(bill, len(bill.said) - 1)

    def bill(self, which: int) -> Bill:
        """Counted from the latest."""
        return self.bills[-1 - which % len(self.bills)]

    # ---- plays -------------------------------------------------------------------------------------

    async def opens(self, who: Person, track: TrackId) -> str | None:
        """The play; null where that is refused."""
        producer = who.producer if isinstance(who, Beatmaker) else None
        async with self.sessions.writing() as session:
            [play] = await open_plays(session, [Opening(who.account, producer, track)])
        if isinstance(play, Refused):
            return None
        self.ears.open(play, Heard(who.account, track, self.clock.at))
        self.clock.go_on(milliseconds=1)
        return play

    async def reports(self, who: Person, play: str, ms: int) -> None:
        """A total; what is to come of it is known."""
        why_not, at = self.ears.why_not(play, who.account, ms, self.clock.at), self.clock.at
        async with self.sessions.writing() as session:
            [answer] = await report_plays(session, [Report(who.account, PlayId(play), ms)])
        refused = type(answer).__name__ if isinstance(answer, Refused) else None
        assert refused == why_not, f"a report of {ms} ms is answered with {refused}, not {why_not}"
        if refused is None:
            beat = self.seen.beats[self.ears.plays[play].track]
            self.ears.report(play, ms, at, beat.credited, own=who.account in beat.makers)

    async def listens(self, who: Person, track: TrackId, *, seconds: int) -> None:
        play = await self.opens(who, track)
        if play is not None:
            self.clock.go_on(seconds=seconds)
            await self.reports(who, play, seconds * 1000)

    # ---- beats -------------------------------------------------------------------------------------

    async def changes(self, track: TrackId, how: str, which: int) -> None:
        """By its producer, or as a sale leaves it; what is refused changes nothing."""
        owner = next(one for one in self.people.producers if one.producer == self._owner(track))
        with suppress(Refused):
            async with self.sessions.writing() as session:
                if how == "credits":
                    others = [one.producer for one in self.people.producers if one is not owner]
                    changes = Changes(credited=[ProducerId(one) for one in others[: which % 3]])
                    presets = self.ground.place.stage.services.presets
                    await update_track(
                        session, viewer_of(owner), track=track, changes=changes, presets=presets
                    )
                elif how == "removes":
                    await delete_track(session, viewer_of(owner), track=track)
                elif how == "sells":
                    await tracks.change_track(session, track, {"status": TrackStatus.SOLD, **_SOLD})
                else:
                    visible = how == "shows"
                    await set_visibility(session, viewer_of(owner), track=track, visible=visible)

    def _owner(self, track: TrackId) -> str:
        return self.seen.beats[track].credited[0]

    async def comes_out(self, by: int, *, days_ago: int) -> None:
        """A new beat, or one that was checked for a while; its second producer is who comes next."""
        owner, other = (self.people.producers[(by + more) % 3] for more in (0, 1))
        credited = [other] if by > 2 else []
        published_at = self.clock.at - timedelta(days=days_ago)
        self.tracks.append(await a_track(self.sessions, owner, published_at=published_at, credited=credited))

    # ---- what is so --------------------------------------------------------------------------------

    @invariant()
    def what_is_always_true_is_true(self) -> None:
        self.calm()
        before, self.seen = self.seen, self.look()
        check_always(before, self.seen, self.known)
        self.tally["steps"] += 1
        self.undrained += 1

    @precondition(lambda self: self.undrained > 9)
    @rule()
    def drain(self, *, ends: bool = False) -> None:
        """Nothing goes wrong any more, and everything is told and done.

        Args:
            ends: The month ends too, and is closed.
        """
        self.calm()
        self.run(self._drained(ends=ends))
        before, self.seen = self.seen, self.look()
        check_always(before, self.seen, self.known)
        self.run(check_drained(self.sessions, self.seen, all_closed=ends))
        self.tally["drained"] += 1
        self.undrained = 0
        for run in self.seen.runs.values() if ends else ():
            self.tally["adjustments" if run.sequence else "closings"] += 1

    async def _drained(self, *, ends: bool) -> None:
        for bill in self.bills:
            if bill.told < len(bill.said) - 1:
                await self.workers.tell(bill, len(bill.said) - 1)
        if ends and self.look().pool(Month.of(self.clock.at).name) <= 0:
            await self.pays(0, PRICES[0], hours_ago=0)  # or nothing would be closed, and nothing adjusted
        await self.workers.work()
        if ends:
            self.clock.at = Month.of(self.clock.at).ends_at + timedelta(hours=7)
            for _ in self.look().unclosed(before=Month.of(self.clock.at).name):
                await self.workers.routine(JobKind.CLOSE_MONTHS)
            await self.workers.routine(JobKind.MAKE_STATEMENTS)
