"""Sessions and API tokens: what there is, and how it ends."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col

from api.auth.access import make_api_token, viewer_behind
from api.auth.passwords import hash_password
from api.auth.tokens import stored_form
from api.refusals import ManyRefused
from db.clock import now
from db.ids import new_id
from db.models.accounts import Account, ApiToken, Session
from db.vocabulary import ApiTokenScope
from tests.factories import Person, Program, a_listener, an_api_token
from tests.stage import Somebody, Stage

pytestmark = pytest.mark.anyio

ME = "{ me { email } }"
TOKENS = "{ me { apiTokens { name scope expiresAt lastUsedAt } } }"


async def is_in(stage: Stage, who: Somebody) -> bool:
    return (await stage.ask(who, ME))["me"] is not None


async def with_password(stage: Stage, person: Person) -> Person:
    hashed = await hash_password("correct horse")
    async with stage.sessions.writing() as session:
        (await session.get_one(Account, person.account)).password_hash = hashed
    return person


async def sign_in(stage: Stage, person: Person) -> Program:
    given = {"email": person.email, "password": "correct horse"}
    return Program("", (await stage.mutate(None, "signIn", "token", input=given))["token"])


async def make_token(stage: Stage, who: Somebody, **different: Any) -> Any:
    given = {"name": "Robot", "scope": "READ"} | different
    return await stage.mutate(who, "createApiToken", "secret apiToken { id name scope }", input=given)


async def change(stage: Stage, who: Somebody, **given: Any) -> list[tuple[str, str]]:
    return await stage.refusals(who, "updateAccount", input=given)


async def test_every_session_is_listed_the_present_one_marked_and_one_can_be_ended(stage: Stage) -> None:
    nova = await with_password(stage, await a_listener(stage.sessions))
    elsewhere = await sign_in(stage, nova)
    sessions = (await stage.ask(nova, "{ me { sessions { id current } } }"))["me"]["sessions"]
    assert sorted(session["current"] for session in sessions) == [False, True]
    [other] = [session["id"] for session in sessions if not session["current"]]
    assert (await stage.mutate(nova, "revokeAccess", "revokedId", id=other))["revokedId"] == other
    assert (await is_in(stage, elsewhere), await is_in(stage, nova)) == (False, True)


async def test_nobody_ends_what_is_not_theirs_or_not_there(stage: Stage) -> None:
    nova, ari = await a_listener(stage.sessions), await a_listener(stage.sessions)
    token = await an_api_token(stage.sessions, nova, ApiTokenScope.FULL)
    async with stage.nothing_changes():
        for strange in (nova.session, token.id, new_id("ses"), new_id("tok"), "x"):
            assert await stage.refusals(ari, "revokeAccess", id=strange) == [("id", "NOT_FOUND")]
        assert await stage.refusals(ari, "revokeAccess", id=nova.account) == [("id", "WRONG_ID_TYPE")]


async def test_another_password_ends_the_other_sessions_and_not_this_one(stage: Stage) -> None:
    nova = await with_password(stage, await a_listener(stage.sessions))
    elsewhere = await sign_in(stage, nova)
    assert await change(stage, nova, newPassword="battery staple", currentPassword="correct horse") == []
    assert (await is_in(stage, elsewhere), await is_in(stage, nova)) == (False, True)
    given = {"email": nova.email, "password": "correct horse"}
    assert await stage.refusals(None, "signIn", input=given) == [("", "WRONG_CREDENTIALS")]
    assert await stage.refusals(None, "signIn", input=given | {"password": "battery staple"}) == []


async def test_a_password_is_not_changed_without_the_present_one(stage: Stage) -> None:
    nova = await with_password(stage, await a_listener(stage.sessions))
    async with stage.nothing_changes():
        missing = await change(stage, nova, newPassword="short")
        wrong = await change(stage, nova, newPassword="battery staple", currentPassword="guess")
    assert missing == [("input.newPassword", "TOO_SHORT"), ("input.currentPassword", "REQUIRED")]
    assert wrong == [("input.currentPassword", "WRONG_CREDENTIALS")]


async def test_one_character_over_and_over_becomes_nobodys_password(stage: Stage) -> None:
    nova = await with_password(stage, await a_listener(stage.sessions))
    async with stage.nothing_changes():
        refused = await change(stage, nova, newPassword="z" * 10, currentPassword="correct horse")
    assert refused == [("input.newPassword", "MALFORMED")]


async def test_a_good_password_beside_a_bad_name_changes_nothing(stage: Stage) -> None:
    nova = await with_password(stage, await a_listener(stage.sessions))
    async with stage.nothing_changes():
        refused = await change(
            stage, nova, displayName=" ", newPassword="battery staple", currentPassword="correct horse"
        )
    assert refused == [("input.displayName", "REQUIRED")]


async def test_a_name_is_changed_and_what_is_left_out_stays(stage: Stage) -> None:
    nova = await a_listener(stage.sessions)
    answer = "account { displayName email }"
    payload = await stage.mutate(nova, "updateAccount", answer, input={"displayName": " Nova  Keys "})
    assert payload["account"] == {"displayName": "Nova Keys", "email": nova.email}
    async with stage.nothing_changes():
        assert await change(stage, nova) == []


async def test_only_the_hash_of_an_api_token_is_stored(stage: Stage) -> None:
    nova = await a_listener(stage.sessions)
    made = await make_token(stage, nova)
    assert (made["errors"], made["apiToken"]["name"], made["apiToken"]["scope"]) == ([], "Robot", "READ")
    everything = repr(await stage.tables())
    assert made["secret"] not in everything
    assert stored_form(made["secret"]) in everything
    assert await is_in(stage, Program("", made["secret"]))


async def test_a_token_that_reads_cannot_change_anything(stage: Stage) -> None:
    nova = await a_listener(stage.sessions)
    reader = await an_api_token(stage.sessions, nova, ApiTokenScope.READ)
    async with stage.nothing_changes():
        query = 'mutation { updateAccount(input: {displayName: "X"}) { account { id } } }'
        assert await stage.fault(reader, query) == "FORBIDDEN"
        assert await is_in(stage, reader)


@pytest.mark.parametrize("scope", [ApiTokenScope.WRITE, ApiTokenScope.FULL])
async def test_other_tokens_can(stage: Stage, scope: ApiTokenScope) -> None:
    writer = await an_api_token(stage.sessions, await a_listener(stage.sessions), scope)
    assert await change(stage, writer, displayName="X") == []


async def test_a_token_makes_none_that_reaches_further_than_itself(stage: Stage) -> None:
    nova = await a_listener(stage.sessions)
    writer = await an_api_token(stage.sessions, nova, ApiTokenScope.WRITE)
    async with stage.nothing_changes():
        refused = await make_token(stage, writer, scope="FULL")
    [error] = refused["errors"]
    assert (error["__typename"], error["path"], refused["secret"]) == (
        "NotPermitted",
        ["input", "scope"],
        None,
    )
    assert (await make_token(stage, writer, scope="WRITE"))["errors"] == []


@pytest.mark.parametrize(
    ("asked", "ends"), [(None, timedelta(hours=1)), (timedelta(minutes=5), timedelta(minutes=5))]
)
async def test_a_token_gives_what_it_makes_no_later_end_than_its_own(
    stage: Stage, asked: timedelta | None, ends: timedelta
) -> None:
    nova, moment = await a_listener(stage.sessions), now()
    robot = await a_token_for_an_hour(stage, nova, moment)
    made = await make_token(stage, robot, expiresAt=asked and (moment + asked).isoformat())
    assert made["errors"] == []
    rows = (await stage.ask(nova, "{ me { apiTokens { id expiresAt } } }"))["me"]["apiTokens"]
    [end] = [row["expiresAt"] for row in rows if row["id"] == made["apiToken"]["id"]]
    assert datetime.fromisoformat(end) == moment + ends


async def test_a_token_makes_none_that_outlives_it(stage: Stage) -> None:
    nova, moment = await a_listener(stage.sessions), now()
    robot = await a_token_for_an_hour(stage, nova, moment)
    async with stage.nothing_changes():
        later = await make_token(stage, robot, expiresAt=(moment + timedelta(minutes=61)).isoformat())
    [error] = later["errors"]
    assert (error["__typename"], error["path"], later["secret"]) == (
        "NotPermitted",
        ["input", "expiresAt"],
        None,
    )


async def a_token_for_an_hour(stage: Stage, of: Person, moment: datetime) -> Program:
    end = moment + timedelta(hours=1)
    return await an_api_token(stage.sessions, of, ApiTokenScope.WRITE, expires_at=end)


async def test_a_token_that_is_revoked_meanwhile_makes_none(stage: Stage) -> None:
    nova = await a_listener(stage.sessions)
    robot = await an_api_token(stage.sessions, nova, ApiTokenScope.WRITE)
    viewer = await viewer_behind(stage.sessions, robot.token, session_days=30)
    assert viewer
    assert await stage.refusals(nova, "revokeAccess", id=robot.id) == []
    async with stage.nothing_changes():
        with pytest.raises(ManyRefused) as refused:
            async with stage.sessions.writing() as session:
                await make_api_token(session, viewer, name="B", scope=ApiTokenScope.READ, expires_at=None)
    assert [(one.path, one.code) for one in refused.value.problems] == [(("expires_at",), "NOT_YOURS")]


async def test_an_account_has_fifty_living_tokens_whatever_comes_at_once(stage: Stage) -> None:
    nova = await a_listener(stage.sessions)
    tokens = [await an_api_token(stage.sessions, nova, ApiTokenScope.READ) for _ in range(48)]
    await an_api_token(stage.sessions, nova, ApiTokenScope.READ, expires_at=now())
    made = await asyncio.gather(*(make_token(stage, nova) for _ in range(4)))
    refusals = [[(one["__typename"], one["code"], one["limit"]) for one in each["errors"]] for each in made]
    assert sorted(refusals) == [[], [], *[[("LimitReached", "API_TOKEN_LIMIT", 50)]] * 2]
    async with stage.nothing_changes():
        assert await stage.refusals(nova, "createApiToken", input={"name": "X", "scope": "READ"}) == [
            ("", "API_TOKEN_LIMIT")
        ]
    assert await stage.refusals(nova, "revokeAccess", id=tokens[0].id) == []
    assert (await make_token(stage, nova))["errors"] == []


async def test_tokens_are_not_made_one_after_the_other_for_ever(stage: Stage) -> None:
    nova = await a_listener(stage.sessions)
    made = [await make_token(stage, nova) for _ in range(10)]
    assert [payload["errors"] for payload in made] == [[]] * 10
    async with stage.nothing_changes():
        assert [error["code"] for error in (await make_token(stage, nova))["errors"]] == ["TOO_MANY_ATTEMPTS"]


async def test_a_program_does_not_sign_anybody_out(stage: Stage) -> None:
    nova = await a_listener(stage.sessions)
    robot = await an_api_token(stage.sessions, nova, ApiTokenScope.FULL)
    async with stage.nothing_changes():
        assert await stage.fault(robot, "mutation { signOut { sessionId } }") == "FORBIDDEN"
    assert (await is_in(stage, robot), await is_in(stage, nova)) == (True, True)


async def test_a_token_ends_at_its_moment(stage: Stage) -> None:
    nova = await a_listener(stage.sessions)
    over = await an_api_token(stage.sessions, nova, ApiTokenScope.FULL, expires_at=now())
    lasting = await an_api_token(
        stage.sessions, nova, ApiTokenScope.FULL, expires_at=now() + timedelta(minutes=1)
    )
    assert (await is_in(stage, over), await is_in(stage, lasting)) == (False, True)
    assert len((await stage.ask(nova, TOKENS))["me"]["apiTokens"]) == 1


async def test_a_revoked_token_opens_nothing_and_is_not_listed(stage: Stage) -> None:
    nova = await a_listener(stage.sessions)
    token = await an_api_token(stage.sessions, nova, ApiTokenScope.FULL)
    assert await stage.refusals(nova, "revokeAccess", id=token.id) == []
    assert not await is_in(stage, token)
    assert (await stage.ask(nova, TOKENS))["me"]["apiTokens"] == []
    async with stage.nothing_changes():
        assert await stage.refusals(nova, "revokeAccess", id=token.id) == [("id", "NOT_FOUND")]


async def test_a_token_needs_a_name_and_an_end_that_is_to_come(stage: Stage) -> None:
    nova = await a_listener(stage.sessions)
    async with stage.nothing_changes():
        payload = await make_token(stage, nova, name=" ", expiresAt="2020-01-01T00:00:00Z")
    codes = [(error["path"][-1], error["code"]) for error in payload["errors"]]
    assert codes == [("name", "REQUIRED"), ("expiresAt", "OUT_OF_RANGE")]


async def test_a_session_nobody_used_for_a_month_is_over(stage: Stage) -> None:
    nova = await a_listener(stage.sessions)
    await last_seen(stage, timedelta(days=29))
    assert await is_in(stage, nova)
    await last_seen(stage, timedelta(days=31))
    assert not await is_in(stage, nova)


async def test_a_request_is_noted_once_in_five_minutes(stage: Stage) -> None:
    nova = await a_listener(stage.sessions)
    async with stage.nothing_changes():
        await is_in(stage, nova)
    await last_seen(stage, timedelta(minutes=6))
    await is_in(stage, nova)
    seen = (await stage.ask(nova, "{ me { sessions { lastSeenAt } } }"))["me"]["sessions"][0]["lastSeenAt"]
    assert seen > (now() - timedelta(minutes=1)).isoformat()


async def last_seen(stage: Stage, ago: timedelta) -> None:
    async with stage.sessions.writing() as session:
        await session.execute(update(Session).values(last_seen_at=now() - ago))


async def test_a_tokens_first_use_is_noted(stage: Stage) -> None:
    nova = await a_listener(stage.sessions)
    token = await an_api_token(stage.sessions, nova, ApiTokenScope.READ)
    async with stage.sessions.writing() as session:
        await session.execute(update(ApiToken).where(col(ApiToken.id) == token.id).values(last_used_at=None))
    await is_in(stage, token)
    assert (await stage.ask(nova, TOKENS))["me"]["apiTokens"][0]["lastUsedAt"]
