"""Lists of tracks: what a client's conditions mean for a viewer."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from api.lists.reading import Lister, bounds, chosen, ids_chosen, page_info
from api.viewer import Viewer
from db.folding import folded
from db.ids import ProducerId
from db.keys import pitch_class
from db.queries import tracks
from db.queries.conditions import Bounds
from db.queries.tracks import TextChoice, TrackFilter
from db.vocabulary import (
    LabelKind,
    OrderDirection,
    TrackOrderField,
    TrackStatus,
)
from schema.context import PageSource
from schema.filters import MoneyFilter, StringFilter
from schema.ground import given
from schema.paging import write_cursor
from schema.tracks import Track, TrackConnection, TrackOrder, TrackWhere

_BEYOND_ANY_PRICE = Decimal(10**12)
_OWN = frozenset(set(TrackStatus) - {TrackStatus.REMOVED})
_NEWEST_FIRST = TrackOrder(field=TrackOrderField.PUBLISHED_AT, direction=OrderDirection.DESC)


class TrackLists(Lister):
    """Lists of tracks."""

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
        wanted = track_filter(where, self._viewer, of=of, crediting=crediting)
        async with self._sessions.reading() as session:
            found = await tracks.page_of_tracks(session, wanted, order.field, order.direction, part)
        cursors = [
            write_cursor(name, tracks.anchor_of(row, order.field, order.direction)) for row in found.rows
        ]
        return TrackConnection(
            nodes=[Track.of(row) for row in found.rows],
            page_info=page_info(found, cursors),
            cursors=cursors,
            count=self._counted(lambda session: tracks.count_tracks(session, wanted)),
        )


def track_filter(
    where: TrackWhere | None,
    viewer: Viewer | None,
    *,
    of: ProducerId | None = None,
    crediting: ProducerId | None = None,
) -> TrackFilter:
    """The filter that a client's conditions mean for this viewer."""
    asked = where or TrackWhere()
    statuses = chosen(asked.status)
    own = viewer.producer_id if viewer else None
    price = given(asked.exclusive_price)
    return TrackFilter(
        **_whose(statuses, own, of),
        credited=crediting,
        ids=ids_chosen("id", given(asked.id), "trk", "track"),
        producer_ids=ids_chosen("producerId", given(asked.producer_id), "pro", "producer"),
        title=_text(given(asked.title)),
        labels=_labels(asked),
        bpm=bounds(asked.bpm),
        bpm_any_of=chosen(asked.bpm),
        pitch_classes=_pitches(chosen(asked.key)),
        scales=chosen(asked.scale),
        licensing_models=chosen(asked.licensing_model),
        price=_prices(price) if price else None,
        price_currency=price.currency if price else None,
        duration_ms=bounds(asked.duration_ms),
        duration_any_of=chosen(asked.duration_ms),
        published_at=bounds(asked.published_at),
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
    exact, part = chosen(asked), given(asked.contains)
    any_of = None if exact is None else frozenset(folded(text) for text in exact)
    return TextChoice(any_of=any_of, containing=None if part is None else folded(part))


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
