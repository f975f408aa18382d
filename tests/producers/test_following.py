"""Following a producer, whose first time is told once."""

import asyncio

import pytest
from sqlalchemy import select

from db.ids import new_id
from db.models.notices import Notification
from db.models.producers import Follow
from tests.factories import Person, a_listener, a_producer, an_unowned_profile
from tests.producers.profiles import profile
from tests.stage import Json, Stage

pytestmark = pytest.mark.anyio

ANSWER = "producer { followerCount viewerFollows }"


async def follow(stage: Stage, who: Person | None, producer: str) -> Json:
    payload: Json = await stage.mutate(who, "followProducer", ANSWER, id=producer)
    return payload


async def unfollow(stage: Stage, who: Person, producer: str) -> Json:
    payload: Json = await stage.mutate(who, "unfollowProducer", ANSWER, id=producer)
    return payload


async def notices(stage: Stage) -> list[tuple[str, str, str, str]]:
    async with stage.sessions.reading() as session:
        rows = await session.scalars(select(Notification))
        return [(row.account_id, row.kind.value, row.title, row.path) for row in rows]


async def the_follow(stage: Stage) -> Follow:
    async with stage.sessions.reading() as session:
        return (await session.scalars(select(Follow))).one()


async def test_a_follower_is_counted_and_told_once(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_listener(stage.sessions)
    payload = await follow(stage, ari, nova.producer)
    assert payload == {"producer": {"followerCount": 1, "viewerFollows": True}, "errors": []}
    assert await notices(stage) == [(nova.account, "NEW_FOLLOWER", "Ari follows you", f"/p/{nova.handle}")]
    async with stage.nothing_changes():
        assert await follow(stage, ari, nova.producer) == payload
    others = [(await profile(stage, who, nova.producer)) for who in (nova, None)]
    assert [(one["followerCount"], one["viewerFollows"]) for one in others] == [(1, False), (1, False)]


async def test_who_comes_back_keeps_the_first_day_and_is_not_told_again(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_listener(stage.sessions)
    await follow(stage, ari, nova.producer)
    first = await the_follow(stage)
    gone = await unfollow(stage, ari, nova.producer)
    assert gone["producer"] == {"followerCount": 0, "viewerFollows": False}
    ended = await the_follow(stage)
    assert (ended.followed_at, ended.ended_at is not None) == (first.followed_at, True)
    async with stage.nothing_changes():
        assert await unfollow(stage, ari, nova.producer) == gone
    back = await follow(stage, ari, nova.producer)
    assert back["producer"] == {"followerCount": 1, "viewerFollows": True}
    again = await the_follow(stage)
    assert (again.followed_at, again.ended_at) == (first.followed_at, None)
    assert len(await notices(stage)) == 1


async def test_two_follows_at_once_are_one_and_told_once(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_listener(stage.sessions)
    payloads = await asyncio.gather(*(follow(stage, ari, nova.producer) for _ in range(3)))
    assert [payload["errors"] for payload in payloads] == [[], [], []]
    assert (await the_follow(stage)).ended_at is None
    assert len(await notices(stage)) == 1


async def test_a_producer_who_follows_is_shown_by_their_own_profile(stage: Stage) -> None:
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    await follow(stage, kilo, nova.producer)
    assert await notices(stage) == [(nova.account, "NEW_FOLLOWER", "Kilo follows you", f"/p/{kilo.handle}")]


async def test_a_profile_that_nobody_owns_has_nobody_to_tell(stage: Stage) -> None:
    ari, producer = await a_listener(stage.sessions), await an_unowned_profile(stage.sessions)
    assert (await follow(stage, ari, producer))["producer"]["followerCount"] == 1
    assert await notices(stage) == []


async def test_nobody_follows_themselves_and_only_what_is_there(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    async with stage.nothing_changes():
        assert await stage.refusals(nova, "followProducer", id=nova.producer) == [("id", "OWN_PROFILE")]
        for name in ("followProducer", "unfollowProducer"):
            assert await stage.refusals(nova, name, id=new_id("pro")) == [("id", "NOT_FOUND")]
            assert await stage.refusals(nova, name, id="nobody") == [("id", "NOT_FOUND")]
            assert await stage.refusals(nova, name, id=new_id("trk")) == [("id", "WRONG_ID_TYPE")]
            call = f'mutation {{ {name}(id: "{nova.producer}") {{ errors {{ code }} }} }}'
            assert await stage.fault(None, call) == "UNAUTHENTICATED"
