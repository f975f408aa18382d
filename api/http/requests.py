"""What every request gets: an id that stands in its answer and in every log line, and headers that keep it safe."""

import re
import time
from typing import Final

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from db.ids import new_id

_log = structlog.get_logger(__name__)
_SAFE: Final = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}
_QUIET: Final = {"/healthz", "/readyz"}
_SIGNED: Final = re.compile(r"(?<=^/unsubscribe/).+")
"""What lets whoever reads the log do something."""


class RequestIds:
    """Plain ASGI middleware: binds the request's id, and logs how it ended."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        request_id = new_id("rqu")
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            answer = _Answer(send, request_id)
            started = time.perf_counter()
            try:
                await self._app(scope, receive, answer)
            finally:
                _log_end(scope, answer.status, time.perf_counter() - started)


class _Answer:
    """Passes the answer on with its headers, and remembers its status."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._request_id = request_id
        self.status: int | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["x-request-id"] = self._request_id
            for name, value in _SAFE.items():
                headers.setdefault(name, value)
        await self._send(message)


def _log_end(scope: Scope, status: int | None, seconds: float) -> None:
    if scope["path"] not in _QUIET:
        _log.info(
            "request",
            method=scope.get("method", "WEBSOCKET"),
            path=_SIGNED.sub("…", scope["path"]),  # and without its query: that may hold a signature
            status=status,
            ms=round(seconds * 1000, 1),
        )
