"""One inbox has one account, however its address is written (D-1)."""

from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col

from api.auth.passwords import hash_password
from api.staff import make_staff
from db.models.accounts import Account
from tests.factories import Person, a_listener
from tests.stage import Stage

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("cheap_passwords")]

PASSWORD = "correct horse"


async def sign_up(stage: Stage, email: str) -> list[tuple[str, str]]:
    given = {"email": email, "password": PASSWORD, "displayName": "Bomb"}
    return await stage.refusals(None, "signUp", input=given)


async def sign_in(stage: Stage, email: str) -> str | None:
    given = {"email": email, "password": PASSWORD}
    payload = await stage.mutate(None, "signIn", "account { id }", input=given)
    return str(payload["account"]["id"]) if payload["account"] else None


async def stored_before(stage: Stage, email: str) -> Person:
    """As an earlier version kept an e-mail: its key dropped the case and no more."""
    person = await a_listener(stage.sessions)
    columns: dict[str, Any] = {
        "email": email,
        "email_key": email.casefold(),
        "password_hash": await hash_password(PASSWORD),
    }
    async with stage.sessions.writing() as session:
        await session.execute(update(Account).where(col(Account.id) == person.account).values(**columns))
    return person


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("bomb@example.org\u200b", "MALFORMED"),
        ("bomb@exam\u00adple.org", "MALFORMED"),
        ("bomb@\uff45xample.org", "EMAIL_TAKEN"),
        ("bomb@example\u3002org", "EMAIL_TAKEN"),
        ("\uff42omb@example.org", "EMAIL_TAKEN"),
        ("bomb\ufe0f@example.org", "MALFORMED"),
        ("BOMB@EXAMPLE.ORG", "EMAIL_TAKEN"),
    ],
)
async def test_no_way_to_write_an_address_opens_a_second_account(stage: Stage, typed: str, code: str) -> None:
    assert await sign_up(stage, "bomb@example.org") == []
    async with stage.nothing_changes():
        assert await sign_up(stage, typed) == [("input.email", code)]


async def test_a_domain_is_the_same_in_its_letters_and_as_dns_has_it(stage: Stage) -> None:
    assert await sign_up(stage, "a@müller.example") == []
    me = await sign_in(stage, "A@xn--mller-kva.example")
    assert me
    assert await sign_in(stage, "a@MÜLLER.example") == me
    async with stage.nothing_changes():
        assert await sign_up(stage, "a@XN--MLLER-KVA.example") == [("input.email", "EMAIL_TAKEN")]


async def test_an_account_that_was_there_before_is_found_and_its_inbox_is_taken(stage: Stage) -> None:
    nova = await stored_before(stage, "Nova@Müller.example")
    for typed in ("nova@müller.example", "NOVA@MÜLLER.EXAMPLE"):
        assert await sign_in(stage, typed) == nova.account
        async with stage.nothing_changes():
            assert await sign_up(stage, typed) == [("input.email", "EMAIL_TAKEN")]
    assert await make_staff(stage.sessions, "nova@müller.example")


async def test_a_twin_that_was_there_before_is_entered_by_what_it_was_made_of(stage: Stage) -> None:
    twin = await stored_before(stage, "bomb@example.org\u200b")
    assert await sign_up(stage, "bomb@example.org") == []
    assert await sign_in(stage, "bomb@example.org\u200b") == twin.account
    assert await sign_in(stage, "bomb@example.org") not in {None, twin.account}
