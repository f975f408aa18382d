"""The list of events, for those who missed a webhook."""

from api.sandbox.errors import malformed
from api.sandbox.lists import page
from api.sandbox.serving import Call, serves
from api.sandbox.trees import Json


@serves("GET", "/v1/events")
def list_events(call: Call) -> Json:
    """Newest first; those of a type, or of some types."""
    given = call.given
    kind, kinds = given.get("type"), given.get("types")
    if kind and kinds:
        raise malformed(
            "You may only specify one of these parameters: type, types.",
            param="types",
            code="parameters_exclusive",
        )
    return page(call, "event", "/v1/events", type=kind or kinds)


@serves("GET", "/v1/events/{id}")
def retrieve_event(call: Call) -> Json:
    return call.books.get("event", call.id)
