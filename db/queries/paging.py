"""Keyset pages: a page is found by the values of its neighbour, not by counting rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import ColumnElement, Select, literal, tuple_
from sqlalchemy.orm import Mapped

from db.columns import UtcDateTime

R = TypeVar("R")
Anchor = tuple[Any, ...]
_BEYOND_A_COLUMN = 2**63


class AnchorDoesNotFit(ValueError):  # noqa: N818 -- a sentence, as refusals have
    """The values of a cursor are not values of this order: somebody wrote it by hand."""


@dataclass(frozen=True)
class Slice:
    """A part of an ordered list: `size` items from one end of what lies between the anchors."""

    size: int
    backward: bool = False
    after: Anchor | None = None
    before: Anchor | None = None


@dataclass(frozen=True)
class Key:
    """One column of an order; together with the next ones it tells any two items apart."""

    column: ColumnElement[Any] | Mapped[Any]
    descending: bool = False

    @property
    def expression(self) -> ColumnElement[Any]:
        return cast("ColumnElement[Any]", self.column)


@dataclass(frozen=True)
class Page(Generic[R]):
    """A page as read: in list order, whichever way it was read."""

    rows: Sequence[R]
    has_next: bool
    has_previous: bool


def sliced(
    statement: Select[*tuple[Any, ...]], order: Sequence[Key], part: Slice
) -> Select[*tuple[Any, ...]]:
    """The statement cut to the slice, with one row more, which tells whether the list goes on."""
    if part.after is not None:
        statement = statement.where(_beyond(order, part.after))
    if part.before is not None:
        statement = statement.where(
            _beyond([Key(key.column, not key.descending) for key in order], part.before)
        )
    directed = [key.column.desc() if key.descending != part.backward else key.column.asc() for key in order]
    return statement.order_by(*directed).limit(part.size + 1)


def page_of(rows: Sequence[R], part: Slice) -> Page[R]:
    """What `sliced` brought, without the extra row and in list order."""
    more = len(rows) > part.size
    kept = rows[: part.size]
    if part.backward:
        return Page(kept[::-1], has_next=part.before is not None, has_previous=more)
    return Page(kept, has_next=more, has_previous=part.after is not None)


def _beyond(order: Sequence[Key], anchor: Anchor) -> ColumnElement[bool]:
    """Rows behind the anchor, as row values, which an index can seek; all keys of an order go one way."""
    if len(anchor) != len(order):
        raise AnchorDoesNotFit(repr(anchor))
    values = [_value(key, value) for key, value in zip(order, anchor, strict=True)]
    row = tuple_(*(key.expression for key in order))
    here = tuple_(*(literal(value, key.expression.type) for key, value in zip(order, values, strict=True)))
    return row < here if order[0].descending else row > here


def _value(key: Key, value: object) -> object:
    fitting = _instant(value) if _is_instant(key) else value
    wanted = datetime if _is_instant(key) else key.expression.type.python_type
    if not isinstance(fitting, wanted) or isinstance(fitting, bool) or not _fits_a_column(fitting):
        raise AnchorDoesNotFit(repr(value))
    if not _is_a_word(key, fitting):
        raise AnchorDoesNotFit(repr(value))
    return fitting


def _is_a_word(key: Key, value: object) -> bool:
    """Of the column's vocabulary, where it has one."""
    kind: Any = key.expression.type
    words: Any = getattr(kind, "vocabulary", None)
    return words is None or value in set(words)


def _instant(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        return moment.astimezone(UTC) if moment and moment.tzinfo else None
    except (ValueError, OverflowError):  # the first of January of the year 1, east of Greenwich
        return None


def _fits_a_column(value: object) -> bool:
    if isinstance(value, int):
        return abs(value) < _BEYOND_A_COLUMN
    return not isinstance(value, str) or "\0" not in value


def _is_instant(key: Key) -> bool:
    return isinstance(key.expression.type, UtcDateTime)
