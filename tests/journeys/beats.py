"""Beats and tracks as a client of the journeys sends them."""

import io
from functools import cache
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import numpy as np

from tests.journeys.product import Product
from workers.audio.synth import beat, write_wav

_ANNOUNCE = """mutation($input: CreateUploadInput!) {
  createUpload(input: $input) { upload { id url } errors { message path } } }"""
_CREATE = """mutation($input: CreateTrackInput!) {
  createTrack(input: $input) { track { id status } errors { message path code } } }"""
_PRESET = '{ coverPresets(genres: ["Trap"]) { id } }'


@cache
def a_wav(folder: Path, *, seed: int, seconds: int = 20, bit_depth: int = 16, starts_at_s: int = 0) -> bytes:
    """A beat of the project's own synthesiser."""
    path = folder / f"beat-{seed}-{seconds}-{bit_depth}-{starts_at_s}.wav"
    sound = beat(seed=seed, bpm=90 + 7 * (seed % 12), key=seed % 12, seconds=seconds, kit=seed % 5)
    write_wav(path, sound[:, starts_at_s * 44_100 :], bit_depth=bit_depth)
    return path.read_bytes()


def a_long_wav(folder: Path, *, seed: int, seconds: int = 20, times: int) -> bytes:
    """The beat over and over, mono and at half the rate: long to listen to, and not many bytes."""
    path = folder / f"long-{seed}-{seconds}-{times}.wav"
    sound = beat(seed=seed, bpm=90 + 7 * (seed % 12), key=seed % 12, seconds=seconds, kit=seed % 5)
    write_wav(path, np.tile(sound[:1, ::2], times), rate=22_050)
    return path.read_bytes()


def announce(product: Product, token: str, wav: bytes, purpose: str = "TRACK_AUDIO") -> Any:
    """The upload that a file may now be sent to."""
    entered = {"purpose": purpose, "filename": "beat.wav", "byteSize": len(wav)}
    answer = product.ask(token, _ANNOUNCE, input=entered)["createUpload"]
    assert not answer["errors"], answer
    return answer["upload"]


def send(url: str, wav: bytes) -> None:
    """All bytes by a plain PUT."""
    request = Request(url, io.BytesIO(wav), {"content-type": "audio/wav"}, method="PUT")
    request.add_header("content-length", str(len(wav)))
    urlopen(request, timeout=60).close()


def add_track(product: Product, token: str, upload: str, title: str) -> str:
    """The id of a new track."""
    preset = product.ask(token, _PRESET)["coverPresets"][0]["id"]
    entered = {
        "audioUploadId": upload,
        "title": title,
        "artists": ["Nova Keys"],
        "bpm": 140,
        "key": "B_FLAT",
        "scale": "MINOR",
        "genres": ["Trap"],
        "cover": {"presetId": preset},
        "licensing": {"model": "STANDARD"},
    }
    answer = product.ask(token, _CREATE, input=entered)["createTrack"]
    assert not answer["errors"], answer
    return str(answer["track"]["id"])


def upload_track(product: Product, token: str, wav: bytes, title: str) -> str:
    """Announce, send, add."""
    upload = announce(product, token, wav)
    send(upload["url"], wav)
    return add_track(product, token, upload["id"], title)
