"""What a collection must be (D-15), which tracks it takes, and the order they come in."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from api.catalog.errors import TrackIsAnothers, TrackIsLocked, TrackNotFound
from api.catalog.rules import checked_facts, may_see
from api.collections.errors import TrackIsInAnotherCollection, TrackIsNotInCollection
from api.refusals import IdOfAnotherType, InvalidValue, Problems, Refused
from api.texts import checked_text
from api.viewer import Viewer
from db.ids import ProducerId, TrackId, prefix_of
from db.vocabulary import ErrorCode, Role, TrackStatus

FACTS: Final = ("name", "artists", "genres", "tags", "description")
MOST_AT_ONCE: Final = 100
"""Of one call, as of one page of a list: what is wrong with each of them is told."""
_LONGEST_NAME: Final = 100


def sees_all_of(viewer: Viewer | None, producer: ProducerId) -> bool:
    """Whether somebody sees each collection of a producer, and not only those with a published track."""
    return viewer is not None and (viewer.producer_id == producer or viewer.has(Role.STAFF))


def checked_collection(problems: Problems, given: Mapping[str, Any]) -> dict[str, Any]:
    """The given facts as columns; what is wrong is noted.

    A name may be what a track's title may not: packs go by `Tape V2` and `Drums (2)`.

    Args:
        problems: Takes every problem.
        given: By the names of `FACTS`; null clears a fact that may be empty.
    """
    columns: dict[str, Any] = {}
    if "name" in given:
        with problems.under("name"):
            columns["name"] = checked_text(given["name"] or "", longest=_LONGEST_NAME)
    others = {name: value for name, value in given.items() if name != "name"}
    return columns | checked_facts(problems, others)


def checked_ids(
    problems: Problems, ids: Sequence[TrackId], *, may_be_empty: bool = True
) -> Sequence[TrackId]:
    """As many ids of tracks as are looked at; what is wrong with the list itself is noted."""
    if not ids and not may_be_empty:
        problems.note(InvalidValue("Name at least one track.", ("track_ids",), ErrorCode.REQUIRED))
    if len(ids) > MOST_AT_ONCE:
        sentence = f"These are {len(ids)} tracks; at most {MOST_AT_ONCE} are taken at once."
        limit = Decimal(MOST_AT_ONCE)
        problems.note(InvalidValue(sentence, ("track_ids",), ErrorCode.TOO_LONG, maximum=limit))
    return ids[:MOST_AT_ONCE]


def checked_tracks(
    problems: Problems, ids: Sequence[TrackId], why_not: Callable[[TrackId], Refused | None]
) -> None:
    """Note what is wrong with each of some tracks, under its place in the list."""
    for position, track in enumerate(ids):
        if refused := _repeated(ids, position) or why_not(track):
            problems.note(refused.at("track_ids", str(position)))


def why_not_own(track: TrackId, *, status: TrackStatus | None, own: bool) -> Refused | None:
    """Why an id is not one of an own track; null if it is.

    Args:
        track: As given.
        status: Null: there is none.
        own: The viewer uploaded it.
    """
    if prefix_of(track) not in {None, "trk"}:
        return IdOfAnotherType("This is the id of something else; an id of type track is needed.")
    if status is None or not may_see(status, own=own):
        return TrackNotFound(path=())
    return None if own else TrackIsAnothers(path=())


def why_not_taken(track: TrackId, *, status: TrackStatus, here: bool, elsewhere: bool) -> Refused | None:
    """Why an own track does not come into a collection; null if it may, or is there.

    A sold one is locked (D-45): it stays where it is, and does not come in anew.
    """
    if elsewhere:
        return TrackIsInAnotherCollection(object_id=track)
    if status is TrackStatus.SOLD and not here:
        return TrackIsLocked("The track is sold and cannot be put into a collection.", ())
    return None


def why_not_behind(order: Sequence[TrackId], after: TrackId) -> Refused | None:
    """Why nothing can be put behind a track; null if it can."""
    if prefix_of(after) not in {None, "trk"}:
        return IdOfAnotherType("This is the id of something else; an id of type track is needed.")
    return None if after in order else TrackIsNotInCollection()


def with_added(order: Sequence[TrackId], tracks: Sequence[TrackId], after: TrackId | None) -> list[TrackId]:
    """The order with some tracks more: behind one, or at the end, where those that are there keep their places."""
    if after is not None:
        return with_moved(order, tracks, after)
    return list(dict.fromkeys([*order, *tracks]))


def with_moved(order: Sequence[TrackId], tracks: Sequence[TrackId], after: TrackId | None) -> list[TrackId]:
    """The order with some tracks behind one that is none of them; null: at the top."""
    moved = set(tracks)
    others = [track for track in order if track not in moved]
    place = 0 if after is None else others.index(after) + 1
    return [*others[:place], *tracks, *others[place:]]


def _repeated(ids: Sequence[TrackId], position: int) -> Refused | None:
    again = ids[position] in ids[:position]
    return InvalidValue("This track is there twice.", code=ErrorCode.REPEATED) if again else None
