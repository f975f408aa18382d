"""Measured facts as clients read them, and the warnings of whose track it is (D-19)."""

from typing import Any

import pytest

from db.ids import TrackId
from db.vocabulary import Scale, TrackStatus
from tests.factories import Beatmaker, a_listener, a_producer, a_track, an_analysis, staff, the_upload_of
from tests.stage import Json, Stage

pytestmark = pytest.mark.anyio

_READ = """query($id: ID!, $points: Int! = 200) { track(id: $id) { analysis { bpm bpmConfidence key scale keyConfidence
  loudnessLufs truePeakDb waveform(points: $points) warnings { field declared measured confidence message } } } }"""
_UPLOAD = (
    """query($id: ID!) { node(id: $id) { ... on Upload { analysis { bpm warnings { field measured } } } } }"""
)
_PAGE = "{ tracks(first: 20) { nodes { id analysis { waveform(points: 10) warnings { field } } } } }"


async def a_heard_track(stage: Stage, who: Beatmaker, **measured: Any) -> TrackId:
    track = await a_track(stage.sessions, who)
    await an_analysis(stage.sessions, await the_upload_of(stage.sessions, track), **measured)
    return track


async def warnings_seen(stage: Stage, who: Any, track: TrackId) -> list[Json]:
    shown: list[Json] = (await stage.ask(who, _READ, id=track))["track"]["analysis"]["warnings"]
    return shown


async def test_a_published_track_shows_what_was_measured_to_anybody(stage: Stage) -> None:
    track = await a_heard_track(stage, await a_producer(stage.sessions))
    shown = (await stage.ask(None, _READ, id=track, points=10))["track"]["analysis"]
    assert shown == {
        "bpm": 140.02,
        "bpmConfidence": 0.97,
        "key": "A_SHARP",
        "scale": "MINOR",
        "keyConfidence": 0.93,
        "loudnessLufs": -9.8,
        "truePeakDb": -0.4,
        "waveform": [199] * 10,
        "warnings": [],
    }


@pytest.mark.parametrize("status", [TrackStatus.PROCESSING, TrackStatus.DUPLICATE, TrackStatus.CHECK_FAILED])
async def test_before_publication_there_is_none(stage: Stage, status: TrackStatus) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova, status)
    upload = await the_upload_of(stage.sessions, track)
    await an_analysis(stage.sessions, upload)
    assert (await stage.ask(nova, _READ, id=track))["track"] == {"analysis": None}
    assert (await stage.ask(nova, _UPLOAD, id=upload))["node"]["analysis"]["bpm"] == 140.02


async def test_a_track_that_was_not_heard_yet_has_none(stage: Stage) -> None:
    track = await a_track(stage.sessions, await a_producer(stage.sessions))
    assert (await stage.ask(None, _READ, id=track))["track"] == {"analysis": None}


async def test_its_producer_alone_is_warned(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_heard_track(stage, nova, bpm=93.4, pitch_class=2, scale=Scale.MAJOR)
    key = "The audio sounds like D major; B♭ minor is declared."
    assert await warnings_seen(stage, nova, track) == [
        {
            "field": "bpm",
            "declared": "140",
            "measured": "93",
            "confidence": 0.97,
            "message": "The audio sounds like 93 BPM; 140 BPM is declared.",
        },
        {"field": "key", "declared": "A_SHARP", "measured": "D", "confidence": 0.93, "message": key},
        {"field": "scale", "declared": "MINOR", "measured": "MAJOR", "confidence": 0.93, "message": key},
    ]
    others = [
        await a_producer(stage.sessions, "Kilo"),
        await a_listener(stage.sessions),
        await staff(stage.sessions),
    ]
    for other in (None, *others):
        assert await warnings_seen(stage, other, track) == []


async def test_what_is_measured_can_be_passed_to_update_track_and_ends_the_warning(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_heard_track(stage, nova, bpm=93.4, pitch_class=2, scale=Scale.MAJOR)
    told = {one["field"]: one["measured"] for one in await warnings_seen(stage, nova, track)}
    told["bpm"] = int(told["bpm"])
    assert (await stage.mutate(nova, "updateTrack", id=track, input=told))["errors"] == []
    assert await warnings_seen(stage, nova, track) == []


async def test_the_declared_facts_stand(stage: Stage) -> None:
    track = await a_heard_track(stage, await a_producer(stage.sessions), bpm=93.4)
    shown = await stage.ask(None, "query($id: ID!) { track(id: $id) { bpm keyLabel } }", id=track)
    assert shown["track"] == {"bpm": 140, "keyLabel": "B♭ minor"}


async def test_an_upload_shows_its_owner_what_a_form_needs(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_heard_track(stage, nova, bpm=93.4)
    upload = await the_upload_of(stage.sessions, track)
    shown = await stage.ask(nova, _UPLOAD, id=upload)
    assert shown["node"]["analysis"] == {"bpm": 93.4, "warnings": [{"field": "bpm", "measured": "93"}]}
    assert (await stage.ask(await a_producer(stage.sessions, "Kilo"), _UPLOAD, id=upload))["node"] is None


@pytest.mark.parametrize("points", [-1, 0, 9, 2001, 100_000])
async def test_points_out_of_range_are_refused_by_name(stage: Stage, points: int) -> None:
    track = await a_heard_track(stage, await a_producer(stage.sessions))
    [error] = (await stage.answer(None, _READ, id=track, points=points)).errors
    assert error.extensions == {"code": "OUT_OF_RANGE", "argument": "points"}
    assert error.message == f"`points` is {points}; 10 to 2,000 are allowed."


async def test_a_page_reads_all_analyses_at_once(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    made = {await a_heard_track(stage, nova, bpm=93.4 if number % 2 else 140) for number in range(6)}
    nodes = (await stage.ask(nova, _PAGE))["tracks"]["nodes"]
    assert {node["id"] for node in nodes} == made
    assert sorted(len(node["analysis"]["warnings"]) for node in nodes) == [0, 0, 0, 1, 1, 1]
