"""The pages behind the links: a look changes nothing, a click does, and no script is needed (D-80)."""

import re

import httpx
import pytest

from db.models.accounts import Session
from tests.accounts.desk import ANOTHER, PASSWORD, Desk, Letter, somebody
from tests.factories import Person
from tests.tools.databases import on_sqlite

pytestmark = pytest.mark.anyio
GONE = "This link was used already, or has ended. Ask for a new one."


async def to_prove(desk: Desk) -> tuple[Person, Letter]:
    nova = await somebody(desk, proved=False)
    assert await desk.stage.refusals(nova, "sendEmailProof") == []
    return nova, (await desk.letters("Confirm your e-mail"))[-1]


async def to_reset(desk: Desk) -> tuple[Person, Letter]:
    nova = await somebody(desk)
    assert await desk.forget(nova.email) == []
    return nova, (await desk.letters("Choose a new password"))[-1]


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize("path", ["/settings/security", "/network", "/events/evt_x", "/nonsense?x=<script>"])
async def test_a_browser_is_told_that_a_page_belongs_to_the_site(web: httpx.AsyncClient, path: str) -> None:
    answer = await web.get(path, headers={"accept": BROWSER})
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert (answer.headers["cache-control"], answer.headers["x-robots-tag"]) == ("no-store", "noindex")
    assert "This page belongs to the site." in answer.text
    assert re.findall(r'(?:href|src)="([^"]+)"', answer.text) == ["https://api.beatpass.test/graphql"]
    assert "<script" not in answer.text
    head = await web.head(path, headers={"accept": BROWSER})
    assert (head.status_code, head.content) == (404, b"")


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/json, text/html;q=0.5", ""])
async def test_programs_hear_what_they_always_have(web: httpx.AsyncClient, accept: str) -> None:
    answer = await web.get("/settings/security", headers={"accept": accept})
    assert (answer.status_code, answer.text) == (404, "Not Found")
    assert answer.headers["content-type"].startswith("text/plain")
    for method in ("POST", "PUT", "DELETE"):
        posted = await web.request(method, "/settings/security", headers={"accept": BROWSER})
        assert (posted.status_code, posted.text) == (404, "Not Found")


def address(letter: Letter) -> str:
    return f"{letter.path}?token={letter.token}"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_look_at_a_link_changes_nothing(desk: Desk, web: httpx.AsyncClient, method: str) -> None:
    _, proving = await to_prove(desk)
    assert await desk.forget("nova@beatpass.test") == []
    [resetting] = await desk.letters("Choose a new password")
    async with desk.stage.nothing_changes():
        for letter in (proving, resetting):
            answer = await web.request(method, address(letter))
            assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert answer.headers["content-security-policy"].startswith(
                "default-src 'none'; style-src 'sha256-"
            )
            if method == "GET":
                assert "nova@beatpass.test" in answer.text
                assert answer.text.count("<button") == 1
                assert not re.search(r"<script|src=|href=|@import|url\(", answer.text)


async def test_a_click_proves_an_email_and_a_second_one_is_told_that_the_link_is_used(
    desk: Desk, web: httpx.AsyncClient
) -> None:
    nova, letter = await to_prove(desk)
    answer = await web.post(address(letter))
    assert (answer.status_code, "Your e-mail is confirmed." in answer.text) == (200, True)
    assert (await desk.me(nova))["emailVerified"]
    async with desk.stage.nothing_changes():
        for again in (await web.post(address(letter)), await web.get(address(letter))):
            assert (again.status_code, GONE in again.text, "<form" in again.text) == (410, True, False)


async def test_a_password_is_chosen_on_the_page_and_no_session_is_left_open(
    desk: Desk, web: httpx.AsyncClient
) -> None:
    nova, letter = await to_reset(desk)
    answer = await web.post(address(letter), data={"password": f"{ANOTHER} ü"})
    assert (answer.status_code, "Your new password is set." in answer.text) == (200, True)
    assert "set-cookie" not in answer.headers
    async with desk.sessions.reading() as session:
        assert (await session.get_one(Session, nova.session)).ended_at
    assert (await desk.sign_in(nova.email), bool(await desk.sign_in(nova.email, f"{ANOTHER} ü"))) == (
        None,
        True,
    )
    async with desk.stage.nothing_changes():
        again = await web.post(address(letter), data={"password": ANOTHER})
    assert (again.status_code, GONE in again.text) == (410, True)


async def test_a_password_that_is_too_short_is_asked_for_again(desk: Desk, web: httpx.AsyncClient) -> None:
    _, letter = await to_reset(desk)
    async with desk.stage.nothing_changes():
        for given in ({"password": "short"}, {}):
            answer = await web.post(address(letter), data=given)
            assert (answer.status_code, "This needs at least 10 characters." in answer.text) == (400, True)
            assert 'type="password"' in answer.text
        assert (await web.post(address(letter), content=b"x" * 5000)).status_code == 413
    assert (await web.post(address(letter), data={"password": ANOTHER})).status_code == 200


async def test_the_way_back_is_a_page_that_says_what_it_does(desk: Desk, web: httpx.AsyncClient) -> None:
    nova = await somebody(desk)
    assert await desk.change(nova, email="new@beatpass.test", currentPassword=PASSWORD) == []
    proving = (await desk.letters("Confirm your new e-mail"))[-1]
    assert (await web.post(address(proving))).status_code == 200
    [back] = [one for one in await desk.letters("Your e-mail was changed") if one.to == nova.email]
    assert "You sign in with nova@beatpass.test again." in (await web.get(address(back))).text
    assert (await web.post(address(back), data={"password": ANOTHER})).status_code == 200
    assert await desk.sign_in(nova.email, ANOTHER)


async def test_a_link_for_something_else_and_one_of_nobody_are_the_same_page(
    desk: Desk, web: httpx.AsyncClient
) -> None:
    _, letter = await to_prove(desk)
    wrong = (
        "/reset-password",
        f"/reset-password?token={letter.token}",
        "/verify-email?token=",
        "/verify-email?token=%00",
    )
    async with desk.stage.nothing_changes():
        pages = {(await web.request(method, one)).text for one in wrong for method in ("GET", "POST")}
    short = {page for page in pages if GONE in page}
    assert (len(pages), pages) == (1, short)


@on_sqlite
async def test_links_cannot_be_looked_at_for_ever(desk: Desk, web: httpx.AsyncClient) -> None:
    for number in range(100):
        assert await desk.stage.services.attempts.count(f"somebody {number}", "look:127.0.0.1")
    answer = await web.get("/verify-email?token=bpp_x")
    assert (answer.status_code, "Too many attempts." in answer.text) == (429, True)
