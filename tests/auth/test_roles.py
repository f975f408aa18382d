"""D-1: a role is a fact with a history."""

import pytest

from db.ids import new_id
from db.vocabulary import ApiTokenScope, Role
from tests.factories import a_listener, a_producer, a_verified_producer, an_api_token, staff
from tests.stage import Json, Somebody, Stage

pytestmark = pytest.mark.anyio

ACCOUNT = """query($id: ID!) { node(id: $id) { ... on Account {
  roles roleHistory { role granted reason by { displayName } } } } }"""


async def give(
    stage: Stage, who: Somebody, account: str, role: Role, *, reason: str = "Because"
) -> list[tuple[str, str]]:
    change = {"role": role, "granted": True, "reason": reason}
    return await stage.refusals(who, "changeRole", id=account, input=change)


async def take(stage: Stage, who: Somebody, account: str, role: Role) -> list[tuple[str, str]]:
    change = {"role": role, "granted": False, "reason": "Enough"}
    return await stage.refusals(who, "changeRole", id=account, input=change)


async def account_of(stage: Stage, who: Somebody, account: str) -> Json:
    found: Json = (await stage.ask(who, ACCOUNT, id=account))["node"]
    return found


async def test_staff_give_the_badge_take_it_and_give_it_again_and_all_is_remembered(stage: Stage) -> None:
    sam, nova = await staff(stage.sessions), await a_producer(stage.sessions)
    assert await give(stage, sam, nova.account, Role.VERIFIED_PRODUCER) == []
    assert await take(stage, sam, nova.account, Role.VERIFIED_PRODUCER) == []
    assert await give(stage, sam, nova.account, Role.VERIFIED_PRODUCER, reason="Again") == []
    account = await account_of(stage, sam, nova.account)
    assert account["roles"] == ["LISTENER", "PRODUCER", "VERIFIED_PRODUCER"]
    badge = "VERIFIED_PRODUCER"
    assert account["roleHistory"] == [
        {"role": badge, "granted": True, "reason": "Again", "by": {"displayName": "Sam"}},
        {"role": badge, "granted": False, "reason": "Enough", "by": {"displayName": "Sam"}},
        {"role": badge, "granted": True, "reason": "Because", "by": {"displayName": "Sam"}},
        {"role": "PRODUCER", "granted": True, "reason": "Test", "by": None},
    ]


async def test_what_is_held_already_is_left_as_it_is(stage: Stage) -> None:
    sam, kilo = await staff(stage.sessions), await a_verified_producer(stage.sessions)
    async with stage.nothing_changes():
        assert await give(stage, sam, kilo.account, Role.VERIFIED_PRODUCER) == []
        assert await give(stage, sam, kilo.account, Role.PRODUCER) == []


async def test_who_loses_producer_access_loses_the_badge(stage: Stage) -> None:
    sam, kilo = await staff(stage.sessions), await a_verified_producer(stage.sessions)
    assert await take(stage, sam, kilo.account, Role.PRODUCER) == []
    assert (await account_of(stage, sam, kilo.account))["roles"] == ["LISTENER"]


async def test_only_staff_change_roles(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_listener(stage.sessions)
    async with stage.nothing_changes():
        for who in (nova, ari):
            assert await give(stage, who, nova.account, Role.STAFF) == [("", "STAFF_REQUIRED")]


async def test_the_badge_needs_producer_access(stage: Stage) -> None:
    sam, ari = await staff(stage.sessions), await a_listener(stage.sessions)
    async with stage.nothing_changes():
        refused = [("input.role", "PRODUCER_REQUIRED")]
        assert await give(stage, sam, ari.account, Role.VERIFIED_PRODUCER) == refused


async def test_producer_access_comes_with_an_application_alone(stage: Stage) -> None:
    sam, ari = await staff(stage.sessions), await a_listener(stage.sessions)
    async with stage.nothing_changes():
        assert await give(stage, sam, ari.account, Role.PRODUCER) == [("input.role", "NOT_YOURS")]
        assert await give(stage, sam, ari.account, Role.LISTENER) == [("input.role", "NOT_YOURS")]


async def test_staff_cannot_take_their_own_role_but_anothers(stage: Stage) -> None:
    sam, kim = await staff(stage.sessions), await staff(stage.sessions, "Kim")
    async with stage.nothing_changes():
        assert await take(stage, sam, sam.account, Role.STAFF) == [("input.role", "NOT_YOURS")]
    assert await take(stage, sam, kim.account, Role.STAFF) == []
    assert (await account_of(stage, sam, kim.account))["roles"] == ["LISTENER"]


async def test_a_change_needs_a_reason_and_an_account(stage: Stage) -> None:
    sam, ari = await staff(stage.sessions), await a_listener(stage.sessions)
    async with stage.nothing_changes():
        assert await give(stage, sam, ari.account, Role.STAFF, reason=" ") == [("input.reason", "REQUIRED")]
        assert await give(stage, sam, new_id("acc"), Role.STAFF) == [("id", "NOT_FOUND")]
        assert await give(stage, sam, new_id("trk"), Role.STAFF) == [("id", "WRONG_ID_TYPE")]


async def test_others_do_not_see_who_gave_a_role(stage: Stage) -> None:
    sam, nova = await staff(stage.sessions), await a_producer(stage.sessions)
    await give(stage, sam, nova.account, Role.VERIFIED_PRODUCER)
    history = (await account_of(stage, nova, nova.account))["roleHistory"]
    assert [step["by"] for step in history] == [None, None]


async def test_a_role_holds_from_the_next_request_on(stage: Stage) -> None:
    sam, ari = await staff(stage.sessions), await a_listener(stage.sessions)
    asks = '{ staff { accounts(search: "x") { id } } }'
    assert await stage.ask(ari, asks) == {"staff": None}
    await give(stage, sam, ari.account, Role.STAFF)
    assert await stage.ask(ari, asks) == {"staff": {"accounts": []}}


async def test_a_program_has_the_roles_of_its_account(stage: Stage) -> None:
    sam = await staff(stage.sessions)
    program = await an_api_token(stage.sessions, sam, ApiTokenScope.READ)
    assert (await stage.ask(program, "{ staff { __typename } }"))["staff"]
