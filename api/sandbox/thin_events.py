"""Events of the newer endpoints: they name what has changed, and who wants to know more asks."""

from typing import Any

from api.sandbox import instants, webhooks
from api.sandbox.books import Books, Cause
from api.sandbox.ids import new_id
from api.sandbox.lists import newer_page
from api.sandbox.serving import Call, serves
from api.sandbox.trees import Json


def tell(books: Books, kind: str, account: Json, **data: Any) -> None:
    """An event about an account, and its webhooks."""
    books = books.of(books.platform.id)
    event: Json = {
        "id": new_id("evt_test"),
        "object": "v2.core.event",
        "context": None,
        "created": instants.written(books.now),
        "livemode": False,
        "reason": _reason(books.cause),
        "related_object": {
            "id": account["id"],
            "type": "v2.core.account",
            "url": f"/v2/core/accounts/{account['id']}",
        },
        "type": kind,
        **({"data": data} if data else {}),
    }
    books.store.add(books.owner, "v2.core.event", books.now, event)
    targets = webhooks.targets(books.store, books.platform.id, kind, scope="platform", payload="thin")
    webhooks.enqueue(books.store, books.platform, event["id"], kind, targets)


def _reason(cause: Cause | None) -> Json | None:
    if cause is None:
        return None
    request = {"id": cause.id, "idempotency_key": cause.idempotency_key or ""}
    return {"type": "request", "request": request}


@serves("GET", "/v2/core/events")
def list_events(call: Call) -> Json:
    """Newest first."""
    given = call.given
    types = given.texts("types") or None
    return newer_page(call, "v2.core.event", "/v2/core/events", type=types, id=given.get("object_id"))


@serves("GET", "/v2/core/events/{id}")
def retrieve_event(call: Call) -> Json:
    return call.books.get("v2.core.event", call.id)
