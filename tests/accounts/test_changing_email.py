"""Another e-mail: with the password, proved by its link, told to the old one, with a way back (D-80)."""

import asyncio
from datetime import timedelta

import pytest

from db.vocabulary import ApiTokenScope, ProofKind
from tests.accounts.desk import ANOTHER, PASSWORD, Desk, somebody
from tests.factories import Person, Program, an_api_token
from tests.stage import Json

pytestmark = pytest.mark.anyio
OLD, NEW, THIRD = "nova@beatpass.test", "Nova.New@beatpass.test", "third@beatpass.test"
CONFIRM, ABOUT_TO, CHANGED = (
    "Confirm your new e-mail",
    "Your e-mail is about to change",
    "Your e-mail was changed",
)
GONE = [("input.token", "LINK_EXPIRED")]
TAKEN = [("input.token", "EMAIL_TAKEN")]


async def ask(desk: Desk, who: Person | Program, email: str = NEW) -> str:
    """The token of the link that went to the new address."""
    assert await desk.change(who, email=email, currentPassword=PASSWORD) == []
    return await desk.token(CONFIRM)


async def move(desk: Desk, who: Person | Program, email: str = NEW) -> None:
    assert await desk.verify(await ask(desk, who, email)) == []


async def way_back(desk: Desk, address: str) -> str:
    """The token in the newest letter to an address that was left."""
    [*_, letter] = [
        one for one in await desk.letters(CHANGED) if one.to == address and "token=" in one.text("plain")
    ]
    return letter.token


async def sign_up(desk: Desk, email: str) -> list[tuple[str, str]]:
    given = {"email": email, "password": PASSWORD, "displayName": "Thief"}
    return await desk.stage.refusals(None, "signUp", input=given)


async def test_the_new_address_gets_the_link_and_the_old_one_is_told_at_once_and_again(desk: Desk) -> None:
    nova = await somebody(desk)
    token = await ask(desk, nova)
    assert [one.about for one in await desk.letters()] == [(NEW, CONFIRM), (OLD, ABOUT_TO)]
    me = await desk.me(nova)
    assert (me["email"], me["pendingEmail"]) == (OLD, NEW)
    assert await desk.verify(token) == []
    me = await desk.me(nova)
    assert (me["email"], me["emailVerified"], me["pendingEmail"]) == (NEW, True, None)
    news = [one.about for one in await desk.letters()][2:]
    assert sorted(news) == [(NEW, CHANGED), (OLD, CHANGED)]
    assert await desk.told(nova) == [CHANGED, ABOUT_TO]
    assert (await desk.sign_in(OLD), bool(await desk.sign_in(NEW.upper()))) == (None, True)
    async with desk.stage.nothing_changes():
        assert await desk.verify(token) == GONE


async def test_a_letter_to_an_address_that_may_be_a_strangers_names_nobody(desk: Desk) -> None:
    nova = await somebody(desk)
    assert await desk.change(nova, displayName="Win at http://spam.test") == []
    await ask(desk, nova)
    [letter] = await desk.letters(CONFIRM)
    assert "spam" not in letter.message.as_string()
    assert OLD not in letter.message.as_string()


async def test_without_the_present_password_nothing_is_asked_for(desk: Desk) -> None:
    nova = await somebody(desk)
    async with desk.stage.nothing_changes():
        assert await desk.change(nova, email=NEW) == [("input.currentPassword", "REQUIRED")]
        wrong = await desk.change(nova, email="x", newPassword="short", currentPassword="guess")
    assert wrong == [
        ("input.email", "MALFORMED"),
        ("input.newPassword", "TOO_SHORT"),
        ("input.currentPassword", "WRONG_CREDENTIALS"),
    ]


async def test_whether_an_address_is_taken_is_told_to_who_reads_its_mail(desk: Desk) -> None:
    nova = await somebody(desk)
    await somebody(desk, NEW.casefold())
    answers: list[Json] = []
    said: list[list[str]] = []
    for email in (NEW, "free@beatpass.test"):
        async with desk.statements() as statements:
            given = {"email": email, "currentPassword": PASSWORD}
            answers.append(await desk.stage.mutate(nova, "updateAccount", "account { email }", input=given))
        said.append(statements)
    assert answers == [{"account": {"email": OLD}, "errors": []}] * 2
    assert said[0] == said[1]
    token = await ask(desk, nova)
    async with desk.stage.nothing_changes():
        assert await desk.verify(token) == TAKEN


async def test_of_two_accounts_that_want_one_address_at_once_one_gets_it(desk: Desk) -> None:
    one, other = await somebody(desk, "one@beatpass.test"), await somebody(desk, "other@beatpass.test")
    tokens = [await ask(desk, who) for who in (one, other)]
    came = await asyncio.gather(*(desk.verify(token) for token in tokens))
    assert sorted(came) == [[], TAKEN]
    emails = [(await desk.me(who))["email"] for who in (one, other)]
    assert emails.count(NEW) == 1


async def test_of_two_uses_of_a_link_at_once_one_changes_the_email(desk: Desk) -> None:
    nova = await somebody(desk)
    token = await ask(desk, nova)
    came = await asyncio.gather(*(desk.verify(token) for _ in range(3)))
    assert sorted(came) == [[], GONE, GONE]
    assert [one.kind for one in await desk.proofs()] == [ProofKind.CHANGE_EMAIL, ProofKind.RESTORE_EMAIL]


async def test_the_present_address_calls_a_change_off(desk: Desk) -> None:
    nova = await somebody(desk)
    token = await ask(desk, nova)
    assert await desk.change(nova, email=OLD, currentPassword=PASSWORD) == []
    assert (await desk.me(nova))["pendingEmail"] is None
    async with desk.stage.nothing_changes():
        assert await desk.verify(token) == GONE


async def test_another_password_stops_a_change(desk: Desk) -> None:
    """As the notice to the old address says."""
    nova = await somebody(desk)
    token = await ask(desk, nova)
    assert await desk.change(nova, newPassword=ANOTHER, currentPassword=PASSWORD) == []
    async with desk.stage.nothing_changes():
        assert await desk.verify(token) == GONE


async def test_a_link_ends_after_a_day(desk: Desk) -> None:
    nova = await somebody(desk)
    token = await ask(desk, nova)
    await desk.later(timedelta(hours=24))
    assert (await desk.me(nova))["pendingEmail"] is None
    async with desk.stage.nothing_changes():
        assert await desk.verify(token) == GONE


async def test_five_strangers_a_day_are_enough(desk: Desk) -> None:
    nova = await somebody(desk)
    for number in range(5):
        await ask(desk, nova, f"stranger{number}@beatpass.test")
    async with desk.stage.nothing_changes():
        given = {"email": NEW, "newPassword": ANOTHER, "currentPassword": PASSWORD}
        assert await desk.change(nova, **given) == [("", "TOO_MANY_ATTEMPTS")]


async def test_what_went_to_the_old_address_ends_with_it(desk: Desk) -> None:
    nova = await somebody(desk)
    await desk.forget(OLD)
    token = await desk.token("Choose a new password")
    await move(desk, nova)
    async with desk.stage.nothing_changes():
        assert await desk.reset(token) == GONE


async def test_email_and_password_are_changed_together(desk: Desk) -> None:
    nova = await somebody(desk)
    assert await desk.change(nova, email=NEW, newPassword=ANOTHER, currentPassword=PASSWORD) == []
    assert (await desk.me(nova))["pendingEmail"] == NEW
    assert await desk.verify(await desk.token(CONFIRM)) == []
    assert await desk.sign_in(NEW, ANOTHER)


# ---- the way back --------------------------------------------------------------------------------


async def test_who_was_robbed_of_an_account_takes_it_back_by_the_old_address(desk: Desk) -> None:
    nova = await somebody(desk)
    thief = await desk.sign_in(OLD)
    assert thief
    await move(desk, thief)
    program = await an_api_token(desk.sessions, nova, ApiTokenScope.FULL)
    token = await way_back(desk, OLD)
    given = {"token": token, "password": ANOTHER}
    payload = await desk.stage.mutate(None, "resetPassword", "token account { email }", input=given)
    assert payload["account"] == {"email": OLD}
    assert [await desk.is_in(one) for one in (thief, nova, program)] == [False, False, False]
    back = Program("", payload["token"])
    assert (await desk.me(back))["emailVerified"]
    assert (await desk.told(back))[0] == "Your e-mail is back"
    assert await desk.sign_in(OLD, ANOTHER)
    assert [await desk.sign_in(NEW), await desk.sign_in(OLD)] == [None, None]
    async with desk.stage.nothing_changes():
        assert await desk.reset(token) == GONE


async def test_a_thief_does_not_end_the_way_back_by_changing_the_email_again(desk: Desk) -> None:
    nova = await somebody(desk)
    await move(desk, nova, NEW)
    owners = await way_back(desk, OLD)
    await move(desk, nova, THIRD)
    thiefs = await way_back(desk, NEW)
    assert await desk.change(nova, newPassword=f"{ANOTHER} 2", currentPassword=PASSWORD) == []
    assert await desk.reset(owners) == []
    async with desk.stage.nothing_changes():
        assert await desk.reset(thiefs) == GONE
    assert await desk.sign_in(OLD, ANOTHER)


async def test_a_thief_who_goes_back_does_not_end_the_owners_way(desk: Desk) -> None:
    nova = await somebody(desk)
    await move(desk, nova, NEW)
    await move(desk, nova, THIRD)
    assert await desk.reset(await way_back(desk, NEW)) == []
    assert await desk.reset(await way_back(desk, OLD), f"{ANOTHER} 2") == []
    assert await desk.sign_in(OLD, f"{ANOTHER} 2")


async def test_an_address_that_may_come_back_is_nobody_elses_for_three_days(desk: Desk) -> None:
    nova, ari = await somebody(desk), await somebody(desk, "ari@beatpass.test")
    await move(desk, nova)
    token = await ask(desk, ari, OLD)
    async with desk.stage.nothing_changes():
        assert await sign_up(desk, OLD.upper()) == [("input.email", "EMAIL_TAKEN")]
        assert await desk.verify(token) == TAKEN
    await desk.later(timedelta(hours=72))
    async with desk.stage.nothing_changes():
        assert await desk.reset(await way_back(desk, OLD)) == GONE
    assert await sign_up(desk, OLD) == []


async def test_a_sign_up_and_a_change_at_once_never_share_an_address(desk: Desk) -> None:
    """Whoever is first: the address that is left is kept from the same commit on that frees it."""
    nova = await somebody(desk)
    token = await ask(desk, nova)
    came = await asyncio.gather(desk.verify(token), *(sign_up(desk, OLD) for _ in range(3)))
    assert came == [[], *[[("input.email", "EMAIL_TAKEN")]] * 3]
    assert await desk.reset(await way_back(desk, OLD)) == []


async def test_the_account_itself_may_go_back_by_a_change(desk: Desk) -> None:
    nova = await somebody(desk)
    await move(desk, nova)
    await move(desk, nova, OLD)
    assert (await desk.me(nova))["email"] == OLD


async def test_an_old_address_that_was_never_proved_is_told_and_gets_no_way_back(desk: Desk) -> None:
    """It may be a stranger's: somebody mistyped it at sign-up."""
    nova = await somebody(desk, proved=False)
    await move(desk, nova)
    [told] = [one for one in await desk.letters(CHANGED) if one.to == OLD]
    assert "http" not in told.text("plain").replace("https://beatpass.test\n", "")
    assert "contact@beatpass.ca" in told.text("plain")
    assert (await desk.proofs())[-1].kind is ProofKind.EMAIL_LEFT
    assert await sign_up(desk, OLD) == []
