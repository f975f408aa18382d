"""Answers GET and HEAD for stored bytes: whole, a single Range, or unchanged (RFC 9110, sections 13 and 14)."""

import hashlib
import re
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.gateways.storage import StoredObject

_RANGE: Final = re.compile(r"bytes=\s*(\d*)-(\d*)\s*", re.ASCII | re.IGNORECASE)
_LONGEST_FIGURE: Final = 19
"""Digits of a byte position; longer ones are no file's."""


@dataclass(frozen=True)
class Servable:
    """Bytes and what is known of them.

    Attributes:
        read: Streams from a start up to and without an end.
        headers: What every answer about them carries.
    """

    facts: StoredObject
    read: Callable[[int, int], AsyncIterator[bytes]]
    headers: Mapping[str, str]


def in_memory(content: bytes, modified_at: datetime, headers: Mapping[str, str]) -> Servable:
    """Bytes that stand in no storage; readers of PDF ask for parts of them all the same."""
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'

    async def read(start: int, end: int) -> AsyncIterator[bytes]:
        yield content[start:end]

    return Servable(StoredObject(len(content), etag, modified_at), read, headers)


class Unsatisfiable(Exception):  # noqa: N818 -- an answer, not a fault
    """The range starts behind the last byte."""


def serve(request: Request, servable: Servable) -> Response:
    """The answer to a GET or HEAD."""
    facts = servable.facts
    headers = {
        **servable.headers,
        "accept-ranges": "bytes",
        "etag": facts.etag,
        "last-modified": format_datetime(facts.modified_at, usegmt=True),
    }
    if _matches(request.headers.get("if-none-match", ""), facts.etag):
        return Response(status_code=304, headers=headers)
    try:
        wanted = _wanted(request, facts)
    except Unsatisfiable:
        return Response(status_code=416, headers={**headers, "content-range": f"bytes */{facts.byte_size}"})
    return _body(request, servable, headers, wanted)


def one_range(header: str, byte_size: int) -> tuple[int, int] | None:
    """Start and end (not included) of the one range asked for.

    Returns:
        Null where the whole is to be sent: no range, one we cannot read, or several.

    Raises:
        Unsatisfiable: It starts behind the last byte.
    """
    match = _RANGE.fullmatch(header)
    if not match or max(map(len, match.groups())) > _LONGEST_FIGURE:
        return None
    first, last = match.groups()
    if first and last and int(last) < int(first):
        return None
    return _within(first, last, byte_size) if first or last else None


def _within(first: str, last: str, byte_size: int) -> tuple[int, int]:
    start = int(first) if first else max(0, byte_size - int(last))
    end = min(int(last) + 1, byte_size) if first and last else byte_size
    if start >= byte_size:
        raise Unsatisfiable
    return start, end


def _wanted(request: Request, facts: StoredObject) -> tuple[int, int] | None:
    condition = request.headers.get("if-range")
    if condition not in {None, facts.etag, format_datetime(facts.modified_at, usegmt=True)}:
        return None  # the client holds a part of an older version
    return one_range(request.headers.get("range", ""), facts.byte_size)


def _matches(header: str, etag: str) -> bool:
    tags = (tag.strip().removeprefix("W/") for tag in header.split(","))
    return any(tag in {etag, "*"} for tag in tags)


def _body(
    request: Request, servable: Servable, headers: dict[str, str], wanted: tuple[int, int] | None
) -> Response:
    start, end = wanted or (0, servable.facts.byte_size)
    headers["content-length"] = str(end - start)
    if wanted:
        headers["content-range"] = f"bytes {start}-{end - 1}/{servable.facts.byte_size}"
    status = 206 if wanted else 200
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers)
    return StreamingResponse(servable.read(start, end), status, headers)
