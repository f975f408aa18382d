"""Lists of tracks: what a client's conditions mean for a viewer."""

from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from api.lists.facets import menus_of
from api.lists.reading import Lister, bounds, chosen, ids_chosen, page_info, prices, text_choice
from api.viewer import Viewer
from db.ids import CollectionId, ProducerId
from db.keys import harmonic_with, key_named, pitch_class
from db.queries import search, tracks
from db.queries.hits import rarest_first, search_for
from db.queries.paging import Page, Slice
from db.queries.tracks import TextChoice, TrackFilter, TrackRow
from db.vocabulary import (
    LabelKind,
    OrderDirection,
    RequestErrorCode,
    Scale,
    TrackOrderField,
    TrackStatus,
)
from schema.context import PageSource
from schema.faults import RequestFault
from schema.ground import given
from schema.paging import write_cursor
from schema.tracks import Track, TrackConnection, TrackOrder, TrackWhere

_LONGEST_QUOTE = 40
_OWN = frozenset(set(TrackStatus) - {TrackStatus.REMOVED})
_NEWEST_FIRST = TrackOrder(field=TrackOrderField.PUBLISHED_AT, direction=OrderDirection.DESC)
_AS_PLACED = TrackOrder(field=TrackOrderField.POSITION, direction=OrderDirection.ASC)
_BEST_FIRST = TrackOrder(field=TrackOrderField.RELEVANCE, direction=OrderDirection.DESC)


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
        inside: CollectionId | None = None,
    ) -> TrackConnection:
        """Published tracks; with `status`, or as the owner of `of`, the viewer's own in any state.

        Args:
            inside: Of this collection, which is the producer's; as it is arranged.
        """
        filtered = track_filter(where, self._viewer, of=of, crediting=crediting)
        asked = _inside(filtered, inside, of) if inside else filtered
        order = _order(order_by or (_AS_PLACED if inside else None), where, asked)
        name = f"tracks:{order.field}:{order.direction}"
        part = page.slice(name)
        async with self._sessions.reading() as session:
            wanted = await _planned(session, asked)
            found = await _page(session, wanted, order, part)
        cursors = [write_cursor(name, place) for _, place in found.rows]
        return TrackConnection(
            nodes=[Track.of(row) for row, _ in found.rows],
            page_info=page_info(found, cursors),
            cursors=cursors,
            count=self._counted(lambda session: tracks.count_tracks(session, wanted)),
            menus=lambda menus: menus_of(self._sessions, wanted, menus),
        )


def _order(asked: TrackOrder | None, where: TrackWhere | None, chosen: TrackFilter) -> TrackOrder:
    """What is asked for; by default the best first where there is a search, else the newest."""
    if asked is None:
        return _BEST_FIRST if chosen.search else _NEWEST_FIRST
    if asked.field is TrackOrderField.POSITION:
        return _placed(asked, chosen)
    if asked.field is not TrackOrderField.RELEVANCE or chosen.search is not None:
        return asked
    if where is None or given(where.search) is None:
        sentence = "Order by RELEVANCE needs `where.search`: it says how well a track fits the words."
        raise RequestFault(sentence, RequestErrorCode.BAD_REQUEST, argument="orderBy")
    return _NEWEST_FIRST  # nothing typed yet: every track fits alike


def _inside(chosen: TrackFilter, collection: CollectionId, of: ProducerId | None) -> TrackFilter:
    """Of a collection; that the tracks are its producer's goes without saying, and would lead astray who plans it."""
    whose = None if chosen.own_of == of else chosen.own_of
    return replace(chosen, inside=collection, own_of=whose)


def _placed(asked: TrackOrder, chosen: TrackFilter) -> TrackOrder:
    """Places of several collections have no order among themselves."""
    if chosen.inside is None and (chosen.collection_ids is None or len(chosen.collection_ids) > 1):
        sentence = "Order by POSITION needs one collection: its `tracks`, or one id in `where.collectionId`."
        raise RequestFault(sentence, RequestErrorCode.BAD_REQUEST, argument="orderBy")
    return asked


async def _planned(session: AsyncSession, asked: TrackFilter) -> TrackFilter:
    if asked.search is None:
        return asked
    return replace(asked, search=await rarest_first(session, asked.search, asked.statuses))


async def _page(
    session: AsyncSession, wanted: TrackFilter, order: TrackOrder, part: Slice
) -> Page[tuple[TrackRow, tuple[object, ...]]]:
    """Tracks, each with its place in the order."""
    if order.field is TrackOrderField.RELEVANCE and wanted.search is not None:
        best = await search.page_by_relevance(session, wanted.search, wanted, order.direction, part)
        ranked = [(hit.track, (hit.relevance, hit.number)) for hit in best.rows]
        return Page(ranked, best.has_next, best.has_previous)
    found = await tracks.page_of_tracks(session, wanted, order.field, order.direction, part)
    places = (tracks.anchor_of(row, order.field, order.direction) for row in found.rows)
    return Page(list(zip(found.rows, places, strict=True)), found.has_next, found.has_previous)


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
        search=search_for(given(asked.search) or ""),
        ids=ids_chosen("id", given(asked.id), "trk", "track"),
        producer_ids=ids_chosen("producerId", given(asked.producer_id), "pro", "producer"),
        collection_ids=ids_chosen("collectionId", given(asked.collection_id), "col", "collection"),
        title=text_choice(given(asked.title)),
        labels=_labels(asked),
        bpm=bounds(asked.bpm),
        bpm_any_of=chosen(asked.bpm),
        bpm_half_or_double=bool(given(asked.bpm_half_or_double)),
        pitch_classes=_pitches(chosen(asked.key)),
        scales=chosen(asked.scale),
        keys=_keys(given(asked.harmonic_with)),
        licensing_models=chosen(asked.licensing_model),
        price=prices(price) if price else None,
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
        (LabelKind.GENRE, text_choice(given(asked.genre))),
        (LabelKind.TAG, text_choice(given(asked.tag))),
        (LabelKind.MOOD, text_choice(given(asked.mood))),
    )
    return tuple((kind, choice) for kind, choice in kinds if choice)


def _pitches(keys: frozenset[Any] | None) -> frozenset[int] | None:
    return None if keys is None else frozenset(pitch_class(key) for key in keys)


def _keys(text: str | None) -> frozenset[tuple[int, Scale]] | None:
    if text is None:
        return None
    if (key := key_named(text)) is None:
        sentence = f"{text[:_LONGEST_QUOTE]!r} names no key; write it as 8A, 1m, Am or A minor."
        raise RequestFault(sentence, RequestErrorCode.BAD_REQUEST, argument="where.harmonicWith")
    return harmonic_with(*key)
