"""What has a track matched with the open requests, and a worker that does it (D-62)."""

from typing import Any

import pytest

from api.recon.duplicates import publish
from db.ids import JobId, TrackId
from db.queries import tracks
from db.vocabulary import JobKind, JobState, Role, TrackStatus
from tests.factories import a_listener, a_producer, a_track, a_verified_producer, staff
from tests.requests.worked import a_wish, answers_to
from tests.tools.databases import on_sqlite
from tests.workers.studio import Studio
from workers.actors.matching import match_request, match_track
from workers.transaction import perform

pytestmark = [pytest.mark.anyio, on_sqlite]
ACTORS = {JobKind.MATCH_TRACK: match_track, JobKind.MATCH_REQUEST: match_request}


async def waiting(studio: Studio, kind: JobKind = JobKind.MATCH_TRACK) -> list[dict[str, Any]]:
    return [job.payload for job in await studio.jobs(kind) if job.state is JobState.READY]


async def work(studio: Studio) -> None:
    """Have a worker do all that waits, also what comes of it."""
    for kind, actor in ACTORS.items():
        while jobs := [job for job in await studio.jobs(kind) if job.state is JobState.READY]:
            for job in jobs:
                await perform(studio.tools(), JobId(job.id), actor)


async def changed(studio: Studio, who: Any, mutation: str, object_id: str, **values: Any) -> None:
    given = {"input": values} if values else {}
    assert await studio.stage.refusals(who, mutation, id=object_id, **given) == []


async def test_a_track_that_is_published_is_matched(studio: Studio) -> None:
    kilo, artist = await a_verified_producer(studio.stage.sessions), await a_listener(studio.stage.sessions)
    request = await a_wish(studio.stage.sessions, artist, genre="Trap")
    track = await a_track(studio.stage.sessions, kilo, TrackStatus.PROCESSING)
    async with studio.stage.sessions.writing() as session:
        row = await tracks.track_for_change(session, track)
        assert row
        await publish(session, row)
    assert await waiting(studio) == [{"track": track}]
    await work(studio)
    assert await answers_to(studio.stage.sessions, request) == {track: 1.0}
    assert await waiting(studio, JobKind.TELL_MATCHES) == [{"request": request}]


@pytest.mark.parametrize(
    "edit", [{"bpm": 70}, {"key": "C"}, {"scale": "MAJOR"}, {"genres": ["Trap", "Drill"]}, {"moods": ["Dark"]}, {"tags": ["808"]}]
)  # fmt: skip
async def test_an_edit_of_what_requests_ask_for_has_the_track_matched_anew(
    studio: Studio, edit: dict[str, Any]
) -> None:
    nova = await a_producer(studio.stage.sessions)
    track = await a_track(studio.stage.sessions, nova)
    await changed(studio, nova, "updateTrack", track, title="Another", description="Text")
    assert await waiting(studio) == []
    await changed(studio, nova, "updateTrack", track, **edit)
    assert await waiting(studio) == [{"track": track}]


async def test_a_track_that_was_never_published_waits_for_that(studio: Studio) -> None:
    nova = await a_producer(studio.stage.sessions)
    track = await a_track(studio.stage.sessions, nova, TrackStatus.DUPLICATE)
    await changed(studio, nova, "updateTrack", track, bpm=70)
    assert await waiting(studio) == []


async def test_hiding_putting_back_and_deleting_have_a_track_matched_anew(studio: Studio) -> None:
    kilo, artist = await a_verified_producer(studio.stage.sessions), await a_listener(studio.stage.sessions)
    sessions = studio.stage.sessions
    request = await a_wish(sessions, artist, genre="Trap")
    track = await a_track(sessions, kilo)
    counts: list[int] = []
    for visible in (False, False, True, True):
        await changed(studio, kilo, "setTrackVisibility", track, visible=visible)
        counts.append(len(await studio.jobs(JobKind.MATCH_TRACK)))
        await work(studio)
    assert counts == [1, 1, 2, 2]
    assert await answers_to(sessions, request) == {track: 1.0}
    await changed(studio, kilo, "deleteTrack", track)
    await work(studio)
    assert await answers_to(sessions, request) == {}


async def test_who_gets_the_badge_has_all_tracks_matched(studio: Studio) -> None:
    sessions = studio.stage.sessions
    sam, nova, artist = await staff(sessions), await a_producer(sessions), await a_listener(sessions)
    request = await a_wish(sessions, artist, genre="Trap")
    own: set[TrackId] = {await a_track(sessions, nova) for _ in range(2)}
    await work(studio)
    assert await answers_to(sessions, request) == {}
    given = {"role": Role.VERIFIED_PRODUCER.value, "granted": True, "reason": "Known."}
    await changed(studio, sam, "changeRole", nova.account, **given)
    await work(studio)
    assert set(await answers_to(sessions, request)) == own
