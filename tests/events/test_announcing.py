"""Staff announce events, move and cancel them; guests hear of it, and nobody loses a seat (D-72)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from api.events.telling import tell_guests
from db.clock import now
from db.ids import EventId, new_id
from db.jobs import LeaseLost
from db.models.events import Event
from db.vocabulary import JobKind, UploadPurpose
from tests.events.gathering import (
    add_job,
    an_event,
    come,
    going,
    jobs_of,
    line,
    notices,
    set_times,
    work,
)
from tests.factories import a_completed_upload, a_producer, a_verified_producer, staff
from tests.stage import Json, Stage

pytestmark = pytest.mark.anyio
FACTS = "event { id title markdown startsAt endsAt place capacity goingCount cancelledAt cover { url } viewerRsvp { status } }"
LIST = """query($first: Int, $after: String, $last: Int, $before: String) {
  events(first: $first, after: $after, last: $last, before: $before) {
    totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } nodes { id } } }"""


def at(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def in_days(days: int, hour: int = 18) -> datetime:
    return (now() + timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)


def an_announcement(**different: Any) -> Json:
    usual = {
        "title": "  Studio   night ",
        "markdown": "Bring a **beat**.\nAnd a friend.",
        "startsAt": at(in_days(10)),
        "endsAt": at(in_days(10, 20)),
        "place": "Riga, Studio 3",
        "capacity": 2,
    }
    return usual | different


async def edit(stage: Stage, event: str, **changes: Any) -> Json:
    sam = await staff(stage.sessions)
    payload: Json = await stage.mutate(sam, "updateEvent", FACTS, id=event, input=changes)
    return payload


async def edited(stage: Stage, event: str, **changes: Any) -> Json:
    payload = await edit(stage, event, **changes)
    assert payload["errors"] == []
    return dict(payload["event"])


async def refused(stage: Stage, event: str, **changes: Any) -> list[tuple[str, str]]:
    return [(".".join(one["path"]), one["code"]) for one in (await edit(stage, event, **changes))["errors"]]


async def stored(stage: Stage, event: str) -> Event:
    async with stage.sessions.reading() as session:
        return await session.get_one(Event, event)


async def test_an_event_is_announced_as_it_was_entered(stage: Stage) -> None:
    sam = await staff(stage.sessions)
    cover = await a_completed_upload(stage.sessions, sam, UploadPurpose.COVER_ART)
    entered = an_announcement(coverUploadId=cover)
    payload = await stage.mutate(sam, "createEvent", FACTS, input=entered)
    made = payload["event"]
    assert payload["errors"] == []
    assert made.pop("cover")["url"].startswith("https://api.beatpass.test/")
    assert (await stored(stage, made.pop("id"))).created_by == sam.account
    assert made == {
        "title": "Studio night",
        "markdown": "Bring a **beat**.\nAnd a friend.",
        "startsAt": entered["startsAt"].replace("Z", ".000Z"),
        "endsAt": entered["endsAt"].replace("Z", ".000Z"),
        "place": "Riga, Studio 3",
        "capacity": 2,
        "goingCount": 0,
        "cancelledAt": None,
        "viewerRsvp": None,
    }


async def test_staff_can_upload_the_cover(stage: Stage) -> None:
    sam = await staff(stage.sessions)
    file = {"purpose": "COVER_ART", "filename": "cover.png", "byteSize": 1000}
    assert (await stage.mutate(sam, "createUpload", "upload { purpose }", input=file))["errors"] == []


WRONG: list[tuple[Json, list[tuple[str, str]]]] = [
    ({"title": " "}, [("input.title", "REQUIRED")]),
    ({"title": "x" * 101, "place": "x" * 201}, [("input.title", "TOO_LONG"), ("input.place", "TOO_LONG")]),
    ({"markdown": "x" * 5001}, [("input.markdown", "TOO_LONG")]),
    ({"capacity": 0}, [("input.capacity", "OUT_OF_RANGE")]),
    ({"capacity": 100_001}, [("input.capacity", "OUT_OF_RANGE")]),
    ({"endsAt": at(in_days(10))}, [("input.endsAt", "OUT_OF_RANGE")]),
    ({"endsAt": at(in_days(25))}, [("input.endsAt", "OUT_OF_RANGE")]),
    ({"startsAt": at(in_days(-1)), "endsAt": at(in_days(1))}, [("input.startsAt", "OUT_OF_RANGE")]),
    ({"startsAt": at(in_days(800)), "endsAt": at(in_days(801))}, [("input.startsAt", "OUT_OF_RANGE")]),
    ({"coverUploadId": "upl_x"}, [("input.coverUploadId", "NOT_FOUND")]),
]


async def test_what_is_wrong_with_an_announcement_is_said_and_nothing_is_kept(stage: Stage) -> None:
    sam = await staff(stage.sessions)
    async with stage.nothing_changes():
        for wrong, problems in WRONG:
            came = await stage.refusals(sam, "createEvent", input=an_announcement(**wrong))
            assert (wrong, came) == (wrong, problems)


async def test_only_staff_announce_and_edit(stage: Stage) -> None:
    event, kilo = await an_event(stage.sessions), await a_verified_producer(stage.sessions)
    async with stage.nothing_changes():
        assert await stage.refusals(kilo, "createEvent", input=an_announcement()) == [("", "STAFF_REQUIRED")]
        assert await stage.refusals(kilo, "updateEvent", id=event, input={"cancelled": True}) == [
            ("", "STAFF_REQUIRED")
        ]


async def test_coming_events_are_listed_soonest_first_page_by_page_for_the_verified_and_staff(
    stage: Stage,
) -> None:
    kilo, sam = await a_verified_producer(stage.sessions), await staff(stage.sessions)
    made = [await an_event(stage.sessions, sam, starts_at=now() + timedelta(days=one)) for one in (3, 1, 2)]
    over, under_way = await an_event(stage.sessions, sam), await an_event(stage.sessions, sam)
    await set_times(stage.sessions, over, now() - timedelta(hours=3))
    await set_times(stage.sessions, under_way, now() - timedelta(hours=1))
    meant = [under_way, made[1], made[2], made[0]]
    for who in (kilo, sam):
        page = (await stage.ask(who, LIST))["events"]
        assert ([one["id"] for one in page["nodes"]], page["totalCount"]) == (meant, 4)
    first = (await stage.ask(kilo, LIST, first=3))["events"]
    rest = (await stage.ask(kilo, LIST, first=3, after=first["pageInfo"]["endCursor"]))["events"]
    back = (await stage.ask(kilo, LIST, last=2, before=rest["pageInfo"]["startCursor"]))["events"]
    assert [[one["id"] for one in page["nodes"]] for page in (first, rest, back)] == [
        meant[:3],
        meant[3:],
        meant[1:3],
    ]
    node = f'{{ node(id: "{under_way}") {{ id }} }}'
    for stranger in (await a_producer(stage.sessions), None):
        assert await stage.ask(stranger, LIST) == {"events": None}
        assert await stage.ask(stranger, node) == {"node": None}


async def test_another_time_or_place_is_told_to_guests_and_to_those_who_wait_once(stage: Stage) -> None:
    event = await an_event(stage.sessions, capacity=1, starts_at=in_days(5))
    kilo, lima, left = [await a_verified_producer(stage.sessions, one) for one in ("Kilo", "Lima", "Mike")]
    for who in (left, kilo, lima):
        await come(stage, who, event)
    await come(stage, left, event, going=False)
    before = len(await notices(stage.sessions))
    moved = {"startsAt": at(in_days(6)), "endsAt": at(in_days(6, 20)), "place": "Oslo"}
    sam = await staff(stage.sessions)
    assert await stage.refusals(sam, "updateEvent", id=event, input=moved) == []
    assert await work(stage, JobKind.TELL_GUESTS) == 1
    told = (await notices(stage.sessions))[before:]
    assert sorted(told) == sorted(
        (one.account, "EVENT_UPDATE", "Changed: Studio night") for one in (kilo, lima)
    )
    async with stage.nothing_changes():
        assert await stage.refusals(sam, "updateEvent", id=event, input=moved) == []
    await add_job(stage, JobKind.TELL_GUESTS, event=event, revision=1)
    assert await work(stage, JobKind.TELL_GUESTS) == 1
    assert len(await notices(stage.sessions)) == before + 2


async def test_words_and_seats_are_told_to_nobody(stage: Stage) -> None:
    event, kilo = await an_event(stage.sessions), await a_verified_producer(stage.sessions)
    await come(stage, kilo, event)
    await edited(stage, event, title="Beat night", markdown="Come.", capacity=5)
    assert await jobs_of(stage.sessions, JobKind.TELL_GUESTS) == []


async def test_of_two_changes_the_guests_hear_the_last(stage: Stage) -> None:
    event, kilo = await an_event(stage.sessions), await a_verified_producer(stage.sessions)
    await come(stage, kilo, event)
    await edited(stage, event, place="Oslo")
    await edited(stage, event, cancelled=True)
    assert await work(stage, JobKind.TELL_GUESTS) == 2
    assert await notices(stage.sessions) == [(kilo.account, "EVENT_UPDATE", "Cancelled: Studio night")]


async def test_a_cancelled_event_stays_cancelled_and_as_it_was(stage: Stage) -> None:
    event, kilo = await an_event(stage.sessions), await a_verified_producer(stage.sessions)
    await come(stage, kilo, event)
    sam = await staff(stage.sessions)
    cancelled = await stage.mutate(sam, "updateEvent", FACTS, id=event, input={"cancelled": True})
    assert (cancelled["event"]["goingCount"], cancelled["event"]["cancelledAt"] is None) == (1, False)
    async with stage.nothing_changes():
        again = await stage.mutate(sam, "updateEvent", FACTS, id=event, input={"cancelled": True})
        assert again == cancelled
        for changes in ({"cancelled": False}, {"title": "X"}, {"cancelled": True, "title": "X"}, {}):
            came = await stage.refusals(sam, "updateEvent", id=event, input=changes)
            assert (changes, came) == (changes, [("id", "EVENT_CANCELLED")])


async def test_an_event_that_is_over_or_not_there_is_not_edited(stage: Stage) -> None:
    event, sam = await an_event(stage.sessions), await staff(stage.sessions)
    await set_times(stage.sessions, event, now() - timedelta(hours=3))
    async with stage.nothing_changes():
        for one, code in (
            (event, "EVENT_OVER"),
            (new_id("evn"), "NOT_FOUND"),
            (new_id("trk"), "WRONG_ID_TYPE"),
        ):
            assert await stage.refusals(sam, "updateEvent", id=one, input={"title": "X"}) == [("id", code)]


async def test_more_seats_go_to_the_first_in_the_line_and_no_limit_to_all(stage: Stage) -> None:
    event = await an_event(stage.sessions, capacity=1)
    people = [await a_verified_producer(stage.sessions, f"P{one}") for one in range(6)]
    for who in people:
        await come(stage, who, event)
    await edited(stage, event, capacity=3)
    assert await line(stage.sessions, event) == [one.account for one in people[3:]]
    assert {account for account, *_ in await notices(stage.sessions)} == {one.account for one in people[1:3]}
    assert (await edited(stage, event, capacity=None))["goingCount"] == 6
    assert (await going(stage.sessions, event), await line(stage.sessions, event)) == (6, [])


async def test_fewer_seats_than_are_taken_are_refused(stage: Stage) -> None:
    event, sam = await an_event(stage.sessions), await staff(stage.sessions)
    for number in range(3):
        await come(stage, await a_verified_producer(stage.sessions, f"P{number}"), event)
    async with stage.nothing_changes():
        payload = await stage.mutate(sam, "updateEvent", id=event, input={"capacity": 2})
        [error] = payload["errors"]
        assert (error["path"], error["code"]) == (["input", "capacity"], "OUT_OF_RANGE")
        assert error["minimum"] == "3"
    assert (await edited(stage, event, capacity=3))["capacity"] == 3


async def test_a_cover_that_is_replaced_or_taken_away_goes_with_its_picture(stage: Stage) -> None:
    sam = await staff(stage.sessions)
    event = await an_event(stage.sessions, sam)
    for given in (True, True, False):
        upload = await a_completed_upload(stage.sessions, sam, UploadPurpose.COVER_ART) if given else None
        changes = {"coverUploadId": upload}
        payload = await stage.mutate(sam, "updateEvent", FACTS, id=event, input=changes)
        assert (payload["errors"], payload["event"]["cover"] is not None) == ([], given)
        assert len((await stage.tables())["picture"]) == int(given)


async def test_what_has_begun_can_be_prolonged_and_not_begin_again_in_the_past(stage: Stage) -> None:
    event = await an_event(stage.sessions)
    await set_times(stage.sessions, event, now() - timedelta(hours=1))
    await edited(stage, event, endsAt=at(now() + timedelta(hours=5)))
    earlier = at(now() - timedelta(hours=2))
    assert await refused(stage, event, startsAt=earlier) == [("input.startsAt", "OUT_OF_RANGE")]
    ended = at(now() - timedelta(minutes=5))
    assert await refused(stage, event, endsAt=ended) == [("input.endsAt", "OUT_OF_RANGE")]
    assert await refused(stage, event, endsAt=None, title=None) == [
        ("input.title", "REQUIRED"),
        ("input.endsAt", "REQUIRED"),
    ]


async def test_a_worker_that_loses_the_job_half_way_leaves_the_rest_to_the_next(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.events.telling._AT_ONCE", 2)
    event = EventId(await an_event(stage.sessions))
    for number in range(5):
        await come(stage, await a_verified_producer(stage.sessions, f"P{number}"), event)
    await edited(stage, event, place="Oslo")
    kept = list[int]()

    async def keep(session: AsyncSession) -> None:
        kept.append(1)
        if len(kept) == 2:
            raise LeaseLost(event)

    async def settle(session: AsyncSession) -> None:
        raise AssertionError("it is not over")

    with pytest.raises(LeaseLost):
        await tell_guests(stage.sessions, event, 1, keep=keep, settle=settle)
    assert len(await notices(stage.sessions)) == 2
    assert await work(stage, JobKind.TELL_GUESTS) == 1
    assert len({account for account, *_ in await notices(stage.sessions)}) == 5
    assert len(await notices(stage.sessions)) == 5
