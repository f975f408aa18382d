"""Several of staff, a producer and workers at once: what comes of it is as if they had taken turns (D-83)."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlmodel import col

from api.moderation.subjects import subject_held
from api.moderation.withholding import let_go, withhold
from api.recon.duplicates import publish
from db.ids import AuditEntryId, TrackId
from db.models.moderation import Suspension
from db.models.payouts import PayoutHold
from db.models.tracks import Track
from db.queries.profiles import profile_for_change
from db.queries.tracks import track_for_change
from db.vocabulary import TrackStatus, WithholdingCause
from tests.factories import Beatmaker, a_track, a_verified_producer, staff
from tests.moderation.desk import entries, moderate
from tests.stage import Somebody, Stage
from tests.takedowns.office import a_takedown, decide
from tests.tools.databases import on_postgres

pytestmark = pytest.mark.anyio
_ROUNDS = 4
WITHHELD = (TrackStatus.HIDDEN, TrackStatus.PUBLISHED)
FREE = (TrackStatus.PUBLISHED, None)


async def act(stage: Stage, who: Somebody, name: str, nova: Beatmaker) -> list[tuple[str, str]]:
    return await stage.refusals(who, name, id=nova.account, input={"reason": "We look."})


async def states(stage: Stage) -> dict[str, tuple[TrackStatus, TrackStatus | None]]:
    async with stage.sessions.reading() as session:
        return {row.id: (row.status, row.withheld_as) for row in await session.scalars(select(Track))}


async def in_force(stage: Stage) -> tuple[int, int]:
    """Suspensions and holds."""
    async with stage.sessions.reading() as session:
        suspended = await session.scalars(select(Suspension).where(col(Suspension.lifted_at).is_(None)))
        held = await session.scalars(select(PayoutHold).where(col(PayoutHold.released_at).is_(None)))
        return len(list(suspended)), len(list(held))


async def publish_(stage: Stage, track: TrackId) -> None:
    """The end of a check: it holds the track, and then the profiles that it gives experience to."""
    async with stage.sessions.writing() as session:
        row = await track_for_change(session, track)
        assert row
        await publish(session, row)


async def test_two_of_staff_suspend_and_let_go_while_others_decide_about_tracks(stage: Stage) -> None:
    sam, tina = await staff(stage.sessions), await staff(stage.sessions, "Tina")
    nova = await a_verified_producer(stage.sessions, "Nova")
    tracks = [await a_track(stage.sessions, nova) for _ in range(5)]
    for _ in range(_ROUNDS):
        notice = await a_takedown(stage.sessions, tracks[1])
        one, other, *others = await asyncio.gather(
            act(stage, sam, "suspendAccount", nova),
            act(stage, tina, "suspendAccount", nova),
            moderate(stage, tina, tracks[4], "HIDE"),
            decide(stage, sam, notice, "APPROVE"),
        )
        assert sorted((one, other)) == [[], [("id", "ACCOUNT_SUSPENDED")]]
        assert others == [[], []]
        assert (await in_force(stage), set((await states(stage)).values())) == ((1, 1), {WITHHELD})
        one, other, *others = await asyncio.gather(
            act(stage, sam, "reinstateAccount", nova),
            act(stage, tina, "reinstateAccount", nova),
            moderate(stage, sam, tracks[4], "RESTORE"),
            decide(stage, tina, notice, "DENY"),
        )
        assert sorted((one, other)) == [[], [("id", "NOT_SUSPENDED")]]
        assert others == [[], []]
        assert (await in_force(stage), set((await states(stage)).values())) == ((0, 0), {FREE})
    assert len(await entries(stage.sessions)) == 6 * _ROUNDS


async def test_what_keeps_a_track_back_when_a_suspension_ends_at_the_same_moment_keeps_it(
    stage: Stage,
) -> None:
    sam, tina = await staff(stage.sessions), await staff(stage.sessions, "Tina")
    nova = await a_verified_producer(stage.sessions, "Nova")
    tracks = [await a_track(stage.sessions, nova) for _ in range(3)]
    for _ in range(_ROUNDS):
        assert await act(stage, sam, "suspendAccount", nova) == []
        both = await asyncio.gather(
            act(stage, sam, "reinstateAccount", nova), moderate(stage, tina, tracks[2], "HIDE")
        )
        assert list(both) == [[], []]
        found = await states(stage)
        assert [found[one] for one in tracks] == [FREE, FREE, WITHHELD]
        assert await moderate(stage, tina, tracks[2], "RESTORE") == []


async def test_a_suspension_and_publications_at_once_leave_nothing_shown(stage: Stage) -> None:
    sam = await staff(stage.sessions)
    nova = await a_verified_producer(stage.sessions, "Nova")
    for _ in range(_ROUNDS):
        coming = [await a_track(stage.sessions, nova, TrackStatus.PROCESSING) for _ in range(4)]
        came, *_ = await asyncio.gather(
            act(stage, sam, "suspendAccount", nova), *(publish_(stage, one) for one in coming)
        )
        assert came == []
        assert set((await states(stage)).values()) == {WITHHELD}
        later = [await a_track(stage.sessions, nova, TrackStatus.PROCESSING) for _ in range(4)]
        came, *_ = await asyncio.gather(
            act(stage, sam, "reinstateAccount", nova), *(publish_(stage, one) for one in later)
        )
        assert came == []
        assert set((await states(stage)).values()) == {FREE}


async def somebody_waits(stage: Stage) -> None:
    """Goes on once somebody waits for a row."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    async with asyncio.timeout(30):
        there = 0
        while not there:
            async with stage.sessions.reading() as session:
                there = int(await session.scalar(waiting) or 0)


@on_postgres
async def test_whoever_waited_for_a_track_looks_at_what_has_become_of_it(stage: Stage) -> None:
    """What was decided while the end of a suspension waited is seen by it, and so is what was let go."""
    sam = await staff(stage.sessions)
    nova = await a_verified_producer(stage.sessions, "Nova")
    kept, freed = [await a_track(stage.sessions, nova) for _ in range(2)]
    assert await moderate(stage, sam, freed, "HIDE") == []
    assert await act(stage, sam, "suspendAccount", nova) == []
    said: dict[str, Any] = {"reason": "Not theirs.", "by": sam.account}
    async with stage.sessions.writing() as session:
        cause = WithholdingCause.MODERATION
        subject = await subject_held(session, kept)
        assert await withhold(session, subject, cause=cause, cause_id=kept, **said)
        subject = await subject_held(session, freed)
        assert await let_go(session, subject, cause_id=freed, deed=AuditEntryId("aud_1"), **said)
        acting = asyncio.create_task(act(stage, sam, "reinstateAccount", nova))
        await somebody_waits(stage)
    assert await acting == []
    assert await states(stage) == {kept: WITHHELD, freed: FREE}


@on_postgres
@pytest.mark.parametrize("name", ["suspendAccount", "reinstateAccount"])
async def test_tracks_are_taken_before_the_profile_as_by_who_publishes(stage: Stage, name: str) -> None:
    """The other way round each would wait for the other, and one of them be thrown out."""
    sam = await staff(stage.sessions)
    nova = await a_verified_producer(stage.sessions, "Nova")
    track = await a_track(stage.sessions, nova)
    if name == "reinstateAccount":
        assert await act(stage, sam, "suspendAccount", nova) == []
    async with stage.sessions.writing() as session:
        await track_for_change(session, track)
        acting = asyncio.create_task(act(stage, sam, name, nova))
        await somebody_waits(stage)
        assert await profile_for_change(session, nova.producer)
    assert await acting == []
