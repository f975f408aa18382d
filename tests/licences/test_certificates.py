"""D-46: what a certificate says, that it is the same each time, who gets it, and what a stranger sees of a licence."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import update
from sqlmodel import col
from starlette.applications import Starlette

from api.documents.press import Press, PrintingFailed
from api.http.licences import CertificateDoor, LicencePages
from api.http.visitor import Visitor
from api.licensing.document import certificate_of
from api.licensing.links import CertificateLinks
from api.terms import LICENCE
from db.clock import now
from db.models.accounts import Account
from db.models.licences import Licence
from db.queries.licences import licence_numbered
from tests.documents.pages import darkness, texts
from tests.factories import Person, a_producer, a_track, staff
from tests.licences.licensed import a_subscriber, licensed, look, number_of, verify
from tests.stage import Stage, the_schema
from tests.tools.databases import on_sqlite

pytestmark = pytest.mark.anyio

UNKNOWN = "8f14e45f-ceea-467f-9f0b-2f0d1f1f2a10"
REVOKE = "revokeLicence"


@pytest.fixture
async def site(stage: Stage) -> AsyncGenerator[httpx.AsyncClient]:
    """Pages and certificates of one BeatPass, asked without a browser."""
    services = stage.services
    pages = LicencePages(Visitor(the_schema(), services))
    door = CertificateDoor(
        services.sessions, services.press, CertificateLinks(stage.settings), services.addresses
    )
    transport = httpx.ASGITransport(Starlette(routes=[*door.routes, *pages.routes]))
    async with httpx.AsyncClient(transport=transport, base_url="https://api.beatpass.test") as client:
        yield client


async def revoke(
    stage: Stage, who: Person | None, licence: str, reason: str = "Paid with a stolen card."
) -> Any:
    return await stage.mutate(
        who, REVOKE, "licence { status revokedAt downloads { format } }", id=licence, input={"reason": reason}
    )


async def pdf_of(stage: Stage, who: Person, licence: str) -> str:
    return str((await look(stage, who, licence))["certificate"]["pdf"]["url"])


async def test_a_certificate_says_all_that_was_granted(stage: Stage, site: httpx.AsyncClient) -> None:
    nova, ari = await a_producer(stage.sessions, "Nova Keys"), await a_subscriber(stage.sessions, "Ari Lind")
    track = await a_track(
        stage.sessions, nova, title="Night Drive", artists=["Nova Keys", "Kilo"], audio_sha256="ab" * 32
    )
    licence = await licensed(stage, ari, track)
    seen = (await look(stage, ari, licence))["certificate"]
    answer = await site.get(seen["pdf"]["url"])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert 'inline; filename="Licence Night Drive.pdf"' in answer.headers["content-disposition"]
    first, *annex = texts(answer.content)
    for words in (
        "Standard licence",
        f"Certificate no. {seen['number']}",
        f"LICENSOR Nova Keys Producer, @{nova.handle} on BeatPass Profile {nova.producer}",
        f"LICENSEE Ari Lind E-mail {ari.email[0]}***@",
        f"Member mem_{ari.account.removeprefix('acc_')}",
        "Title Night Drive Artists Nova Keys, Kilo Producer Nova Keys",
        f"3:00 · 140 BPM · B♭ minor · track no. {track}",
        f"SHA-256 {'ab' * 32}",
        "Nova Keys (the Licensor) grants Ari Lind (the Licensee) a standard, non-exclusive licence",
        "Territory Worldwide Credit Produced by Nova Keys Files delivered WAV as uploaded, MP3 at 320 kbit/s",
        "Governing law Ontario, Canada",
        "1. For one project. 2. Perpetual; it survives the subscription. 3. Credit:",
        "4. No registration with Content ID. 5. Live performances up to 50 attendees. 6. Not transferable.",
        f"https://beatpass.test/licences/{seen['number']}",
        f"HMAC-SHA256 {seen['signature']}",
        "Page 1 of 4",
    ):
        assert words in first, (words, first)
    assert ari.email not in first
    current = LICENCE.of()
    assert current
    whole = " ".join(annex)
    assert f"Annex: Licence terms of BeatPass Version {current.version}" in whole
    for sentence in (
        "The licensee may use the track in one project:",
        "Earlier versions can be read for ever.",
    ):
        assert sentence in whole
    assert 0.3 < darkness(answer.content, 0, (22, 236, 49, 263)) < 0.6  # the code


async def test_a_certificate_is_the_same_to_the_byte_whenever_and_wherever_it_is_printed(
    stage: Stage,
) -> None:
    nova, ari = await a_producer(stage.sessions), await a_subscriber(stage.sessions)
    licence = await licensed(stage, ari, await a_track(stage.sessions, nova))
    number = await number_of(stage, ari, licence)
    hashes: set[str] = set()
    for press in (stage.services.press, Press()):
        for _ in range(2):
            async with stage.sessions.reading() as session:
                row = await licence_numbered(session, number)
            assert row
            document = certificate_of(row, verify_url="https://beatpass.test/x")
            hashes.add(hashlib.sha256(await press.printed(document)).hexdigest())
        await press.close()
    assert len(hashes) == 1


@on_sqlite
async def test_names_of_every_script_stand_on_a_certificate(stage: Stage, site: httpx.AsyncClient) -> None:
    nova, ari = (
        await a_producer(stage.sessions, "夜鍵 Nøva"),
        await a_subscriber(stage.sessions, "Анна Łukasz"),
    )
    titles: dict[str, Any] = {"title": "밤의 드라이브 🔥 ♭", "artists": ["שלום", "夜のドライブ", "Ζωή"]}
    licence = await licensed(stage, ari, await a_track(stage.sessions, nova, **titles))
    first, *_ = texts((await site.get(await pdf_of(stage, ari, licence))).content)
    for words in ("夜鍵 Nøva", "Анна Łukasz", "밤의 드라이브 [U+1F525] ♭", "夜のドライブ", "Ζωή"):
        assert words in first, (words, first)


async def test_an_address_of_a_certificate_is_ours_for_a_time_and_for_one_licence(
    stage: Stage, site: httpx.AsyncClient
) -> None:
    nova, ari = await a_producer(stage.sessions), await a_subscriber(stage.sessions)
    one, other = [await licensed(stage, ari, await a_track(stage.sessions, nova)) for _ in range(2)]
    url = await pdf_of(stage, ari, one)
    assert (await pdf_of(stage, nova, one)).partition("?")[0] == url.partition("?")[0]
    moved = url.replace(await number_of(stage, ari, one), await number_of(stage, ari, other))
    for wrong in (moved, url[:-2] + "xx", url.partition("?")[0], url.replace("expires=", "expires=9")):
        assert (await site.get(wrong)).status_code == 403
    part = await site.get(url, headers={"range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"%PDF")
    assert (await site.head(url)).headers["content-length"] == str(len((await site.get(url)).content))
    number = await number_of(stage, ari, one)
    late = CertificateLinks(stage.settings).pdf(number, now() - timedelta(seconds=1))
    assert (await site.get(late)).json() == {"message": "This address has expired: ask for a new one."}


async def test_a_stranger_checks_a_certificate_and_each_check_is_counted(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions, "Nova"), await a_subscriber(stage.sessions, "Ari")
    track = await a_track(stage.sessions, nova, audio_sha256="ab" * 32)
    licence = await licensed(stage, ari, track)
    number = await number_of(stage, ari, licence)
    found = await verify(stage, number)
    assert (found["status"], found["kind"], found["signatureValid"]) == ("ACTIVE", "STANDARD", True)
    assert (found["licenseeName"], found["verificationCount"]) == ("Ari", 1)
    name, _, host = ari.email.partition("@")
    assert found["maskedEmail"] == f"{name[0]}***@{host[0]}***.{host.rpartition('.')[2]}"
    assert ari.email not in str(found)
    assert (found["work"]["title"], found["work"]["producerName"]) == ("Night Drive", "Nova")
    assert found["fingerprintSha256"] == "ab" * 32
    assert found["terms"]["conditions"][0] == "For one project."
    for spelled in (number.upper(), f"  {number} ", number.replace("-", ""), f"urn:uuid:{number}"):
        assert (await verify(stage, spelled))["number"] == number
    assert (await verify(stage, number))["verificationCount"] == 6
    await asyncio.gather(*(verify(stage, number) for _ in range(4)))
    assert (await verify(stage, number))["verificationCount"] == 11


async def test_a_number_that_was_never_given_out_is_nothing_and_changes_nothing(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_subscriber(stage.sessions)
    licence = await licensed(stage, ari, await a_track(stage.sessions, nova))
    async with stage.nothing_changes():
        for wrong in (UNKNOWN, "", "x", licence, "8" * 5000, f"{UNKNOWN}0"):
            assert await verify(stage, wrong) is None


@pytest.mark.parametrize(
    "column", ["licensee", "licensor", "work", "terms", "audio_sha256", "granted_at", "track_id"]
)
async def test_whatever_is_changed_of_a_licence_breaks_its_signature(stage: Stage, column: str) -> None:
    nova, ari = await a_producer(stage.sessions), await a_subscriber(stage.sessions)
    other = await a_track(stage.sessions, nova)
    licence = await licensed(stage, ari, await a_track(stage.sessions, nova))
    number = await number_of(stage, ari, licence)
    async with stage.sessions.writing() as session:
        row = await session.get_one(Licence, licence)
        forged: dict[str, Any] = {
            "licensee": row.licensee | {"name": "Somebody"},
            "licensor": row.licensor | {"name": "Somebody"},
            "work": row.work | {"title": "Another"},
            "terms": row.terms | {"territory": "The Moon"},
            "audio_sha256": "0" * 64,
            "granted_at": row.granted_at.replace(year=2020),
            "track_id": other,
        }
        await session.execute(
            update(Licence).where(col(Licence.id) == licence).values({column: forged[column]})
        )
    assert (await verify(stage, number))["signatureValid"] is False


async def test_a_licence_holds_when_its_parties_change_their_names(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_subscriber(stage.sessions, "Ari")
    number = await number_of(stage, ari, await licensed(stage, ari, await a_track(stage.sessions, nova)))
    async with stage.sessions.writing() as session:
        account = await session.get_one(Account, ari.account)
        account.display_name, account.email = "Somebody", "new@else.test"
    found = await verify(stage, number)
    assert (found["licenseeName"], found["signatureValid"]) == ("Ari", True)
    assert found["maskedEmail"].startswith(ari.email[0])


async def test_what_staff_revoke_is_seen_at_once_by_everybody(stage: Stage, site: httpx.AsyncClient) -> None:
    nova, ari = await a_producer(stage.sessions), await a_subscriber(stage.sessions)
    licence = await licensed(stage, ari, await a_track(stage.sessions, nova))
    number, url = await number_of(stage, ari, licence), await pdf_of(stage, ari, licence)
    assert "This licence was revoked" not in texts((await site.get(url)).content)[0]
    payload = await revoke(stage, await staff(stage.sessions), licence)
    assert (payload["errors"], payload["licence"]["status"]) == ([], "REVOKED")
    found = await verify(stage, number)
    assert (found["status"], found["signatureValid"]) == ("REVOKED", True)
    assert found["revokedAt"] == payload["licence"]["revokedAt"]
    page = await site.get(f"/licences/{number}")
    assert "This licence was revoked" in page.text
    assert "This licence was revoked on" in texts((await site.get(url)).content)[0]
    seen = await look(stage, ari, licence)
    assert (seen["status"], seen["downloads"]) == ("REVOKED", [])
    track = seen["track"]["id"]
    held = "query($id: ID!) { track(id: $id) { viewerLicence { id } } }"
    assert (await stage.ask(ari, held, id=track))["track"]["viewerLicence"] is None


async def test_a_licence_is_revoked_once_by_staff_with_a_reason_that_the_licensee_is_told(
    stage: Stage,
) -> None:
    nova, ari = await a_producer(stage.sessions), await a_subscriber(stage.sessions)
    licence = await licensed(stage, ari, await a_track(stage.sessions, nova))
    sam, gift = await staff(stage.sessions), {"input": {"reason": "Stolen card."}}
    async with stage.nothing_changes():
        for who in (ari, nova):
            assert await stage.refusals(who, REVOKE, id=licence, **gift) == [("", "STAFF_REQUIRED")]
        assert await stage.refusals(sam, REVOKE, id="lic_x", **gift) == [("id", "NOT_FOUND")]
        empty = await stage.refusals(sam, REVOKE, id=licence, input={"reason": " "})
        assert empty == [("input.reason", "REQUIRED")]
    await revoke(stage, sam, licence, "Stolen card.")
    async with stage.nothing_changes():
        assert await stage.refusals(sam, REVOKE, id=licence, **gift) == [("id", "ALREADY_REVOKED")]
    query = "{ me { notifications(first: 1) { nodes { title body } } } }"
    [notice] = (await stage.ask(ari, query))["me"]["notifications"]["nodes"]
    assert notice["title"] == "Your licence to “Night Drive” was revoked"
    assert notice["body"].endswith("gives no right any more: Stolen card.")


async def test_what_was_revoked_can_be_licensed_anew_under_another_number(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_subscriber(stage.sessions)
    track = await a_track(stage.sessions, nova)
    first = await licensed(stage, ari, track)
    await revoke(stage, await staff(stage.sessions), first)
    second = await licensed(stage, ari, track)
    assert first != second
    numbers = [await number_of(stage, ari, one) for one in (first, second)]
    assert [(await verify(stage, one))["status"] for one in numbers] == ["REVOKED", "ACTIVE"]


async def test_the_page_of_a_licence_shows_what_a_stranger_may_know(
    stage: Stage, site: httpx.AsyncClient
) -> None:
    nova, ari = await a_producer(stage.sessions, "Nova <b>"), await a_subscriber(stage.sessions, "Ari")
    licence = await licensed(stage, ari, await a_track(stage.sessions, nova, audio_sha256="ab" * 32))
    number = await number_of(stage, ari, licence)
    page = await site.get(f"/licences/{number}")
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
    assert page.headers["x-robots-tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in page.text
    for words in (
        "This licence is valid",
        "Standard licence",
        "Night Drive",
        "produced by Nova &lt;b&gt;",
        f"{ari.email[0]}***@",
        number,
        "ab" * 32,
        "Live performances up to 50 attendees.",
        "Looked at 1 time.",
    ):
        assert words in page.text, words
    assert ari.email not in page.text
    assert "Looked at 2 times." in (await site.get(f"/licences/{number}")).text
    spelled = await site.get(f"/licences/{number.upper()}")
    assert (spelled.status_code, spelled.headers["location"]) == (301, f"/licences/{number}")
    assert (await verify(stage, number))["verificationCount"] == 3


async def test_a_certificate_that_is_forged_is_called_so(stage: Stage, site: httpx.AsyncClient) -> None:
    nova, ari = await a_producer(stage.sessions), await a_subscriber(stage.sessions)
    licence = await licensed(stage, ari, await a_track(stage.sessions, nova))
    number = await number_of(stage, ari, licence)
    async with stage.sessions.writing() as session:
        await session.execute(update(Licence).values(signature="x" * 43))
    page = (await site.get(f"/licences/{number}")).text
    assert "Do not rely on this certificate" in page
    assert "This licence is valid" not in page


@on_sqlite
@pytest.mark.parametrize("number", [UNKNOWN, "x", "%3Cscript%3E", "%00", "9" * 300])
async def test_the_page_of_an_unknown_number_says_that_there_is_none(
    stage: Stage, site: httpx.AsyncClient, number: str
) -> None:
    async with stage.nothing_changes():
        page = await site.get(f"/licences/{number}")
    assert (page.status_code, "No such certificate" in page.text) == (404, True)
    assert (page.headers["x-robots-tag"], "<script>" in page.text) == ("noindex", False)


async def test_a_press_that_is_killed_is_replaced_and_one_that_cannot_print_says_why(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_subscriber(stage.sessions)
    number = await number_of(stage, ari, await licensed(stage, ari, await a_track(stage.sessions, nova)))
    async with stage.sessions.reading() as session:
        row = await licence_numbered(session, number)
    assert row
    document, press = certificate_of(row, verify_url="https://x.test"), stage.services.press
    whole = await press.printed(document)
    process = press._process  # pyright: ignore[reportPrivateUsage] -- there is no other door to it
    assert process
    process.kill()
    await process.wait()
    assert await press.printed(document) == whole
    strange = replace(document, parts=[replace(document.parts[0], part="dance")])  # type: ignore[arg-type]
    with pytest.raises(PrintingFailed, match="KeyError: 'dance'"):
        await press.printed(strange)
    assert await press.printed(document) == whole
