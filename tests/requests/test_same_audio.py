"""D-61: one recording is offered to a request once, by whomever."""

import asyncio
from typing import Any, Final

import pytest

from db.ids import BeatRequestId, TrackId
from db.vocabulary import MatchRelation
from tests.factories import Beatmaker, a_listener, a_match, a_producer, a_track
from tests.requests.offered import look, offer, offered, sound_like, submissions, why_not
from tests.requests.wanted import a_request
from tests.stage import Stage
from tests.tools.databases import on_sqlite

pytestmark = pytest.mark.anyio
REFUSED: Final = [("input.trackId", "DUPLICATE_AUDIO")]
ALIKE: Final = {"query_coverage": 0.8, "reference_coverage": 0.1}
MIRRORED: Final = {"query_coverage": 0.1, "reference_coverage": 0.8}


async def two_beats(stage: Stage) -> tuple[BeatRequestId, Beatmaker, TrackId, Beatmaker, TrackId]:
    """A request, and two producers with a beat each."""
    nova, kilo = await a_producer(stage.sessions, "Nova"), await a_producer(stage.sessions, "Kilo")
    request = await a_request(stage.sessions, await a_listener(stage.sessions))
    return request, nova, await a_track(stage.sessions, nova), kilo, await a_track(stage.sessions, kilo)


async def know(stage: Stage, one: TrackId, other: TrackId, **different: Any) -> None:
    """Both sides of a pair."""
    await a_match(stage.sessions, one, other, **(ALIKE | different))
    await a_match(stage.sessions, other, one, **(MIRRORED | different))


async def test_the_same_file_is_refused_and_nothing_of_the_other_offer_is_told(stage: Stage) -> None:
    request, nova, first, kilo, second = await two_beats(stage)
    await sound_like(stage.sessions, [first, second], sha256="a" * 64)
    await offered(stage, nova, request, first)
    async with stage.nothing_changes():
        [error] = (await offer(stage, kilo, request, second))["errors"]
    assert error == {
        "__typename": "WrongState",
        "path": ["input", "trackId"],
        "code": "DUPLICATE_AUDIO",
        "message": "The same recording has been offered to this request already.",
        "object": None,
    }
    other = await a_request(stage.sessions, await a_listener(stage.sessions))
    await offered(stage, kilo, other, second)


async def test_the_same_words_are_refused_but_not_of_two_that_are_too_short_to_be_heard(stage: Stage) -> None:
    request, nova, first, kilo, second = await two_beats(stage)
    await offered(stage, nova, request, first)
    heard: dict[str, Any] = {"model": "test", "words": b"\1\2\3\4"}
    await sound_like(stage.sessions, [first, second], **heard)
    assert await why_not(stage, kilo, request, second) == REFUSED
    await sound_like(stage.sessions, [second], model="another engine")
    await offered(stage, kilo, request, second)
    short = [await a_track(stage.sessions, who) for who in (nova, kilo)]
    await sound_like(stage.sessions, short, model="test", words=b"")
    await offered(stage, nova, request, short[0])
    await offered(stage, kilo, request, short[1])


@pytest.mark.parametrize("sides", [(ALIKE, MIRRORED), (MIRRORED, ALIKE)])
async def test_a_known_pair_is_refused_whichever_side_is_covered_and_also_when_it_was_cleared(
    stage: Stage, sides: tuple[dict[str, float], dict[str, float]]
) -> None:
    request, nova, first, kilo, second = await two_beats(stage)
    await a_match(stage.sessions, first, second, cleared=True, **sides[0])
    await a_match(stage.sessions, second, first, cleared=True, **sides[1])
    await offered(stage, nova, request, first)
    assert await why_not(stage, kilo, request, second) == REFUSED
    own = await a_track(stage.sessions, nova)
    await know(stage, first, own)
    assert await why_not(stage, nova, request, own) == REFUSED


@on_sqlite
async def test_what_shares_less_may_be_offered_beside_each_other(stage: Stage) -> None:
    request, nova, first, kilo, second = await two_beats(stage)
    third = await a_track(stage.sessions, kilo)
    less = {"query_coverage": 0.79, "reference_coverage": 0.79}
    await know(stage, first, second, **less)
    await know(stage, first, third, relation=MatchRelation.SHARED_MATERIAL)
    for who, track in ((nova, first), (kilo, second), (kilo, third)):
        await offered(stage, who, request, track)


@on_sqlite
@pytest.mark.parametrize("replaced", [0, 1])
async def test_a_pair_that_was_alike_before_one_got_new_audio_may_be_offered(
    stage: Stage, replaced: int
) -> None:
    request, nova, first, kilo, second = await two_beats(stage)
    sides = [(first, second, ALIKE), (second, first, MIRRORED)]
    own, other, measures = sides[1 - replaced]
    await a_match(stage.sessions, own, other, **measures)
    await offered(stage, nova, request, first)
    await offered(stage, kilo, request, second)


@on_sqlite
async def test_what_was_deleted_bars_nobody(stage: Stage) -> None:
    request, nova, first, kilo, second = await two_beats(stage)
    await sound_like(stage.sessions, [first, second], sha256="a" * 64)
    await know(stage, first, second)
    await offered(stage, nova, request, first)
    assert await why_not(stage, kilo, request, second) == REFUSED
    assert (await stage.mutate(nova, "deleteTrack", id=first))["errors"] == []
    await offered(stage, kilo, request, second)
    assert (await look(stage, kilo, request))["submissionCount"] == 2


@on_sqlite
async def test_what_was_hidden_since_still_bars(stage: Stage) -> None:
    request, nova, first, kilo, second = await two_beats(stage)
    await know(stage, first, second)
    await offered(stage, nova, request, first)
    await stage.mutate(nova, "setTrackVisibility", id=first, input={"visible": False})
    assert await why_not(stage, kilo, request, second) == REFUSED


async def test_of_one_recording_offered_twice_at_once_exactly_one_is_taken(stage: Stage) -> None:
    request, nova, first, kilo, second = await two_beats(stage)
    await know(stage, first, second, cleared=True)
    pairs = ((nova, first), (kilo, second))
    both = await asyncio.gather(*(offer(stage, who, request, track) for who, track in pairs))
    refused = [error["code"] for one in both for error in one["errors"]]
    assert refused == ["DUPLICATE_AUDIO"]
    assert len(await submissions(stage.sessions)) == 1
    assert (await look(stage, nova, request))["submissionCount"] == 1
