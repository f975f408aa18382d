"""Two producers who were not there before: signed up, approved, and with the badge."""

import secrets
from dataclasses import dataclass
from typing import Any, Final

from api.demo.accounts import STAFF
from workers.demo.client import Client

_SIGN_UP: Final = "mutation($input: SignUpInput!) { signUp(input: $input) { token errors { message } } }"
_APPLY: Final = """mutation($input: SubmitProducerRequestInput!) {
  submitProducerRequest(input: $input) { request { id } errors { message } } }"""
_REVIEW: Final = """mutation($id: ID!, $input: ReviewProducerRequestInput!) {
  reviewProducerRequest(id: $id, input: $input) { request { status } errors { message } } }"""
_GRANT: Final = """mutation($id: ID!, $input: ChangeRoleInput!) {
  changeRole(id: $id, input: $input) { account { roles } errors { message } } }"""
_APPROVED: Final = {"decision": "APPROVE", "reason": "Approved by the demo."}
NAMES: Final = (("Juno", "Vale"), ("Rook", "Ashby"))
"""Who uploads, and who copies."""


@dataclass(frozen=True)
class Somebody:
    """A producer of this walk."""

    name: str
    client: Client


def sign_up(url: str, first: str, last: str) -> Somebody:
    """A new account; its e-mail is one that nobody has."""
    email = f"{first}-{secrets.token_hex(6)}@beatpass.example".lower()
    entered = {"email": email, "password": secrets.token_urlsafe(24), "displayName": first}
    token = Client(url).do(_SIGN_UP, input=entered)["token"]
    return Somebody(f"{first} {last}", Client(url, token))


def become_producer(url: str, who: Somebody) -> None:
    """Apply for producer access, and be approved by staff (D-2)."""
    first, last = who.name.split()
    application = {
        "kind": "BECOME_PRODUCER",
        "producerName": who.name,
        "beatsUrl": f"https://soundcloud.com/{first}-{last}".lower(),
        "firstName": first,
        "lastName": last,
    }
    _approve(url, who, application)


def get_verified(url: str, who: Somebody) -> None:
    """Be given the badge by staff; who wants it without them types a code on Discord (D-4)."""
    account = who.client.ask("{ me { id } }")["me"]["id"]
    given = {"role": "VERIFIED_PRODUCER", "granted": True, "reason": "Given by the demo."}
    Client(url, STAFF.token).do(_GRANT, id=account, input=given)


def _approve(url: str, who: Somebody, application: dict[str, Any]) -> None:
    request = who.client.do(_APPLY, input=application)["request"]["id"]
    Client(url, STAFF.token).do(_REVIEW, id=request, input=_APPROVED)
