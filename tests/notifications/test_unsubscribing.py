"""One-click unsubscribe: a look changes nothing, a click switches one kind off, and it can be put back."""

import re
from collections.abc import AsyncGenerator
from typing import Any

import httpx
import pytest

from api.notifications.unsubscribing import UnsubscribeLinks
from db.vocabulary import JobKind, NotificationKind
from tests.factories import Person, a_listener
from tests.notifications.office import Office, tell
from tests.notifications.test_preferences import switches
from tests.stage import web_of

pytestmark = pytest.mark.anyio
ONE_CLICK = "List-Unsubscribe=One-Click"
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
async def web(office: Office) -> AsyncGenerator[httpx.AsyncClient]:
    """The web process of production without its socket."""
    async with web_of(office.stage, "https://api.beatpass.test") as client:
        yield client


async def told_by_mail(
    office: Office, kind: NotificationKind = NotificationKind.CASE_DECIDED
) -> tuple[Person, str]:
    """Somebody, and the link in their e-mail."""
    ari = await a_listener(office.sessions)
    await tell(office.sessions, ari, kind=kind)
    await office.work(JobKind.SEND_EMAIL)
    [mail] = office.mails.received()
    return ari, mail.message["List-Unsubscribe"].strip("<>")


async def off(office: Office, who: Person) -> set[tuple[str, str]]:
    """Switches that are off, of kinds that are told to everybody."""
    found = await switches(office.stage, who)
    for_verified = {
        "SIMILARITY_MATCH",
        "ANALYTICS_REPORT",
        "MATCHING_REQUEST",
        "NEW_SUBSCRIBERS",
        "PAYOUT_UPDATE",
        "CONTACT_REQUEST",
        "EVENT_UPDATE",
    }
    return {pair for pair, one in found.items() if not one["enabled"] and pair[0] not in for_verified}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_look_at_the_link_changes_nothing(
    office: Office, web: httpx.AsyncClient, method: str
) -> None:
    _, link = await told_by_mail(office)
    async with office.stage.nothing_changes():
        answer = await web.request(method, link)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")
    if method == "GET":
        assert "No more e-mails about decisions about your applications and appeals?" in answer.text
        assert answer.text.count("<button") == 1
        assert not re.search(r"<script|src=|href=|@import|url\(", answer.text)


@pytest.mark.parametrize("content", [ONE_CLICK, "", "off=yes", "\x00\xff=%zz&&"])
async def test_a_click_switches_the_kind_off_and_again_changes_nothing(
    office: Office, web: httpx.AsyncClient, content: str
) -> None:
    ari, link = await told_by_mail(office)
    answer = await web.post(link, content=content.encode("latin-1"), headers=FORM)
    assert (answer.status_code, "You are unsubscribed." in answer.text) == (200, True)
    assert await off(office, ari) == {("CASE_DECIDED", "EMAIL")}
    async with office.stage.nothing_changes():
        again = await web.post(link, content=content.encode("latin-1"), headers=FORM)
    assert again.text == answer.text
    await tell(office.sessions, ari, subject="another")
    assert await office.work(JobKind.SEND_EMAIL) == 0


async def test_rfc_8058_in_multipart_is_understood(office: Office, web: httpx.AsyncClient) -> None:
    ari, link = await told_by_mail(office)
    parts: Any = {"List-Unsubscribe": (None, "One-Click")}
    assert (await web.post(link, files=parts)).status_code == 200
    assert await off(office, ari) == {("CASE_DECIDED", "EMAIL")}


async def test_it_can_be_put_back_from_the_page(office: Office, web: httpx.AsyncClient) -> None:
    ari, link = await told_by_mail(office)
    page = (await web.post(link, content=ONE_CLICK, headers=FORM)).text
    field = re.search(r'type="hidden" name="(\w+)" value="(\w+)"', page)
    assert field
    assert "Send them again" in page
    answer = await web.post(link, data={field[1]: field[2]})
    assert (answer.status_code, "You get these e-mails again." in answer.text) == (200, True)
    assert await off(office, ari) == set()


async def test_the_link_of_a_digest_switches_off_all_that_is_in_one(
    office: Office, web: httpx.AsyncClient
) -> None:
    ari = await a_listener(office.sessions)
    link = UnsubscribeLinks(office.stage.settings).of(ari.account, "DIGEST")
    await tell(office.sessions, ari, kind=NotificationKind.NEW_UPLOAD)
    await web.post(link, content=ONE_CLICK, headers=FORM)
    assert await off(office, ari) == {
        (kind, "EMAIL")
        for kind in (
            "NEW_UPLOAD",
            "NEW_FOLLOWER",
            "BEAT_SUBMISSION",
            "TRACK_DOWNLOAD",
            "PLAY_MILESTONE",
            "ACHIEVEMENT",
        )
    }
    assert [one.email for one in await office.notices()] == [None]


async def test_a_link_that_we_did_not_give_out_is_unknown_and_does_nothing(
    office: Office, web: httpx.AsyncClient
) -> None:
    ari, link = await told_by_mail(office)
    bo = await a_listener(office.sessions, "Bo")
    start, _, token = link.rpartition("/")
    account, scope, signature = token.split(".")
    security = UnsubscribeLinks(office.stage.settings).of(ari.account, "SECURITY").rpartition("/")[2]
    wrong = [
        f"{bo.account}.{scope}.{signature}",
        f"{account}.NEW_UPLOAD.{signature}",
        f"{account}.{scope}.{signature[:-1]}",
        f"{account}.{scope}.",
        f"{account}.{scope}",
        f"{token}.x",
        f"{token}%0A",
        "nonsense",
        "%F0%9F%92%A9.%00.%FF",
        security,
    ]
    async with office.stage.nothing_changes():
        for one in wrong:
            for method in ("GET", "POST"):
                answer = await web.request(method, f"{start}/{one}")
                assert (one, answer.status_code) == (one, 404)
                assert "We do not know this link." in answer.text


async def test_a_form_that_is_too_long_is_refused(office: Office, web: httpx.AsyncClient) -> None:
    _, link = await told_by_mail(office)
    async with office.stage.nothing_changes():
        assert (await web.post(link, content=b"x" * 5000, headers=FORM)).status_code == 413
