"""Fills an empty demo with beats, as an outside client would: over HTTP, with the demo tokens. Done once.

The beats are played by the project's own synthesiser. The last one is a trimmed copy of the first under another name:
the duplicate check blocks it, so that there is evidence to look at.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.request import Request, urlopen

from api.demo.accounts import PRODUCER, PRODUCER_2, DemoAccount
from workers.audio.instruments import SYNTH_RATE_HZ
from workers.audio.synth import beat, write_wav

_SECONDS: Final = 45
_COPY_STARTS_AT_S: Final = 6
_PATIENCE_S: Final = 30


@dataclass(frozen=True)
class DemoBeat:
    """A beat to play and to upload."""

    title: str
    producer: DemoAccount
    seed: int
    bpm: int
    key: str
    pitch_class: int
    genre: str
    moods: tuple[str, ...]
    tags: tuple[str, ...]
    starts_at_s: int = 0


BEATS: Final = (
    DemoBeat("Night Drive", PRODUCER, 1, 142, "A_SHARP", 10, "Trap", ("Dark", "Hype"), ("808", "night")),
    DemoBeat("Paper Lanterns", PRODUCER, 2, 84, "D", 2, "Lo-Fi", ("Chill", "Nostalgic"), ("tape", "keys")),
    DemoBeat("Glass Houses", PRODUCER_2, 3, 126, "F", 5, "House", ("Energetic",), ("club",)),
    DemoBeat("Copper Sky", PRODUCER_2, 4, 98, "G", 7, "Afrobeats", ("Uplifting",), ("drums", "summer")),
    DemoBeat("Midnight Ride", PRODUCER_2, 1, 142, "A_SHARP", 10, "Drill", (), (), _COPY_STARTS_AT_S),
)

_TRACK_COUNT: Final = "{ me { producer { tracks { totalCount } } } }"
_PRESET: Final = "query($genres: [String!]!) { coverPresets(genres: $genres) { id } }"
_UPLOAD: Final = """mutation($input: CreateUploadInput!) {
  createUpload(input: $input) { upload { id url } errors { message } } }"""
_CREATE: Final = """mutation($input: CreateTrackInput!) {
  createTrack(input: $input) { track { id } errors { message path } } }"""
_STATUS: Final = "query($id: ID!) { track(id: $id) { status } }"


class Client:
    """Speaks GraphQL as one account."""

    def __init__(self, url: str, account: DemoAccount) -> None:
        self._url = f"{url}/graphql"
        self._token = account.token

    def ask(self, query: str, **variables: Any) -> Any:
        """The data of an operation; whatever went wrong ends the seeding."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        headers = {"content-type": "application/json", "authorization": f"Bearer {self._token}"}
        answer = json.load(urlopen(Request(self._url, body, headers)))  # noqa: S310 -- our own server
        problems = answer.get("errors") or _payload_errors(answer["data"])
        if problems:
            raise RuntimeError(f"the demo data was refused: {problems}")
        return answer["data"]


def _payload_errors(data: Mapping[str, Any]) -> list[Any]:
    payloads: list[dict[str, Any]] = [value for value in data.values() if isinstance(value, dict)]
    return [error for payload in payloads for error in payload.get("errors", [])]


def seed(url: str) -> None:
    """Upload the demo beats unless there are tracks already."""
    client = Client(url, PRODUCER)
    if client.ask(_TRACK_COUNT)["me"]["producer"]["tracks"]["totalCount"]:
        return
    for one in BEATS:
        _upload(Client(url, one.producer), one)


def _upload(client: Client, one: DemoBeat) -> None:
    wav = _played(one)
    announced = {"purpose": "TRACK_AUDIO", "filename": f"{one.title}.wav", "byteSize": len(wav)}
    upload = client.ask(_UPLOAD, input=announced)["createUpload"]["upload"]
    urlopen(Request(upload["url"], wav, {"content-type": "audio/wav"}, method="PUT")).close()  # noqa: S310 -- our own server
    track = client.ask(_CREATE, input=_track(client, one, upload["id"]))["createTrack"]["track"]["id"]
    _await_verdict(client, track)


def _track(client: Client, one: DemoBeat, upload: str) -> dict[str, Any]:
    preset = client.ask(_PRESET, genres=[one.genre])["coverPresets"][0]["id"]
    return {
        "audioUploadId": upload,
        "title": one.title,
        "artists": [one.producer.producer],
        "bpm": one.bpm,
        "key": one.key,
        "scale": "MINOR",
        "genres": [one.genre],
        "moods": one.moods,
        "tags": one.tags,
        "description": f"Made for the demo, at {one.bpm} BPM.",
        "cover": {"presetId": preset},
        "licensing": {"model": "STANDARD"},
    }


def _played(one: DemoBeat) -> bytes:
    sound = beat(seed=one.seed, bpm=one.bpm, key=one.pitch_class, seconds=_SECONDS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "beat.wav"
        write_wav(path, sound[:, one.starts_at_s * SYNTH_RATE_HZ :])
        return path.read_bytes()


def _await_verdict(client: Client, track: str) -> None:
    """Wait for the duplicate check, so that a copy comes after what it copies."""
    patience = time.monotonic() + _PATIENCE_S
    while client.ask(_STATUS, id=track)["track"]["status"] == "PROCESSING" and time.monotonic() < patience:
        time.sleep(0.1)


if __name__ == "__main__":
    seed(sys.argv[1] if len(sys.argv) > 1 else os.environ["BEATPASS_PUBLIC_URL"])
