"""A beat request that staff hide takes its calls and tokens along, and gives both back (D-60, D-83)."""

from datetime import timedelta

import pytest

from db.clock import now
from db.ids import BeatRequestId
from db.vocabulary import BeatRequestStatus, JobKind
from tests.factories import Person, a_listener, a_track, a_verified_producer, staff
from tests.moderation.desk import moderate
from tests.requests.asking import change, delete, jobs_of, posted, remaining
from tests.requests.matched import a_match
from tests.requests.test_telling import tell
from tests.requests.wanted import a_request
from tests.stage import Stage

pytestmark = pytest.mark.anyio
CALLS = "{ me { unreadNotificationCount notifications { nodes { title } } } }"


async def calls(stage: Stage, who: Person) -> tuple[int, list[str]]:
    """How many are unread, and the titles of all."""
    found = (await stage.ask(who, CALLS))["me"]
    return found["unreadNotificationCount"], [one["title"] for one in found["notifications"]["nodes"]]


async def rows_of_calls(stage: Stage) -> list[str]:
    return [row for row in (await stage.tables())["notification"] if "'MATCHING_REQUEST'" in row]


async def called(stage: Stage, request: BeatRequestId, *producers: Person) -> None:
    await tell(stage, request)
    for who in producers:
        assert len((await calls(stage, who))[1]) == 1


async def test_calls_are_there_again_with_the_request_where_they_were_before(stage: Stage) -> None:
    ari, sam = await a_listener(stage.sessions), await staff(stage.sessions)
    nova, kilo = [await a_verified_producer(stage.sessions, name) for name in ("Nova", "Kilo")]
    request = await a_request(stage.sessions, ari)
    for producer in (nova, kilo):
        await a_match(stage.sessions, request, await a_track(stage.sessions, producer))
    off = {"preferences": [{"kind": "MATCHING_REQUEST", "channel": "LIVE", "enabled": False}]}
    assert await stage.refusals(kilo, "updateNotificationPreferences", input=off) == []
    await called(stage, request, nova, kilo)
    before = await rows_of_calls(stage)
    assert await moderate(stage, sam, request, "HIDE") == []
    assert (await calls(stage, nova), await calls(stage, kilo)) == ((0, []), (0, []))
    assert await moderate(stage, sam, request, "RESTORE") == []
    assert await rows_of_calls(stage) == before
    assert (len((await calls(stage, nova))[1]), (await calls(stage, nova))[0]) == (1, 1)


async def test_calls_stay_away_while_anything_keeps_the_request_back(stage: Stage) -> None:
    ari, sam = await a_listener(stage.sessions), await staff(stage.sessions)
    nova = await a_verified_producer(stage.sessions, "Nova")
    request = await a_request(stage.sessions, ari)
    await a_match(stage.sessions, request, await a_track(stage.sessions, nova))
    await called(stage, request, nova)
    why = {"reason": "It insults."}
    assert await moderate(stage, sam, request, "HIDE") == []
    assert await stage.refusals(sam, "suspendAccount", id=ari.account, input=why) == []
    assert await moderate(stage, sam, request, "RESTORE") == []
    assert await calls(stage, nova) == (0, [])
    assert await stage.refusals(sam, "reinstateAccount", id=ari.account, input=why) == []
    assert (await calls(stage, nova))[0] == 1


async def test_calls_of_a_hidden_request_that_is_deleted_never_come_back(stage: Stage) -> None:
    ari, sam = await a_listener(stage.sessions), await staff(stage.sessions)
    nova = await a_verified_producer(stage.sessions, "Nova")
    request = await a_request(stage.sessions, ari)
    await a_match(stage.sessions, request, await a_track(stage.sessions, nova))
    await called(stage, request, nova)
    assert await moderate(stage, sam, request, "HIDE") == []
    await delete(stage, ari, request)
    assert await moderate(stage, sam, request, "RESTORE") == [("id", "NOT_FOUND")]
    assert await calls(stage, nova) == (0, [])


async def test_deleting_a_hidden_request_gives_its_tokens_back_and_removing_it_does_not(stage: Stage) -> None:
    ari, bea = await a_listener(stage.sessions), await a_listener(stage.sessions, "Bea")
    sam = await staff(stage.sessions)
    own, removed = (await posted(stage, ari))["id"], (await posted(stage, bea))["id"]
    assert (await remaining(stage, ari), await remaining(stage, bea)) == (0, 0)
    for request in (own, removed):
        assert await moderate(stage, sam, request, "HIDE") == []
    assert await moderate(stage, sam, removed, "REMOVE") == []
    for who, request in ((ari, own), (bea, removed), (ari, own)):
        await delete(stage, who, request)
    assert (await remaining(stage, ari), await remaining(stage, bea)) == (1, 0)


async def test_a_hidden_request_that_is_over_meanwhile_gives_nothing_back(stage: Stage) -> None:
    ari, sam = await a_listener(stage.sessions), await staff(stage.sessions)
    request = (await posted(stage, ari))["id"]
    assert await moderate(stage, sam, request, "HIDE") == []
    ended = now() - timedelta(hours=1)
    await change(stage.sessions, request, opened_at=ended - timedelta(hours=24), expires_at=ended)
    assert (await delete(stage, ari, request))["tokens"]["remaining"] == 0


async def test_an_open_request_that_comes_back_is_matched_again(stage: Stage) -> None:
    """What was published meanwhile was not held against it; one that was over is left alone."""
    ari, sam = await a_listener(stage.sessions), await staff(stage.sessions)
    over = await a_request(stage.sessions, ari, status=BeatRequestStatus.EXPIRED)
    for request in (await a_request(stage.sessions, ari), over):
        assert await moderate(stage, sam, request, "HIDE") == []
        assert await moderate(stage, sam, request, "RESTORE") == []
    assert [job.payload["request"] for job in await jobs_of(stage.sessions, JobKind.MATCH_REQUEST)] != [over]
    assert len(await jobs_of(stage.sessions, JobKind.MATCH_REQUEST)) == 1


async def test_a_profile_that_comes_back_has_its_tracks_matched_once(stage: Stage) -> None:
    """Requests were weighed without them."""
    nova, sam = await a_verified_producer(stage.sessions, "Nova"), await staff(stage.sessions)
    before = len(await jobs_of(stage.sessions, JobKind.MATCH_TRACK))
    assert await moderate(stage, sam, nova.producer, "HIDE") == []
    assert len(await jobs_of(stage.sessions, JobKind.MATCH_TRACK)) == before
    assert await moderate(stage, sam, nova.producer, "RESTORE") == []
    jobs = (await jobs_of(stage.sessions, JobKind.MATCH_TRACK))[before:]
    assert [job.payload["account"] for job in jobs] == [nova.account]
