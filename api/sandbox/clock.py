"""A platform's clock. What falls due happens in its order, each at its own moment, however far the clock is moved."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from api.sandbox import platforms
from api.sandbox.books import Books
from api.sandbox.errors import invalid

Happening = Callable[[Books, str], None]
_HAPPENINGS: Final[dict[str, Happening]] = {}
_FAREST_SECONDS: Final = 5 * 366 * 86_400
"""A slip in a test should not renew subscriptions for a thousand years."""


def happens(kind: str) -> Callable[[Happening], Happening]:
    """Let the function be what happens to an object when a due thing of this kind has come."""

    def enter(happening: Happening) -> Happening:
        _HAPPENINGS[kind] = happening
        return happening

    return enter


def catch_up(books: Books) -> None:
    """Do what has fallen due by now."""
    _until(books, books.platform.now)


def move(books: Books, moment: int) -> int:
    """Move the clock to a later moment, past all that falls due until then.

    Raises:
        AnsweredError: The moment is gone, or too far.
    """
    now = books.platform.now
    if not now <= moment <= now + _FAREST_SECONDS:
        raise invalid("The clock goes forward only, and five years at a time at most.", param="to")
    done = _until(books, moment)
    platforms.save(books.store, books.platform.at(moment))
    return done


def _until(books: Books, moment: int) -> int:
    done = 0
    while due := books.store.row(
        "SELECT id, owner, at, kind, object FROM due WHERE platform = ? AND at <= ? ORDER BY at, id LIMIT 1",
        books.platform.id,
        moment,
    ):
        number, owner, at, kind, object_id = due
        with books.store.transaction():
            books.store.run("DELETE FROM due WHERE id = ?", number)
            _HAPPENINGS[kind](replace(books, owner=owner, moment=at, cause=None), object_id)
        done += 1
    return done
