"""Lists of what was offered to beat requests."""

from api.catalog.rules import PUBLIC
from api.lists.reading import Lister, chosen, page_info
from api.requests.rules import sees_offers_of_others
from db.queries import submissions as queries
from db.queries.requests import BeatRequestRow
from db.vocabulary import Role, TrackStatus
from schema.context import PageSource
from schema.paging import write_cursor
from schema.submissions import Submission, SubmissionConnection, SubmissionWhere

_NAME = "submissions"
_NOT_DELETED = frozenset(TrackStatus) - {TrackStatus.REMOVED}


class SubmissionLists(Lister):
    """Offers to a request."""

    async def submissions(
        self, request: BeatRequestRow, where: SubmissionWhere | None, page: PageSource
    ) -> SubmissionConnection | None:
        """Everybody's, newest first, with tracks that the viewer sees; null but for the requester and staff."""
        viewer = self._viewer
        if viewer is None or not sees_offers_of_others(viewer, requester=request.account_id):
            return None
        tracks = _NOT_DELETED if viewer.has(Role.STAFF) else PUBLIC
        part, statuses = page.slice(_NAME), chosen(where.status) if where else None
        async with self._sessions.reading() as session:
            found = await queries.page_of_submissions(
                session, request.id, part, statuses=statuses, tracks=tracks
            )
        cursors = [write_cursor(_NAME, queries.anchor_of(row)) for row in found.rows]
        return SubmissionConnection(
            nodes=[Submission.of(row) for row in found.rows],
            page_info=page_info(found, cursors),
            cursors=cursors,
            count=self._counted(
                lambda session: queries.count_submissions(
                    session, request.id, statuses=statuses, tracks=tracks
                )
            ),
        )
