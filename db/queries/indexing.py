"""Writing down what tracks, producers and collections are found by: derived from their rows, and always written as a whole."""

from typing import Any, Final

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.ids import CollectionId, ProducerId, TrackId
from db.models.collections import Collection, CollectionTerm
from db.models.producers import Producer, ProducerLabel, ProducerTerm
from db.models.tracks import SearchTerm, Track, TrackLabel
from db.searching import labels_of, labels_of_producer, search_terms, words_of_name
from db.vocabulary import TrackStatus

_AT_ONCE: Final = 20
"""Tracks in one transaction: 40 ms, in which SQLite lets nobody else write."""
_FACTS = ("number", "status", "title", "artists", "genres", "tags", "moods", "description")


async def index_track(session: AsyncSession, track: TrackId) -> None:
    """Write the labels and terms of a track anew, from the row as it is now; of a removed one, none."""
    columns = [getattr(Track, name) for name in _FACTS]
    chosen = select(*columns, col(Producer.name)).join(Producer, col(Producer.id) == col(Track.producer_id))
    *values, producer = (await session.execute(chosen.where(col(Track.id) == track))).one()
    facts: dict[str, Any] = dict(zip(_FACTS, values, strict=True))
    for table in (TrackLabel, SearchTerm):
        await session.execute(delete(table).where(col(table.number) == facts["number"]))
    if facts["status"] is not TrackStatus.REMOVED:
        await _write(session, facts, producer)


async def index_producer(session: AsyncSession, producer: ProducerId) -> None:
    """Write what a producer is found and filtered by anew; what their tracks are knows the name too (`index_tracks_of`)."""
    facts = (col(Producer.name), col(Producer.handle), col(Producer.city), col(Producer.roles))
    name, handle, city, roles = (
        await session.execute(select(*facts).where(col(Producer.id) == producer))
    ).one()
    terms = [{"term": term, "producer_id": producer} for term in words_of_name(name, handle)]
    labels = [
        {"kind": kind, "folded": label, "producer_id": producer}
        for kind, label in labels_of_producer(name, city, roles)
    ]
    for table, rows in ((ProducerTerm, terms), (ProducerLabel, labels)):
        await session.execute(delete(table).where(col(table.producer_id) == producer))
        if rows:
            await session.execute(insert(table), rows)


async def index_tracks_of(
    session: AsyncSession, producer: ProducerId, *, after: TrackId, limit: int = _AT_ONCE
) -> TrackId | None:
    """Write anew what the next tracks of a producer are found by, in the order of their ids.

    Returns:
        The last of them; null where none was left.
    """
    chosen = select(col(Track.id)).where(col(Track.producer_id) == producer, col(Track.id) > after)
    locked = chosen.order_by(col(Track.id)).limit(limit).with_for_update(key_share=True)
    tracks = [TrackId(track) for track in await session.scalars(locked)]
    for track in tracks:
        await index_track(session, track)
    return tracks[-1] if tracks else None


async def index_collection(session: AsyncSession, collection: CollectionId) -> None:
    """Write what a collection is found by anew, from the row as it is now."""
    chosen = select(col(Collection.name), col(Collection.artists)).where(col(Collection.id) == collection)
    name, artists = (await session.execute(chosen)).one()
    await session.execute(delete(CollectionTerm).where(col(CollectionTerm.collection_id) == collection))
    terms = [{"term": term, "collection_id": collection} for term in words_of_name(name, *artists)]
    if terms:
        await session.execute(insert(CollectionTerm), terms)


async def _write(session: AsyncSession, facts: dict[str, Any], producer: str) -> None:
    own = {"number": facts["number"], "status": facts["status"]}
    labels = [own | {"kind": kind, "folded": key, "label": label} for kind, key, label in labels_of(facts)]
    terms = [own | {"term": term, "weight": weight} for term, weight in search_terms(facts, producer).items()]
    for table, rows in ((TrackLabel, labels), (SearchTerm, terms)):
        if rows:
            await session.execute(insert(table), rows)
