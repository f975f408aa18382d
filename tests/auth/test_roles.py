import pytest

from db.vocabulary import Role
from tests.factories import a_producer, staff
from tests.stage import Stage

pytestmark = pytest.mark.anyio

ROLES = "query($id: ID!) { node(id: $id) { ... on Account { roles roleHistory { role granted reason by { displayName } } } } }"


async def give(
    stage: Stage, who: object, account: str, role: Role, *, granted: bool = True
) -> list[tuple[str, str]]:
    change = {"role": role, "granted": granted, "reason": "Because"}
    return await stage.refusals(who, "changeRole", id=account, input=change)  # type: ignore[arg-type]


async def test_staff_give_the_badge_take_it_and_give_it_again_and_all_of_it_is_remembered(
    stage: Stage,
) -> None:
    sam, nova = await staff(stage.sessions), await a_producer(stage.sessions)
    for granted in (True, False, True):
        assert await give(stage, sam, nova.account, Role.VERIFIED_PRODUCER, granted=granted) == []
    account = (await stage.ask(sam, ROLES, id=nova.account))["node"]
    assert account["roles"] == ["LISTENER", "PRODUCER", "VERIFIED_PRODUCER"]
    history = [(step["role"], step["granted"]) for step in account["roleHistory"]]
    assert history[:3] == [
        ("VERIFIED_PRODUCER", True),
        ("VERIFIED_PRODUCER", False),
        ("VERIFIED_PRODUCER", True),
    ]
