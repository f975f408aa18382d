"""Seats at an event: never more than there are, the line in its order, and nobody who is not verified (D-5, D-72)."""

import asyncio
from datetime import timedelta

import pytest

from db.clock import now
from db.ids import EventId, new_id
from db.vocabulary import JobKind, JobState
from tests.events.gathering import (
    RSVP,
    add_job,
    an_event,
    come,
    going,
    jobs_of,
    line,
    notices,
    set_times,
    standing_in,
    work,
)
from tests.factories import Beatmaker, a_listener, a_producer, a_verified_producer, staff
from tests.stage import Stage

pytestmark = pytest.mark.anyio
SEAT = ("GOING", None)


async def people(stage: Stage, number: int) -> list[Beatmaker]:
    return [await a_verified_producer(stage.sessions, f"P{one}") for one in range(number)]


async def test_who_comes_has_a_seat_until_there_is_none_and_then_a_place_in_the_line(stage: Stage) -> None:
    event = await an_event(stage.sessions, capacity=2)
    came = [await come(stage, one, event) for one in await people(stage, 5)]
    assert came == [SEAT, SEAT, ("WAITING", 1), ("WAITING", 2), ("WAITING", 3)]
    assert await going(stage.sessions, event) == 2
    assert await notices(stage.sessions) == []


async def test_without_a_capacity_everybody_has_a_seat(stage: Stage) -> None:
    event = await an_event(stage.sessions)
    assert {await come(stage, one, event) for one in await people(stage, 4)} == {SEAT}


async def test_again_changes_nothing_and_keeps_the_place(stage: Stage) -> None:
    event = await an_event(stage.sessions, capacity=1)
    first, second, stranger = await people(stage, 3)
    await come(stage, first, event)
    await come(stage, second, event)
    async with stage.nothing_changes():
        assert await come(stage, first, event) == SEAT
        assert await come(stage, second, event) == ("WAITING", 1)
        payload = await stage.mutate(stranger, "rsvpToEvent", RSVP, id=event, input={"going": False})
        assert payload == {"event": {"goingCount": 1, "viewerRsvp": None}, "errors": []}


async def test_a_seat_that_is_given_back_is_the_first_ones_in_the_line_who_hears_of_it(stage: Stage) -> None:
    event = await an_event(stage.sessions, capacity=1)
    first, second, third = await people(stage, 3)
    for one in (first, second, third):
        await come(stage, one, event)
    assert await come(stage, first, event, going=False) == ("NOT_GOING", None)
    assert await going(stage.sessions, event) == 1
    assert await line(stage.sessions, event) == [third.account]
    assert await notices(stage.sessions) == [
        (second.account, "EVENT_UPDATE", "You have a seat: Studio night")
    ]
    shown = await stage.ask(
        second, f'{{ node(id: "{event}") {{ ... on Event {{ viewerRsvp {{ status position }} }} }} }}'
    )
    assert standing_in(shown["node"]) == SEAT
    async with stage.nothing_changes():
        assert await come(stage, first, event, going=False) == ("NOT_GOING", None)


async def test_who_leaves_the_line_loses_the_place_and_comes_in_last(stage: Stage) -> None:
    event = await an_event(stage.sessions, capacity=1)
    seated, second, third = await people(stage, 3)
    for one in (seated, second, third):
        await come(stage, one, event)
    await come(stage, second, event, going=False)
    assert await line(stage.sessions, event) == [third.account]
    assert await come(stage, second, event) == ("WAITING", 2)
    await come(stage, seated, event, going=False)
    assert await come(stage, seated, event) == ("WAITING", 2)
    assert await line(stage.sessions, event) == [second.account, seated.account]


async def test_who_waits_twice_and_is_seated_twice_hears_of_it_twice(stage: Stage) -> None:
    event = await an_event(stage.sessions, capacity=1)
    one, other = await people(stage, 2)
    for _ in range(2):
        await come(stage, one, event)
        await come(stage, other, event)
        await come(stage, one, event, going=False)
        await come(stage, other, event, going=False)
    assert [account for account, *_ in await notices(stage.sessions)] == [other.account] * 2


async def test_many_at_once_get_as_many_seats_as_there_are_and_a_line_without_gaps(stage: Stage) -> None:
    event = await an_event(stage.sessions, capacity=3)
    came = await asyncio.gather(*(come(stage, one, event) for one in await people(stage, 12)))
    assert sorted(came, key=str) == sorted([SEAT] * 3 + [("WAITING", one) for one in range(1, 10)], key=str)
    assert await going(stage.sessions, event) == 3


async def test_leaving_and_coming_at_once_leaves_no_seat_empty_while_somebody_waits(stage: Stage) -> None:
    event = await an_event(stage.sessions, capacity=4)
    everybody = await people(stage, 12)
    early, late = everybody[:6], everybody[6:]
    for one in early:
        await come(stage, one, event)
    leaving = [come(stage, one, event, going=False) for one in early[:3]]
    await asyncio.gather(*leaving, *(come(stage, one, event) for one in late))
    assert await going(stage.sessions, event) == 4
    waiting = await line(stage.sessions, event)
    assert len(waiting) == 12 - 3 - 4
    assert not {one.account for one in early} & set(waiting)


async def test_nobody_comes_to_what_is_over_cancelled_or_not_there(stage: Stage) -> None:
    kilo = await a_verified_producer(stage.sessions)
    over, off = await an_event(stage.sessions), await an_event(stage.sessions, cancelled_at=now())
    under_way = await an_event(stage.sessions)
    await set_times(stage.sessions, over, now() - timedelta(hours=2, minutes=1))
    await set_times(stage.sessions, under_way, now() - timedelta(hours=1))
    cases = [
        (over, "EVENT_OVER"),
        (off, "EVENT_CANCELLED"),
        (EventId(new_id("evn")), "NOT_FOUND"),
        (new_id("trk"), "WRONG_ID_TYPE"),
    ]
    async with stage.nothing_changes():
        for event, code in cases:
            for said in (True, False):
                refused = await stage.refusals(kilo, "rsvpToEvent", id=event, input={"going": said})
                assert (event, refused) == (event, [("id", code)])
    assert await come(stage, kilo, under_way) == SEAT


async def test_only_verified_producers_come_and_nothing_is_left_of_the_others(stage: Stage) -> None:
    event = await an_event(stage.sessions)
    others = [
        await a_producer(stage.sessions),
        await a_listener(stage.sessions),
        await staff(stage.sessions),
    ]
    async with stage.nothing_changes():
        for one in others:
            payload = await stage.mutate(one, "rsvpToEvent", id=event, input={"going": True})
            [error] = payload["errors"]
            told = error["__typename"], error["code"], error["requiredRole"]
            assert told == ("NotPermitted", "VERIFIED_PRODUCER_REQUIRED", "VERIFIED_PRODUCER")


async def take_badge(stage: Stage, who: Beatmaker) -> None:
    sam = await staff(stage.sessions)
    taken = {"role": "VERIFIED_PRODUCER", "granted": False, "reason": "Known."}
    assert (await stage.mutate(sam, "changeRole", id=who.account, input=taken))["errors"] == []


async def test_who_loses_the_badge_gives_all_seats_and_places_back(stage: Stage) -> None:
    full, open_one, waited_for = [await an_event(stage.sessions, capacity=one) for one in (1, None, 1)]
    leaver, other = await people(stage, 2)
    await come(stage, other, waited_for)
    for event in (full, open_one, waited_for):
        await come(stage, leaver, event)
    await come(stage, other, full)
    await take_badge(stage, leaver)
    assert await work(stage, JobKind.RELEASE_SEATS) == 1
    assert [await going(stage.sessions, one) for one in (full, open_one, waited_for)] == [1, 0, 1]
    assert await line(stage.sessions, waited_for) == []
    assert (other.account, "EVENT_UPDATE", "You have a seat: Studio night") in await notices(stage.sessions)
    before = await stage.tables()
    await add_job(stage, JobKind.RELEASE_SEATS, account=leaver.account)
    await work(stage, JobKind.RELEASE_SEATS)
    after = await stage.tables()
    assert {name: rows for name, rows in after.items() if name != "job"} == {
        name: rows for name, rows in before.items() if name != "job"
    }


async def test_who_has_the_badge_again_by_then_keeps_the_seats(stage: Stage) -> None:
    event, [kilo] = await an_event(stage.sessions), await people(stage, 1)
    await come(stage, kilo, event)
    await take_badge(stage, kilo)
    given = {"role": "VERIFIED_PRODUCER", "granted": True, "reason": "Known."}
    await stage.mutate(await staff(stage.sessions, "Sue"), "changeRole", id=kilo.account, input=given)
    await work(stage, JobKind.RELEASE_SEATS)
    assert await going(stage.sessions, event) == 1
    assert [one["state"] for one in await jobs_of(stage.sessions, JobKind.RELEASE_SEATS)] == [JobState.DONE]


async def test_one_event_is_not_asked_about_without_end(stage: Stage) -> None:
    event, [kilo, lima] = await an_event(stage.sessions), await people(stage, 2)
    for number in range(stage.settings.sign_in_attempts):
        await come(stage, kilo, event, going=number % 2 == 0)
    async with stage.nothing_changes():
        payload = await stage.mutate(kilo, "rsvpToEvent", id=event, input={"going": True})
        assert [error["code"] for error in payload["errors"]] == ["TOO_MANY_ATTEMPTS"]
    assert await come(stage, lima, event) == SEAT
