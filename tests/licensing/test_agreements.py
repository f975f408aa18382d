"""The agreement of an offer: with settings that are not saved, as a text and on paper, the same each time."""

import hashlib
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import httpx
import pytest
from starlette.applications import Starlette

from api.http.agreements import agreement_routes
from api.licensing.printing import AgreementAddresses
from api.terms import LICENCE
from db.clock import now
from db.vocabulary import TrackStatus
from tests.documents.pages import texts
from tests.factories import a_listener, a_producer, a_track, an_exclusive, staff
from tests.licensing.offers import PREVIEW, an_exclusive_offer, preview
from tests.rules.test_agreements import FACTS
from tests.stage import Stage

pytestmark = pytest.mark.anyio
QUOTE = """query($id: ID!) { track(id: $id) { licensing { exclusive { quote { agreement { markdown sha256 } } } } } }"""


async def get(stage: Stage, url: str, **headers: str) -> httpx.Response:
    """As anybody who has the address."""
    app = Starlette(routes=agreement_routes(AgreementAddresses(stage.settings), stage.services.press))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
        return await client.get(url, headers=headers)


async def test_a_producer_sees_the_agreement_of_settings_that_are_not_saved(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova)
    licensing = an_exclusive_offer(terms={"territory": "Canada"})
    async with stage.nothing_changes():
        shown = await preview(stage, nova, track, licensing)
        assert await preview(stage, nova, track, licensing) | {"pdf": None} == shown | {"pdf": None}
    for line in (
        "| Price | 299.00 CAD |",
        "| Territory | Canada |",
        "| Licensee | Whoever completes the purchase |",
    ):
        assert line in shown["markdown"]
    assert shown["sha256"] == hashlib.sha256(shown["markdown"].encode()).hexdigest()
    saved = await preview(stage, nova, track)
    assert saved["markdown"].startswith("# Standard licence agreement")


async def test_the_agreement_of_a_quote_is_what_this_viewer_would_sign(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_listener(stage.sessions, "Ari Star")
    track = await a_track(stage.sessions, nova, **an_exclusive())

    async def signed_by(who: Any) -> Any:
        found = await stage.ask(who, QUOTE, id=track)
        return found["track"]["licensing"]["exclusive"]["quote"]["agreement"]

    assert "| Licensee | Ari Star |" in (await signed_by(ari))["markdown"]
    assert (await signed_by(ari))["sha256"] == (await preview(stage, ari, track))["sha256"]
    for other in (None, nova):
        assert "| Licensee | Whoever completes the purchase |" in (await signed_by(other))["markdown"]


async def test_unsaved_settings_are_for_the_tracks_producer(stage: Stage) -> None:
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    track = await a_track(stage.sessions, nova)
    hidden = await a_track(stage.sessions, nova, TrackStatus.HIDDEN)
    for other in (None, kilo, await a_listener(stage.sessions), await staff(stage.sessions)):
        assert await preview(stage, other, track, an_exclusive_offer()) is None
    assert await preview(stage, kilo, hidden) is None
    assert await preview(stage, nova, hidden)


async def test_a_sold_track_has_no_agreement_to_be_made(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova, TrackStatus.SOLD)
    assert await preview(stage, nova, track) is None
    assert await preview(stage, nova, track, an_exclusive_offer()) is None
    assert await preview(stage, nova, "trk_x") is None


async def test_settings_that_are_wrong_are_a_fault_of_the_request(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova)
    wrong = an_exclusive_offer(contactEmail="nobody", acceptedTermsVersion="2026-11-01")
    [error] = (await stage.answer(nova, PREVIEW, track=track, licensing=wrong)).errors
    assert error.extensions == {"code": "BAD_REQUEST", "argument": "licensing"}
    assert "The licence terms have changed." in error.message


async def test_the_paper_says_what_the_text_says_and_is_the_same_to_the_byte(stage: Stage) -> None:
    nova = await a_producer(stage.sessions, "Łukasz")
    track = await a_track(stage.sessions, nova, title="Nachtfahrt 夜 | *1*", **an_exclusive())
    shown = await preview(stage, None, track)
    first, again = (
        await get(stage, shown["pdf"]["url"]),
        await get(stage, (await preview(stage, None, track))["pdf"]["url"]),
    )
    assert (first.status_code, first.headers["content-type"]) == (200, "application/pdf")
    assert first.content == again.content
    pages = texts(first.content)
    assert len(pages) == 4
    for said in (
        "“Nachtfahrt 夜 | *1*”",
        "Łukasz",
        "299.00 USD",
        f"BeatPass, version {LICENCE.current}",
        shown["sha256"],
    ):
        assert said in pages[0]
    assert f"Annex: Licence terms of BeatPass Version {LICENCE.current}" in pages[1]


async def test_parts_of_the_paper_can_be_had(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    url = (await preview(stage, None, await a_track(stage.sessions, nova)))["pdf"]["url"]
    part = await get(stage, url, Range="bytes=0-7")
    assert (part.status_code, part.content) == (206, b"%PDF-1.4")
    etag = part.headers["etag"]
    assert (await get(stage, url, **{"If-None-Match": etag})).status_code == 304


async def test_an_address_opens_nothing_but_what_it_was_made_for(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    url = (await preview(stage, None, await a_track(stage.sessions, nova)))["pdf"]["url"]
    parts = urlsplit(str(url))
    given = {name: values[0] for name, values in parse_qs(parts.query).items()}
    for different in ({"facts": "eJw"}, {"expires": "99999999999"}, {"signature": "x"}, {"signature": ""}):
        changed = urlunsplit(parts._replace(query=urlencode(given | different)))
        answer = await get(stage, changed)
        assert (answer.status_code, answer.json()) == (
            403,
            {"message": "This address is not one that we gave out."},
        )
    other_text = urlunsplit(parts._replace(path=f"/agreements/{'0' * 64}.pdf"))
    assert (await get(stage, other_text)).status_code == 404


async def test_an_address_ends(stage: Stage) -> None:
    addresses = AgreementAddresses(stage.settings)
    answer = await get(stage, addresses.of(FACTS, expires_at=now() - timedelta(seconds=1)))
    assert (answer.status_code, answer.json()["message"][:25]) == (403, "This address has expired:")
    assert (await get(stage, addresses.of(FACTS, expires_at=now() + timedelta(minutes=1)))).status_code == 200
