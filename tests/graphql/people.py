"""People who came in by the API itself."""

import itertools
from typing import Any

from tests.tools.web import Web

_numbers = itertools.count(1)
_SIGN_UP = """mutation($input: SignUpInput!) {
  signUp(input: $input) { token account { id email sessions { id } } errors { message } } }"""
_MAKE_TOKEN = """mutation($scope: ApiTokenScope!) {
  createApiToken(input: { name: "A program", scope: $scope }) { secret errors { message } } }"""


def an_account(web: Web) -> dict[str, Any]:
    """Somebody who has just signed up: `token` and `account`."""
    entered = {"email": f"a{next(_numbers)}@x.test", "password": "a long pass phrase", "displayName": "Ari"}
    payload: dict[str, Any] = web.ask(_SIGN_UP, input=entered)["signUp"]
    assert payload["errors"] == []
    return payload


def an_api_token(web: Web, scope: str = "FULL") -> str:
    payload = web.ask(_MAKE_TOKEN, an_account(web)["token"], scope=scope)["createApiToken"]
    return str(payload["secret"])
