"""The collections that a demo begins with, and how a client makes one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from api.demo.accounts import PRODUCER, PRODUCER_2, DemoAccount
from workers.demo.client import Client
from workers.demo.tracks import cover_for

_NAMES: Final = "{ me { producer { collections(first: 100) { nodes { name } } } } }"
_CREATE: Final = """mutation($input: CreateCollectionInput!) {
  createCollection(input: $input) { collection { id } errors { message path } } }"""


@dataclass(frozen=True)
class DemoPack:
    """A collection to make of beats that are there.

    Attributes:
        titles: Of its tracks, in order.
    """

    name: str
    producer: DemoAccount
    titles: tuple[str, ...]
    genres: tuple[str, ...]
    tags: tuple[str, ...]
    description: str


PACKS: Final = (
    DemoPack(
        "After Hours",
        PRODUCER,
        ("Slow Motion", "Paper Lanterns", "Basement Tape"),
        ("R&B", "Lo-Fi"),
        ("slow", "tape"),
        "Three beats for when the lights are low.",
    ),
    DemoPack(
        "Open Air",
        PRODUCER_2,
        ("Copper Sky", "Low Tide", "Glass Houses"),
        ("Afrobeats", "Amapiano", "House"),
        ("summer", "club"),
        "From the afternoon to the last song.",
    ),
)
"""The oldest and the newest beat of each producer are in none: they are for whoever presses Run."""


def packs_of(client: Client) -> set[str]:
    """Names of the viewer's collections."""
    return {node["name"] for node in client.ask(_NAMES)["me"]["producer"]["collections"]["nodes"]}


def create_pack(client: Client, pack: DemoPack, tracks: Sequence[str]) -> None:
    """A new collection of these tracks, with the first ready-made cover of its genres."""
    entered = {
        "name": pack.name,
        "artists": [pack.producer.producer],
        "genres": pack.genres,
        "tags": pack.tags,
        "description": pack.description,
        "trackIds": tracks,
        "cover": cover_for(client, pack.name, pack.genres),
    }
    client.do(_CREATE, input=entered)
