"""What is lost when everything that can die dies at once: nothing."""

import time
from pathlib import Path
from typing import Any

from tests.journeys.beats import a_long_wav, a_wav, announce, send, upload_track
from tests.journeys.product import Product, await_that
from tests.tools import valkey

_TRACKS = """{ me { producer { tracks(first: 100) {
  totalCount nodes { id status previewUrl fingerprint { status } } } } } }"""
_START = """mutation($upload: ID!) { startReconScan(input: { uploadId: $upload }) {
  scan { id } errors { code } } }"""
_SCAN = """query($id: ID!) { reconScan(id: $id) { status stage progress startedAt finishedAt comparedCount
  matches { totalCount } } }"""
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


def test_a_scan_goes_on_after_its_worker_was_killed_and_its_progress_never_falls(
    product: Product, tmp_path: Path
) -> None:
    upload_track(product, "demo-producer", a_wav(tmp_path, seed=7), "Night Drive")
    await_that(lambda: published(product) == 1, within_s=60, otherwise=lambda: product.log)
    wav = a_long_wav(tmp_path, seed=7, times=75)
    sample = announce(product, "demo-producer", wav, "RECON_SAMPLE")
    send(sample["url"], wav)
    started = product.ask("demo-producer", _START, upload=sample["id"])["startReconScan"]
    scan = started["scan"]["id"]
    seen: list[dict[str, Any]] = []
    await_that(lambda: _stage(product, scan, seen) == "FINGERPRINTING", within_s=30, otherwise=lambda: seen)
    product.kill("audio")
    assert _stage(product, scan, seen) == "FINGERPRINTING"
    product.start("audio")
    await_that(lambda: _stage(product, scan, seen) == "FINISHED", within_s=90, otherwise=lambda: product.log)
    shares = [one["progress"] for one in seen]
    assert shares == sorted(shares)
    done = seen[-1]
    assert (done["status"], done["progress"], done["comparedCount"]) == ("DONE", 1.0, 1)
    assert done["matches"] == {"totalCount": 1}
    assert {one["startedAt"] for one in seen if one["startedAt"]} == {done["startedAt"]}


def _stage(product: Product, scan: str, seen: list[dict[str, Any]]) -> str:
    """Where the scan is now, noted beside what was seen of it before."""
    seen.append(product.ask("demo-producer", _SCAN, id=scan)["reconScan"])
    return str(seen[-1]["stage"])
