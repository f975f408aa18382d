"""What a client sent, checked before anything looks at it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

import orjson
from starlette.datastructures import Headers
from starlette.requests import Request

from api.http.negotiation import JSON

MAX_BODY_BYTES: Final = 256 * 1024
"""The largest operation of ours is 3 KiB; tokens are limited to 2,000 besides."""


@dataclass(frozen=True)
class Operation:
    """One operation as a client sent it."""

    query: str
    variables: dict[str, Any] | None
    name: str | None
    extensions: dict[str, Any] | None


class BodyRefused(Exception):  # noqa: N818 -- an answer, not a fault
    """The request is no GraphQL request.

    Attributes:
        status: Of the HTTP answer.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


async def operation_of(request: Request) -> Operation:
    """The operation of a request.

    Raises:
        BodyRefused: It is none, or too long.
    """
    if request.method == "POST":
        return _checked(_json(await _body_of(request)))
    given: dict[str, Any] = dict(request.query_params)
    for name in ("variables", "extensions"):
        if given.get(name):
            given[name] = _json(given[name].encode())
    return _checked(given)


async def _body_of(request: Request) -> bytes:
    """The whole body, refused as soon as it is known to be too long."""
    _check_content_type(request.headers)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise BodyRefused(413, f"The body is longer than {MAX_BODY_BYTES} bytes.")
    return bytes(body)


def _check_content_type(headers: Headers) -> None:
    name, _, parameters = headers.get("content-type", "").partition(";")
    charset = parameters.lower().replace(" ", "").removeprefix("charset=") or "utf-8"
    if name.strip().lower() != JSON or charset not in {"utf-8", '"utf-8"'}:
        raise BodyRefused(415, f"Send {JSON} in UTF-8.")
    length = headers.get("content-length", "0")
    if length.isdecimal() and int(length) > MAX_BODY_BYTES:
        raise BodyRefused(413, f"The body is longer than {MAX_BODY_BYTES} bytes.")


def _json(text: bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BodyRefused(400, "This is not JSON in UTF-8.") from error


def _checked(given: Any) -> Operation:
    if not isinstance(given, dict):
        raise BodyRefused(400, "Send one JSON object with `query`; batches are not taken.")
    fields = cast("dict[str, Any]", given)
    query, name = fields.get("query"), fields.get("operationName")
    if not isinstance(query, str) or not query.strip():
        raise BodyRefused(400, "`query` must be a string with an operation.")
    if name is not None and not isinstance(name, str):
        raise BodyRefused(400, "`operationName` must be a string.")
    return Operation(query, _object(fields, "variables"), name or None, _object(fields, "extensions"))


def _object(given: Mapping[str, Any], name: str) -> dict[str, Any] | None:
    value = given.get(name)
    if value is not None and not isinstance(value, dict):
        raise BodyRefused(400, f"`{name}` must be an object.")
    return cast("dict[str, Any] | None", value)
