"""What is lost when everything that can die dies at once: nothing."""

import time
from pathlib import Path
from typing import Any

from tests.journeys.beats import a_wav, upload_track
from tests.journeys.product import Product, await_that
from tests.tools import valkey

_TRACKS = """{ me { producer { tracks(first: 100) {
  totalCount nodes { id status previewUrl fingerprint { status } } } } } }"""
UPLOADS = 20


def test_twenty_uploads_survive_the_death_of_every_worker_and_a_flushed_valkey(
    product: Product, tmp_path: Path
) -> None:
    wavs = [a_wav(tmp_path, seed=seed) for seed in range(100, 100 + UPLOADS)]
    ids = {upload_track(product, "demo-producer", wav, f"Beat Number {n}") for n, wav in enumerate(wavs)}
    seconds_to_recover(product)
    found = _tracks(product)
    assert {track["id"] for track in found} == ids
    assert {track["fingerprint"]["status"] for track in found} == {"VERIFIED_UNIQUE"}
    await_that(lambda: _with_preview(product) == UPLOADS, within_s=60, otherwise=lambda: product.log)


def seconds_to_recover(product: Product) -> float:
    """Kill and flush everything once two tracks are published; answers how long the others took after the restart."""
    await_that(lambda: published(product) >= 2, within_s=60, otherwise=lambda: product.log)
    product.kill("relay", "worker", "audio")
    valkey.flush(product.valkey_url)
    assert published(product) < UPLOADS
    product.start("relay", "worker", "audio")
    started = time.monotonic()
    await_that(lambda: published(product) == UPLOADS, within_s=120, otherwise=lambda: product.log)
    return time.monotonic() - started


def _tracks(product: Product) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = product.ask("demo-producer", _TRACKS)["me"]["producer"]["tracks"]["nodes"]
    return found


def published(product: Product) -> int:
    return sum(track["status"] == "PUBLISHED" for track in _tracks(product))


def _with_preview(product: Product) -> int:
    return sum(track["previewUrl"] is not None for track in _tracks(product))
