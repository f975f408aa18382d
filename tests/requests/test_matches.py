"""Which tracks answer which requests, as a producer, a requester and everybody else see it (D-62)."""

import asyncio
from contextlib import aclosing
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col

from api.requests.matching import matches_topic
from db.clock import now
from db.ids import BeatRequestId, TrackId
from db.models.accounts import RoleGrant
from db.models.requests import BeatRequest, Submission
from db.models.tracks import Track
from db.session import announce
from db.vocabulary import BeatRequestStatus, Role, TrackStatus
from tests.factories import Beatmaker, Person, a_listener, a_producer, a_track, a_verified_producer, staff
from tests.requests.matched import a_match
from tests.requests.wanted import a_request
from tests.stage import Json, Stage

pytestmark = pytest.mark.anyio
FOR_ME = """query($first: Int, $after: String, $where: BeatMatchWhere) {
  matchesForMe(first: $first, after: $after, where: $where) {
    totalCount pageInfo { hasNextPage endCursor }
    nodes { id score submitted request { id } track { id } reasons { part score weight text } } } }"""
SUGGESTED = """query($request: ID!) {
  suggestedTracks(requestId: $request) { totalCount nodes { id score track { id } } } }"""
NODE = "query($id: ID!) { node(id: $id) { ... on BeatMatch { id request { id } track { id } } } }"
LIVE = "subscription { beatRequestMatched { id } }"


async def for_me(stage: Stage, who: Person | None, **asked: Any) -> Json | None:
    found: Json | None = (await stage.ask(who, FOR_ME, **asked))["matchesForMe"]
    return found


async def ids_for_me(stage: Stage, who: Person) -> list[str]:
    found = await for_me(stage, who)
    assert found
    assert found["totalCount"] == len(found["nodes"])
    return [node["id"] for node in found["nodes"]]


async def suggested(stage: Stage, who: Person | None, request: BeatRequestId) -> list[str] | None:
    found = (await stage.ask(who, SUGGESTED, request=request))["suggestedTracks"]
    if found is None:
        return None
    assert found["totalCount"] == len(found["nodes"])
    return [node["track"]["id"] for node in found["nodes"]]


async def set_request(stage: Stage, request: BeatRequestId, **values: Any) -> None:
    async with stage.sessions.writing() as session:
        await session.execute(update(BeatRequest).where(col(BeatRequest.id) == request).values(**values))


async def set_track(stage: Stage, track: TrackId, status: TrackStatus) -> None:
    async with stage.sessions.writing() as session:
        await session.execute(update(Track).where(col(Track.id) == track).values(status=status))


async def take_badge(stage: Stage, of: Beatmaker) -> None:
    async with stage.sessions.writing() as session:
        held = col(RoleGrant.account_id) == of.account, col(RoleGrant.role) == Role.VERIFIED_PRODUCER
        await session.execute(update(RoleGrant).where(*held).values(withdrawn_at=now()))


async def test_a_verified_producer_sees_the_open_requests_that_own_tracks_answer_best_first(
    stage: Stage,
) -> None:
    kilo, ari = await a_verified_producer(stage.sessions), await a_listener(stage.sessions)
    first = await a_request(stage.sessions, ari)
    second = await a_request(stage.sessions, ari, bpm_min=138, bpm_max=146, genre="Drill")
    beat, other = await a_track(stage.sessions, kilo), await a_track(stage.sessions, kilo)
    good = await a_match(stage.sessions, first, beat, score=0.75)
    best = await a_match(stage.sessions, second, beat, score=0.9)
    fair = await a_match(stage.sessions, second, other, score=0.7)
    async with stage.sessions.writing() as session:
        session.add(Submission(request_id=second, track_id=other, producer_id=kilo.producer))
    page = await for_me(stage, kilo, first=2)
    assert page
    assert page["totalCount"] == 3
    assert [node["id"] for node in page["nodes"]] == [best, good]
    assert page["nodes"][0] == {
        "id": best,
        "score": 0.9,
        "submitted": False,
        "request": {"id": second},
        "track": {"id": beat},
        "reasons": [
            {"part": "GENRE", "score": 0.0, "weight": 0.5455, "text": "Not Drill"},
            {"part": "BPM", "score": 1.0, "weight": 0.4545, "text": "BPM 140 is inside 138\N{EN DASH}146"},
        ],
    }
    rest = await for_me(stage, kilo, first=2, after=page["pageInfo"]["endCursor"])
    assert rest
    assert [(node["id"], node["submitted"]) for node in rest["nodes"]] == [(fair, True)]
    narrowed = await for_me(stage, kilo, where={"requestId": {"eq": first}})
    assert narrowed
    assert [node["id"] for node in narrowed["nodes"]] == [good]


async def test_matches_are_for_verified_producers_and_for_each_only_own_ones(stage: Stage) -> None:
    kilo, vera = await a_verified_producer(stage.sessions), await a_verified_producer(stage.sessions, "Vera")
    nova, ari = await a_producer(stage.sessions), await a_listener(stage.sessions)
    match = await a_match(
        stage.sessions, await a_request(stage.sessions, ari), await a_track(stage.sessions, kilo)
    )
    assert [await for_me(stage, who) for who in (None, ari, nova, await staff(stage.sessions))] == [None] * 4
    assert await ids_for_me(stage, vera) == []
    assert await ids_for_me(stage, kilo) == [match]
    await take_badge(stage, kilo)
    assert await for_me(stage, kilo) is None


async def test_a_match_is_there_while_its_request_is_open_and_its_track_published(stage: Stage) -> None:
    kilo, ari = await a_verified_producer(stage.sessions), await a_listener(stage.sessions)
    request, track = await a_request(stage.sessions, ari), await a_track(stage.sessions, kilo)
    match = await a_match(stage.sessions, request, track)
    await set_track(stage, track, TrackStatus.HIDDEN)
    assert (await ids_for_me(stage, kilo), await suggested(stage, ari, request)) == ([], [])
    await set_track(stage, track, TrackStatus.PUBLISHED)
    assert (await ids_for_me(stage, kilo), await suggested(stage, ari, request)) == ([match], [track])
    await set_request(stage, request, expires_at=now() - timedelta(seconds=1))
    assert (await ids_for_me(stage, kilo), await suggested(stage, ari, request)) == ([], [track])
    await set_request(stage, request, status=BeatRequestStatus.EXPIRED)
    assert await ids_for_me(stage, kilo) == []
    assert (await stage.ask(kilo, NODE, id=match))["node"]["request"] == {"id": request}
    await set_request(stage, request, status=BeatRequestStatus.DELETED)
    assert (await stage.ask(kilo, NODE, id=match))["node"] is None
    assert (await stage.ask(ari, NODE, id=match))["node"]["id"] == match


async def test_suggestions_are_for_the_requester_and_staff_and_of_verified_producers(stage: Stage) -> None:
    kilo, ari, lee = (
        await a_verified_producer(stage.sessions),
        await a_listener(stage.sessions),
        await a_listener(stage.sessions, "Lee"),
    )
    request = await a_request(stage.sessions, ari)
    good, best = await a_track(stage.sessions, kilo), await a_track(stage.sessions, kilo)
    await a_match(stage.sessions, request, good, score=0.7)
    await a_match(stage.sessions, request, best, score=0.9)
    assert await suggested(stage, ari, request) == [best, good]
    assert await suggested(stage, await staff(stage.sessions), request) == [best, good]
    assert [await suggested(stage, who, request) for who in (None, lee, kilo)] == [None] * 3
    assert await suggested(stage, ari, BeatRequestId("brq_01k9000000000000000000000z")) is None
    await take_badge(stage, kilo)
    assert await suggested(stage, ari, request) == []


async def test_ids_and_cursors_of_something_else_are_refused(stage: Stage) -> None:
    kilo = await a_verified_producer(stage.sessions)
    assert await stage.fault(kilo, SUGGESTED, request=kilo.account) == "WRONG_ID_TYPE"
    assert await stage.fault(kilo, FOR_ME, where={"requestId": {"eq": "trk_" + "0" * 26}}) == "WRONG_ID_TYPE"
    assert await stage.fault(kilo, FOR_ME, after="WyJ0cmFja3MiLDFd") == "BAD_CURSOR"


async def a_new_match(stage: Stage, kilo: Beatmaker, request: BeatRequestId) -> str:
    match = await a_match(stage.sessions, request, await a_track(stage.sessions, kilo))
    async with stage.sessions.writing() as session:
        announce(session, matches_topic(kilo.account))
    return match


async def test_new_matches_are_heard_of_live_by_their_producer_while_verified(stage: Stage) -> None:
    kilo, ari = await a_verified_producer(stage.sessions), await a_listener(stage.sessions)
    request = await a_request(stage.sessions, ari)
    before = await a_new_match(stage, kilo, request)
    async with aclosing(stage.watch(kilo, LIVE)) as answers:
        heard, made = asyncio.ensure_future(anext(answers)), list[str]()
        while not heard.done():  # what comes before the stream listens is not news
            made.append(await a_new_match(stage, kilo, request))
            await asyncio.wait({heard}, timeout=0.2)
        told = heard.result().data["beatRequestMatched"]["id"]
        assert (told in made, told != before) == (True, True)
        await take_badge(stage, kilo)
        await a_new_match(stage, kilo, request)
        assert (await anext(answers)).codes == ["FORBIDDEN"]
    for nobody in (kilo, ari):
        async with aclosing(stage.watch(nobody, LIVE)) as answers:
            [error] = (await anext(answers)).errors
            assert error.message == "Only verified producers hear of matches."
            assert error.extensions == {"code": "FORBIDDEN"}
