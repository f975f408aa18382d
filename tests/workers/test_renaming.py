"""A producer's new name reaches the words that their tracks are found by."""

import pytest

from db.ids import JobId
from db.queries import indexing
from db.vocabulary import JobKind, JobState
from tests.factories import a_producer, a_track
from tests.producers.profiles import update
from tests.workers.studio import Studio
from workers.actors.profiles import index_tracks
from workers.transaction import perform

pytestmark = pytest.mark.anyio

SEARCH = "query($text: String!) { tracks(where: {search: $text}) { nodes { id } } }"


async def found(studio: Studio, text: str) -> set[str]:
    nodes = (await studio.stage.ask(None, SEARCH, text=text))["tracks"]["nodes"]
    return {node["id"] for node in nodes}


async def index(studio: Studio) -> None:
    """Have a worker do every such job that is to be had."""
    for job in await studio.jobs(JobKind.INDEX_TRACKS):
        await perform(studio.tools(), JobId(job.id), index_tracks)
    assert {job.state for job in await studio.jobs(JobKind.INDEX_TRACKS)} == {JobState.DONE}


async def test_tracks_are_found_by_the_new_name_of_their_producer_and_not_by_the_old(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In batches, each a transaction of its own; others' tracks stay."""
    monkeypatch.setattr(indexing.index_tracks_of, "__kwdefaults__", {"limit": 2})
    nova, kilo = [await a_producer(studio.stage.sessions, name) for name in ("Nova", "Kilo")]
    theirs = {await a_track(studio.stage.sessions, nova, artists=["X"]) for _ in range(5)}
    other = await a_track(studio.stage.sessions, kilo, artists=["X"])
    assert await found(studio, "nova") == theirs
    await update(studio.stage, nova, nova.producer, name="Zephyr")
    await index(studio)
    assert (await found(studio, "zephyr"), await found(studio, "nova")) == (theirs, set())
    assert await found(studio, "kilo") == {other}


async def test_a_name_that_comes_back_is_indexed_again(studio: Studio) -> None:
    nova = await a_producer(studio.stage.sessions, "Nova")
    track = await a_track(studio.stage.sessions, nova, artists=["X"])
    for name in ("Zephyr", "Nova", "Zephyr"):
        await update(studio.stage, nova, nova.producer, name=name)
        await index(studio)
    assert await found(studio, "zephyr") == {track}
