"""Account links: the hosted page on which somebody says who they are and where their money goes."""

from dataclasses import replace
from typing import Final

from api.sandbox import instants
from api.sandbox.account_states import Known
from api.sandbox.accounts import know, known_of, person
from api.sandbox.books import Books
from api.sandbox.clock import happens
from api.sandbox.given import Given
from api.sandbox.ids import new_id
from api.sandbox.serving import Call, serves
from api.sandbox.shapes import whole
from api.sandbox.thin_events import tell
from api.sandbox.trees import Json

_GOOD_FOR_SECONDS: Final = 10 * 60
_LOOKED_AT_SECONDS: Final = 86_400
"""A person who looks at documents needs a day."""
OUTCOMES: Final = {
    "complete": ("Everything is right", Known(True, "works", "verified")),
    "review": ("Somebody at Stripe looks at it, and says yes after a day", Known(True, "works", "pending")),
    "document": ("A picture of an identity document is missing", Known(True, "works", "document")),
    "no_bank": ("The bank account is left for later", Known(True, "none", "verified")),
    "refusing_bank": (
        "Everything is right, but the bank sends payouts back",
        Known(True, "refuses", "verified"),
    ),
    "rejected": ("Stripe says no, for good", Known(True, "works", "rejected")),
}
"""What a tester can have come of the form, in words and in what is known then."""


@serves("POST", "/v2/core/account_links")
def create_link(call: Call) -> Json:
    """A way to the page, good once and for ten minutes."""
    given, books = call.given, call.books
    account = books.get("v2.core.account", given.get("account"), param="account")
    use_case = _use_case(given.inner("use_case"))
    link_id = new_id("alnk")
    expires_at = books.now + _GOOD_FOR_SECONDS
    link = whole(
        {
            "object": "v2.core.account_link",
            "account": account["id"],
            "created": instants.written(books.now),
            "expires_at": instants.written(expires_at),
            "livemode": False,
            "url": f"{books.url}/onboarding/{link_id}",
            "use_case": use_case,
        }
    )
    kept = {**link, "id": link_id, "expires": expires_at, "used": False}
    books.store.add(books.owner, "v2.core.account_link", books.now, kept)
    return link


def _use_case(given: Given) -> Json:
    kind = given.get("type")
    inner = given.inner(kind)
    options = inner.inner("collection_options")
    found: Json = {"refresh_url": inner.get("refresh_url"), "return_url": inner.get("return_url")}
    if options:
        found["collection_options"] = {
            "fields": options.get("fields", "currently_due"),
            "future_requirements": options.get("future_requirements", "omit"),
        }
    return {"type": kind, kind: found}


def way(link: Json, name: str) -> str:
    """The return_url or the refresh_url of a link."""
    inner = link["use_case"][link["use_case"]["type"]]
    return str(inner[name] or inner["refresh_url"])


def is_good(books: Books, link: Json) -> bool:
    return not link["used"] and books.now < link["expires"]


def finish(books: Books, link: Json, outcome: str, name: str) -> None:
    """The form is sent: who it is, and what comes of it."""
    account = books.get("v2.core.account", link["account"])
    given_name, _, surname = name.strip().partition(" ")
    individual = person(
        account["id"], instants.written(books.now), {"given_name": given_name, "surname": surname or None}
    )
    identity = {**account["identity"], "entity_type": "individual", "individual": individual}
    books.change(account, identity=identity)
    tell(books, "v2.core.account[identity].updated", account)
    learn(books, account["id"], OUTCOMES[outcome][1])
    leave(books, link)


def leave(books: Books, link: Json) -> None:
    """Somebody goes back, done or not."""
    books.store.save({**link, "used": True})
    account = books.get("v2.core.account", link["account"])
    use_case = link["use_case"]["type"]
    tell(
        books,
        "v2.core.account_link.returned",
        account,
        account_id=account["id"],
        configurations=["recipient"],
        use_case=use_case,
    )


def learn(books: Books, account_id: str, known: Known) -> None:
    """Take note, and have somebody look at it where that is needed."""
    books.never("verification_ends", account_id)
    know(books, account_id, known)
    if known.verification == "pending":
        books.later(books.now + _LOOKED_AT_SECONDS, "verification_ends", account_id)


@happens("verification_ends")
def _verified(books: Books, account_id: str) -> None:
    know(books, account_id, replace(known_of(books, account_id), verification="verified"))
