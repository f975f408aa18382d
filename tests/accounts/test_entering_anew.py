"""What an account is signed in by: ending it, and being told of what is new (D-80)."""

import pytest
from sqlalchemy import select
from sqlmodel import col

from api.auth.devices import device_name
from db.models.accounts import Session
from db.vocabulary import ApiTokenScope
from tests.accounts.desk import PASSWORD, Desk, somebody
from tests.factories import a_listener, an_api_token
from tests.stage import the_schema

pytestmark = pytest.mark.anyio
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36"

SIGN_IN = f"""mutation($email: String!) {{
  signIn(input: {{ email: $email, password: "{PASSWORD}" }}) {{ token errors {{ code }} }} }}"""


async def test_all_other_sessions_are_ended_at_once_and_api_tokens_go_on(desk: Desk) -> None:
    nova, ari = await somebody(desk), await a_listener(desk.sessions, "Ari")
    others = [await desk.sign_in(nova.email) for _ in range(2)]
    program = await an_api_token(desk.sessions, nova, ApiTokenScope.READ)
    answer = "account { sessions { current } }"
    payload = await desk.stage.mutate(nova, "endOtherSessions", answer)
    assert payload == {"account": {"sessions": [{"current": True}]}, "errors": []}
    assert [await desk.is_in(one) for one in (*others, nova, program, ari) if one] == [
        False,
        False,
        True,
        True,
        True,
    ]
    assert await desk.told(nova) == ["All other browsers and apps were signed out"]
    async with desk.stage.nothing_changes():
        assert (await desk.stage.mutate(nova, "endOtherSessions", answer))["errors"] == []


async def test_every_session_and_token_that_is_ended_is_told(desk: Desk) -> None:
    nova = await somebody(desk)
    elsewhere = await desk.sign_in(nova.email)
    program = await an_api_token(desk.sessions, nova, ApiTokenScope.READ)
    shown = (await desk.stage.ask(nova, "{ me { sessions { id current } } }"))["me"]["sessions"]
    [other] = [one["id"] for one in shown if not one["current"]]
    for access in (other, program.id):
        assert await desk.stage.refusals(nova, "revokeAccess", id=access) == []
    assert elsewhere
    assert not await desk.is_in(elsewhere)
    assert await desk.told(nova) == ["An API token was revoked", "A browser or app was signed out"]


async def test_a_device_that_is_new_is_told_once_whatever_its_version(desk: Desk) -> None:
    nova = await somebody(desk)
    for agent in ("Tests", CHROME.format(141), CHROME.format(142)):
        context = await desk.stage.context(None)
        context.device = agent
        result = await the_schema().execute(
            SIGN_IN, variable_values={"email": nova.email}, context_value=context
        )
        assert result.data
        assert result.data["signIn"]["errors"] == []
    assert await desk.told(nova) == ["New sign-in"]
    [letter] = await desk.letters("New sign-in")
    assert "“Chrome on Windows”" in letter.text("plain")
    async with desk.sessions.reading() as session:
        devices = list(await session.scalars(select(col(Session.device)).order_by(col(Session.id))))
    assert devices == ["Tests", "Tests", "Chrome on Windows", "Chrome on Windows"]


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (CHROME.format(142), "Chrome on Windows"),
        (f"{CHROME.format(142)} Edg/142.0.0.0", "Edge on Windows"),
        (f"{CHROME.format(142)} OPR/120.0.0.0", "Opera on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/26.0 Safari/605.1.15",
            "Safari on macOS",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "CriOS/142.0 Mobile/15E148 Safari/604.1",
            "Chrome on iPhone",
        ),
        (
            "Mozilla/5.0 (Linux; Android 16; Pixel) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        ("curl/8.16.0", "curl"),
        ("python-httpx/0.28.1", "python-httpx"),
        ("Beat\r\nFinder 3/1", "BeatFinder 3"),
        ("", "Unknown device"),
        ("/", "Unknown device"),
        ("x" * 300, "x" * 60),
    ],
)
def test_a_browser_is_called_by_its_name_and_system(agent: str, name: str) -> None:
    assert device_name(agent) == name
