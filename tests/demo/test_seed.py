"""The data that a demo begins with, uploaded to a real product."""

from pathlib import Path
from typing import Any

import pytest

from tests.journeys.product import Product
from workers.demo import seed
from workers.demo.beats import BEATS
from workers.demo.client import Client
from workers.demo.tracks import create_track

_TRACKS = "{ me { producer { tracks(first: 100) { totalCount nodes { id title status } } } } }"
_FIRST = """{ me { producer { name tracks(first: 1) { nodes { title status fingerprint { duplicate {
  similarity band original { title producerName }
  segments { queryStartMs queryEndMs referenceStartMs referenceEndMs } } } } } } } }"""
_PROFILE = """{ me { producer { completeness { percent missing } picture { width height }
  aboutPhotos { image { width height } } followerCount } } }"""
_CASES = "{ staff { cases(first: 5, where: { status: { eq: PENDING } }) { nodes { ... on ProducerRequest { producerName } } } } }"


_NETWORK = """{ network { directory { nodes { name city } } contacts { nodes { askedByViewer other { name } } } } }"""
_EVENTS = "{ events { nodes { title capacity goingCount } } }"
_PACKS = """{ me { producer { collections(first: 10) { nodes { name artists cover { url } tracks { nodes {
  title } } } } } } }"""


def packs_of(product: Product, token: str) -> list[Any]:
    nodes: list[Any] = product.ask(token, _PACKS)["me"]["producer"]["collections"]["nodes"]
    return nodes


def tracks_of(product: Product, token: str) -> list[Any]:
    nodes: list[Any] = product.ask(token, _TRACKS)["me"]["producer"]["tracks"]["nodes"]
    return nodes


def test_all_beats_are_published_but_the_trimmed_copy(filled: Product) -> None:
    own = {
        node["title"]: node["status"]
        for token in ("demo-producer", "demo-producer-2")
        for node in tracks_of(filled, token)
    }
    expected = {one.title: "PUBLISHED" for one in BEATS} | {"Midnight Ride": "DUPLICATE"}
    assert {title: own.get(title) for title in expected} == expected


def test_the_first_request_of_the_readme_is_answered_as_printed(filled: Product) -> None:
    producer = filled.ask("demo-producer-2", _FIRST)["me"]["producer"]
    assert producer == {
        "name": "Kilo Wave",
        "tracks": {
            "nodes": [
                {
                    "title": "Midnight Ride",
                    "status": "DUPLICATE",
                    "fingerprint": {
                        "duplicate": {
                            "similarity": 0.9885,
                            "band": "VERY_HIGH",
                            "original": {"title": "Night Drive", "producerName": "Nova Keys"},
                            "segments": [
                                {
                                    "queryStartMs": 0,
                                    "queryEndMs": 38938,
                                    "referenceStartMs": 6005,
                                    "referenceEndMs": 44943,
                                }
                            ],
                        }
                    },
                }
            ]
        },
    }


def test_each_producer_has_a_collection(filled: Product) -> None:
    """Tests that share the demo may have made more."""
    made = {
        pack["name"]: (pack["artists"], [track["title"] for track in pack["tracks"]["nodes"]])
        for token in ("demo-producer", "demo-producer-2")
        for pack in packs_of(filled, token)
    }
    assert made["After Hours"] == (["Nova Keys"], ["Slow Motion", "Paper Lanterns", "Basement Tape"])
    assert made["Open Air"] == (["Kilo Wave"], ["Copper Sky", "Low Tide", "Glass Houses"])


def test_somebody_waits_for_staff(filled: Product) -> None:
    nodes = filled.ask("demo-staff", _CASES)["staff"]["cases"]["nodes"]
    assert {"producerName": "Lena Lights"} in nodes


def test_both_producers_say_who_they_are_and_one_is_followed(filled: Product) -> None:
    first, second = [
        filled.ask(token, _PROFILE)["me"]["producer"] for token in ("demo-producer", "demo-producer-2")
    ]
    assert [one["completeness"] for one in (first, second)] == [{"percent": 100, "missing": []}] * 2
    assert first["picture"] == {"width": 640, "height": 640}
    assert [photo["image"] for photo in first["aboutPhotos"]] == [{"width": 1200, "height": 800}]
    assert (first["followerCount"], second["followerCount"]) == (1, 0)
    unowned = filled.ask("demo-artist", '{ producer(by: { handle: "echo-park" }) { name claimed } }')
    assert unowned["producer"] == {"name": "Echo Park", "claimed": False}


def test_somebody_asks_to_connect_and_a_full_event_has_a_line(filled: Product) -> None:
    network = filled.ask("demo-producer", _NETWORK)["network"]
    assert network["directory"]["nodes"] == [{"name": "Kilo Wave", "city": "Vancouver"}]
    assert network["contacts"]["nodes"] == [{"askedByViewer": False, "other": {"name": "Kilo Wave"}}]
    events = filled.ask("demo-producer", _EVENTS)["events"]["nodes"]
    assert [(one["title"], one["capacity"], one["goingCount"]) for one in events] == [
        ("Listening night", 1, 1),
        ("Ask an engineer", None, 0),
    ]


def test_a_second_seeding_adds_nothing(filled: Product) -> None:
    tokens = ("demo-producer", "demo-producer-2")
    before = [(tracks_of(filled, token), packs_of(filled, token)) for token in tokens]
    seed.Seeding(filled.url).fill()
    assert [(tracks_of(filled, token), packs_of(filled, token)) for token in tokens] == before


def test_a_seeding_with_its_mark_asks_nothing(tmp_path: Path) -> None:
    mark = tmp_path / "demo-data"
    mark.touch()
    seed.main("http://127.0.0.1:1", mark)


def test_an_interrupted_seeding_is_completed_by_the_next(
    empty: Product, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after the third beat; the next one brings the others, and none twice."""
    original = create_track
    made = 0

    def three_times(client: Client, entered: Any) -> Any:
        nonlocal made
        made += 1
        if made > 3:
            raise KeyboardInterrupt
        return original(client, entered)

    wanted = [
        one for one in BEATS if one.title in {"Night Drive", "Paper Lanterns", "Glass Houses", "Copper Sky"}
    ]
    monkeypatch.setattr(seed, "WAVES", (wanted, [BEATS[-1]]))
    monkeypatch.setattr(seed, "create_track", three_times)
    mark = tmp_path / "demo-data"
    with pytest.raises(KeyboardInterrupt):
        seed.main(empty.url, mark)
    assert not mark.exists()
    monkeypatch.setattr(seed, "create_track", original)
    seed.main(empty.url, mark)
    assert mark.exists()
    assert sorted(node["title"] for node in tracks_of(empty, "demo-producer")) == [
        "Night Drive",
        "Paper Lanterns",
    ]
    assert [(node["title"], node["status"]) for node in tracks_of(empty, "demo-producer-2")] == [
        ("Midnight Ride", "DUPLICATE"),
        ("Copper Sky", "PUBLISHED"),
        ("Glass Houses", "PUBLISHED"),
    ]
