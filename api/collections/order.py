"""Which tracks are in a collection, and in what order (D-15).

Whoever changes that holds the collection's lock and then those of its tracks. Places count from 0; a deleted track
leaves a gap until the next change.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.roles import require
from api.catalog.lending import MOST_TRACKS, CollectionIsFull, own_collection
from api.catalog.upload import tell_of_track
from api.collections.errors import TrackIsNotInCollection, TrackStandsBehindItself
from api.collections.rules import (
    checked_ids,
    checked_tracks,
    why_not_behind,
    why_not_own,
    why_not_taken,
    with_added,
    with_moved,
)
from api.refusals import Problems, Refused
from api.viewer import Viewer
from db.ids import CollectionId, ProducerId, TrackId
from db.queries import collections as queries
from db.queries.collections import PlacedRow
from db.vocabulary import Role


@dataclass(frozen=True)
class Shelf:
    """The tracks of a collection and others that are named beside them, all locked."""

    collection: CollectionId
    owner: ProducerId | None
    rows: Mapping[TrackId, PlacedRow]

    @property
    def order(self) -> list[TrackId]:
        """What is in the collection, as it stands."""
        here = [row for row in self.rows.values() if self._holds(row)]
        return [row.id for row in sorted(here, key=lambda row: (row.collection_position or 0, row.id))]

    def why_not_own(self, track: TrackId) -> Refused | None:
        row = self.rows.get(track)
        own = row is not None and row.producer_id == self.owner
        return why_not_own(track, status=row.status if row else None, own=own)

    def why_not_taken(self, track: TrackId) -> Refused | None:
        if refused := self.why_not_own(track):
            return refused
        row = self.rows[track]
        here = self._holds(row)
        elsewhere = row.collection_id is not None and not here
        return why_not_taken(track, status=row.status, here=here, elsewhere=elsewhere)

    def _holds(self, row: PlacedRow) -> bool:
        return row.collection_id == self.collection


async def open_shelf(
    session: AsyncSession, viewer: Viewer, collection: CollectionId, others: Sequence[TrackId] = ()
) -> Shelf:
    """The tracks of a collection that is locked, or not there yet."""
    rows = await queries.tracks_to_place(session, collection, others)
    return Shelf(collection, viewer.producer_id, {row.id: row for row in rows})


async def add_tracks(
    session: AsyncSession,
    viewer: Viewer,
    *,
    collection: CollectionId,
    tracks: Sequence[TrackId],
    after: TrackId | None = None,
) -> None:
    """Put own tracks behind one that is there, or at the end; at the end, those that are in it keep their places.

    Raises:
        NotAllowed: The viewer is no producer.
        CollectionNotFound: There is none, or it is not for the viewer.
        CollectionIsAnothers: The viewer may see it and nothing more.
        ManyRefused: Everything that is wrong with the tracks.
    """
    require(viewer, Role.PRODUCER)
    await own_collection(session, viewer, collection)
    problems = Problems()
    looked_at = checked_ids(problems, tracks, may_be_empty=False)
    shelf = await open_shelf(session, viewer, collection, looked_at)
    check_taken(problems, shelf, looked_at)
    if after is not None:
        _check_behind(problems, shelf, looked_at, after)
    problems.refuse_any()
    await write_order(session, shelf, with_added(shelf.order, tracks, after))


async def remove_tracks(
    session: AsyncSession, viewer: Viewer, *, collection: CollectionId, tracks: Sequence[TrackId]
) -> None:
    """Take own tracks out; one that is not in the collection stays out.

    Raises:
        NotAllowed: The viewer is no producer.
        CollectionNotFound: There is none, or it is not for the viewer.
        CollectionIsAnothers: The viewer may see it and nothing more.
        ManyRefused: Everything that is wrong with the tracks.
    """
    require(viewer, Role.PRODUCER)
    await own_collection(session, viewer, collection)
    problems = Problems()
    looked_at = checked_ids(problems, tracks, may_be_empty=False)
    shelf = await open_shelf(session, viewer, collection, looked_at)
    checked_tracks(problems, looked_at, shelf.why_not_own)
    problems.refuse_any()
    gone = set(tracks)
    await clear(session, shelf, [track for track in shelf.order if track in gone])
    await write_order(session, shelf, [track for track in shelf.order if track not in gone])


async def move_track(
    session: AsyncSession,
    viewer: Viewer,
    *,
    collection: CollectionId,
    track: TrackId,
    after: TrackId | None,
) -> None:
    """Put a track of a collection behind another one, or at the top.

    Raises:
        NotAllowed: The viewer is no producer.
        CollectionNotFound: There is none, or it is not for the viewer.
        CollectionIsAnothers: The viewer may see it and nothing more.
        ManyRefused: One of the two is not in the collection, or they are one.
    """
    require(viewer, Role.PRODUCER)
    await own_collection(session, viewer, collection)
    shelf = await open_shelf(session, viewer, collection, [track])
    problems = Problems()
    if refused := shelf.why_not_own(track) or _absent(shelf, track):
        problems.note(refused.at("track_id"))
    if after is not None:
        _check_behind(problems, shelf, [track], after)
    problems.refuse_any()
    await write_order(session, shelf, with_moved(shelf.order, [track], after))


def check_taken(problems: Problems, shelf: Shelf, tracks: Sequence[TrackId]) -> None:
    """Note every track that does not come in, and that there would be too many."""
    checked_tracks(problems, tracks, shelf.why_not_taken)
    if len({*shelf.order, *tracks}) > MOST_TRACKS:
        problems.note(CollectionIsFull(path=("track_ids",)))


async def clear(session: AsyncSession, shelf: Shelf, tracks: Sequence[TrackId]) -> None:
    """Take tracks out of the collection, whatever that leaves of the order."""
    await queries.clear_places(session, tracks)
    for track in tracks:
        tell_of_track(session, track, shelf.rows[track].producer_id)


async def write_order(session: AsyncSession, shelf: Shelf, order: Sequence[TrackId]) -> None:
    """Write the places that differ; a track that comes in is told of, one that merely moves is not."""
    before, rows = set(shelf.order), shelf.rows
    places = {
        track: place
        for place, track in enumerate(order)
        if track not in before or rows[track].collection_position != place
    }
    await queries.write_places(session, shelf.collection, places)
    for track in places.keys() - before:
        tell_of_track(session, track, rows[track].producer_id)


def _check_behind(problems: Problems, shelf: Shelf, tracks: Sequence[TrackId], after: TrackId) -> None:
    if after in tracks:
        problems.note(TrackStandsBehindItself())
    elif refused := why_not_behind(shelf.order, after):
        problems.note(refused.at("after_track_id"))


def _absent(shelf: Shelf, track: TrackId) -> Refused | None:
    return None if track in shelf.order else TrackIsNotInCollection()
