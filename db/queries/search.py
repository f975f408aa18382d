"""Tracks by how well they fit a search, and what is suggested while somebody types one."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, func, select, type_coerce, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from db.models.collections import Collection, CollectionTerm
from db.models.producers import Producer, ProducerTerm
from db.models.tracks import Track, TrackLabel
from db.queries.collections import COLLECTIONS, SHOWN, CollectionRow
from db.queries.hits import AFTER_EVERY_LETTER, Search, hits
from db.queries.paging import Key, Page, Slice, page_of, sliced
from db.queries.producers import PRODUCERS, ProducerRow
from db.queries.rows import AnySelect, read, select_row
from db.queries.tracks import TrackFilter, TrackRow, conditions
from db.vocabulary import LabelKind, OrderDirection, TrackStatus


class Hit(NamedTuple):
    """A track that a search found."""

    track: TrackRow
    relevance: int
    number: int


class LabelCount(NamedTuple):
    kind: LabelKind
    label: str
    tracks: int


async def page_by_relevance(
    session: AsyncSession, search: Search, chosen: TrackFilter, direction: OrderDirection, part: Slice
) -> Page[Hit]:
    """Best first, or last; ties by id."""
    return page_of(await read(session, _hit, by_relevance(search, chosen, direction, part)), part)


def by_relevance(search: Search, chosen: TrackFilter, direction: OrderDirection, part: Slice) -> AnySelect:
    """The page is cut from what the index holds; only its tracks are read."""
    descending = direction is OrderDirection.DESC
    found = hits(search, chosen.statuses)
    places: AnySelect = select(found.c.number, found.c.relevance)
    if not chosen.by_search_alone:
        places = places.join(Track, col(Track.number) == found.c.number).where(*conditions(chosen))
    page = sliced(places, _keys(found, descending=descending), part).subquery()
    rows = select_row(TrackRow, Track).add_columns(page.c.relevance, page.c.number)
    forward = descending != part.backward
    order = [key.column.desc() if forward else key.column.asc() for key in _keys(page, descending=descending)]
    return rows.join(page, col(Track.number) == page.c.number).order_by(*order)


async def suggested_titles(session: AsyncSession, title_key: str, limit: int) -> list[TrackRow]:
    """Published tracks whose title begins so, in the order of titles."""
    key = col(Track.title_key)
    begins = key >= title_key, key < title_key + AFTER_EVERY_LETTER
    published = select_row(TrackRow, Track).where(col(Track.status) == TrackStatus.PUBLISHED, *begins)
    return await read(session, TrackRow, published.order_by(key, col(Track.id)).limit(limit))


async def suggested_labels(session: AsyncSession, keys: Sequence[str], limit: int) -> list[LabelCount]:
    """Genres, tags and moods of published tracks that begin with one of the keys, the most frequent first."""
    rows = await read(session, LabelCount, union_all(*(labels_beginning(key) for key in keys)))
    return sorted(rows, key=lambda row: (-row.tracks, row.label, row.kind))[:limit]


def labels_beginning(key: str) -> AnySelect:
    """The statement behind `suggested_labels`: as many rows as there are words that begin so."""
    folded, count = col(TrackLabel.folded), func.count()
    begins = folded >= key, folded < key + AFTER_EVERY_LETTER
    shown = col(TrackLabel.status) == TrackStatus.PUBLISHED, col(TrackLabel.kind).in_(list(LabelKind))
    statement: AnySelect = select(col(TrackLabel.kind), func.min(col(TrackLabel.label)), count)
    return statement.where(*shown, *begins).group_by(col(TrackLabel.kind), folded)


async def suggested_producers(session: AsyncSession, words: Sequence[str], limit: int) -> list[ProducerRow]:
    """Producers with all the words in name or handle, the last of which may be unfinished; by name."""
    return await read(session, ProducerRow, producers_named(words, limit))


def producers_named(words: Sequence[str], limit: int) -> AnySelect:
    """The statement behind `suggested_producers`."""
    named = col(Producer.id).in_(with_words(ProducerTerm, "producer_id", words))
    found = PRODUCERS.where(named, col(Producer.withheld_since).is_(None))
    return found.order_by(func.length(col(Producer.name)), col(Producer.handle_key)).limit(limit)


async def suggested_collections(
    session: AsyncSession, words: Sequence[str], limit: int
) -> list[CollectionRow]:
    """Collections that everybody may see, with all the words in name or artists, the last of which may be unfinished."""
    return await read(session, CollectionRow, collections_named(words, limit))


def collections_named(words: Sequence[str], limit: int) -> AnySelect:
    """The statement behind `suggested_collections`: short names first, for more of them is what was typed."""
    named = with_words(CollectionTerm, "collection_id", words)
    found = COLLECTIONS.where(col(Collection.id).in_(named), SHOWN)
    return found.order_by(func.length(col(Collection.name)), col(Collection.id)).limit(limit)


def with_words(table: type[ProducerTerm | CollectionTerm], owner: str, words: Sequence[str]) -> Any:
    """Whatever has all the words; those that begin like the last one are read along the key, the others looked up."""
    begun: Any = col(table.term)
    named = select(getattr(table, owner)).where(begun >= words[-1], begun < words[-1] + AFTER_EVERY_LETTER)
    for word in dict.fromkeys(words[:-1]):
        term = aliased(table)
        named = named.join(term, getattr(term, owner) == getattr(table, owner)).where(col(term.term) == word)
    return named


def _hit(*values: Any) -> Hit:
    *track, relevance, number = values
    return Hit(TrackRow(*track), relevance, number)


def _keys(place: Any, *, descending: bool) -> list[Key]:
    columns = (place.c.relevance, place.c.number)
    return [Key(type_coerce(column, BigInteger()), descending) for column in columns]
