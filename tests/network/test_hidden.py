"""Whom staff keep back meets nobody in the network, and anybody can still be kept away (D-72, D-83)."""

import pytest

from tests.factories import Person, staff
from tests.moderation.desk import moderate
from tests.network.circle import a_circle, answer, ask, names, refused, set_badge, ties, told
from tests.stage import Stage

pytestmark = pytest.mark.anyio


async def respond(stage: Stage, who: Person, tie: str, response: str) -> list[tuple[str, str]]:
    return await stage.refusals(who, "respondToContact", id=tie, input={"response": response})


async def test_who_is_kept_back_neither_asks_nor_accepts(stage: Stage) -> None:
    kilo, lima = await a_circle(stage, "Kilo", "Lima")
    sam = await staff(stage.sessions)
    tie = (await ask(stage, lima, kilo))["id"]
    assert await moderate(stage, sam, kilo.producer, "HIDE") == []
    known = await told(stage.sessions)
    async with stage.nothing_changes():
        [error] = await refused(stage, kilo, lima.producer)
        assert (error["__typename"], error["code"]) == ("WrongState", "WITHHELD")
        assert error["object"] == {"__typename": "Producer", "id": kilo.producer}
        assert await respond(stage, kilo, tie, "ACCEPT") == [("", "WITHHELD")]
        assert [one["code"] for one in await refused(stage, lima, kilo.producer)] == ["NOT_FOUND"]
    assert await told(stage.sessions) == known
    assert await moderate(stage, sam, kilo.producer, "RESTORE") == []
    assert await answer(stage, kilo, tie, "ACCEPT") == "ACCEPTED"


async def test_who_is_kept_back_still_declines_and_blocks(stage: Stage) -> None:
    kilo, lima = await a_circle(stage, "Kilo", "Lima")
    sam = await staff(stage.sessions)
    tie = (await ask(stage, lima, kilo))["id"]
    assert await moderate(stage, sam, kilo.producer, "HIDE") == []
    assert await answer(stage, kilo, tie, "DECLINE") == "DECLINED"
    assert await answer(stage, kilo, tie, "BLOCK") == "BLOCKED"


@pytest.mark.parametrize("how", ["hidden", "without the badge"])
async def test_who_is_not_in_the_network_is_blocked_all_the_same_and_not_accepted(
    stage: Stage, how: str
) -> None:
    kilo, lima = await a_circle(stage, "Kilo", "Lima")
    sam = await staff(stage.sessions)
    tie = (await ask(stage, kilo, lima))["id"]
    if how == "hidden":
        assert await moderate(stage, sam, kilo.producer, "HIDE") == []
    else:
        await set_badge(stage.sessions, kilo, held=False)
    assert await ties(stage, lima) == []
    async with stage.nothing_changes():
        assert await respond(stage, lima, tie, "ACCEPT") == [("id", "NOT_FOUND")]
    assert await respond(stage, lima, tie, "DECLINE") == []
    assert await respond(stage, lima, tie, "BLOCK") == []
    if how == "hidden":
        assert await moderate(stage, sam, kilo.producer, "RESTORE") == []
    else:
        await set_badge(stage.sessions, kilo, held=True)
    assert await ties(stage, lima) == [("Kilo", "BLOCKED", False)]
    assert (await ties(stage, kilo), await names(stage, kilo)) == ([], [])
