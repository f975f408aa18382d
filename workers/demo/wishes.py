"""The beat requests that a demo begins with, each answered by a beat that is there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from api.demo.accounts import NEWCOMER, PRODUCER_2, DemoAccount
from workers.demo.client import Client

_OPEN: Final = """mutation($input: OpenBeatRequestInput!) {
  openBeatRequest(input: $input) { request { id } errors { message path } } }"""
_OFFER: Final = """mutation($input: SubmitToBeatRequestInput!) {
  submitToBeatRequest(input: $input) { errors { message path } } }"""


@dataclass(frozen=True)
class DemoWish:
    """A request to post.

    Attributes:
        like: Title of the beat that it should sound like; null: an address elsewhere.
        asked: The rest of the input.
    """

    requester: DemoAccount
    like: str | None
    asked: Mapping[str, Any]


WISHES: Final = (
    DemoWish(
        NEWCOMER,
        None,
        {
            "text": "Something dark and heavy for a night in the car; half-time drums, and room for a low voice.",
            "genre": "Trap",
            "bpmMin": 69,
            "bpmMax": 73,
            "key": "C_SHARP",
            "scale": "MAJOR",
            "moods": ["Dark", "Aggressive"],
            "tags": ["808s"],
        },
    ),
    DemoWish(
        PRODUCER_2,
        "Neon Rain",
        {
            "text": "A bright synth pop beat for a single, to be bought alone. Close to this one.",
            "genre": "Pop",
            "bpmMin": 108,
            "bpmMax": 116,
            "budget": {"amount": "350.00", "currency": "USD"},
            "wantedLicence": "EXCLUSIVE",
        },
    ),
)


def post(client: Client, wish: DemoWish, tracks: Mapping[str, str]) -> str:
    """Post a request, once: the same key and input is the same request.

    Args:
        tracks: Ids by title.

    Returns:
        Its id.
    """
    reference = {"trackId": tracks[wish.like]} if wish.like else {"url": "https://example.org/night-drive"}
    fixed = {"reference": reference, "duration": "HOURS_24", "idempotencyKey": "demo"}
    return str(client.do(_OPEN, input={**wish.asked, **fixed})["request"]["id"])


def offer(client: Client, request: str, track: str) -> None:
    """Offer a track, once: the same track and note is the same offer."""
    client.do(
        _OFFER,
        input={
            "requestId": request,
            "trackId": track,
            "note": "Slower than you asked, and it may fit all the same.",
        },
    )
