"""D-44 with the real engine: a version that was no duplicate is named once the beat in it is sold."""

from typing import Any, Final

import pytest
from sqlalchemy import update
from sqlmodel import col

from db.ids import TrackId
from db.models.tracks import Track
from db.vocabulary import ExclusiveAvailability, JobKind, TrackStatus
from tests.factories import Person, a_producer, an_exclusive
from tests.workers.studio import Beats, Studio

pytestmark = pytest.mark.anyio
VERSIONS: Final = "query($id: ID!) { track(id: $id) { versionsToDelist { title } } }"


async def sell(studio: Studio, track: TrackId) -> None:
    """As if somebody had bought it."""
    sold = an_exclusive(exclusive_availability=ExclusiveAvailability.SOLD)
    async with studio.stage.sessions.writing() as session:
        chosen = update(Track).where(col(Track.id) == track)
        await session.execute(chosen.values(status=TrackStatus.SOLD, **sold))


async def versions(studio: Studio, who: Person, track: TrackId) -> Any:
    return (await studio.stage.ask(who, VERSIONS, id=track))["track"]["versionsToDelist"]


async def test_a_longer_version_of_a_sold_beat_is_named_to_its_producer(studio: Studio, beats: Beats) -> None:
    nova, kilo = [await a_producer(studio.stage.sessions, name) for name in ("Nova", "Kilo")]
    beat = await studio.published(nova, beats.first, title="Beat")
    longer = await studio.published(nova, beats.medley, title="Extended")
    await studio.published(nova, beats.other, title="Another")
    assert await versions(studio, nova, beat) is None
    await sell(studio, beat)
    assert await versions(studio, nova, beat) == [{"title": "Extended"}]
    assert await versions(studio, kilo, beat) is None
    await studio.stage.mutate(nova, "deleteTrack", id=longer)
    assert await versions(studio, nova, beat) == []


async def test_a_version_that_got_other_audio_is_none_any_more(studio: Studio, beats: Beats) -> None:
    nova = await a_producer(studio.stage.sessions, "Nova")
    beat = await studio.published(nova, beats.first, title="Beat")
    longer = await studio.published(nova, beats.medley, title="Extended")
    new = await studio.sent(nova, beats.other)
    await studio.stage.mutate(nova, "replaceTrackAudio", id=longer, input={"audioUploadId": new})
    await sell(studio, beat)
    assert await versions(studio, nova, beat) == [{"title": "Extended"}], "until the new audio has passed"
    await studio.work(JobKind.CHECK_REPLACEMENT, new)
    assert await versions(studio, nova, beat) == []
