"""A new password by a link: for who has forgotten the old one, and for nobody else (D-80)."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from api.auth import accounts as entering
from db.ids import new_id
from db.vocabulary import ApiTokenScope, JobKind
from tests.accounts.desk import ANOTHER, PASSWORD, Desk, somebody
from tests.factories import Program, an_api_token
from tests.stage import Json, Stage, settings_of

pytestmark = pytest.mark.anyio
CHOOSE = "Choose a new password"
GONE = [("input.token", "LINK_EXPIRED")]


async def asked(desk: Desk, address: str = "nova@beatpass.test") -> str:
    """The token of a new link."""
    assert await desk.forget(address) == []
    return await desk.token(CHOOSE)


async def test_a_link_sets_a_password_ends_everything_and_signs_in(desk: Desk) -> None:
    nova = await somebody(desk, proved=False)
    elsewhere = await desk.sign_in(nova.email)
    program = await an_api_token(desk.sessions, nova, ApiTokenScope.FULL)
    assert elsewhere
    assert await desk.forget(" NOVA@beatpass.test ") == []
    [letter] = await desk.letters()
    assert (letter.about, letter.path) == (("nova@beatpass.test", CHOOSE), "/reset-password")
    assert "This link works once, for 30 minutes." in letter.text("plain")
    given = {"token": letter.token, "password": ANOTHER}
    payload = await desk.stage.mutate(
        None, "resetPassword", "token account { id emailVerified }", input=given
    )
    assert payload["account"] == {"id": nova.account, "emailVerified": True}
    assert [await desk.is_in(one) for one in (nova, elsewhere, program)] == [False, False, False]
    now_in = Program("", payload["token"])
    assert await desk.is_in(now_in)
    assert (await desk.sign_in(nova.email), bool(await desk.sign_in(nova.email, ANOTHER))) == (None, True)
    assert await desk.told(now_in) == ["You have a new password"]
    async with desk.stage.nothing_changes():
        assert await desk.reset(letter.token) == GONE


async def test_the_session_may_live_in_a_cookie(desk: Desk) -> None:
    await somebody(desk)
    given = {"token": await asked(desk), "password": ANOTHER, "transport": "COOKIE"}
    query = (
        "mutation($input: ResetPasswordInput!) { resetPassword(input: $input) { token account { email } } }"
    )
    answer = await desk.stage.answer(None, query, input=given)
    assert answer.data["resetPassword"] == {"token": None, "account": {"email": "nova@beatpass.test"}}
    assert answer.context.cookie
    assert await desk.is_in(Program("", answer.context.cookie))


async def test_a_known_and_an_unknown_email_differ_in_nothing_that_can_be_seen(desk: Desk) -> None:
    nova = await somebody(desk)
    answers: list[Json] = []
    said: list[list[str]] = []
    for address in (nova.email, "nobody@beatpass.test"):
        async with desk.statements() as statements:
            given = {"email": address}
            answers.append(await desk.stage.mutate(None, "requestPasswordReset", "sent", input=given))
        said.append(statements)
    assert answers == [{"sent": True, "errors": []}] * 2
    assert said[0] == said[1]
    known, unknown = await desk.jobs(JobKind.OFFER_RESET)
    assert [set(known.payload), len(known.payload["account"])] == [
        set(unknown.payload),
        len(unknown.payload["account"]),
    ]
    assert "beatpass.test" not in repr(known.payload) + repr(unknown.payload) + known.key + unknown.key
    assert [one.to for one in await desk.letters()] == [nova.email]


async def test_what_is_no_email_is_told_so(desk: Desk) -> None:
    async with desk.stage.nothing_changes():
        assert await desk.forget("nova") == [("input.email", "MALFORMED")]


async def test_too_many_tries_at_one_place_wait_whether_or_not_there_is_an_account(desk: Desk) -> None:
    nova = await somebody(desk)
    for address in (nova.email, "nobody@beatpass.test"):
        for _ in range(10):
            assert await desk.forget(address, peer="192.0.2.9") == []
        async with desk.stage.nothing_changes():
            assert await desk.forget(address, peer="192.0.2.9") == [("", "TOO_MANY_ATTEMPTS")]
        assert await desk.forget(address, peer="192.0.2.10") == []


async def test_one_address_keeps_nobody_from_a_reset_elsewhere(desk: Desk) -> None:
    nova = await somebody(desk)
    came = [await desk.forget(nova.email, peer="192.0.2.9") for _ in range(105)]
    assert came == [[]] * 10 + [[("", "TOO_MANY_ATTEMPTS")]] * 95
    assert await desk.forget(nova.email, peer="192.0.2.10") == []


async def test_an_address_whose_resets_are_spent_uses_up_nobody_elses(desk: Desk) -> None:
    attempts, spent = desk.stage.services.attempts, "198.51.100.7"
    for number in range(100):
        assert await attempts.count(f"somebody {number}", f"reset:{spent}")
    for number in range(91):
        assert await attempts.count(f"place {number}", "reset:nova@beatpass.test")
    for _ in range(10):
        assert await desk.forget("nova@beatpass.test", peer=spent) == [("", "TOO_MANY_ATTEMPTS")]
    assert await desk.forget("nova@beatpass.test", peer="198.51.100.8") == []


async def test_an_address_that_asks_for_many_waits(desk: Desk) -> None:
    for number in range(100):
        assert await desk.stage.services.attempts.count(f"somebody {number}", "reset:198.51.100.7")
    came = await desk.forget("nobody@beatpass.test", peer="198.51.100.7")
    assert came == [("", "TOO_MANY_ATTEMPTS")]


async def test_a_network_address_sends_no_letters_without_end(desk: Desk) -> None:
    nova = await somebody(desk, proved=False)
    for number in range(100):
        assert await desk.stage.services.attempts.count(f"somebody {number}", "letters:192.0.2.1")
    async with desk.stage.nothing_changes():
        assert await desk.stage.refusals(nova, "sendEmailProof") == [("", "TOO_MANY_ATTEMPTS")]
        change = {"email": "x@beatpass.test", "currentPassword": PASSWORD}
        assert await desk.change(nova, **change) == [("", "TOO_MANY_ATTEMPTS")]


async def test_a_reset_takes_no_password_of_one_character(desk: Desk) -> None:
    await somebody(desk)
    token = await asked(desk)
    async with desk.stage.nothing_changes():
        assert await desk.reset(token, " " * 10) == [("input.password", "MALFORMED")]
    assert await desk.reset(token) == []


async def test_links_cannot_be_tried_for_ever(desk: Desk) -> None:
    for number in range(100):
        assert await desk.stage.services.attempts.count(f"link {number}", "link:192.0.2.1")
    async with desk.stage.nothing_changes():
        assert await desk.reset("bpp_x") == [("", "TOO_MANY_ATTEMPTS")]
        assert await desk.verify("bpp_x") == [("", "TOO_MANY_ATTEMPTS")]


async def test_an_inbox_gets_five_letters_in_half_an_hour_and_the_last_link_works(desk: Desk) -> None:
    nova = await somebody(desk)
    for number in range(7):
        assert await desk.forget(nova.email, peer=f"192.0.2.{number}") == []
        await desk.send()
    letters = await desk.letters(CHOOSE)
    assert len(letters) == 5
    assert await desk.reset(letters[3].token) == GONE
    assert await desk.reset(letters[4].token) == []


async def test_after_the_life_of_a_link_there_is_another(desk: Desk) -> None:
    nova = await somebody(desk)
    for _ in range(6):
        await asked(desk, nova.email)
    await desk.later(timedelta(minutes=30))
    token = await asked(desk, nova.email)
    assert len(await desk.letters(CHOOSE)) == 6
    assert await desk.reset(token) == []


@pytest.mark.parametrize(("after", "came"), [(timedelta(minutes=29), []), (timedelta(minutes=30), GONE)])
async def test_a_link_ends_after_half_an_hour(
    desk: Desk, after: timedelta, came: list[tuple[str, str]]
) -> None:
    await somebody(desk)
    token = await asked(desk)
    await desk.later(after)
    assert await desk.reset(token) == came


async def test_of_uses_at_once_one_sets_its_password(desk: Desk) -> None:
    nova = await somebody(desk)
    token = await asked(desk)
    passwords = [f"{ANOTHER} {number}" for number in range(4)]
    came = await asyncio.gather(*(desk.reset(token, one) for one in passwords))
    assert sorted(came) == [[], GONE, GONE, GONE]
    fits = [bool(await desk.sign_in(nova.email, one)) for one in passwords]
    assert fits == [one == [] for one in came]


async def test_a_link_is_not_used_up_by_a_password_that_is_too_short(desk: Desk) -> None:
    await somebody(desk)
    token = await asked(desk)
    async with desk.stage.nothing_changes():
        assert await desk.reset(token, "short") == [("input.password", "TOO_SHORT")]
        assert await desk.reset("bpp_x", "x" * 201) == [("input.password", "TOO_LONG"), *GONE]
    assert await desk.reset(token) == []


async def test_who_signs_in_while_the_password_is_reset_is_not_in(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old password was right when it was looked at."""
    nova = await somebody(desk)
    token = await asked(desk)

    async def slow(stored: str | None, password: str) -> bool:
        assert (stored is not None, password) == (True, PASSWORD)
        assert await desk.reset(token) == []
        return True

    monkeypatch.setattr(entering, "is_password", slow)
    assert await desk.sign_in(nova.email) is None


async def test_another_password_ends_the_reset_that_was_asked_for_before(desk: Desk) -> None:
    nova = await somebody(desk)
    token = await asked(desk)
    assert await desk.change(nova, newPassword=ANOTHER, currentPassword=PASSWORD) == []
    async with desk.stage.nothing_changes():
        assert await desk.reset(token) == GONE


async def test_a_job_about_nobody_does_nothing(desk: Desk) -> None:
    await somebody(desk)
    before = await desk.stage.tables()
    await desk.forget("nobody@beatpass.test")
    await desk.send()
    after = await desk.stage.tables()
    assert {name: rows for name, rows in after.items() if name != "job"} == {
        name: rows for name, rows in before.items() if name != "job"
    }


async def test_the_job_of_a_reset_done_twice_makes_one_link(desk: Desk) -> None:
    nova = await somebody(desk)
    await desk.forget(nova.email)
    await desk.send()
    [job] = await desk.jobs(JobKind.OFFER_RESET)
    await desk.again(job)
    assert len(await desk.proofs()) == 1


@pytest.fixture
async def without_redis(database_url: str, tmp_path: Path) -> AsyncGenerator[Desk]:
    """An installation whose Redis is away."""
    folder = tmp_path / "mail"
    away: dict[str, Any] = {"smtp_url": folder.as_uri()}
    stage = Stage(settings_of(database_url, f"unix://{tmp_path}/nobody.sock?db=0", tmp_path / "data", **away))
    yield Desk(stage, folder)
    await stage.close()


async def test_without_redis_nothing_is_counted_and_the_doors_are_open(without_redis: Desk) -> None:
    desk, address = without_redis, f"{new_id('a')}@beatpass.test"
    nova = await somebody(desk, address)
    for _ in range(11):
        assert await desk.forget(address) == []
    [letter] = await desk.letters(CHOOSE)
    assert len(await desk.proofs()) == 5  # all but the last had ended before a worker came to their letters
    assert await desk.reset(letter.token) == []
    assert await desk.sign_in(nova.email, ANOTHER)
