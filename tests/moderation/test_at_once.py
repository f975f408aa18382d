"""Several of staff, a producer and workers at once: what comes of it is as if they had taken turns (D-83)."""

import asyncio

import pytest
from sqlalchemy import select
from sqlmodel import col

from api.recon.duplicates import publish
from db.ids import TrackId
from db.models.moderation import Suspension
from db.models.payouts import PayoutHold
from db.models.tracks import Track
from db.queries.tracks import track_for_change
from db.vocabulary import TrackStatus
from tests.factories import Beatmaker, a_track, a_verified_producer, staff
from tests.moderation.desk import entries, moderate
from tests.stage import Somebody, Stage
from tests.takedowns.office import a_takedown, decide

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
        assert both == [[], []]
        found = await states(stage)
        assert [found[one] for one in tracks] == [FREE, FREE, WITHHELD]
        assert await moderate(stage, tina, tracks[2], "RESTORE") == []


async def test_tracks_are_taken_before_the_profile_as_by_who_publishes(stage: Stage) -> None:
    """The other way round each would wait for the other, and one of them be thrown out."""
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
