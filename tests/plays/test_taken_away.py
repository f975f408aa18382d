"""What staff keep back, or what is removed, counts no more, though somebody is still hearing it (D-51, D-83)."""

import pytest

from db.ids import TrackId
from tests.factories import Beatmaker, Person, a_listener, a_producer, a_track, staff
from tests.moderation.desk import moderate
from tests.plays.listening import counts, opened, pass_time, reported, sums
from tests.stage import Stage
from tests.takedowns.office import a_takedown, decide

pytestmark = pytest.mark.anyio
WHY = {"reason": "We look."}


async def take_away(stage: Stage, how: str, sam: Person, nova: Beatmaker, track: TrackId) -> None:
    match how:
        case "a takedown":
            assert await decide(stage, sam, await a_takedown(stage.sessions, track), "APPROVE") == []
        case "a suspension":
            assert await stage.refusals(sam, "suspendAccount", id=nova.account, input=WHY) == []
        case action:
            assert await moderate(stage, sam, track, action) == []


@pytest.mark.parametrize("how", ["HIDE", "REMOVE", "a takedown", "a suspension"])
async def test_a_play_that_goes_on_is_taken_and_not_counted(stage: Stage, how: str) -> None:
    nova, ari = await a_producer(stage.sessions), await a_listener(stage.sessions)
    bo, sam = await a_listener(stage.sessions, "Bo"), await staff(stage.sessions)
    track = await a_track(stage.sessions, nova)
    before, play = await opened(stage, bo, track), await opened(stage, ari, track)
    await pass_time(stage, 30)
    assert await reported(stage, bo, before, 30_000) == (30_000, True)
    await take_away(stage, how, sam, nova, track)
    known = await sums(stage)
    for who, one in ((ari, play), (bo, before)):
        assert await stage.refusals(who, "reportPlay", id=one, listenedMs=30_000) == []
    assert await sums(stage) == known
    assert await counts(stage, track) == (2, 1)


async def test_what_is_let_go_while_it_is_heard_counts_again(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_listener(stage.sessions)
    sam, track = await staff(stage.sessions), await a_track(stage.sessions, nova)
    play = await opened(stage, ari, track)
    await pass_time(stage, 40)
    assert await moderate(stage, sam, track, "HIDE") == []
    assert await stage.refusals(ari, "reportPlay", id=play, listenedMs=30_000) == []
    assert await counts(stage, track) == (1, 0)
    assert await moderate(stage, sam, track, "RESTORE") == []
    assert await reported(stage, ari, play, 40_000) == (40_000, True)
    assert await counts(stage, track) == (1, 1)
