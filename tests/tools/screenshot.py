"""Draws docs/explorer.png: `python -m tests.tools.screenshot http://127.0.0.1:8000 [TAB]` beside a running, filled `./bp run`."""

import sys
import time
from pathlib import Path

from tests.tools.browser import browser

_FILE = Path(__file__).parents[2] / "docs" / "explorer.png"
_TAB = "MyMatches"
_RESULT = "document.querySelector('.result-window .CodeMirror').CodeMirror.getValue()"


def main(url: str, tab: str = _TAB) -> None:
    """Open the explorer, run the operation of a tab, and save what is seen."""
    with browser() as page:
        page.open(f"{url}/graphql")
        page.click(".graphiql-tab-button", text=tab)
        page.until(
            f"document.querySelector('.graphiql-editor .CodeMirror').CodeMirror.getValue().includes('{tab}')"
        )
        time.sleep(0.5)  # until GraphiQL has read the operation's name
        page.click(".graphiql-execute-button")
        page.until(f"{_RESULT}.includes('\"data\"')")
        page.value("document.querySelector('.graphiql-tab-active, [aria-selected=true]')?.scrollIntoView()")
        page.picture(_FILE)


if __name__ == "__main__":
    main(*sys.argv[1:])
