"""The page of whoever tries things out: what time it is, what has happened, and what buyers and banks may do next."""

import ipaddress
import json
from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from api.sandbox import clock, platforms, webhooks
from api.sandbox.books import Books
from api.sandbox.disputes import end_dispute, open_dispute
from api.sandbox.errors import AnsweredError
from api.sandbox.pages.door import Door, form_of, leave, nothing_here
from api.sandbox.pages.rendering import page
from api.sandbox.refunds import refund_half
from api.sandbox.trees import Json

_STEPS: Final = {"hour": 3600, "day": 86_400, "week": 7 * 86_400, "month": 31 * 86_400}
_SHOWN: Final = 12


class TesterPage:
    """For people at this machine: it needs no key."""

    def __init__(self, door: Door, secret_key: str) -> None:
        self._door = door
        self._secret_key = secret_key

    async def show(self, request: Request) -> Response:
        """Clock, charges, events."""
        return _shown(self._books()) if _is_here(request) else nothing_here()

    async def act(self, request: Request) -> Response:
        """Move the clock, give back half of a charge, or have a bank take it; other sites cannot send this form."""
        if not _is_here(request) or request.headers.get("origin", self._door.url) != self._door.url:
            return nothing_here()
        books, form = self._books(), await form_of(request)
        try:
            with books.store.transaction():
                _do(books, form)
        except AnsweredError as refused:
            return _shown(books, problem=str(refused))
        return leave(f"{self._door.url}/")

    def _books(self) -> Books:
        platform = platforms.by_key(self._door.store, self._secret_key)
        assert platform
        books = Books(self._door.store, platform, platform.id, self._door.url)
        clock.catch_up(books)
        return books


def _is_here(request: Request) -> bool:
    try:
        return bool(request.client and ipaddress.ip_address(request.client.host).is_loopback)
    except ValueError:
        return False


def _do(books: Books, form: Mapping[str, str]) -> None:
    step, which = form.get("step", ""), form.get("which", "")
    if step in _STEPS:
        clock.move(books, books.now + _STEPS[step])
    elif form.get("do") == "dispute":
        open_dispute(books, which)
    elif form.get("do") == "refund":
        refund_half(books, which)
    elif form.get("do") in {"won", "lost"}:
        end_dispute(books, which, "won" if form["do"] == "won" else "lost")


def _shown(books: Books, *, problem: str = "") -> Response:
    return page(
        "tester",
        now=platforms.by_id(books.store, books.platform.id).now,
        steps=_STEPS,
        charges=[one for one in _newest(books, "charge") if one["captured"]],
        disputes={one["charge"]: one for one in books.every("dispute")},
        events=_newest(books, "event"),
        deliveries={one["event"]: one for one in webhooks.history(books.store, books.platform.id)},
        problem=problem,
    )


def _newest(books: Books, kind: str) -> list[Json]:
    rows = books.store.rows(
        "SELECT body FROM object WHERE owner = ? AND kind = ? ORDER BY seq DESC LIMIT ?",
        books.owner,
        kind,
        _SHOWN,
    )
    return [json.loads(body) for (body,) in rows]
