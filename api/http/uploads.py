"""tus 1.0.0 at `/uploads/{id}?token=…` (core, expiration, termination), and a plain PUT of the whole file.

The token in the address is the permission: no header, no cookie, so any origin may send.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from email.utils import format_datetime
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive

from api.gateways.storage import StorageFull
from api.uploads.address import UPLOADS_PATH, UploadAddresses
from api.uploads.errors import (
    AnotherFileIsHere,
    BytesRefused,
    FileRefused,
    NoSuchUpload,
    SizeDiffers,
    TooManyBytes,
    UploadIsBusy,
    UploadIsGone,
    UploadServesAnObject,
    WrongOffset,
)
from api.uploads.receive import Reception
from api.uploads.rules import MAX_BYTE_SIZE
from db.ids import UploadId
from db.queries.uploads import UploadRow

TUS: Final = "1.0.0"
_EXTENSIONS: Final = "expiration,termination"
_METHODS: Final = "OPTIONS, HEAD, PATCH, DELETE, PUT, POST"
_PULSE_S: Final = 1.0
"""Nothing came for so long: what has come is stored."""
_SILENT_PULSES: Final = 60
"""Then the connection is given up; a client that lives resumes."""
_TUS_ONLY: Final = frozenset({"HEAD", "PATCH", "DELETE"})

_EVERYWHERE: Final = {
    "tus-resumable": TUS,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "access-control-allow-origin": "*",
    "access-control-expose-headers": (
        "Upload-Offset, Upload-Length, Upload-Expires, Tus-Resumable, Tus-Version, Tus-Extension, Tus-Max-Size"
    ),
}
_PREFLIGHT: Final = {
    "tus-version": TUS,
    "tus-extension": _EXTENSIONS,
    "tus-max-size": str(MAX_BYTE_SIZE),
    "allow": _METHODS,
    "access-control-allow-methods": _METHODS,
    "access-control-allow-headers": (
        "Authorization, Content-Type, Tus-Resumable, Upload-Length, Upload-Metadata, Upload-Offset, "
        "X-HTTP-Method-Override, X-Requested-With, X-Request-ID"
    ),
    "access-control-max-age": "86400",
}
_STATUS: Final[dict[type[BytesRefused], tuple[int, str]]] = {
    NoSuchUpload: (404, "NOT_FOUND"),
    UploadIsGone: (410, "UPLOAD_UNUSABLE"),
    WrongOffset: (409, "WRONG_OFFSET"),
    AnotherFileIsHere: (409, "ANOTHER_FILE"),
    TooManyBytes: (413, "TOO_MANY_BYTES"),
    SizeDiffers: (400, "SIZE_DIFFERS"),
    UploadIsBusy: (423, "UPLOAD_BUSY"),
    UploadServesAnObject: (403, "UPLOAD_USED"),
}


class BadRequest(Exception):  # noqa: N818 -- an answer, not a fault
    """The request does not speak the protocol."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.response = _problem(status, code, message)


def upload_routes(reception: Reception, addresses: UploadAddresses) -> list[BaseRoute]:
    """Routes of the web process."""
    door = _UploadDoor(reception, addresses)
    methods = _METHODS.split(", ")
    return [
        Route(UPLOADS_PATH, door.discover, methods=["OPTIONS"]),
        Route(f"{UPLOADS_PATH}/{{upload_id}}", door.answer, methods=methods),
    ]


class _UploadDoor:
    def __init__(self, reception: Reception, addresses: UploadAddresses) -> None:
        self._reception = reception
        self._addresses = addresses
        self._verbs: dict[str, Callable[[Request, UploadId], Awaitable[Response]]] = {
            "HEAD": self._head,
            "PATCH": self._patch,
            "PUT": self._put,
            "DELETE": self._delete,
        }

    async def discover(self, request: Request) -> Response:
        """What this server can do, and the answer to a browser's preflight."""
        return Response(status_code=204, headers={**_EVERYWHERE, **_PREFLIGHT})

    async def answer(self, request: Request) -> Response:
        """Any request to the address of an upload."""
        if request.method == "OPTIONS":
            return await self.discover(request)
        try:
            response = await self._answered(request)
        except BadRequest as bad:
            response = bad.response
        except StorageFull:
            response = _problem(507, "STORAGE_FULL", "Our storage is full: go on with this upload later.")
        except BytesRefused as refusal:
            response = _refusal(refusal)
        response.headers.update(_EVERYWHERE)
        return response

    async def _answered(self, request: Request) -> Response:
        verb = self._verbs.get(_method(request))
        if verb is None:
            raise BadRequest(405, "UNKNOWN_METHOD", f"Use one of {_METHODS}.")
        _require_tus(request)
        upload_id: str = request.path_params["upload_id"]
        if not self._addresses.admits(upload_id, request.query_params.get("token", "")):
            raise NoSuchUpload
        return await verb(request, UploadId(upload_id))

    async def _head(self, request: Request, upload_id: UploadId) -> Response:
        row = await self._reception.look(upload_id)
        return Response(headers={**_progress(row), "upload-length": str(row.byte_size)})

    async def _patch(self, request: Request, upload_id: UploadId) -> Response:
        if request.headers.get("content-type", "").partition(";")[0] != "application/offset+octet-stream":
            raise BadRequest(415, "WRONG_CONTENT_TYPE", "PATCH takes application/offset+octet-stream.")
        row = await self._reception.receive(
            upload_id,
            offset=_required_figure(request, "upload-offset", status=400),
            length=_figure(request, "content-length"),
            body=_pieces(request.receive),
        )
        return Response(status_code=204, headers=_progress(row))

    async def _put(self, request: Request, upload_id: UploadId) -> Response:
        length = _required_figure(request, "content-length", status=411)
        row = await self._reception.replace(upload_id, length=length, body=_pieces(request.receive))
        return Response(status_code=204, headers=_progress(row))

    async def _delete(self, request: Request, upload_id: UploadId) -> Response:
        await self._reception.end(upload_id)
        return Response(status_code=204)


async def _pieces(receive: Receive) -> AsyncGenerator[bytes]:
    """The body as it comes, an empty piece when nothing did for a while; ends early with the connection."""
    silent = 0
    while silent < _SILENT_PULSES:
        try:
            async with asyncio.timeout(_PULSE_S):
                message = await receive()
        except TimeoutError:
            silent += 1
            yield b""
            continue
        silent = 0
        if message["type"] != "http.request":
            return
        if piece := message.get("body"):
            yield piece
        if not message.get("more_body"):
            return


def _method(request: Request) -> str:
    """Some networks let nothing through but GET and POST."""
    override = request.headers.get("x-http-method-override")
    return override.upper() if override and request.method == "POST" else request.method


def _require_tus(request: Request) -> None:
    if _method(request) in _TUS_ONLY and request.headers.get("tus-resumable") != TUS:
        bad = BadRequest(412, "UNKNOWN_TUS_VERSION", f"Send the header Tus-Resumable: {TUS}.")
        bad.response.headers["tus-version"] = TUS
        raise bad


def _figure(request: Request, header: str) -> int | None:
    value = request.headers.get(header, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 18 else None


def _required_figure(request: Request, header: str, *, status: int) -> int:
    value = _figure(request, header)
    if value is None:
        raise BadRequest(
            status, "HEADER_REQUIRED", f"Send the header {header.title()} with a number of bytes."
        )
    return value


def _progress(row: UploadRow) -> dict[str, str]:
    offset = {"upload-offset": str(row.received_bytes)}
    expires = {"upload-expires": format_datetime(row.expires_at, usegmt=True)}
    return offset if row.used_by else offset | expires


def _refusal(refusal: BytesRefused) -> Response:
    if isinstance(refusal, FileRefused):
        return _problem(422, refusal.code, refusal.message)
    status, code = _STATUS[type(refusal)]
    response = _problem(status, code, refusal.message)
    if isinstance(refusal, WrongOffset):
        response.headers["upload-offset"] = str(refusal.received)
    return response


def _problem(status: int, code: str, message: str) -> Response:
    return JSONResponse({"code": code, "message": message}, status)
