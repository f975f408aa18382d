"""Matching that is cut off, or comes to its end after something else has changed: nothing is lost."""

from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.requests import matching
from api.requests.finding import tracks_for
from db.ids import BeatRequestId, TrackId
from db.models.analyses import AudioAnalysis
from db.models.jobs import Job
from db.models.requests import TrackTraits
from db.session import Sessions
from db.vocabulary import JobKind, TrackStatus
from tests.factories import a_listener, a_verified_producer
from tests.requests.worked import (
    a_matched_track,
    a_sounding_track,
    a_wish,
    answers_to,
    change,
    fill_places,
    jobs_of,
    match_request,
    match_track,
    nothing,
    settle_telling,
)
from tests.tools.databases import on_sqlite

pytestmark = [pytest.mark.anyio, on_sqlite]
TRAP: dict[str, Any] = {"genre": "Trap", "bpm_min": 138, "bpm_max": 146}


class Killed(Exception):  # noqa: N818 -- what happened
    """The worker was."""


async def kill(session: AsyncSession) -> None:
    raise Killed


async def cut_off(sessions: Sessions, track: TrackId) -> None:
    """Match a track, all but the end of its job."""
    with pytest.raises(Killed):
        await matching.match_track(sessions, track, keep=nothing, settle=kill)


async def forget_jobs(sessions: Sessions) -> None:
    async with sessions.writing() as session:
        await session.execute(delete(Job))


async def test_a_worker_that_dies_leaves_no_place_empty(sessions: Sessions) -> None:
    artist, kilo = await a_listener(sessions), await a_verified_producer(sessions)
    tracks = [await a_matched_track(sessions, kilo, bpm=bpm) for bpm in (142, 141, 140, 70)]
    request = await a_wish(sessions, artist, **TRAP)
    await match_request(sessions, request)
    await change(sessions, tracks[0], bpm=100)
    await cut_off(sessions, tracks[0])
    await match_track(sessions, tracks[0])
    assert set(await answers_to(sessions, request)) == set(tracks[1:])


async def test_a_worker_that_dies_has_requests_matched_all_the_same_whose_reference_sounds_otherwise(
    sessions: Sessions,
) -> None:
    artist, kilo = await a_listener(sessions), await a_verified_producer(sessions)
    reference = await a_sounding_track(sessions, kilo, bytes(range(16)))
    request = await a_wish(sessions, artist, reference_track_id=reference)
    async with sessions.writing() as session:
        await session.execute(update(AudioAnalysis).values(sound=bytes(range(1, 17))))
    await cut_off(sessions, reference)
    assert await jobs_of(sessions, JobKind.MATCH_REQUEST, request=request) == 1


async def test_a_row_that_was_not_told_of_is_told_of_when_its_track_comes_back(sessions: Sessions) -> None:
    artist, kilo = await a_listener(sessions), await a_verified_producer(sessions)
    track = await a_matched_track(sessions, kilo)
    request = await a_wish(sessions, artist, **TRAP)
    await match_request(sessions, request)
    await forget_jobs(sessions)
    await change(sessions, track, status=TrackStatus.HIDDEN)
    await match_track(sessions, track)
    assert await jobs_of(sessions, JobKind.TELL_MATCHES, request=request) == 0
    await change(sessions, track, status=TrackStatus.PUBLISHED)
    await match_track(sessions, track)
    assert await jobs_of(sessions, JobKind.TELL_MATCHES, request=request) == 1
    await settle_telling(sessions)
    await match_track(sessions, track)
    assert await jobs_of(sessions, JobKind.TELL_MATCHES, request=request) == 1


async def test_a_request_that_is_matched_again_has_told_what_was_not(sessions: Sessions) -> None:
    artist, kilo = await a_listener(sessions), await a_verified_producer(sessions)
    await a_matched_track(sessions, kilo)
    request = await a_wish(sessions, artist, **TRAP)
    await match_request(sessions, request)
    await forget_jobs(sessions)
    await match_request(sessions, request)
    assert await jobs_of(sessions, JobKind.TELL_MATCHES, request=request) == 1


async def test_a_track_that_goes_while_it_is_weighed_leaves_its_place_to_another(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    artist, kilo = await a_listener(sessions), await a_verified_producer(sessions)
    tracks = [await a_matched_track(sessions, kilo, bpm=bpm) for bpm in (142, 141, 140, 70)]
    request = await a_wish(sessions, artist, **TRAP)

    async def find(sessions: Sessions, request: BeatRequestId, **asked: Any) -> Any:
        found = await tracks_for(sessions, request, **asked)
        await change(sessions, tracks[0], status=TrackStatus.HIDDEN)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(matching, "tracks_for", find)
        await match_request(sessions, request)
    await fill_places(sessions)
    assert set(await answers_to(sessions, request)) == set(tracks[1:])


async def test_tracks_from_before_the_matching_are_matched_once_each(sessions: Sessions) -> None:
    kilo = await a_verified_producer(sessions)
    tracks = [await a_matched_track(sessions, kilo) for _ in range(2)]
    async with sessions.writing() as session:
        await session.execute(delete(Job))
        await session.execute(delete(TrackTraits))
    for _ in range(2):
        await matching.have_missing_matched(sessions)
    async with sessions.reading() as session:
        keys = await session.scalars(select(col(Job.key)).where(col(Job.kind) == JobKind.MATCH_TRACK))
        assert sorted(keys) == sorted(f"MATCH_TRACK:{track}:v1" for track in tracks)
