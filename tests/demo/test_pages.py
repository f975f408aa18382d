"""The share pages in a browser that knows no other machine: they load, play, and say nothing wrong on the console."""

from collections.abc import Generator

import pytest

from tests.journeys.product import Product
from tests.tools.browser import Page, browser

_PLAYED = "document.querySelector('audio').currentTime"


@pytest.fixture
def page(filled: Product) -> Generator[Page]:
    """A tab; after the test, nothing went wrong on it and nobody else was asked."""
    with browser() as opened:
        yield opened
        assert opened.complaints == []
        assert opened.hosts() == {"127.0.0.1"}


def address(filled: Product, of: str) -> str:
    """Of the first demo producer: the profile's, the newest collection's, the first track's."""
    query = """{ me { producer { shareUrl tracks(last: 1) { nodes { shareUrl } }
      collections(first: 1) { nodes { shareUrl } } } } }"""
    producer = filled.ask("demo-producer", query)["me"]["producer"]
    return str(producer["shareUrl"] if of == "profile" else producer[of]["nodes"][0]["shareUrl"])


def test_a_beat_is_played_and_stopped(page: Page, filled: Product) -> None:
    page.open(address(filled, "tracks"))
    page.press(".play")
    page.until(f"{_PLAYED} > 0.3 && document.querySelector('.player.playing') !== null")
    page.until(
        "document.querySelector('.wave rect.on') || parseFloat(document.querySelector('.played').style.width) > 0"
    )
    assert page.value("document.querySelector('.play').getAttribute('aria-label')").startswith("Pause")
    page.press(".play")
    page.until("document.querySelector('audio').paused && !document.querySelector('.player.playing')")


def test_one_beat_of_a_profile_plays_at_a_time(page: Page, filled: Product) -> None:
    page.open(address(filled, "profile"))
    page.until("document.querySelectorAll('.line .play').length > 1")
    for place in (0, 1):
        page.press(".line .play", place=place)
        page.until(f"document.querySelectorAll('audio')[{place}].currentTime > 0.2")
    page.until("[...document.querySelectorAll('audio')].filter(one => !one.paused).length === 1")
    assert "Nova Keys" in page.text()


def test_every_picture_of_a_collection_loads(page: Page, filled: Product) -> None:
    page.open(address(filled, "collections"))
    page.until(
        "document.images.length > 2 && [...document.images].every(one => one.complete && one.naturalWidth)"
    )
    assert page.value("getComputedStyle(document.querySelector('.card')).borderTopLeftRadius") == "20px"


def test_another_site_shows_a_beat_in_a_frame(page: Page, filled: Product) -> None:
    page.open(address(filled, "tracks").replace("/t/", "/embed/t/"))
    page.press(".play")
    page.until(f"{_PLAYED} > 0.2")
    assert (
        page.value("document.querySelector('.name').target || document.querySelector('base').target")
        == "_blank"
    )
