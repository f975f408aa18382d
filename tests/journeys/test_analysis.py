"""From a PUT to a form that fills itself in."""

import time
from pathlib import Path
from typing import Any

from tests.journeys.beats import a_wav, announce, send
from tests.journeys.product import Product, await_that

_ANALYSIS = """query($id: ID!) { node(id: $id) { ... on Upload { status analysis {
  bpm bpmConfidence key scale loudnessLufs truePeakDb waveform(points: 10) } } } }"""
_PRODUCER = "demo-producer"


def test_what_a_beat_says_is_there_seconds_after_its_last_byte(product: Product, tmp_path: Path) -> None:
    product.start("analysis")
    first = heard(product, a_wav(tmp_path, seed=7, seconds=30), within_s=90)
    assert (round(first["bpm"]), first["key"], first["scale"]) == (139, "G", "MINOR")
    began = time.monotonic()
    second = heard(product, a_wav(tmp_path, seed=6, seconds=30), within_s=10)
    assert time.monotonic() - began < 10
    assert (round(second["bpm"]), second["key"], second["scale"]) == (132, "F_SHARP", "MINOR")
    assert -25 < second["loudnessLufs"] < -8
    assert (len(second["waveform"]), max(second["waveform"])) == (10, 229)


def heard(product: Product, wav: bytes, *, within_s: float) -> Any:
    """The analysis of a file sent now."""
    upload = announce(product, _PRODUCER, wav)
    send(upload["url"], wav)

    def analysis() -> Any:
        return product.ask(_PRODUCER, _ANALYSIS, id=upload["id"])["node"]["analysis"]

    await_that(lambda: analysis() is not None, within_s=within_s, otherwise=lambda: product.log)
    return analysis()
