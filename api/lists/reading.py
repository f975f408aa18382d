"""What every list does: read a page by its cursor, and count only when asked."""

from collections.abc import Awaitable, Callable, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from api.viewer import Viewer
from db.folding import folded
from db.ids import prefix_of
from db.queries.conditions import Bounds
from db.queries.paging import Page
from db.queries.tracks import TextChoice
from db.session import Sessions
from db.vocabulary import RequestErrorCode
from schema.faults import RequestFault, wrong_id_type
from schema.filters import IdFilter, MoneyFilter, StringFilter
from schema.ground import given
from schema.paging import LARGEST_SIZE, PageInfo

_BEYOND_ANY_PRICE = Decimal(10**12)


class Lister:
    """Lists for one viewer.

    Args:
        pays: This installation has a payment provider.
    """

    def __init__(self, sessions: Sessions, viewer: Viewer | None, *, pays: bool = False) -> None:
        self._sessions = sessions
        self._viewer = viewer
        self._pays = pays

    def _counted(self, query: Callable[[AsyncSession], Awaitable[int]]) -> Callable[[], Awaitable[int]]:
        async def count() -> int:
            async with self._sessions.reading() as session:
                return await query(session)

        return count


def page_info(page: Page[Any], cursors: Sequence[str]) -> PageInfo:
    return PageInfo(
        has_next_page=page.has_next,
        has_previous_page=page.has_previous,
        start_cursor=cursors[0] if cursors else None,
        end_cursor=cursors[-1] if cursors else None,
    )


def chosen(asked: Any) -> frozenset[Any] | None:
    """What `eq` and `in` of a filter let pass together; null: everything."""
    if not given(asked):
        return None
    eq, any_of = given(asked.eq), given(asked.any_of)
    if any_of is not None and len(any_of) > LARGEST_SIZE:
        sentence = f"`in` has {len(any_of)} values; at most {LARGEST_SIZE} are allowed."
        raise RequestFault(sentence, RequestErrorCode.OUT_OF_RANGE, argument="where")
    sets: list[frozenset[Any]] = [
        frozenset(values) for values in ([eq] if eq is not None else None, any_of) if values is not None
    ]
    return frozenset[Any].intersection(*sets) if sets else None


def ids_chosen(name: str, asked: IdFilter | None, prefix: str, kind: str) -> frozenset[str] | None:
    """The ids that a filter lets pass; null: everything.

    Raises:
        RequestFault: One of them is the id of something else (WRONG_ID_TYPE).
    """
    ids: frozenset[str] | None = chosen(asked)
    for value in ids or ():
        if prefix_of(value) not in {None, prefix}:
            raise wrong_id_type(f"where.{name}", kind)
    return ids


def bounds(asked: Any) -> Bounds | None:
    if not given(asked):
        return None
    return Bounds(given(asked.gte), given(asked.lte))


def text_choice(asked: StringFilter | None) -> TextChoice | None:
    """What a filter says of folded texts; null: everything passes, also what has none."""
    if asked is None:
        return None
    exact, part = chosen(asked), given(asked.contains)
    if exact is None and part is None:
        return None
    any_of = None if exact is None else frozenset(folded(text) for text in exact)
    return TextChoice(any_of=any_of, containing=None if part is None else folded(part))


def prices(asked: MoneyFilter) -> Bounds:
    """Of its currency, in cents."""
    return Bounds(_minor(asked.gte, ROUND_CEILING), _minor(asked.lte, ROUND_FLOOR))


def _minor(amount: Decimal | None, rounding: str) -> int | None:
    """Cents, such that no price between two cents slips through; kept below what a column holds."""
    if (asked := given(amount)) is None:
        return None
    kept = max(-_BEYOND_ANY_PRICE, min(asked, _BEYOND_ANY_PRICE))
    return int(kept.scaleb(2).to_integral_value(rounding))
