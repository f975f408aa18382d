"""D-16: whom a track credits, and taking one's own name off it."""

from typing import Any

import pytest

from db.ids import new_id
from db.vocabulary import TrackStatus
from tests.catalog.entering import an_entry, audio, create, created, errors_of
from tests.factories import (
    Beatmaker,
    a_listener,
    a_match,
    a_producer,
    a_scan,
    a_track,
    a_verified_producer,
    an_unowned_profile,
    staff,
)
from tests.stage import Json, Somebody, Stage

pytestmark = pytest.mark.anyio

CREDITS = "query($id: ID!) { track(id: $id) { credits { name } } }"
CREDITED = "query($id: ID!) { producer(by: {id: $id}) { creditedTracks { totalCount nodes { id } } } }"
RECON = """query($id: ID!, $match: ID!, $scan: ID!) { track(id: $id) { reconMatches { totalCount } }
  match: node(id: $match) { id } scan: reconScan(id: $scan) { id } reconMatches { totalCount } reconScans { totalCount } }"""


async def names(stage: Stage, track: str) -> list[str]:
    shown = (await stage.ask(None, CREDITS, id=track))["track"]["credits"]
    return [one["name"] for one in shown]


async def credited_on(stage: Stage, producer: str) -> list[str]:
    page = (await stage.ask(None, CREDITED, id=producer))["producer"]["creditedTracks"]
    assert page["totalCount"] == len(page["nodes"])
    return [node["id"] for node in page["nodes"]]


async def credit(stage: Stage, who: Somebody, track: str, *producers: str) -> list[tuple[str, str]]:
    changes = {"creditedProducerIds": list(producers)}
    return await stage.refusals(who, "updateTrack", id=track, input=changes)


async def leave(stage: Stage, who: Somebody | None, track: str) -> list[tuple[str, str]]:
    return await stage.refusals(who, "removeOwnCredit", trackId=track)


async def three(stage: Stage) -> tuple[Beatmaker, Beatmaker, Beatmaker]:
    nova, kilo, vera = [await a_producer(stage.sessions, name) for name in ("Nova", "Kilo", "Vera")]
    return nova, kilo, vera


async def test_the_uploader_is_first_and_the_others_stand_in_the_order_given(stage: Stage) -> None:
    nova, kilo, vera = await three(stage)
    track = await a_track(stage.sessions, nova)
    assert await credit(stage, nova, track, vera.producer, kilo.producer) == []
    assert await names(stage, track) == ["Nova", "Vera", "Kilo"]
    assert await credit(stage, nova, track, kilo.producer, nova.producer, vera.producer) == []
    assert await names(stage, track) == ["Nova", "Kilo", "Vera"]


@pytest.mark.parametrize("status", [TrackStatus.PUBLISHED, TrackStatus.PROCESSING, TrackStatus.HIDDEN])
async def test_who_leaves_the_list_is_credited_no_more_and_may_come_back(
    stage: Stage, status: TrackStatus
) -> None:
    nova, kilo, vera = await three(stage)
    track = await a_track(stage.sessions, nova, status, credited=[kilo])
    query = CREDITS
    for wanted, shown in (
        ([vera], ["Nova", "Vera"]),
        ([], ["Nova"]),
        ([kilo, vera], ["Nova", "Kilo", "Vera"]),
    ):
        assert await credit(stage, nova, track, *(one.producer for one in wanted)) == []
        credits = (await stage.ask(nova, query, id=track))["track"]["credits"]
        assert [one["name"] for one in credits] == shown


async def test_a_profile_that_nobody_owns_can_be_credited(stage: Stage) -> None:
    nova, echo = await a_producer(stage.sessions), await an_unowned_profile(stage.sessions)
    track = await created(stage, nova, creditedProducerIds=[echo])
    assert track["credits"] == [{"name": "Nova"}, {"name": "Echo Park"}]


async def test_nobody_is_credited_twice_and_all_that_is_wrong_is_told_at_once(stage: Stage) -> None:
    nova, kilo, vera = await three(stage)
    track = await a_track(stage.sessions, nova, credited=[vera])
    assert await leave(stage, vera, track) == []
    wrong = [kilo.producer, kilo.producer, vera.producer, "pro_x", track]
    codes = [
        ("input.creditedProducerIds.1", "REPEATED"),
        ("input.creditedProducerIds.3", "NOT_FOUND"),
        ("input.creditedProducerIds.4", "WRONG_ID_TYPE"),
    ]
    upload = await audio(stage, nova)
    async with stage.nothing_changes():
        told = await credit(stage, nova, track, *wrong)
        assert told == [*codes[:1], ("input.creditedProducerIds.2", "CREDIT_DECLINED"), *codes[1:]]
        assert errors_of(await create(stage, nova, an_entry(upload, creditedProducerIds=wrong))) == codes


async def test_a_producer_takes_the_own_name_off_for_good(stage: Stage) -> None:
    nova, kilo, vera = await three(stage)
    track = await a_track(stage.sessions, nova, credited=[kilo, vera])
    answer = await stage.mutate(kilo, "removeOwnCredit", "track { id credits { name } }", trackId=track)
    assert answer == {"track": {"id": track, "credits": [{"name": "Nova"}, {"name": "Vera"}]}, "errors": []}
    async with stage.nothing_changes():
        assert await leave(stage, kilo, track) == []
        changes = {"bpm": 70, "creditedProducerIds": [vera.producer, kilo.producer]}
        [error] = (await stage.mutate(nova, "updateTrack", id=track, input=changes))["errors"]
    assert (error["__typename"], error["code"]) == ("NotPermitted", "CREDIT_DECLINED")
    assert error["message"] == "Kilo has taken their name off this track."
    assert error["path"] == ["input", "creditedProducerIds", "1"]
    assert await credit(stage, nova, track, vera.producer) == []
    assert await names(stage, track) == ["Nova", "Vera"]


async def test_a_name_that_came_off_before_the_track_was_published_stays_off(stage: Stage) -> None:
    nova, kilo, vera = await three(stage)
    track = await a_track(stage.sessions, nova, TrackStatus.PROCESSING, credited=[kilo])
    assert await leave(stage, kilo, track) == []
    assert await credit(stage, nova, track, vera.producer) == []
    assert await credit(stage, nova, track) == []
    async with stage.nothing_changes():
        assert await credit(stage, nova, track, kilo.producer) == [
            ("input.creditedProducerIds.0", "CREDIT_DECLINED")
        ]


async def test_who_is_left_out_by_the_uploader_has_not_declined(stage: Stage) -> None:
    nova, kilo, _ = await three(stage)
    track = await a_track(stage.sessions, nova, credited=[kilo])
    assert await credit(stage, nova, track) == []
    async with stage.nothing_changes():
        assert await leave(stage, kilo, track) == [("trackId", "NOT_YOURS")]
    assert await credit(stage, nova, track, kilo.producer) == []
    assert await names(stage, track) == ["Nova", "Kilo"]


async def test_a_name_comes_off_a_sold_track_too(stage: Stage) -> None:
    nova, kilo, _ = await three(stage)
    track = await a_track(stage.sessions, nova, TrackStatus.SOLD, credited=[kilo])
    assert await leave(stage, kilo, track) == []
    assert await names(stage, track) == ["Nova"]


async def test_a_name_comes_off_a_track_that_its_owner_alone_sees(stage: Stage) -> None:
    nova, kilo, _ = await three(stage)
    hidden = await a_track(stage.sessions, nova, TrackStatus.HIDDEN, credited=[kilo])
    assert await leave(stage, kilo, hidden) == []
    names = await stage.ask(nova, "query($id: ID!) { track(id: $id) { credits { name } } }", id=hidden)
    assert names["track"]["credits"] == [{"name": "Nova"}]
    async with stage.nothing_changes():
        assert await leave(stage, kilo, hidden) == []


async def test_nobody_takes_off_what_is_not_theirs(stage: Stage) -> None:
    nova, kilo, vera = await three(stage)
    track = await a_track(stage.sessions, nova, credited=[kilo])
    hidden = await a_track(stage.sessions, nova, TrackStatus.HIDDEN, credited=[kilo])
    removed = await a_track(stage.sessions, nova, TrackStatus.REMOVED, credited=[kilo])
    sam, ari = await staff(stage.sessions), await a_listener(stage.sessions)
    refused: list[tuple[Somebody, Any, tuple[str, str]]] = [
        (nova, track, ("trackId", "OWN_TRACK")),
        (nova, hidden, ("trackId", "OWN_TRACK")),
        (vera, track, ("trackId", "NOT_YOURS")),
        (vera, hidden, ("trackId", "NOT_FOUND")),
        (kilo, removed, ("trackId", "NOT_FOUND")),
        (nova, removed, ("trackId", "NOT_FOUND")),
        (kilo, new_id("trk"), ("trackId", "NOT_FOUND")),
        (kilo, "x", ("trackId", "NOT_FOUND")),
        (kilo, "", ("trackId", "NOT_FOUND")),
        (kilo, nova.producer, ("trackId", "WRONG_ID_TYPE")),
        (sam, track, ("", "PRODUCER_REQUIRED")),
        (ari, track, ("", "PRODUCER_REQUIRED")),
    ]
    async with stage.nothing_changes():
        for who, given, told in refused:
            assert await leave(stage, who, given) == [told]
        answer = await stage.answer(None, 'mutation { removeOwnCredit(trackId: "x") { errors { code } } }')
    assert answer.codes == ["UNAUTHENTICATED"]


async def test_a_profile_lists_the_tracks_that_credit_it_now(stage: Stage) -> None:
    nova, kilo, vera = await three(stage)
    first, second = [await a_track(stage.sessions, nova, credited=[kilo, vera]) for _ in range(2)]
    assert await credited_on(stage, kilo.producer) == [second, first]
    await leave(stage, kilo, second)
    await credit(stage, nova, first, kilo.producer)
    assert await credited_on(stage, kilo.producer) == [first]
    assert await credited_on(stage, vera.producer) == [second]
    assert await credited_on(stage, nova.producer) == []


async def test_rights_to_matches_come_and_go_with_the_credit(stage: Stage) -> None:
    sessions = stage.sessions
    nova, vera = [await a_verified_producer(sessions, name) for name in ("Nova", "Vera")]
    track, other = await a_track(sessions, nova), await a_track(sessions, await a_producer(sessions))
    match = await a_match(sessions, track, other)
    scan = await a_scan(sessions, nova, track=track, matches=[match])

    async def sees(who: Beatmaker) -> Json:
        shown: Json = await stage.ask(who, RECON, id=track, match=match, scan=scan)
        return shown

    everything = {
        "track": {"reconMatches": {"totalCount": 1}},
        "match": {"id": match},
        "scan": {"id": scan},
        "reconMatches": {"totalCount": 1},
        "reconScans": {"totalCount": 1},
    }
    nothing = {
        "track": {"reconMatches": None},
        "match": None,
        "scan": None,
        "reconMatches": {"totalCount": 0},
        "reconScans": {"totalCount": 0},
    }
    assert await sees(vera) == nothing
    await credit(stage, nova, track, vera.producer)
    assert await sees(vera) == everything
    await leave(stage, vera, track)
    assert await sees(vera) == nothing
    assert await stage.refusals(vera, "triageReconMatch", id=match, input={"triage": "SEEN"}) == [
        ("id", "NOT_FOUND")
    ]
    assert await stage.refusals(vera, "startReconScan", input={"trackId": track}) == [
        ("input.trackId", "NOT_YOURS")
    ]
    assert await sees(nova) == everything


async def test_a_credit_that_ended_leaves_a_row_once_the_track_was_published(stage: Stage) -> None:
    nova, kilo, _ = await three(stage)
    rows: list[int] = []
    for status in (TrackStatus.PROCESSING, TrackStatus.PUBLISHED):
        track = await a_track(stage.sessions, nova, status, credited=[kilo])
        await credit(stage, nova, track)
        rows.append(len([row for row in (await stage.tables())["track_credit"] if track in row]))
    assert rows == [1, 2]
