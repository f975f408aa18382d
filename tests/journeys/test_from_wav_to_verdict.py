"""The main job, as clients do it that nobody here wrote: tus-js-client, tuspy, graphql-ws and graphql-sse."""

import io
import json
import subprocess
from pathlib import Path
from typing import Any

from tusclient.client import TusClient

from tests.journeys.beats import a_wav, add_track, announce, upload_track
from tests.journeys.product import Product, a_product, await_that
from tests.tools.databases import SqliteTemplate
from tests.tools.node import Node
from tests.tools.valkey import valkey_server

_WATCH = """subscription($id: ID!) { trackChanged(id: $id) {
  id status publishedAt fingerprint { status duplicate { similarity band original { title producerName }
  segments { queryStartMs queryEndMs referenceStartMs referenceEndMs } } } } }"""
_VERDICT = """query($id: ID!) { track(id: $id) { status previewUrl fingerprint { status sha256 duplicate {
  similarity band original { title producerName } track { id }
  segments { queryStartMs queryEndMs referenceStartMs referenceEndMs } } } } }"""


def test_a_wav_is_cut_off_resumed_watched_to_publication_and_heard(
    product: Product, node: Node, tmp_path: Path
) -> None:
    wav = a_wav(tmp_path, seed=1, bit_depth=24)
    upload = announce(product, "demo-producer", wav)
    file = tmp_path / "beat.wav"
    file.write_bytes(wav)
    sent = node.run("upload_tus.mjs", upload["url"], str(file), "", "1500000", "1048576")
    assert json.loads(sent.stdout)["resumedAt"] > 0, sent.stderr
    track = add_track(product, "demo-producer", upload["id"], "Night Drive")
    for script in ("watch_ws.mjs", "watch_sse.mjs"):
        events = _watched(product, node, script, track, until="PUBLISHED")
        assert events[-1]["fingerprint"]["status"] == "VERIFIED_UNIQUE"
    await_that(lambda: _verdict(product, track)["previewUrl"], within_s=30, otherwise=lambda: product.log)


def test_a_trimmed_copy_by_another_producer_is_blocked_with_the_evidence(
    product: Product, node: Node, tmp_path: Path
) -> None:
    first = upload_track(product, "demo-producer", a_wav(tmp_path, seed=2, seconds=30), "Paper Lanterns")
    _watched(product, node, "watch_ws.mjs", first, until="PUBLISHED")
    copy = a_wav(tmp_path, seed=2, seconds=30, starts_at_s=4)
    second = upload_track(product, "demo-producer-2", copy, "Lantern Walk")
    _watched(product, node, "watch_sse.mjs", second, until="DUPLICATE", token="demo-producer-2")
    finding = _verdict(product, second, token="demo-producer-2")["fingerprint"]["duplicate"]
    assert finding["original"] == {"title": "Paper Lanterns", "producerName": "Nova Keys"}
    assert finding["track"] == {"id": first}
    assert finding["band"] == "VERY_HIGH"
    [segment] = finding["segments"]
    assert abs(segment["referenceStartMs"] - segment["queryStartMs"] - 4000) < 100


def test_an_upload_goes_on_after_the_server_was_killed_and_started_again(
    product: Product, tmp_path: Path
) -> None:
    wav = a_wav(tmp_path, seed=3)
    upload = announce(product, "demo-producer", wav)
    _uploader(upload["url"], wav).upload(stop_at=1_000_000)
    product.kill("web")
    product.start("web")
    product.await_ready()
    resumed = _uploader(upload["url"], wav)
    assert resumed.get_offset() >= 1_000_000
    resumed.upload()
    track = add_track(product, "demo-producer", upload["id"], "Copper Sky")
    await_that(
        lambda: _verdict(product, track)["status"] == "PUBLISHED", within_s=60, otherwise=lambda: product.log
    )


def test_the_spine_stands_on_sqlite_too(sqlite_template: SqliteTemplate, tmp_path: Path) -> None:
    with (
        sqlite_template.fresh(tmp_path) as database_url,
        valkey_server() as valkey_url,
        a_product(database_url, valkey_url, tmp_path) as product,
    ):
        track = upload_track(product, "demo-producer", a_wav(tmp_path, seed=4), "Glass Houses")
        await_that(
            lambda: _verdict(product, track)["status"] == "PUBLISHED",
            within_s=60,
            otherwise=lambda: product.log,
        )


def _watched(
    product: Product, node: Node, script: str, track: str, *, until: str, token: str = "demo-producer"
) -> list[Any]:
    """Every event of the subscription until the track has this status."""
    url = f"{product.url}/graphql".replace("http", "ws" if script == "watch_ws.mjs" else "http")
    done: subprocess.CompletedProcess[str] = node.run(
        script, url, token, _WATCH, json.dumps({"id": track}), f"trackChanged.status={until}", seconds=60
    )
    assert done.returncode == 0, done.stderr + product.log
    return [json.loads(line)["data"]["trackChanged"] for line in done.stdout.splitlines()]


def _verdict(product: Product, track: str, token: str = "demo-producer") -> Any:
    return product.ask(token, _VERDICT, id=track)["track"]


def _uploader(url: str, wav: bytes) -> Any:
    client: Any = TusClient(url)
    return client.uploader(file_stream=io.BytesIO(wav), url=url, chunk_size=500_000)
