"""Pages of what is too much to load at once, as the viewer may see it."""

from collections.abc import Awaitable, Callable, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from api.viewer import Viewer
from db.folding import folded
from db.ids import AccountId, ProducerId, prefix_of
from db.keys import pitch_class
from db.queries import accounts, producers, tracks
from db.queries.paging import Page
from db.queries.producers import ProducerRequestRow
from db.queries.tracks import Bounds, TextChoice, TrackFilter, TrackRow
from db.session import Sessions
from db.vocabulary import (
    CaseKind,
    LabelKind,
    OrderDirection,
    RequestErrorCode,
    ReviewStatus,
    TrackOrderField,
    TrackStatus,
)
from schema.accounts import Account
from schema.cases import ProducerRequest, ProducerRequestConnection
from schema.context import PageSource
from schema.faults import RequestFault, wrong_id_type
from schema.filters import IdFilter, MoneyFilter, StringFilter
from schema.ground import given
from schema.paging import LARGEST_SIZE, PageInfo, write_cursor
from schema.staff import CaseConnection, CaseWhere
from schema.tracks import Track, TrackConnection, TrackOrder, TrackWhere

T = TypeVar("T")
_BEYOND_ANY_PRICE = Decimal(10**12)
_OWN = frozenset(set(TrackStatus) - {TrackStatus.REMOVED})
_NEWEST_FIRST = TrackOrder(field=TrackOrderField.PUBLISHED_AT, direction=OrderDirection.DESC)


class RequestLists:
    """The lists of one request."""

    def __init__(self, sessions: Sessions, viewer: Viewer | None) -> None:
        self._sessions = sessions
        self._viewer = viewer

    async def tracks(
        self,
        where: TrackWhere | None,
        order_by: TrackOrder | None,
        page: PageSource,
        *,
        of: ProducerId | None = None,
        crediting: ProducerId | None = None,
    ) -> TrackConnection:
        """Published tracks; with `status`, or as the owner of `of`, the viewer's own in any state."""
        order = order_by or _NEWEST_FIRST
        name = f"tracks:{order.field}:{order.direction}"
        part = page.slice(name)
        chosen = track_filter(where, self._viewer, of=of, crediting=crediting)
        async with self._sessions.reading() as session:
            found = await tracks.page_of_tracks(session, chosen, order.field, order.direction, part)
        cursors = [
            write_cursor(name, tracks.anchor_of(row, order.field, order.direction)) for row in found.rows
        ]
        return TrackConnection(
            nodes=[Track.of(row) for row in found.rows],
            page_info=_page_info(found, cursors),
            cursors=cursors,
            count=self._counted(lambda session: tracks.count_tracks(session, chosen)),
        )

    async def producer_requests(self, of: AccountId, page: PageSource) -> ProducerRequestConnection:
        part = page.slice("requests")
        async with self._sessions.reading() as session:
            found = await producers.requests_of(session, of, part)
        cursors = _case_cursors("requests", found.rows)
        return ProducerRequestConnection(
            nodes=[ProducerRequest.of(row) for row in found.rows],
            page_info=_page_info(found, cursors),
            cursors=cursors,
            count=self._counted(lambda session: producers.count_requests_of(session, of)),
        )

    async def cases(self, where: CaseWhere | None, page: PageSource) -> CaseConnection:
        part = page.slice("cases")
        statuses = _statuses(where)
        async with self._sessions.reading() as session:
            found = await producers.case_queue(session, statuses, part)
        cursors = _case_cursors("cases", found.rows)
        return CaseConnection(
            nodes=[ProducerRequest.of(row) for row in found.rows],
            page_info=_page_info(found, cursors),
            cursors=cursors,
            count=self._counted(lambda session: producers.count_cases(session, statuses)),
        )

    async def accounts(self, search: str, first: int) -> list[Account]:
        if not 1 <= first <= LARGEST_SIZE:
            sentence = f"`first` is {first}, but a list has 1 to {LARGEST_SIZE} items."
            raise RequestFault(sentence, RequestErrorCode.OUT_OF_RANGE, argument="first")
        async with self._sessions.reading() as session:
            return [Account.of(row) for row in await accounts.find_accounts(session, search, limit=first)]

    def _counted(self, query: Callable[[AsyncSession], Awaitable[int]]) -> Callable[[], Awaitable[int]]:
        async def count() -> int:
            async with self._sessions.reading() as session:
                return await query(session)

        return count


def track_filter(
    where: TrackWhere | None,
    viewer: Viewer | None,
    *,
    of: ProducerId | None = None,
    crediting: ProducerId | None = None,
) -> TrackFilter:
    """The filter that a client's conditions mean for this viewer."""
    asked = where or TrackWhere()
    statuses = _chosen(asked.status)
    own = viewer.producer_id if viewer else None
    price = given(asked.exclusive_price)
    return TrackFilter(
        **_whose(statuses, own, of),
        credited=crediting,
        ids=_ids("id", given(asked.id), "trk", "track"),
        producer_ids=_ids("producerId", given(asked.producer_id), "pro", "producer"),
        title=_text(given(asked.title)),
        labels=_labels(asked),
        bpm=_bounds(asked.bpm),
        bpm_any_of=_chosen(asked.bpm),
        pitch_classes=_pitches(_chosen(asked.key)),
        scales=_chosen(asked.scale),
        licensing_models=_chosen(asked.licensing_model),
        price=_prices(price) if price else None,
        price_currency=price.currency if price else None,
        duration_ms=_bounds(asked.duration_ms),
        duration_any_of=_chosen(asked.duration_ms),
        published_at=_bounds(asked.published_at),
    )


def _whose(
    statuses: frozenset[TrackStatus] | None, own: ProducerId | None, of: ProducerId | None
) -> dict[str, Any]:
    """By default published ones; with `status`, or on one's own profile, one's own."""
    if statuses is not None:
        mine = own if of in {None, own} else None
        return {"statuses": statuses & _OWN, "own_of": mine or ProducerId("")}
    if of is not None and of == own:
        return {"statuses": _OWN, "own_of": of}
    return {"own_of": of}


def _labels(asked: TrackWhere) -> tuple[tuple[LabelKind, TextChoice], ...]:
    kinds = (
        (LabelKind.GENRE, _text(given(asked.genre))),
        (LabelKind.TAG, _text(given(asked.tag))),
        (LabelKind.MOOD, _text(given(asked.mood))),
    )
    return tuple((kind, choice) for kind, choice in kinds if choice)


def _text(asked: StringFilter | None) -> TextChoice | None:
    if asked is None:
        return None
    exact, part = _chosen(asked), given(asked.contains)
    any_of = None if exact is None else frozenset(folded(text) for text in exact)
    return TextChoice(any_of=any_of, containing=None if part is None else folded(part))


def _ids(name: str, asked: IdFilter | None, prefix: str, kind: str) -> frozenset[str] | None:
    chosen: frozenset[str] | None = _chosen(asked)
    for value in chosen or ():
        if prefix_of(value) not in {None, prefix}:
            raise wrong_id_type(f"where.{name}", kind)
    return chosen


def _chosen(asked: Any) -> frozenset[Any] | None:
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


def _bounds(asked: Any) -> Bounds | None:
    if not given(asked):
        return None
    return Bounds(given(asked.gte), given(asked.lte))


def _pitches(keys: frozenset[Any] | None) -> frozenset[int] | None:
    return None if keys is None else frozenset(pitch_class(key) for key in keys)


def _prices(asked: MoneyFilter) -> Bounds:
    return Bounds(_minor(asked.gte, ROUND_CEILING), _minor(asked.lte, ROUND_FLOOR))


def _minor(amount: Decimal | None, rounding: str) -> int | None:
    """Cents, such that no price between two cents slips through; kept below what a column holds."""
    if (asked := given(amount)) is None:
        return None
    kept = max(-_BEYOND_ANY_PRICE, min(asked, _BEYOND_ANY_PRICE))
    return int(kept.scaleb(2).to_integral_value(rounding))


def _statuses(where: CaseWhere | None) -> frozenset[ReviewStatus]:
    if where is None:
        return frozenset(ReviewStatus)
    kinds = _chosen(where.kind)
    if kinds is not None and CaseKind.PRODUCER_REQUEST not in kinds:
        return frozenset()
    statuses = _chosen(where.status)
    return frozenset(ReviewStatus) if statuses is None else statuses


def _case_cursors(name: str, rows: Sequence[ProducerRequestRow]) -> list[str]:
    return [write_cursor(name, (row.submitted_at, row.id)) for row in rows]


def _page_info(page: Page[TrackRow] | Page[ProducerRequestRow], cursors: Sequence[str]) -> PageInfo:
    return PageInfo(
        has_next_page=page.has_next,
        has_previous_page=page.has_previous,
        start_cursor=cursors[0] if cursors else None,
        end_cursor=cursors[-1] if cursors else None,
    )
