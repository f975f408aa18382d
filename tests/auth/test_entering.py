"""Signing up, in and out (D-1)."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from api.auth import passwords
from api.auth.tokens import stored_form
from db.models.accounts import Account, Session
from tests.factories import Program
from tests.stage import Json, Stage

pytestmark = pytest.mark.anyio

ME = "{ me { id email displayName roles sessions { device current } } }"
GOOD = {"email": "Nova@BeatPass.test", "password": "correct horse", "displayName": "Nova"}


async def sign_up(stage: Stage, **different: str) -> Json:
    payload: Json = await stage.mutate(None, "signUp", "token account { id email }", input=GOOD | different)
    return payload


async def sign_in(stage: Stage, email: str, password: str = "correct horse", **peer: Any) -> Json:
    given = {"email": email, "password": password}
    payload: Json = await stage.mutate(None, "signIn", "token account { id }", input=given, **peer)
    return payload


def errors_of(payload: Json) -> list[tuple[str, str]]:
    return [(".".join(error["path"]), error["code"]) for error in payload["errors"]]


async def test_who_signs_up_is_signed_in_as_a_listener(stage: Stage) -> None:
    payload = await sign_up(stage)
    assert payload["errors"] == []
    assert payload["account"]["email"] == "Nova@BeatPass.test"
    me = (await stage.ask(Program("", payload["token"]), ME))["me"]
    assert me == {
        "id": payload["account"]["id"],
        "email": "Nova@BeatPass.test",
        "displayName": "Nova",
        "roles": ["LISTENER"],
        "sessions": [{"device": "Tests", "current": True}],
    }


async def test_neither_the_password_nor_the_token_is_stored(stage: Stage) -> None:
    token = (await sign_up(stage))["token"]
    everything = repr(await stage.tables())
    assert token not in everything
    assert "correct horse" not in everything
    assert stored_form(token) in everything
    async with stage.sessions.reading() as session:
        hashed = (await session.scalars(select(col(Account.password_hash)))).one()
    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


async def test_all_problems_of_a_sign_up_are_told_at_once(stage: Stage) -> None:
    async with stage.nothing_changes():
        payload = await sign_up(stage, email="nova", password="short", displayName=" ")
    assert errors_of(payload) == [
        ("input.email", "MALFORMED"),
        ("input.password", "TOO_SHORT"),
        ("input.displayName", "REQUIRED"),
    ]
    assert (payload["token"], payload["account"]) == (None, None)
    assert payload["errors"][1]["minimum"] == "10"


@pytest.mark.parametrize("password", [" " * 10, "a" * 10, "0" * 200, "\t \u00a0" * 5])
async def test_one_character_over_and_over_is_no_password(stage: Stage, password: str) -> None:
    async with stage.nothing_changes():
        assert errors_of(await sign_up(stage, password=password)) == [("input.password", "MALFORMED")]


async def test_an_email_has_one_account_whatever_its_case(stage: Stage) -> None:
    await sign_up(stage)
    async with stage.nothing_changes():
        taken = await sign_up(stage, email=" nova@beatpass.TEST ", password="another one")
    assert errors_of(taken) == [("input.email", "EMAIL_TAKEN")]


async def test_one_of_two_sign_ups_at_once_gets_the_email(stage: Stage) -> None:
    payloads = await asyncio.gather(*(sign_up(stage, displayName=name) for name in ("A", "B", "C")))
    assert sorted(errors_of(payload) for payload in payloads) == [[], *[[("input.email", "EMAIL_TAKEN")]] * 2]
    async with stage.sessions.reading() as session:
        assert len((await session.scalars(select(col(Account.id)))).all()) == 1
        assert len((await session.scalars(select(col(Session.id)))).all()) == 1


async def test_signing_in_ignores_the_case_of_the_email(stage: Stage) -> None:
    account = (await sign_up(stage))["account"]["id"]
    payload = await sign_in(stage, " NOVA@beatpass.test")
    assert (payload["errors"], payload["account"]["id"]) == ([], account)


async def test_an_unknown_email_is_answered_like_a_wrong_password_after_the_same_work(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sign_up(stage)
    verified: list[str] = []
    hasher = passwords._HASHER  # pyright: ignore[reportPrivateUsage] -- what is counted is its work
    monkeypatch.setattr(passwords, "_HASHER", CountingHasher(hasher, verified))
    async with stage.nothing_changes():
        wrong = await sign_in(stage, GOOD["email"], "wrong password")
        unknown = await sign_in(stage, "nobody@beatpass.test", "wrong password")
    assert wrong == unknown
    assert errors_of(wrong) == [("", "WRONG_CREDENTIALS")]
    parameters = [hashed.rsplit("$", 2)[0] for hashed in verified]
    assert len(parameters) == 2
    assert parameters[0] == parameters[1]


class CountingHasher:
    """Notes which hashes are verified."""

    def __init__(self, hasher: Any, verified: list[str]) -> None:
        self._hasher = hasher
        self._verified = verified

    def hash(self, password: str) -> str:
        return str(self._hasher.hash(password))

    def verify(self, hashed: str, password: str) -> bool:
        self._verified.append(hashed)
        return bool(self._hasher.verify(hashed, password))


@pytest.mark.usefixtures("cheap_passwords")
async def test_after_ten_failures_at_one_place_an_email_waits_there_even_with_the_right_password(
    stage: Stage,
) -> None:
    await sign_up(stage)
    before = datetime.now(UTC)
    for _ in range(10):
        payload = await sign_in(stage, GOOD["email"], "wrong password", peer="192.0.2.9")
        assert errors_of(payload) == [("", "WRONG_CREDENTIALS")]
    async with stage.nothing_changes():
        payload = await sign_in(stage, GOOD["email"].upper(), peer="192.0.2.9")
    [error] = payload["errors"]
    assert (error["__typename"], error["code"], error["limit"]) == ("LimitReached", "TOO_MANY_ATTEMPTS", 10)
    retry_at = datetime.fromisoformat(error["retryAt"])
    assert before + timedelta(minutes=14) < retry_at <= datetime.now(UTC) + timedelta(minutes=15)
    assert errors_of(await sign_in(stage, GOOD["email"], peer="192.0.2.10")) == []


@pytest.mark.usefixtures("cheap_passwords")
async def test_after_a_hundred_attempts_an_address_waits_whatever_email_it_tries(stage: Stage) -> None:
    for number in range(100):
        assert await stage.services.attempts.count(f"somebody {number}", "sign-in:198.51.100.7")
    payload = await sign_in(stage, "somebody@beatpass.test", peer="198.51.100.7")
    assert errors_of(payload) == [("", "TOO_MANY_ATTEMPTS")]
    elsewhere = await sign_in(stage, "somebody@beatpass.test", peer="198.51.100.8")
    assert errors_of(elsewhere) == [("", "WRONG_CREDENTIALS")]


@pytest.mark.usefixtures("cheap_passwords")
async def test_one_address_locks_nobody_out_elsewhere(stage: Stage) -> None:
    await sign_up(stage)
    tries = [await sign_in(stage, GOOD["email"], "wrong password", peer="192.0.2.9") for _ in range(105)]
    codes = [errors_of(payload) for payload in tries]
    assert codes == [[("", "WRONG_CREDENTIALS")]] * 10 + [[("", "TOO_MANY_ATTEMPTS")]] * 95
    assert errors_of(await sign_in(stage, GOOD["email"], peer="192.0.2.10")) == []


@pytest.mark.usefixtures("cheap_passwords")
async def test_an_address_whose_tries_are_spent_uses_up_nobody_elses(stage: Stage) -> None:
    spent, key = "198.51.100.7", f"sign-in:{GOOD['email'].lower()}"
    for number in range(100):
        assert await stage.services.attempts.count(f"somebody {number}", f"sign-in:{spent}")
    for number in range(91):
        assert await stage.services.attempts.count(f"place {number}", key)
    for _ in range(10):
        assert errors_of(await sign_in(stage, GOOD["email"], peer=spent)) == [("", "TOO_MANY_ATTEMPTS")]
    assert errors_of(await sign_in(stage, GOOD["email"], peer="198.51.100.8")) == [("", "WRONG_CREDENTIALS")]


async def test_the_limit_that_refuses_is_the_one_that_is_named(stage: Stage) -> None:
    for number in range(100):
        assert await stage.services.attempts.count(f"somebody {number}", "sign-in:198.51.100.7")
    [error] = (await sign_in(stage, "nova@beatpass.test", peer="198.51.100.7"))["errors"]
    assert (error["code"], error["limit"]) == ("TOO_MANY_ATTEMPTS", 100)


@pytest.mark.usefixtures("cheap_passwords")
async def test_a_success_forgives_the_failures_of_an_email(stage: Stage) -> None:
    await sign_up(stage)
    for _ in range(2):
        for _ in range(9):
            await sign_in(stage, GOOD["email"], "wrong password", peer="192.0.2.9")
        assert errors_of(await sign_in(stage, GOOD["email"], peer="192.0.2.9")) == []


async def test_many_accounts_from_one_address_have_to_wait(stage: Stage) -> None:
    for number in range(100):
        assert await stage.services.attempts.count(f"somebody {number}", "sign-up:192.0.2.1")
    async with stage.nothing_changes():
        assert errors_of(await sign_up(stage)) == [("", "TOO_MANY_ATTEMPTS")]


async def test_a_token_in_a_cookie_is_not_in_the_answer(stage: Stage) -> None:
    query = "mutation($input: SignUpInput!) { signUp(input: $input) { token account { id } } }"
    answer = await stage.answer(None, query, input=GOOD | {"transport": "COOKIE"})
    assert answer.data["signUp"]["token"] is None
    assert answer.data["signUp"]["account"]
    assert answer.context.cookie
    assert (await stage.ask(Program("", answer.context.cookie), ME))["me"]["displayName"] == "Nova"


async def test_who_signs_out_is_out_and_the_cookie_is_forgotten(stage: Stage) -> None:
    nova = Program("", (await sign_up(stage))["token"])
    answer = await stage.answer(nova, "mutation { signOut { sessionId errors { code } } }")
    assert answer.data["signOut"]["sessionId"]
    assert answer.context.cookie == ""
    assert await stage.ask(nova, ME) == {"me": None}
    assert await stage.fault(nova, "mutation { signOut { sessionId } }") == "UNAUTHENTICATED"


@pytest.mark.parametrize("token", ["", "bps_unknown", "bpt_unknown", "demo-staff", "nonsense"])
async def test_an_unknown_token_opens_nothing(stage: Stage, token: str) -> None:
    assert await stage.ask(Program("", token), ME) == {"me": None}
