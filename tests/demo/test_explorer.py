"""The explorer as a newcomer meets it: in a browser that knows no other machine, with every example ready to run."""

import json
import time
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.journeys.beats import a_wav, upload_track
from tests.journeys.product import Product
from tests.tools.browser import Page, browser

_RESULT = "document.querySelector('.result-window .CodeMirror').CodeMirror.getValue()"
_EDITORS = "[...document.querySelectorAll('.graphiql-editor .CodeMirror')].map(e => e.CodeMirror.getValue())"
_GRAPHIQL_READS_S = 0.5
"""It reads the operation's name of a newly shown tab after a tenth of a second; nothing on the page says when it has."""


@pytest.fixture
def page(filled: Product) -> Generator[Page]:
    """The explorer, open; after the test, nothing went wrong on it and nothing else was asked."""
    with browser() as opened:
        opened.open(f"{filled.url}/graphql")
        opened.until("!!document.querySelector('.graphiql-execute-button')")
        yield opened
        assert opened.complaints == []
        assert opened.hosts() == {"127.0.0.1"}


def turn_to(page: Page, tab: str) -> list[str]:
    """Open a tab: its operation, variables and headers."""
    page.click(".graphiql-tab-button", text=tab)
    page.until(f"{_EDITORS}[0].includes({json.dumps(tab)})")
    time.sleep(_GRAPHIQL_READS_S)
    editors: list[str] = page.value(_EDITORS)
    return editors


def run(page: Page) -> None:
    page.click(".graphiql-execute-button")


def test_it_opens_with_the_token_of_a_demo_account(page: Page) -> None:
    operation, _, headers = page.value(_EDITORS)
    assert "query WhoAmI" in operation
    assert json.loads(headers) == {"Authorization": "Bearer demo-producer"}
    assert "Demo mode: everything stays on this machine." in page.text()


def test_a_query_is_run_and_its_answer_read(page: Page) -> None:
    run(page)
    page.until(f"{_RESULT}.includes('Nova Keys')")
    answer = json.loads(page.value(_RESULT))
    assert answer["data"]["me"]["email"] == "demo-producer@beatpass.example"


def test_the_evidence_of_a_duplicate_can_be_read(page: Page) -> None:
    turn_to(page, "DuplicateEvidence")
    run(page)
    page.until(f"{_RESULT}.includes('Night Drive')")
    [track] = json.loads(page.value(_RESULT))["data"]["tracks"]["nodes"]
    assert track["title"] == "Midnight Ride"
    assert track["fingerprint"]["duplicate"]["band"] == "VERY_HIGH"


def test_the_ids_of_an_example_are_filled_in(page: Page, filled: Product) -> None:
    _, variables, _ = turn_to(page, "WatchTrack")
    oldest = filled.ask("demo-producer", "{ me { producer { tracks(last: 1) { nodes { id } } } } }")
    assert [json.loads(variables)] == oldest["me"]["producer"]["tracks"]["nodes"]


def test_a_subscription_shows_what_another_client_causes(page: Page, filled: Product, tmp_path: Path) -> None:
    turn_to(page, "WatchMyTracks")
    run(page)
    page.until("!!document.querySelector('.graphiql-execute-button[aria-label^=Stop]')")
    upload_track(filled, "demo-producer", a_wav(tmp_path, seed=515, seconds=12), "Out of the Blue")
    page.until(f"{_RESULT}.includes('Out of the Blue') && {_RESULT}.includes('PUBLISHED')", seconds=60)
    assert any(address.startswith("ws://") for address in page.addresses)


def test_the_documentation_says_what_a_field_is(page: Page) -> None:
    page.click("button[aria-label='Show Documentation Explorer']")
    page.click(".graphiql-doc-explorer a", text="Mutation")
    page.until(
        "document.querySelector('.graphiql-doc-explorer').innerText.includes('Save a track and start its check')"
    )
    page.click(".graphiql-doc-explorer a", text="CreateTrackPayload")
    page.until("document.querySelector('.graphiql-doc-explorer').innerText.includes('PROCESSING at first.')")
