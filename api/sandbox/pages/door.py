"""What all hosted pages have in common: they are found by an id that nobody guesses, and read small forms."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.sandbox import clock, platforms
from api.sandbox.books import Books
from api.sandbox.pages.rendering import page
from api.sandbox.store import Store
from api.sandbox.trees import Json

_LONGEST_FORM_BYTES: Final = 8192


@dataclass(frozen=True)
class Door:
    """The way from an address to an object."""

    store: Store
    url: str

    def find(self, kind: str, object_id: str) -> tuple[Books, Json] | None:
        """An object of any platform, and the books it is in, with the clock looked at."""
        found = self.store.by_id(object_id)
        if found is None or found[1] != kind:
            return None
        platform = platforms.of_owner(self.store, found[0])
        books = Books(self.store, platform, found[0], self.url)
        clock.catch_up(books.of(platform.id))
        now = self.store.by_id(object_id)
        return (books, now[2]) if now else None


async def form_of(request: Request) -> Mapping[str, str]:
    """The fields of a form; none of one that is longer than any of ours."""
    body = await request.body()
    return dict(parse_qsl(body.decode("utf-8", "replace"))) if len(body) <= _LONGEST_FORM_BYTES else {}


def leave(url: str) -> Response:
    """Send somebody back to where they came from."""
    return RedirectResponse(url, 303, {"cache-control": "no-store"})


def nothing_here() -> Response:
    sentence = "The address has a slip in it, or what stood here is gone."
    return page("notice", status=404, title="Nothing is here", sentence=sentence, back=None)
