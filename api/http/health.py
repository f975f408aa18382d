"""Whether this process lives, and whether it can serve."""

import asyncio
from collections.abc import Awaitable
from typing import Final

from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.context import Services

_PATIENCE_S: Final = 2


async def healthz(_: Request) -> Response:
    """The process answers."""
    return JSONResponse({"status": "ok"})


class Readiness:
    """The process can reach what it needs."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def answer(self, _: Request) -> Response:
        checks = {"database": self._database(), "redis": self._services.live.ping()}
        found = await asyncio.gather(*(_holds(check) for check in checks.values()))
        answer = dict(zip(checks, found, strict=True))
        return JSONResponse(answer, status_code=200 if all(found) else 503)

    async def _database(self) -> None:
        async with self._services.sessions.reading() as session:
            await session.execute(text("SELECT 1"))


async def _holds(check: Awaitable[None]) -> bool:
    try:
        async with asyncio.timeout(_PATIENCE_S):
            await check
    except Exception:  # noqa: BLE001 -- whatever it is, the answer is: not ready
        return False
    return True
