"""Where months are played: one installation, its people and their beats, put back before each example.

What was heard in the year before, and a month that is closed already, are made once.
"""

from collections.abc import Generator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from api.pool import closing
from api.viewer import Viewer
from db.ids import PlanSubscriptionId, TrackId
from db.vocabulary import JobKind, LicensingModel, Role
from tests.factories import Beatmaker, Person, a_listener, a_producer, a_track, an_exclusive, staff
from tests.installations import Installation, an_installation
from tests.licences.granted import a_plan
from tests.plays.listening import a_past_day
from tests.pool.months_bills import PRICES, Bill, a_bill
from tests.pool.months_clock import Clock
from tests.pool.months_seen import Seen, seen_in
from tests.pool.months_workers import Workers
from tests.stage import Stage
from tests.tools.databases import PostgresTemplate, SqliteTemplate

_MADE_AT: Final = datetime(2026, 2, 20, 12, tzinfo=UTC)
FIRST_PAID_IN: Final = "2026-02"
_CLOSED_AT: Final = datetime(2026, 3, 1, 7, tzinfo=UTC)
BEGINS_AT: Final = datetime(2026, 3, 31, 20, tzinfo=UTC)
MOST_COUNTED: Final = 2
"""Of one listener, track and day: as many as an example reaches."""
_AGES_DAYS: Final = (1, 47, 183, 400, 20, 90)
_HEARD_BEFORE: Final = (
    (date(2025, 2, 28), 40),
    (date(2025, 3, 9), 17),
    (date(2025, 4, 2), 3),
    (date(2026, 1, 5), 90),
)
"""Days that leave the twelve months one after the other."""


@dataclass(frozen=True)
class People:
    """Who is there, and what is theirs.

    Attributes:
        sam: Of the staff.
        tracks: Two of each producer, the second one with the next of them; the last one is for sale exclusively alone.
        heard_before: Counted plays by track and day, of nobody who is here.
    """

    sam: Person
    producers: tuple[Beatmaker, ...]
    listeners: tuple[Person, ...]
    subscriptions: tuple[PlanSubscriptionId, ...]
    tracks: tuple[TrackId, ...]
    heard_before: dict[tuple[str, date], int]

    @property
    def ears(self) -> tuple[Person, ...]:
        """Who listens."""
        return *self.listeners, *self.producers


def viewer_of(who: Person) -> Viewer:
    """Somebody who is signed in, for as many months as it takes."""
    if isinstance(who, Beatmaker):
        roles = frozenset({Role.LISTENER, Role.PRODUCER})
        return Viewer(who.account, who.session, roles, producer_id=who.producer)
    return Viewer(who.account, who.session, frozenset({Role.LISTENER, Role.STAFF}))


@dataclass
class Ground:
    """The installation with its people.

    Attributes:
        bills: Those that were paid before an example begins.
    """

    place: Installation
    clock: Clock
    workers: Workers
    people: People
    bills: list[Bill]

    def look(self) -> Seen:
        """At everything that there is, beside the product's own way to the database."""
        return seen_in(self.place.engine)

    def renew(self) -> list[Bill]:
        """Put everything back; the bills that were paid before."""
        self.place.put_back()
        self.clock.at = BEGINS_AT
        return deepcopy(self.bills)


@contextmanager
def a_ground(template: SqliteTemplate | PostgresTemplate, folder: Path, valkey_url: str) -> Generator[Ground]:
    """Months are closed in steps of two rows there, and two plays of a day count."""
    with pytest.MonkeyPatch.context() as patch:
        clock = Clock(_MADE_AT)
        patch.setattr("db.clock.datetime", clock)
        patch.setattr("api.plays.reporting.MOST_COUNTED_A_DAY", MOST_COUNTED)
        for name in ("_TRACKS_AT_ONCE", "_ROWS_AT_ONCE", "_SHARES_AT_ONCE"):
            patch.setattr(closing, name, 2)
        with an_installation(template, folder, valkey_url) as place:
            workers = place.runner.run(_opened(place, clock))
            people, bills = place.runner.run(_begun(place.stage, clock, workers))
            place.keep()
            yield Ground(place, clock, workers, people, bills)


async def _opened(place: Installation, clock: Clock) -> Workers:
    return Workers(place.stage, clock, place.engine)


async def _begun(stage: Stage, clock: Clock, workers: Workers) -> tuple[People, list[Bill]]:
    """February is closed, somebody has paid in March, and banks dispute a bill of each."""
    people = await _people(stage)
    bills: list[Bill] = []
    for number, price in enumerate(PRICES):
        if number == 4:
            clock.at = _CLOSED_AT
            await workers.routine(JobKind.CLOSE_MONTHS)
        bill = a_bill(number, people.subscriptions[number % 3], price, clock.at)
        if number in {1, 4}:
            bill.be_disputed(clock.at)
        await workers.tell(bill, len(bill.said) - 1)
        bills.append(bill)
    clock.at = BEGINS_AT
    await workers.routine(JobKind.MAKE_STATEMENTS)
    clock.at = BEGINS_AT
    return people, bills


async def _people(stage: Stage) -> People:
    sessions = stage.sessions
    producers = tuple([await a_producer(sessions, name) for name in ("Nova", "Echo", "Kilo")])
    listeners = tuple([await a_listener(sessions, name) for name in ("Ari", "Bo", "Cleo")])
    subscriptions = tuple([await a_plan(sessions, one) for one in listeners])
    tracks = [await _a_beat(stage, producers, number, days) for number, days in enumerate(_AGES_DAYS)]
    heard: dict[tuple[str, date], int] = {}
    for track in tracks[:3]:
        for day, plays in _HEARD_BEFORE:
            await a_past_day(stage, producers[0], track, day, plays)
            heard[track, day] = plays
    return People(await staff(sessions), producers, listeners, subscriptions, tuple(tracks), heard)


async def _a_beat(stage: Stage, producers: tuple[Beatmaker, ...], number: int, days: int) -> TrackId:
    alone = an_exclusive(licensing_model=LicensingModel.EXCLUSIVE_ONLY) if number == 5 else {}
    credited = [producers[(number + 1) % 3]] if number >= 3 else []
    published_at = _MADE_AT - timedelta(days=days)
    return await a_track(
        stage.sessions, producers[number % 3], published_at=published_at, credited=credited, **alone
    )
