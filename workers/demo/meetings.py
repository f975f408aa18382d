"""What the demo's producers meet by: a request to connect, and events, one of them full."""

from datetime import datetime, timedelta
from typing import Any, Final

from db.clock import now
from workers.demo.client import Client

_ASK: Final = """mutation($input: RequestContactInput!) {
  requestContact(input: $input) { contact { id } errors { message path } } }"""
_KNOWN: Final = "{ events(first: 100) { nodes { id title } } }"
_ANNOUNCE: Final = """mutation($input: CreateEventInput!) {
  createEvent(input: $input) { event { id } errors { message path } } }"""
_COME: Final = """mutation($id: ID!, $input: RsvpToEventInput!) {
  rsvpToEvent(id: $id, input: $input) { event { id } errors { message path } } }"""
_FULL: Final = "Listening night"
_OPEN: Final = "Ask an engineer"


def ask_to_connect(client: Client, producer: str) -> None:
    """Ask another producer, once: again changes nothing."""
    message = "Your drums and my keys: shall we?"
    client.do(_ASK, input={"producerId": producer, "message": message})


def announce_events(staff: Client) -> dict[str, str]:
    """One with a single seat, one for as many as like; those that are there are not announced again.

    Returns:
        Ids by title.
    """
    known = {one["title"]: str(one["id"]) for one in staff.ask(_KNOWN)["events"]["nodes"]}
    for entered in (_event(_FULL, days=5, capacity=1), _event(_OPEN, days=12, capacity=None)):
        if entered["title"] not in known:
            known[entered["title"]] = str(staff.do(_ANNOUNCE, input=entered)["event"]["id"])
    return known


def take_the_seat(client: Client, events: dict[str, str]) -> None:
    """Come to the event with one seat, so that others see a line; again changes nothing."""
    client.do(_COME, id=events[_FULL], input={"going": True})


def _event(title: str, *, days: int, capacity: int | None) -> dict[str, Any]:
    evening = (now() + timedelta(days=days)).replace(hour=18, minute=0, second=0, microsecond=0)
    return {
        "title": title,
        "markdown": "For verified producers. Bring headphones, and something unfinished.",
        "startsAt": _written(evening),
        "endsAt": _written(evening + timedelta(hours=3)),
        "place": "Montréal, Studio A",
        "capacity": capacity,
    }


def _written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
