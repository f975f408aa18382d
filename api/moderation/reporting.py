"""Telling staff about a track, a collection, a profile or a beat request."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog.rules import may_see
from api.moderation.errors import ContentIsOwn, ContentNotFound
from api.moderation.rules import checked_reason
from api.moderation.subjects import Row, Subject, subject_held
from api.requests.rules import sees_request
from api.viewer import Viewer
from db.queries import moderation as queries
from db.queries import producers
from db.queries.collections import CollectionRow
from db.queries.producers import ProducerRow
from db.queries.tracks import TrackRow
from db.vocabulary import Role


async def report_content(session: AsyncSession, viewer: Viewer, object_id: str, *, reason: str) -> None:
    """Keep a report for staff; while the viewer's own is open, another one of the same changes nothing.

    Raises:
        IdOfAnotherType: Of something that cannot be reported.
        ContentNotFound: There is none, or it is not for the viewer.
        ContentIsOwn: It is the viewer's.
        ManyRefused: No reason was given.
    """
    subject = await subject_held(session, object_id)
    if _is_own(viewer, subject):
        raise ContentIsOwn
    if not (viewer.has(Role.STAFF) or _is_shown(viewer, subject.row)):
        raise ContentNotFound
    if isinstance(subject.row, ProducerRow) and await producers.has_left(session, subject.row.id):
        raise ContentNotFound
    await queries.add_report(session, subject.id, viewer.account_id, checked_reason(reason))


def _is_own(viewer: Viewer, subject: Subject) -> bool:
    return subject.owner == viewer.account_id


def _is_shown(viewer: Viewer, row: Row) -> bool:
    match row:
        case TrackRow():
            return may_see(row.shown_as, own=False)
        case CollectionRow():
            return row.shown
        case ProducerRow():
            return row.withheld_since is None
        case _:
            return sees_request(viewer, requester=row.account_id, status=row.status)
