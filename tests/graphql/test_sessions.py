"""Sessions in cookies: for browsers, and only for scripts of our own pages."""

import httpx

from tests.tools.web import Web

SIGN_UP = """mutation($e: String!) { signUp(input: { email: $e, password: "a long pass phrase", displayName: "Ari",
  transport: COOKIE }) { token account { displayName } errors { message } } }"""
SIGN_IN = """mutation($e: String!) { signIn(input: { email: $e, password: "a long pass phrase",
  transport: COOKIE }) { token account { displayName } errors { message } } }"""
OURS = {"x-beatpass-csrf": "1"}
NOBODY = {"data": {"me": None}}
ARI = {"data": {"me": {"displayName": "Ari"}}}


def ask(
    browser: httpx.Client, query: str, headers: dict[str, str] | None = None, **variables: str
) -> httpx.Response:
    return browser.post("/graphql", json={"query": query, "variables": variables}, headers=headers)


def test_a_cookie_session_lives_from_sign_in_to_sign_out(web: Web) -> None:
    with httpx.Client(base_url=web.url) as browser:
        made = ask(browser, SIGN_UP, e="cookie@x.test")
        assert made.json()["data"]["signUp"] == {
            "token": None,
            "account": {"displayName": "Ari"},
            "errors": [],
        }
        browser.cookies.clear()

        entered = ask(browser, SIGN_IN, e="cookie@x.test")
        assert entered.json()["data"]["signIn"]["token"] is None
        parts = {part.strip().lower() for part in entered.headers["set-cookie"].split(";")[1:]}
        assert {"httponly", "samesite=lax", "path=/"} <= parts

        assert ask(browser, "{ me { displayName } }").json() == NOBODY
        assert ask(browser, "{ me { displayName } }", OURS).json() == ARI

        cookie = dict(browser.cookies)
        left = ask(browser, "mutation { signOut { sessionId errors { message } } }", OURS)
        assert left.json()["data"]["signOut"]["sessionId"].startswith("ses_")
        assert dict(browser.cookies) == {}
        browser.cookies.update(cookie)
        assert ask(browser, "{ me { displayName } }", OURS).json() == NOBODY


def test_a_wrong_password_sets_no_cookie(door: Web) -> None:
    answer = httpx.post(door.graphql, json={"query": SIGN_IN, "variables": {"e": "nobody@x.test"}})
    assert "set-cookie" not in answer.headers
    assert answer.json()["data"]["signIn"]["account"] is None


def test_a_cookie_changes_nothing_without_our_header(web: Web) -> None:
    with httpx.Client(base_url=web.url) as browser:
        ask(browser, SIGN_UP, e="csrf@x.test")
        renaming = 'mutation { updateAccount(input: { displayName: "Eve" }) { account { id } } }'
        refused = ask(browser, renaming).json()
        assert refused["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        assert ask(browser, "{ me { displayName } }", OURS).json() == ARI
