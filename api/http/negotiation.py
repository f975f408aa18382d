"""Which media type an answer has, by the Accept header's q-values (GraphQL over HTTP, RFC 9110)."""

from typing import Final

GRAPHQL_RESPONSE: Final = "application/graphql-response+json"
JSON: Final = "application/json"
EVENT_STREAM: Final = "text/event-stream"
MULTIPART: Final = "multipart/mixed"
HTML: Final = "text/html"
_RANK: Final = (GRAPHQL_RESPONSE, JSON)


def answer_type(accept: str | None) -> str | None:
    """The GraphQL media type to answer with; null if the client takes none of ours.

    Without a header, and for clients that take anything, it is `application/json`, as old clients expect.
    """
    if accept is None or not accept.strip():
        return JSON
    wanted = _qualities(accept)
    best = max(_RANK, key=lambda name: (_quality(wanted, name), name == JSON and name not in wanted))
    return best if _quality(wanted, best) > 0 else None


def prefers(accept: str | None, name: str) -> bool:
    """Whether the client names this media type, and likes no GraphQL type better."""
    wanted = _qualities(accept or "")
    return wanted.get(name, 0) > max((wanted.get(other, 0) for other in _RANK), default=0)


def takes_multipart(accept: str | None) -> bool:
    """Whether the client understands multipart subscriptions, version 1.0."""
    parts = (part.lower().replace('"', "").split(";") for part in (accept or "").split(","))
    return any(
        name.strip() == MULTIPART and "subscriptionspec=1.0" in {one.strip() for one in parameters}
        for name, *parameters in parts
    )


def _quality(wanted: dict[str, float], name: str) -> float:
    group = name.partition("/")[0]
    return next((wanted[key] for key in (name, f"{group}/*", "*/*") if key in wanted), 0)


def _qualities(accept: str) -> dict[str, float]:
    parts = (part.split(";") for part in accept.split(",") if part.strip())
    return {name.strip().lower(): _q(parameters) for name, *parameters in parts}


def _q(parameters: list[str]) -> float:
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip().lower() == "q":
            try:
                return float(value)
            except ValueError:
                return 0
    return 1
