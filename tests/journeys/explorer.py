"""The explorer as somebody uses it in a browser."""

import json
import time
from typing import Any
from urllib.request import urlopen

from tests.tools.browser import Page

_EDITOR = "document.querySelector('.graphiql-query-editor .CodeMirror').CodeMirror"
_RESULT = "document.querySelector('.result-window .CodeMirror').CodeMirror.getValue()"
_GRAPHIQL_READS_S = 0.5
"""It reads the operation's name after a tenth of a second; nothing on the page says when it has."""


def operate(page: Page, url: str, tab: str, query: str | None = None) -> Any:
    """Run an example of the explorer, or what is typed in its place; the answer's data."""
    page.open(f"{url}/graphql")
    page.click(".graphiql-tab-button", text=tab)
    page.until(f"{_EDITOR}.getValue().includes({json.dumps(tab)})")
    if query:
        page.value(f"{_EDITOR}.setValue({json.dumps(query)})")
    time.sleep(_GRAPHIQL_READS_S)
    page.click(".graphiql-execute-button")
    page.until(f"{_RESULT}.includes('\"data\"')")
    answer = json.loads(page.value(_RESULT))
    assert "errors" not in answer, answer
    return answer["data"]


def fetched(url: str) -> bytes:
    with urlopen(url, timeout=30) as answer:
        content: bytes = answer.read()
    return content
