"""A newcomer without any key, in a browser: from the explorer over a paid plan to a certificate that a stranger verifies."""

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest

from tests.journeys.beats import a_wav, upload_track
from tests.journeys.explorer import fetched, operate
from tests.journeys.paid import a_paid_product
from tests.journeys.product import Product, await_that
from tests.tools.browser import Page
from tests.tools.databases import SqliteTemplate
from tests.tools.stripe_sandbox import Sandbox

_LICENSE = """mutation MyPlan { licenseTrack(trackId: "TRACK") {
  downloadUrl
  errors { code message ... on NotPermitted { requiredPlans { name } } }
  licence { kind status work { title } downloads { format file { url } } certificate { number verifyUrl pdf { url } } }
} }"""
"""Named as the tab is that it is typed into, whose name it would take."""


@pytest.fixture
def shop(
    sqlite_template: SqliteTemplate, valkey_server: str, tmp_path: Path, sandbox: Sandbox
) -> Generator[Product]:
    """A product whose payments are the sandbox's."""
    with (
        sqlite_template.fresh(tmp_path) as url,
        a_paid_product(url, valkey_server, tmp_path, sandbox) as (product, _),
    ):
        yield product


def a_published_track(product: Product, wav: bytes) -> str:
    track = upload_track(product, "demo-producer", wav, "Night Bus Home")
    asked = "query($id: ID!) { track(id: $id) { status } }"
    await_that(
        lambda: product.ask("demo-producer", asked, id=track)["track"]["status"] == "PUBLISHED",
        within_s=90,
        otherwise=lambda: product.log,
    )
    return track


def subscribe(product: Product, page: Page) -> None:
    """Choose a plan in the explorer, and pay on the page that it leads to."""
    begun = operate(page, product.url, "Subscribe")["subscribeToPlan"]
    assert begun["errors"] == []
    page.open(begun["checkoutUrl"])
    page.until("document.body?.innerText.includes('Sandbox')")
    page.click("button[type=submit]", text="Subscribe")
    page.until(f"location.href.startsWith({json.dumps(product.url)})")
    mine = "{ me { plan { status } } }"
    await_that(
        lambda: product.ask("demo-newcomer", mine)["me"]["plan"]["status"] == "ACTIVE",
        within_s=30,
        otherwise=lambda: product.log,
    )


def await_both_files(product: Product, license_it: str) -> None:
    """The MP3 comes of itself, and asking again gives the same licence."""

    def formats() -> set[str]:
        licence = product.ask("demo-newcomer", license_it)["licenseTrack"]["licence"]
        return {one["format"] for one in licence["downloads"]}

    await_that(lambda: formats() == {"WAV", "MP3_320"}, within_s=60, otherwise=lambda: product.log)


def verify(page: Page, certificate: Any) -> None:
    """As a stranger does, who has nothing but the address."""
    page.call("Network.clearBrowserCookies")
    page.open(certificate["verifyUrl"])
    page.until(f"document.body?.innerText.includes({json.dumps(certificate['number'])})")
    seen = page.text()
    assert "Night Bus Home" in seen
    assert "demo-newcomer@beatpass.example" not in seen
    with pytest.raises(HTTPError) as missing:
        fetched(certificate["verifyUrl"][:-4] + "0000")
    assert missing.value.code == 404
    missing.value.close()


def test_a_newcomer_subscribes_licenses_downloads_and_a_stranger_verifies(
    shop: Product, page: Page, tmp_path: Path
) -> None:
    wav = a_wav(tmp_path, seed=731, seconds=12)
    license_it = _LICENSE.replace("TRACK", a_published_track(shop, wav))
    refused = operate(page, shop.url, "MyPlan", license_it)["licenseTrack"]
    assert [error["code"] for error in refused["errors"]] == ["PLAN_REQUIRED"]
    assert [plan["name"] for plan in refused["errors"][0]["requiredPlans"]] == ["Classic", "Plus", "Pro"]
    subscribe(shop, page)
    granted = operate(page, shop.url, "MyPlan", license_it)["licenseTrack"]
    assert granted["errors"] == []
    licence = granted["licence"]
    assert (licence["kind"], licence["status"], licence["work"]) == (
        "STANDARD",
        "ACTIVE",
        {"title": "Night Bus Home"},
    )
    assert fetched(granted["downloadUrl"]) == wav
    paper = fetched(licence["certificate"]["pdf"]["url"])
    assert paper.startswith(b"%PDF-")
    assert fetched(licence["certificate"]["pdf"]["url"]) == paper
    await_both_files(shop, license_it)
    verify(page, licence["certificate"])
