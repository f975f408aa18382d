"""What the demo's people have written to support: with priority and without, with an account and without one."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from api.demo.accounts import ARTIST, PRODUCER, PRODUCER_2
from workers.demo.client import Client, Refusal

_OWN: Final = "{ me { supportTickets(first: 100) { nodes { subject } } } }"
_EVERYBODYS: Final = "{ staff { tickets(first: 100) { nodes { subject } } } }"
_OPEN: Final = """mutation($input: OpenSupportTicketInput!) {
  openSupportTicket(input: $input) { ticket { id } errors { message path code } } }"""
_ANSWER: Final = """mutation($id: ID!, $input: ReplyToSupportTicketInput!) {
  replyToSupportTicket(id: $id, input: $input) { ticket { id } errors { message path } } }"""
_TICKETS: Final = (
    (
        PRODUCER.token,
        "Bank details",
        "Where do I change the bank that payouts go to?",
        "In Finances: open the set-up again.",
    ),
    (PRODUCER_2.token, "Cover art", "My cover looks darker than the file. Is that the preview?", None),
    (ARTIST.token, "Credit line", "Is “Prod. by” enough, or has it to be “Produced by”?", None),
)
"""Who writes what about what, and what staff answer; null: it waits."""
WRITERS: Final = tuple(token for token, *_ in _TICKETS)
_NOBODYS: Final = {
    "subject": "A beat of mine",
    "text": "I have no account here. How do I tell you of a beat that is mine?",
    "email": "vera@example.org",
}


def write_to_support(writers: Mapping[str, Client], staff: Client) -> None:
    """Open tickets, some of which are answered; one that is there is not opened again.

    Args:
        writers: By their tokens.
    """
    for token, subject, text, answer in _TICKETS:
        writer = writers[token]
        known = {one["subject"] for one in writer.ask(_OWN)["me"]["supportTickets"]["nodes"]}
        if subject in known:
            continue
        opened = writer.do(_OPEN, input={"subject": subject, "text": text})["ticket"]["id"]
        if answer is not None:
            staff.do(_ANSWER, id=opened, input={"text": answer})


def write_as_nobody(visitor: Client, staff: Client) -> None:
    """Open one without an account, once; where no e-mail is sent, there is none."""
    known = {one["subject"] for one in staff.ask(_EVERYBODYS)["staff"]["tickets"]["nodes"]}
    if _NOBODYS["subject"] not in known:
        with suppress(Refusal):
            visitor.do(_OPEN, input=_NOBODYS)
