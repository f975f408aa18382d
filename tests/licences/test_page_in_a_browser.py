"""The page of a licence in a browser that knows no other machine: it says what holds, and compares a file without sending it."""

import asyncio
import hashlib
import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from db.session import Sessions
from tests.factories import a_producer, a_track, staff
from tests.licences.licensed import a_subscriber
from tests.tools.browser import Page, browser
from tests.tools.databases import SqliteTemplate
from tests.tools.web import PRODUCTION, Web, web_process

_WAV = b"RIFF" + bytes(range(256)) * 40
_LICENSE = """mutation($track: ID!) { licenseTrack(trackId: $track) {
  licence { id certificate { verifyUrl } } errors { message } } }"""
_REVOKE = """mutation($id: ID!, $input: RevokeLicenceInput!) { revokeLicence(id: $id, input: $input) {
  errors { message } } }"""


@pytest.fixture
def web(sqlite_template: SqliteTemplate, valkey_url: str, tmp_path: Path) -> Generator[Web]:
    with (
        sqlite_template.fresh(tmp_path) as database_url,
        web_process(PRODUCTION, database_url, valkey_url, tmp_path) as running,
    ):
        yield running


async def people_and_a_track(database_url: str) -> tuple[str, str, str]:
    """Tokens of a subscriber and of staff, and a beat whose file is `_WAV`."""
    sessions = Sessions(database_url)
    nova, ari, sam = await a_producer(sessions, "Nova"), await a_subscriber(sessions), await staff(sessions)
    track = await a_track(sessions, nova, audio_sha256=hashlib.sha256(_WAV).hexdigest())
    await sessions.close()
    return ari.token, sam.token, track


def choose(page: Page, file: Path) -> None:
    """Give the page a file, as somebody does who looks for it on a disk."""
    root = page.call("DOM.getDocument")["root"]["nodeId"]
    field = page.call("DOM.querySelector", nodeId=root, selector="input[type=file]")["nodeId"]
    page.call("DOM.setFileInputFiles", nodeId=field, files=[str(file)])


def says(page: Page, text: str) -> None:
    page.until(f"document.body?.innerText.includes({json.dumps(text)})")


def test_a_stranger_checks_a_licence_and_a_file_and_sees_that_it_was_revoked(
    web: Web, tmp_path: Path
) -> None:
    ari, sam, track = asyncio.run(people_and_a_track(web.database_url))
    licence: Any = web.ask(_LICENSE, ari, track=track)["licenseTrack"]["licence"]
    right, wrong = tmp_path / "right.wav", tmp_path / "wrong.wav"
    right.write_bytes(_WAV)
    wrong.write_bytes(_WAV + b"\0")
    with browser() as page:
        page.open(licence["certificate"]["verifyUrl"])
        says(page, "This licence is valid")
        page.until("document.querySelector('.compare').hidden === false")
        asked = len(page.addresses)
        for file, verdict in (
            (right, "This is the licensed file."),
            (wrong, "This is not the licensed file"),
        ):
            choose(page, file)
            says(page, verdict)
        assert len(page.addresses) == asked
        revoked = web.ask(_REVOKE, sam, id=licence["id"], input={"reason": "Fraud."})
        assert revoked["revokeLicence"]["errors"] == []
        page.open(licence["certificate"]["verifyUrl"])
        says(page, "This licence was revoked")
        assert "Looked at 2 times." in page.text()
        assert page.complaints == []
        assert page.hosts() == {"127.0.0.1"}
