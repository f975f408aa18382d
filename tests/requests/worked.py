"""Tracks and requests matched as workers do it, and what came of it."""

import random
from typing import Any, NamedTuple

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.requests import matching
from db.clock import now
from db.folding import folded
from db.ids import BeatRequestId, ProducerId, TrackId
from db.models.jobs import Job
from db.models.requests import BeatMatch, Submission
from db.queries import tracks
from db.session import Sessions
from db.vocabulary import GENRE_PARENTS, MOODS, JobKind, Scale, WantedLicence
from tests.factories import Beatmaker, Person, a_track, an_analysis, an_exclusive, the_upload_of
from tests.requests.wanted import a_request


class Row(NamedTuple):
    track_id: TrackId
    score: float
    told: bool


async def nothing(session: AsyncSession) -> None:
    """What a job does in a test that is about no job."""


async def match_track(sessions: Sessions, *some: TrackId) -> None:
    for track in some:
        await matching.match_track(sessions, track, keep=nothing, settle=nothing)
    await fill_places(sessions)


async def fill_places(sessions: Sessions) -> None:
    """Do the jobs that look for another track in the place of one."""
    async with sessions.writing() as session:
        waiting = list(await session.scalars(select(Job).where(col(Job.kind) == JobKind.MATCH_REQUEST)))
        places = [job for job in waiting if "producer" in job.payload]
        for job in places:
            await session.delete(job)
        payloads = [dict(job.payload) for job in places]
    for one in payloads:
        request, producer = BeatRequestId(one["request"]), ProducerId(one["producer"])
        await matching.match_request(sessions, request, of=producer, keep=nothing, settle=nothing)


async def match_request(sessions: Sessions, *some: BeatRequestId) -> None:
    for request in some:
        await matching.match_request(sessions, request, keep=nothing, settle=nothing)


async def a_wish(sessions: Sessions, of: Person, **different: Any) -> BeatRequestId:
    """A request whose genre is folded as the API does it."""
    genre = different.get("genre")
    return await a_request(sessions, of, genre_folded=folded(genre) if genre else None, **different)


async def a_matched_track(sessions: Sessions, of: Beatmaker, **different: Any) -> TrackId:
    track = await a_track(sessions, of, **different)
    await match_track(sessions, track)
    return track


async def a_sounding_track(sessions: Sessions, of: Beatmaker, sound: bytes, **different: Any) -> TrackId:
    """One whose sound was measured, and nothing that is sure."""
    track = await a_track(sessions, of, **different)
    unsure = {"bpm_confidence": 0.1, "key_confidence": 0.1, "sound": sound}
    await an_analysis(sessions, await the_upload_of(sessions, track), **unsure)
    await match_track(sessions, track)
    return track


async def answers_to(sessions: Sessions, request: BeatRequestId) -> dict[TrackId, float]:
    """Tracks that have rows, with their scores."""
    async with sessions.reading() as session:
        rows = select(col(BeatMatch.track_id), col(BeatMatch.score)).where(
            col(BeatMatch.request_id) == request
        )
        return {TrackId(track): round(score, 4) for track, score in await session.execute(rows)}


async def rows_of(sessions: Sessions, request: BeatRequestId) -> list[BeatMatch]:
    async with sessions.reading() as session:
        chosen = select(BeatMatch).where(col(BeatMatch.request_id) == request)
        return list(await session.scalars(chosen.order_by(col(BeatMatch.track_id))))


async def jobs_of(sessions: Sessions, kind: JobKind, **payload: str) -> int:
    """How many jobs of a kind there are whose payload is this."""
    async with sessions.reading() as session:
        every = await session.scalars(select(col(Job.payload)).where(col(Job.kind) == kind))
        return sum(one == payload for one in every)


async def an_offer(sessions: Sessions, request: BeatRequestId, track: TrackId, of: Beatmaker) -> None:
    offered = Submission(request_id=request, track_id=track, producer_id=of.producer)
    async with sessions.writing() as session:
        session.add(offered)


async def change(sessions: Sessions, track: TrackId, **columns: Any) -> None:
    """As an edit does, without the job."""
    async with sessions.writing() as session:
        await tracks.change_track(session, track, columns)


def some_track(chance: random.Random) -> dict[str, Any]:
    """Columns of a track like many."""
    genres = chance.sample([*list(GENRE_PARENTS)[:12], "Phonk"], chance.choice([1, 1, 2]))
    tags = chance.sample(
        ["808", "808s", "dark", "guitar", "acoustic guitar", "piano", "lofi", "drill"], chance.randint(0, 4)
    )
    sale = (
        an_exclusive(exclusive_price_minor=chance.randrange(1, 9) * 10_000) if chance.random() < 0.4 else {}
    )
    return {
        "genres": genres,
        "tags": tags,
        "moods": chance.sample(MOODS, chance.randint(0, 3)),
        "bpm": chance.choice([70, 72, 90, 95, 100, 140, 142, 146, 150, 180]),
        "pitch_class": chance.randrange(12),
        "scale": chance.choice(list(Scale)),
        **sale,
    }


def some_wish(chance: random.Random) -> dict[str, Any]:
    """Columns of a request that asks for some parts or other."""
    least = chance.choice([70, 90, 138, 140])
    parts: list[dict[str, Any]] = [
        {"genre": chance.choice([*list(GENRE_PARENTS)[:12], "phonk", "hip hop"])},
        {"bpm_min": least, "bpm_max": least + chance.choice([0, 4, 8])},
        {"pitch_class": chance.randrange(12), "scale": chance.choice(list(Scale))},
        {"moods": chance.sample(MOODS, chance.randint(1, 3))},
        {"tags": chance.sample(["808", "guitar", "piano", "dark", "lo-fi", "strings"], chance.randint(1, 3))},
        {"wanted_licence": WantedLicence.EXCLUSIVE, "budget_minor": 50_000, "budget_currency": "USD"},
    ]
    chosen = chance.sample(parts, chance.randint(1, 4))
    return {name: value for part in chosen for name, value in part.items()}


async def settle_telling(sessions: Sessions) -> None:
    """As if producers had been told of all that there is."""
    async with sessions.writing() as session:
        await session.execute(update(BeatMatch).values(told_at=now()))
