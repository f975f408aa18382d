"""Listeners, and time that goes by for them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlmodel import col

from db.ids import TrackId
from db.models.jobs import Job
from db.models.plays import CreditedPlays, Listening, Play, PlayQuarter, PlayTotal, TrackPlays
from db.queries import plays as queries
from db.queries.plays import Counts
from db.vocabulary import JobKind
from tests.factories import Beatmaker, Person
from tests.stage import Json, Stage
from workers.actors.plays import give_play_xp, rank_plays, tell_milestone
from workers.transaction import Actor

PLAY = "play { id listenedMs counted streamUrl streamUrlExpiresAt track { id } }"
ACTORS: dict[JobKind, Actor] = {one.kind: one for one in (give_play_xp, rank_plays, tell_milestone)}


async def opened(stage: Stage, who: Person, track: TrackId) -> str:
    """A play's id."""
    return str((await opening(stage, who, track))["id"])


async def opening(stage: Stage, who: Person, track: TrackId) -> Json:
    """The whole play."""
    payload = await stage.mutate(who, "startPlay", PLAY, trackId=track)
    assert payload["errors"] == []
    play: Json = payload["play"]
    return play


async def reported(stage: Stage, who: Person, play: str, ms: int) -> tuple[int, bool]:
    """What is believed, and whether it counts."""
    payload = await stage.mutate(who, "reportPlay", PLAY, id=play, listenedMs=ms)
    assert payload["errors"] == []
    return payload["play"]["listenedMs"], payload["play"]["counted"]


async def pass_time(stage: Stage, seconds: float) -> None:
    """All that was opened was opened so much earlier."""
    async with stage.sessions.writing() as session:
        rows = (await session.execute(select(col(Play.id), col(Play.started_at)))).all()
        for play, started_at in rows:
            earlier = started_at - timedelta(seconds=seconds)
            await session.execute(update(Play).where(col(Play.id) == play).values(started_at=earlier))


async def heard(stage: Stage, who: Person, track: TrackId, *, seconds: int = 30) -> bool:
    """Somebody hears so much of a track; whether that counts."""
    play = await opened(stage, who, track)
    await pass_time(stage, seconds)
    _, counted = await reported(stage, who, play, seconds * 1000)
    return counted


def set_clock(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    """What opening and reporting take for now."""
    for module in ("opening", "reporting"):
        monkeypatch.setattr(f"api.plays.{module}.now", lambda: moment)


async def sums(stage: Stage) -> dict[str, list[tuple[Any, ...]]]:
    """All sums that are kept, without their keys' days where there is one day."""
    tables: dict[str, Sequence[Any]] = {
        "listening": (Listening.track_id, Listening.plays, Listening.counted),
        "track_plays": (TrackPlays.track_id, TrackPlays.plays, TrackPlays.counted),
        "total": (PlayTotal.track_id, PlayTotal.plays, PlayTotal.counted),
        "credited": (CreditedPlays.producer_id, CreditedPlays.track_id, CreditedPlays.counted),
        "quarter": (PlayQuarter.producer_id, PlayQuarter.plays, PlayQuarter.counted),
    }
    async with stage.sessions.reading() as session:
        return {
            name: sorted(tuple(row) for row in await session.execute(select(*columns)))
            for name, columns in tables.items()
        }


async def counts(stage: Stage, track: TrackId) -> tuple[int, int]:
    """Plays of a track, and counted ones, by its days."""
    async with stage.sessions.reading() as session:
        columns = func.sum(col(TrackPlays.plays)), func.sum(col(TrackPlays.counted))
        found = await session.execute(select(*columns).where(col(TrackPlays.track_id) == track))
        plays, counted = found.one()
    return int(plays or 0), int(counted or 0)


async def days_of(stage: Stage, track: TrackId) -> list[tuple[date, int, int]]:
    async with stage.sessions.reading() as session:
        columns = col(TrackPlays.day), col(TrackPlays.plays), col(TrackPlays.counted)
        chosen = select(*columns).where(col(TrackPlays.track_id) == track).order_by(col(TrackPlays.day))
        return [(day, plays, counted) for day, plays, counted in await session.execute(chosen)]


async def a_past_day(
    stage: Stage, of: Beatmaker, track: TrackId, day: date, counted: int, *, plays: int | None = None
) -> None:
    """As if so much had been heard on a day at noon, by nobody in particular, of a track that credits somebody."""
    noon = datetime.combine(day, time(12), UTC)
    sums = Counts(counted if plays is None else plays, counted)
    async with stage.sessions.writing() as session:
        await queries.add_track_plays(session, {(track, day): sums})
        await queries.add_credited(session, {(of.producer, day, track): counted})
        await queries.add_quarters(session, {(of.producer, noon): sums})


async def jobs_of(stage: Stage, kind: JobKind) -> list[Json]:
    async with stage.sessions.reading() as session:
        chosen = select(col(Job.payload)).where(col(Job.kind) == kind).order_by(col(Job.key))
        return list(await session.scalars(chosen))
