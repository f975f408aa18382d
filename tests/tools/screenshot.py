"""Draws the pictures of the README, beside a running, filled `./bp run` whose analysis is done.

`python -m tests.tools.screenshot http://127.0.0.1:8000 [TAB]`: docs/explorer.png and docs/share-page.png.
"""

import sys
import time
from pathlib import Path

from tests.tools.browser import browser
from workers.demo.client import Client

_DOCS = Path(__file__).parents[2] / "docs"
_TRACK = '{ tracks(first: 1, where: { title: { eq: "Neon Rain" } }) { nodes { shareUrl } } }'
_TAB = "MyMatches"
_RESULT = "document.querySelector('.result-window .CodeMirror').CodeMirror.getValue()"


def main(url: str, tab: str = _TAB) -> None:
    """Open the explorer, run the operation of a tab, open a beat's page, and save what is seen."""
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
        page.picture(_DOCS / "explorer.png")
        page.call(
            "Emulation.setDeviceMetricsOverride", width=1100, height=660, deviceScaleFactor=1, mobile=False
        )
        [track] = Client(url).ask(_TRACK)["tracks"]["nodes"]
        page.open(track["shareUrl"])
        page.until("document.querySelectorAll('.wave rect').length && document.images[1].complete")
        page.picture(_DOCS / "share-page.png")


if __name__ == "__main__":
    main(*sys.argv[1:])
