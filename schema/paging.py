"""Pages of a list by cursor: the shape they have, and what a client may ask of one."""

import base64
import binascii
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, Self, TypeVar

import orjson
import strawberry

from db.queries.paging import Anchor, Slice
from db.vocabulary import RequestErrorCode
from schema.faults import RequestFault
from schema.ground import given
from schema.scalars import write_instant

T = TypeVar("T")

DEFAULT_SIZE: Final = 20
LARGEST_SIZE: Final = 100


@strawberry.type
class PageInfo:
    """Where a page stands in its list."""

    has_next_page: bool
    """More items after this page."""
    has_previous_page: bool
    """More items before this page."""
    start_cursor: str | None
    """Pass as `before` to go back; null on an empty page."""
    end_cursor: str | None
    """Pass as `after` to go on; null on an empty page."""


@strawberry.type
class Edge(Generic[T]):
    cursor: str
    node: T


@strawberry.type
class Connection(Generic[T]):
    nodes: list[T]
    page_info: PageInfo
    cursors: strawberry.Private[Sequence[str]]
    count: strawberry.Private[Callable[[], Awaitable[int]]]

    @strawberry.field
    def edges(self) -> list[Edge[T]]:
        pairs = zip(self.cursors, self.nodes, strict=True)
        return [Edge(cursor=cursor, node=node) for cursor, node in pairs]

    @strawberry.field
    async def total_count(self) -> int:
        return await self.count()


@dataclass(frozen=True)
class PageRequest:
    """What a client asked of a list, not yet checked."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None

    @classmethod
    def of(cls, first: int | None, after: str | None, last: int | None, before: str | None) -> Self:
        """The arguments of a list as GraphQL hands them over: absent and null mean the same."""
        return cls(given(first), given(after), given(last), given(before))

    def slice(self, order: str) -> Slice:
        """The part of the list to read.

        Args:
            order: Name of the list's order; a cursor of another order is refused.

        Raises:
            RequestFault: A size outside 1 to 100, both ends at once, or a cursor of another list.
        """
        if self.first is not None and self.last is not None:
            raise RequestFault(
                "Give `first` or `last`, not both.", RequestErrorCode.BAD_REQUEST, argument="last"
            )
        backward = self.last is not None
        return Slice(
            size=_size("last", self.last) if backward else _size("first", self.first),
            backward=backward,
            after=_anchor("after", self.after, order),
            before=_anchor("before", self.before, order),
        )


def _size(argument: str, asked: int | None) -> int:
    size = DEFAULT_SIZE if asked is None else asked
    if not 1 <= size <= LARGEST_SIZE:
        sentence = f"`{argument}` is {size}, but a page has 1 to {LARGEST_SIZE} items."
        raise RequestFault(sentence, RequestErrorCode.OUT_OF_RANGE, argument=argument)
    return size


def write_cursor(order: str, anchor: Sequence[object]) -> str:
    """A cursor for the item that has these values in this order."""
    values = [write_instant(value) if isinstance(value, datetime) else value for value in anchor]
    return base64.urlsafe_b64encode(orjson.dumps([order, *values])).decode().rstrip("=")


def _anchor(argument: str, cursor: str | None, order: str) -> Anchor | None:
    if cursor is None:
        return None
    try:
        known, *values = _read_cursor(cursor)
    except (binascii.Error, ValueError):
        known, values = None, []
    if known != order:
        sentence = f"`{argument}` is not a cursor of this list in this order."
        raise RequestFault(sentence, RequestErrorCode.BAD_CURSOR, argument=argument)
    return tuple(values)


def _read_cursor(cursor: str) -> list[Any]:
    raw = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    if not isinstance(raw, list) or not raw or not all(isinstance(value, str | int | float) for value in raw):  # pyright: ignore[reportUnknownVariableType] -- any JSON
        raise ValueError("not a list of plain values")
    return raw  # pyright: ignore[reportUnknownVariableType] -- checked above
