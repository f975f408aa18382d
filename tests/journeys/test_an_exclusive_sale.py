"""A newcomer, in a browser: from the quote over the checkout to the files and the certificate of an exclusive."""

import hashlib
import json
from collections.abc import Generator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.journeys.beats import a_wav, upload_track
from tests.journeys.explorer import fetched, operate
from tests.journeys.paid import a_paid_product
from tests.journeys.product import Product, await_that
from tests.tools.browser import Page
from tests.tools.databases import PostgresTemplate
from tests.tools.stripe_sandbox import Sandbox, Seller

_OFFER: Final = """mutation($id: ID!, $version: String!) { setTrackLicensing(id: $id, input: { model: STANDARD_AND_EXCLUSIVE,
  exclusive: { price: { amount: "450.00", currency: EUR }, contactEmail: "nova@beatpass.example",
    acceptedTermsVersion: $version, terms: { royaltyPercent: "5" } } }) { errors { message } } }"""
_QUOTE: Final = """query($id: ID!) { track(id: $id) { licensing { exclusive {
  quote { total { amount currency } agreement { sha256 } } } } } }"""
_BUY: Final = """mutation BuyExclusive { buyExclusive(input: { trackId: "TRACK", idempotencyKey: "one",
  expectedTotal: { amount: "507.00", currency: EUR }, agreementSha256: "SHA" }) {
  purchase { id status checkoutUrl total { amount currency } } errors { code message } } }"""
_ALSO: Final = """mutation($id: ID!) { buyExclusive(input: { trackId: $id, idempotencyKey: "two" }) {
  errors { code } } }"""
_BOUGHT: Final = """{ me { purchases(first: 1) { nodes { id status licence {
  status terms { royaltyPercent } downloads { format file { url } } certificate { number verifyUrl pdf { url } } } } } } }"""
_FOUND: Final = (
    "query($id: ID!) { tracks(where: { id: { eq: $id } }) { totalCount } track(id: $id) { status } }"
)


@pytest.fixture
def shop(
    postgres_template: PostgresTemplate, valkey_server: str, tmp_path: Path, sandbox: Sandbox
) -> Generator[tuple[Product, Seller]]:
    with (
        postgres_template.fresh(tmp_path) as url,
        a_paid_product(url, valkey_server, tmp_path, sandbox) as made,
    ):
        yield made


def on_sale(product: Product, wav: bytes) -> str:
    """A beat of the producer's for 450.00 EUR."""
    track = upload_track(product, "demo-producer", wav, "Last Train North")
    asked = "query($id: ID!) { track(id: $id) { status } }"
    await_that(
        lambda: product.ask("demo-producer", asked, id=track)["track"]["status"] == "PUBLISHED",
        within_s=90,
        otherwise=lambda: product.log,
    )
    version = product.ask("demo-producer", "{ licenceTerms { version } }")["licenceTerms"]["version"]
    offered = product.ask("demo-producer", _OFFER, id=track, version=version)
    assert offered["setTrackLicensing"] == {"errors": []}
    return track


def pay(product: Product, page: Page, checkout: str) -> Any:
    """On the hosted page; the purchase that came of it."""
    page.open(checkout)
    page.until("document.body?.innerText.includes('Last Train North')")
    seen = page.text()
    assert "450.00" in seen
    assert "57.00" in seen
    page.click("button[type=submit]")
    page.until(f"location.href.startsWith({json.dumps(product.url)})")

    def bought() -> Any:
        return product.ask("demo-newcomer", _BOUGHT)["me"]["purchases"]["nodes"][0]

    await_that(lambda: bought()["status"] == "COMPLETED", within_s=30, otherwise=lambda: product.log)
    return bought()


def test_a_newcomer_buys_an_exclusive_and_nobody_else_can(
    shop: tuple[Product, Seller], page: Page, tmp_path: Path
) -> None:
    product, seller = shop
    wav = a_wav(tmp_path, seed=917, seconds=12)
    track = on_sale(product, wav)
    quote = product.ask("demo-newcomer", _QUOTE, id=track)["track"]["licensing"]["exclusive"]["quote"]
    assert quote["total"] == {"amount": "507.00", "currency": "EUR"}
    buy_it = _BUY.replace("TRACK", track).replace("SHA", quote["agreement"]["sha256"])
    begun = operate(page, product.url, "BuyExclusive", buy_it)["buyExclusive"]
    assert (begun["errors"], begun["purchase"]["status"]) == ([], "CHECKOUT_OPEN")
    other = product.ask("demo-artist", _ALSO, id=track)
    assert [error["code"] for error in other["buyExclusive"]["errors"]] == ["RESERVED_BY_OTHER"]
    licence = pay(product, page, begun["purchase"]["checkoutUrl"])["licence"]
    assert (licence["status"], licence["terms"]["royaltyPercent"]) == ("ACTIVE", "5")
    [first, *_] = licence["downloads"]
    assert hashlib.sha256(fetched(first["file"]["url"])).digest() == hashlib.sha256(wav).digest()
    assert fetched(licence["certificate"]["pdf"]["url"]).startswith(b"%PDF-")
    assert product.ask("demo-artist", _FOUND, id=track) == {
        "tracks": {"totalCount": 0},
        "track": {"status": "SOLD"},
    }
    page.open(licence["certificate"]["verifyUrl"])
    page.until(f"document.body?.innerText.includes({json.dumps(licence['certificate']['number'])})")
    assert "Last Train North" in page.text()
    [paid] = seller.stripe.v1.payment_intents.list().data
    assert (paid.status, paid.amount_received, paid.currency) == ("succeeded", 50_700, "eur")
