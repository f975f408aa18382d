"""Whatever comes, goes and changes, and however much of it at once: seats are those of a simple model (D-72)."""

import asyncio
from collections.abc import Coroutine
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from api.events.announcing import update_event
from api.events.errors import SeatsAreTaken
from api.events.seating import rsvp
from api.refusals import ManyRefused, Refused
from api.viewer import Viewer
from db.ids import AccountId, EventId
from db.session import Sessions
from db.vocabulary import Role
from tests.events.gathering import an_event, going, line
from tests.factories import a_verified_producer, staff
from tests.tools.databases import PostgresTemplate, SqliteTemplate

_PEOPLE: Final = 6
_WHO: Final = st.integers(0, _PEOPLE - 1)
_CAPACITIES: Final = st.one_of(st.none(), st.integers(1, _PEOPLE))


class Model:
    """Two lists: who has a seat, and who waits, in the order they came."""

    def __init__(self) -> None:
        self.capacity: int | None = 1
        self.seated: list[AccountId] = []
        self.line: list[AccountId] = []

    def come(self, who: AccountId) -> None:
        if who not in self.seated and who not in self.line:
            self.line.append(who)
        self.fill()

    def go(self, who: AccountId) -> None:
        for place in (self.seated, self.line):
            if who in place:
                place.remove(who)
        self.fill()

    def resize(self, capacity: int | None) -> bool:
        """False: more have a seat than that."""
        if capacity is not None and capacity < len(self.seated):
            return False
        self.capacity = capacity
        self.fill()
        return True

    def fill(self) -> None:
        while self.line and (self.capacity is None or len(self.seated) < self.capacity):
            self.seated.append(self.line.pop(0))


class Seating(RuleBasedStateMachine):
    """The real one, on a database of its own, beside the model."""

    template: SqliteTemplate | PostgresTemplate
    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.held = ExitStack()
        self.runner = self.held.enter_context(asyncio.Runner())
        self.sessions = Sessions(self.held.enter_context(self.template.fresh(self.folder)))

    @initialize()
    def there_is_an_event(self) -> None:
        self.runner.run(self._furnish())

    async def _furnish(self) -> None:
        sam = await staff(self.sessions)
        self.staff = Viewer(sam.account, sam.session, frozenset({Role.STAFF}))
        self.event: EventId = await an_event(self.sessions, sam, capacity=1)
        people = [await a_verified_producer(self.sessions, f"P{one}") for one in range(_PEOPLE)]
        roles = frozenset({Role.PRODUCER, Role.VERIFIED_PRODUCER})
        self.people = [Viewer(one.account, one.session, roles, producer_id=one.producer) for one in people]

    def teardown(self) -> None:
        self.runner.run(self.sessions.close())
        self.held.close()

    @rule(who=_WHO)
    def come(self, who: int) -> None:
        self.runner.run(self._say(who, going=True))
        self.model.come(self.people[who].account_id)

    @rule(who=_WHO)
    def go(self, who: int) -> None:
        self.runner.run(self._say(who, going=False))
        self.model.go(self.people[who].account_id)

    @rule(capacity=_CAPACITIES)
    def resize(self, capacity: int | None) -> None:
        assert self.runner.run(self._resize(capacity)) is self.model.resize(capacity)

    @rule(said=st.lists(st.tuples(_WHO, st.booleans()), min_size=2, max_size=5, unique_by=lambda one: one[0]))
    def all_at_once(self, said: list[tuple[int, bool]]) -> None:
        """In whatever order they get their turns: who waited keeps the order, and no seat is empty meanwhile."""
        waited = list(self.model.line)
        self.runner.run(self._at_once([self._say(who, going=comes) for who, comes in said]))
        there = {self.people[who].account_id: comes for who, comes in said}
        left = self.runner.run(line(self.sessions, self.event))
        still = [one for one in waited if there.get(one, True)]
        kept = [one for one in still if one in left]
        assert kept == [one for one in left if one in still]
        assert still[len(still) - len(kept) :] == kept  # those who got a seat stood before them
        self._learn(there, left)

    def _learn(self, said: dict[AccountId, bool], left: list[str]) -> None:
        """Who of several at once got which place is the database's to say; all of them have one."""
        known = [*self.model.seated, *self.model.line]
        here = [one for one in dict.fromkeys([*known, *said]) if said.get(one, True)]
        self.model.line = [AccountId(one) for one in left]
        self.model.seated = [one for one in here if one not in left]
        assert set(left) <= set(here)

    async def _say(self, who: int, *, going: bool) -> None:
        async with self.sessions.writing() as session:
            await rsvp(session, self.people[who], event=self.event, going=going)

    async def _resize(self, capacity: int | None) -> bool:
        changes, problems = {"capacity": capacity}, list[type[Refused]]()
        try:
            async with self.sessions.writing() as session:
                await update_event(session, self.staff, event=self.event, changes=changes)
        except ManyRefused as refused:
            problems = [type(one) for one in refused.problems]
        assert problems in ([], [SeatsAreTaken])
        return not problems

    async def _at_once(self, calls: list[Coroutine[Any, Any, None]]) -> None:
        await asyncio.gather(*calls)

    @invariant()
    def seats_and_line_are_those_of_the_model(self) -> None:
        seated = self.runner.run(going(self.sessions, self.event))
        assert seated == len(self.model.seated)
        assert self.model.capacity is None or seated <= self.model.capacity
        assert self.runner.run(line(self.sessions, self.event)) == self.model.line

    @invariant()
    def nobody_waits_for_a_seat_that_is_free(self) -> None:
        full = self.model.capacity is not None and len(self.model.seated) == self.model.capacity
        assert full or not self.model.line


def test_seats_and_line_are_those_of_a_simple_model(
    database_engine: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    template: Any = request.getfixturevalue(f"{database_engine}_template")
    machine = type("Tested", (Seating,), {"template": template, "folder": tmp_path})
    few = settings(
        max_examples=10,
        stateful_step_count=15,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    run_state_machine_as_test(machine, settings=few)
