"""Staff announce events, edit and cancel them (D-72)."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.roles import require
from api.deeds import note_deed
from api.events.errors import EventIsCancelled
from api.events.rules import FACTS, Times, check_seats, check_times, checked_event
from api.events.seating import open_event, seat_the_first
from api.events.telling import have_guests_told
from api.refusals import Problems
from api.uploads.dock import drop_picture
from api.uploads.use import use_upload
from api.viewer import Viewer
from db.clock import now
from db.ids import EventId, UploadId, new_id
from db.queries import events as queries
from db.queries.events import EventRow
from db.vocabulary import Role, StaffAction, UploadPurpose

_TOLD_OF: Final = frozenset({"starts_at", "ends_at", "place", "cancelled_at"})
"""Where and when one has to be, or not to be."""


async def create_event(session: AsyncSession, viewer: Viewer, given: Mapping[str, Any]) -> EventId:
    """Announce an event.

    Args:
        session: A writing transaction.
        viewer: A member of staff.
        given: By the names of `rules.FACTS`, and `cover_upload_id`.

    Raises:
        NotAllowed: The viewer is not staff.
        ManyRefused: Everything that is wrong with the input.
    """
    require(viewer, Role.STAFF)
    event, problems = EventId(new_id("evn")), Problems()
    columns = checked_event(problems, {name: given[name] for name in FACTS if name in given})
    if {"starts_at", "ends_at"} <= columns.keys():
        check_times(problems, Times(columns["starts_at"], columns["ends_at"]), now(), moved=True)
    if given.get("cover_upload_id") is not None:
        columns |= await _cover(session, viewer, problems, event, given["cover_upload_id"])
    problems.refuse_any()
    await queries.add_event(session, {"id": event, "created_by": viewer.account_id, **columns})
    await note_deed(session, viewer.account_id, StaffAction.CREATE_EVENT, event, None)
    return event


async def update_event(
    session: AsyncSession, viewer: Viewer, *, event: EventId, changes: Mapping[str, Any]
) -> None:
    """Edit an event that is not over, or cancel it, for good; the same again changes nothing.

    Guests are told where time or place are others, or it is cancelled. More seats go to the first in the line; fewer
    than are taken are refused.

    Args:
        session: A writing transaction.
        viewer: A member of staff.
        event: Which.
        changes: By the names of `rules.FACTS`, `cover_upload_id` and `cancelled`; only those to change.

    Raises:
        NotAllowed: The viewer is not staff.
        EventNotFound: There is none.
        EventIsCancelled: It was.
        EventIsOver: It is.
        ManyRefused: Everything that is wrong with the input.
    """
    require(viewer, Role.STAFF)
    try:
        row = await open_event(session, event)
    except EventIsCancelled:
        if {name: value for name, value in changes.items() if value is not None} == {"cancelled": True}:
            return
        raise
    columns = await _changed(session, viewer, row, changes)
    if columns:
        await _save(session, row, columns)
        deed = StaffAction.CANCEL_EVENT if "cancelled_at" in columns else StaffAction.CHANGE_EVENT
        await note_deed(session, viewer.account_id, deed, event, None)


async def _changed(
    session: AsyncSession, viewer: Viewer, event: EventRow, changes: Mapping[str, Any]
) -> dict[str, Any]:
    """The columns that differ."""
    problems = Problems()
    columns = checked_event(problems, {name: changes[name] for name in FACTS if name in changes})
    after = event._replace(**columns)
    if {"starts_at", "ends_at"} & columns.keys():
        moved = after.starts_at != event.starts_at
        check_times(problems, Times(after.starts_at, after.ends_at), now(), moved=moved)
    with problems.under():
        check_seats(after.capacity, event.going_count)
    if "cover_upload_id" in changes:
        columns |= await _cover(session, viewer, problems, event.id, changes["cover_upload_id"])
    problems.refuse_any()
    if changes.get("cancelled"):
        columns["cancelled_at"] = now()
    return {name: value for name, value in columns.items() if value != getattr(event, name)}


async def _cover(
    session: AsyncSession, viewer: Viewer, problems: Problems, event: EventId, upload: UploadId | None
) -> dict[str, Any]:
    """The cover as a column; what is wrong is noted."""
    if upload is None:
        return {"cover_picture_id": None}
    with problems.under("cover_upload_id"):
        purpose = UploadPurpose.COVER_ART
        used = await use_upload(session, viewer, upload_id=upload, purpose=purpose, object_id=event)
        return {"cover_picture_id": used.picture_id}
    return {}


async def _save(session: AsyncSession, event: EventRow, columns: dict[str, Any]) -> None:
    revision = event.revision + bool(_TOLD_OF & columns.keys())
    await queries.change_event(session, event.id, {**columns, "revision": revision})
    if event.cover_picture_id is not None and "cover_picture_id" in columns:
        await drop_picture(session, event.cover_picture_id)
    if revision != event.revision:
        await have_guests_told(session, event.id, revision)
    if "capacity" in columns and "cancelled_at" not in columns:
        await seat_the_first(session, event._replace(**columns))
