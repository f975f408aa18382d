"""Ties between producers: one for a pair, whoever asks; who blocks is not told to the other (D-72)."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from sqlalchemy import select

from db.ids import new_id
from db.models.network import Contact
from tests.factories import (
    Person,
    a_listener,
    a_producer,
    a_track,
    an_unowned_profile,
    staff,
)
from tests.network.circle import (
    a_circle,
    answer,
    ask,
    let_pass,
    names,
    refused,
    set_badge,
    ties,
    told,
)
from tests.requests.wanted import a_request
from tests.stage import Json, Stage, settings_of

pytestmark = pytest.mark.anyio


async def states(stage: Stage) -> list[str]:
    """Of every tie that is kept."""
    async with stage.sessions.reading() as session:
        return [one.status.value for one in await session.scalars(select(Contact))]


async def test_who_is_asked_hears_of_it_once_and_accepts_and_the_asker_hears_that(stage: Stage) -> None:
    kilo, lima = await a_circle(stage, "Kilo", "Lima")
    asked = await ask(stage, kilo, lima, "  Love your\ndrums. ")
    shown = {
        "status": "PENDING",
        "askedByViewer": True,
        "message": "Love your\ndrums.",
        "other": {"name": "Lima"},
    }
    assert asked == {"id": asked["id"], **shown}
    assert await told(stage.sessions) == [(lima.account, "Kilo asks to connect", "/network/contacts")]
    async with stage.nothing_changes():
        assert await ask(stage, kilo, lima, "Again.") == asked
    assert await ties(stage, lima) == [("Kilo", "PENDING", False)]
    assert await answer(stage, lima, asked["id"], "ACCEPT") == "ACCEPTED"
    assert (await told(stage.sessions))[1:] == [
        (kilo.account, "Lima is a contact of yours", f"/p/{lima.handle}")
    ]
    async with stage.nothing_changes():
        for who in (kilo, lima):
            assert await answer(stage, who, asked["id"], "ACCEPT") == "ACCEPTED"
        assert (await ask(stage, lima, kilo))["status"] == "ACCEPTED"
    assert await ties(stage, kilo) == [("Lima", "ACCEPTED", True)]


async def test_who_asks_an_asker_accepts(stage: Stage) -> None:
    kilo, lima = await a_circle(stage, "Kilo", "Lima")
    first = await ask(stage, kilo, lima)
    second = await ask(stage, lima, kilo)
    assert (second["id"], second["status"], second["askedByViewer"]) == (first["id"], "ACCEPTED", False)
    assert [title for _, title, _ in await told(stage.sessions)] == [
        "Kilo asks to connect",
        "Lima is a contact of yours",
    ]


async def test_both_at_once_have_one_tie_that_is_accepted(stage: Stage) -> None:
    kilo, lima = await a_circle(stage, "Kilo", "Lima")
    came = await asyncio.gather(
        *(ask(stage, *pair) for pair in ((kilo, lima), (lima, kilo)) for _ in range(2))
    )
    assert len({one["id"] for one in came}) == 1
    assert await states(stage) == ["ACCEPTED"]
    assert len(await told(stage.sessions)) == 2


async def test_a_decline_is_told_to_nobody_and_asked_again_after_a_while(stage: Stage) -> None:
    kilo, lima = await a_circle(stage, "Kilo", "Lima")
    tie = await ask(stage, kilo, lima)
    assert await answer(stage, lima, tie["id"], "DECLINE") == "DECLINED"
    assert len(await told(stage.sessions)) == 1
    assert await ties(stage, kilo) == [("Lima", "DECLINED", True)]
    async with stage.nothing_changes():
        [error] = await refused(stage, kilo, lima.producer)
        assert (error["__typename"], error["code"]) == ("LimitReached", "CONTACT_DECLINED")
        assert error["retryAt"] is not None
        assert await answer(stage, lima, tie["id"], "DECLINE") == "DECLINED"
    await let_pass(stage.sessions, 29)
    assert [one["code"] for one in await refused(stage, kilo, lima.producer)] == ["CONTACT_DECLINED"]
    await let_pass(stage.sessions, 1)
    again = await ask(stage, kilo, lima, "Once more?")
    assert (again["id"], again["status"], again["message"]) == (tie["id"], "PENDING", "Once more?")
    assert [account for account, *_ in await told(stage.sessions)] == [lima.account] * 2


async def test_who_declined_may_ask_at_any_time(stage: Stage) -> None:
    kilo, lima = await a_circle(stage, "Kilo", "Lima")
    tie = await ask(stage, kilo, lima)
    await answer(stage, lima, tie["id"], "DECLINE")
    other_way = await ask(stage, lima, kilo)
    assert (other_way["id"], other_way["status"], other_way["askedByViewer"]) == (tie["id"], "PENDING", True)
    assert await answer(stage, kilo, tie["id"], "ACCEPT") == "ACCEPTED"
    assert await answer(stage, kilo, tie["id"], "DECLINE") == "DECLINED"  # a contact can be ended
    assert [one["code"] for one in await refused(stage, lima, kilo.producer)] == ["CONTACT_DECLINED"]


async def test_nobody_answers_their_own_request_or_what_was_not_asked(stage: Stage) -> None:
    kilo, lima = await a_circle(stage, "Kilo", "Lima")
    tie = (await ask(stage, kilo, lima))["id"]

    async def codes(who: Person, response: str) -> list[tuple[str, str]]:
        return await stage.refusals(who, "respondToContact", id=tie, input={"response": response})

    async with stage.nothing_changes():
        for response in ("ACCEPT", "DECLINE"):
            assert await codes(kilo, response) == [("input.response", "NOT_ASKED")]
    await answer(stage, lima, tie, "DECLINE")
    async with stage.nothing_changes():
        for who in (kilo, lima):
            assert await codes(who, "ACCEPT") == [("input.response", "NOT_ASKED")]


@pytest.mark.parametrize("before", ["PENDING", "ACCEPTED", "DECLINED"])
async def test_a_block_works_at_any_time_and_looks_to_the_other_like_nobody(
    stage: Stage, before: str
) -> None:
    kilo, lima = await a_circle(stage, "Kilo", "Lima")
    tie = (await ask(stage, kilo, lima))["id"]
    if before != "PENDING":
        await answer(stage, lima, tie, "ACCEPT" if before == "ACCEPTED" else "DECLINE")
    known = len(await told(stage.sessions))
    assert await answer(stage, lima, tie, "BLOCK") == "BLOCKED"
    assert await ties(stage, lima) == [("Kilo", "BLOCKED", False)]
    assert await ties(stage, kilo) == []
    assert (await names(stage, kilo), await names(stage, lima)) == ([], [])
    async with stage.nothing_changes():
        nobody = await refused(stage, kilo, new_id("pro"))
        assert await refused(stage, kilo, lima.producer) == nobody
        assert [one["code"] for one in nobody] == ["NOT_FOUND"]
        unknown = await stage.mutate(kilo, "respondToContact", id=new_id("con"), input={"response": "BLOCK"})
        here = await stage.mutate(kilo, "respondToContact", id=tie, input={"response": "BLOCK"})
        assert (here, [one["code"] for one in here["errors"]]) == (unknown, ["NOT_FOUND"])
        assert await stage.ask(kilo, f'{{ node(id: "{tie}") {{ id }} }}') == {"node": None}
        assert await answer(stage, lima, tie, "BLOCK") == "BLOCKED"
        [own] = await refused(stage, lima, kilo.producer)
        assert (own["code"], own["object"]) == ("CONTACT_BLOCKED", {"__typename": "Contact", "id": tie})
    assert len(await told(stage.sessions)) == known


async def test_who_asked_can_block_too_and_a_block_ends_with_a_decline(stage: Stage) -> None:
    kilo, lima = await a_circle(stage, "Kilo", "Lima")
    tie = (await ask(stage, kilo, lima))["id"]
    assert await answer(stage, kilo, tie, "BLOCK") == "BLOCKED"
    assert await answer(stage, kilo, tie, "DECLINE") == "DECLINED"
    assert await names(stage, lima) == ["Kilo"]
    assert [one["code"] for one in await refused(stage, lima, kilo.producer)] == ["CONTACT_DECLINED"]
    assert (await ask(stage, kilo, lima))["status"] == "PENDING"


async def test_a_block_keeps_later_notices_of_the_pair_away_and_no_others(stage: Stage) -> None:
    kilo, lima, mike = await a_circle(stage, "Kilo", "Lima", "Mike")
    await answer(stage, lima, (await ask(stage, kilo, lima))["id"], "BLOCK")
    for who, whom in ((kilo, lima), (lima, kilo), (mike, lima)):
        assert (await stage.mutate(who, "followProducer", id=whom.producer))["errors"] == []
    assert await told(stage.sessions, of="NEW_FOLLOWER") == [
        (lima.account, "Mike follows you", f"/p/{mike.handle}")
    ]
    wanted = await a_request(stage.sessions, lima)
    for who in (kilo, mike):
        offered = {"requestId": wanted, "trackId": await a_track(stage.sessions, who)}
        assert (await stage.mutate(who, "submitToBeatRequest", input=offered))["errors"] == []
    submissions = await told(stage.sessions, of="BEAT_SUBMISSION")
    assert [(account, title.split()[0]) for account, title, _ in submissions] == [(lima.account, "Mike")]


async def test_who_loses_the_badge_is_out_of_the_network_and_their_ties_come_back(stage: Stage) -> None:
    kilo, lima = await a_circle(stage, "Kilo", "Lima")
    tie = (await ask(stage, kilo, lima))["id"]
    await answer(stage, lima, tie, "ACCEPT")
    await set_badge(stage.sessions, lima, held=False)
    assert await stage.ask(lima, "{ network { contacts { totalCount } } }") == {"network": None}
    assert await stage.ask(lima, f'{{ node(id: "{tie}") {{ id }} }}') == {"node": None}
    assert (await ties(stage, kilo), await names(stage, kilo)) == ([], [])
    async with stage.nothing_changes():
        assert [one["code"] for one in await refused(stage, kilo, lima.producer)] == ["NOT_FOUND"]
        assert [one["code"] for one in await refused(stage, lima, kilo.producer)] == [
            "VERIFIED_PRODUCER_REQUIRED"
        ]
    await set_badge(stage.sessions, lima, held=True)
    assert await ties(stage, lima) == [("Kilo", "ACCEPTED", False)]
    assert await ties(stage, kilo) == [("Lima", "ACCEPTED", True)]


async def test_only_verified_producers_ask_and_answer_and_nothing_is_left_of_the_others(stage: Stage) -> None:
    kilo, lima = await a_circle(stage, "Kilo", "Lima")
    tie = (await ask(stage, kilo, lima))["id"]
    others = [
        await a_producer(stage.sessions),
        await a_listener(stage.sessions),
        await staff(stage.sessions),
    ]
    async with stage.nothing_changes():
        for one in others:
            [error] = await refused(stage, one, kilo.producer)
            assert (error["__typename"], error["requiredRole"]) == ("NotPermitted", "VERIFIED_PRODUCER")
            said = {"response": "BLOCK"}
            assert await stage.refusals(one, "respondToContact", id=tie, input=said) == [
                ("", "VERIFIED_PRODUCER_REQUIRED")
            ]
            assert await stage.ask(one, "{ network { contacts { totalCount } } }") == {"network": None}
            assert await stage.ask(one, f'{{ node(id: "{tie}") {{ id }} }}') == {"node": None}


async def test_nobody_asks_themselves_or_who_is_not_in_the_network(stage: Stage) -> None:
    [kilo] = await a_circle(stage, "Kilo")
    nova, nobody = await a_producer(stage.sessions), await an_unowned_profile(stage.sessions)
    cases: list[tuple[str, Json, str, str]] = [
        (kilo.producer, {}, "producerId", "OWN_PROFILE"),
        (nova.producer, {}, "producerId", "NOT_FOUND"),
        (nobody, {}, "producerId", "NOT_FOUND"),
        (new_id("trk"), {}, "producerId", "WRONG_ID_TYPE"),
        (kilo.producer, {"message": "x" * 501}, "message", "TOO_LONG"),
    ]
    async with stage.nothing_changes():
        for whom, different, place, code in cases:
            [error] = await refused(stage, kilo, whom, **different)
            assert (error["path"], error["code"]) == (["input", place], code)


async def test_somebody_elses_tie_is_like_none(stage: Stage) -> None:
    kilo, lima, mike = await a_circle(stage, "Kilo", "Lima", "Mike")
    tie = (await ask(stage, kilo, lima))["id"]
    async with stage.nothing_changes():
        for response in ("ACCEPT", "DECLINE", "BLOCK"):
            said = {"response": response}
            assert await stage.refusals(mike, "respondToContact", id=tie, input=said) == [("id", "NOT_FOUND")]
        assert await stage.ask(mike, f'{{ node(id: "{tie}") {{ id }} }}') == {"node": None}


@pytest.fixture
async def strict(database_url: str, valkey_url: str, tmp_path: Path) -> AsyncGenerator[Stage]:
    """Where three requests a day are enough."""
    made = Stage(settings_of(database_url, valkey_url, tmp_path / "data", contact_requests_a_day=3))
    yield made
    await made.close()


async def test_a_day_has_so_many_requests_and_two_at_once_cannot_share_the_last(strict: Stage) -> None:
    stage = strict
    kilo, *others = await a_circle(stage, "Kilo", *(f"P{one}" for one in range(6)))
    for whom in others[:2]:
        await ask(stage, kilo, whom)
    asking = [{"producerId": one.producer} for one in others[2:5]]
    came = await asyncio.gather(*(stage.mutate(kilo, "requestContact", input=one) for one in asking))
    codes = sorted(str([error["code"] for error in one["errors"]]) for one in came)
    assert codes == ["['TOO_MANY_ATTEMPTS']", "['TOO_MANY_ATTEMPTS']", "[]"]
    assert len(await ties(stage, kilo)) == 3
    assert len(await told(stage.sessions)) == 3
    async with stage.nothing_changes():
        [error] = await refused(stage, kilo, others[5].producer)
        assert (error["__typename"], error["limit"], error["retryAt"] is not None) == (
            "LimitReached",
            3,
            True,
        )
    await let_pass(stage.sessions, 1)
    assert (await ask(stage, kilo, others[5]))["status"] == "PENDING"


async def test_ties_are_listed_by_state_those_asked_last_first_and_page_by_page(stage: Stage) -> None:
    kilo, *others = await a_circle(stage, "Kilo", "Lima", "Mike", "Nina")
    for whom in others:
        tie = (await ask(stage, kilo, whom))["id"]
        if whom.name == "Mike":
            await answer(stage, whom, tie, "ACCEPT")
        await let_pass(stage.sessions, 1)
    assert await ties(stage, kilo) == [
        ("Nina", "PENDING", True),
        ("Mike", "ACCEPTED", True),
        ("Lima", "PENDING", True),
    ]
    accepted = {"status": {"eq": "ACCEPTED"}}
    assert await ties(stage, kilo, where=accepted) == [("Mike", "ACCEPTED", True)]
    both = {"status": {"in": ["PENDING", "DECLINED"]}}
    assert [name for name, *_ in await ties(stage, kilo, where=both)] == ["Nina", "Lima"]
