"""What a requester says to an offer (D-61)."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.notices import Notice, notify
from api.requests.errors import RequestIsClosed, SubmissionIsForAnother, SubmissionNotFound
from api.requests.rules import sees_submission
from api.requests.wording import in_short
from api.viewer import Viewer
from db.clock import now
from db.ids import SubmissionId
from db.queries import producers, requests, tracks
from db.queries import submissions as queries
from db.queries.submissions import SubmissionRow
from db.vocabulary import BeatRequestStatus, NotificationKind, SubmissionStatus

_TOLD: Final = {
    SubmissionStatus.SHORTLISTED: "is on the shortlist for",
    SubmissionStatus.THANKED: "was received with thanks for",
}
"""Good news; a decline is to be seen at the offer, and told to nobody."""


async def answer_offer(
    session: AsyncSession, viewer: Viewer, *, submission: SubmissionId, status: SubmissionStatus
) -> None:
    """Shortlist, thank, decline, or take that back, also after the request's time; the same again changes nothing.

    Its producer is told of the first good news.

    Raises:
        SubmissionNotFound: There is none, or it is not for the viewer.
        SubmissionIsForAnother: The viewer may see it and nothing more.
        RequestIsClosed: The request was deleted.
    """
    row = await queries.submission_for_change(session, submission)
    if row is None or not is_seen(viewer, row):
        raise SubmissionNotFound
    if row.requester != viewer.account_id:
        raise SubmissionIsForAnother
    if row.request_status is BeatRequestStatus.DELETED:
        raise RequestIsClosed("You have deleted this beat request.", object_id=row.request_id)
    if row.status is status:
        return
    answered_at = None if status is SubmissionStatus.NEW else now()
    await queries.change(session, submission, status=status, answered_at=answered_at)
    if status in _TOLD:
        await _tell(session, row, _TOLD[status])


def is_seen(viewer: Viewer | None, row: SubmissionRow) -> bool:
    """Whether an offer is there for somebody."""
    return sees_submission(
        viewer,
        requester=row.requester,
        request=row.request_status,
        producer=row.producer_id,
        track=row.track_status,
    )


async def _tell(session: AsyncSession, row: SubmissionRow, became: str) -> None:
    [by], [track] = (
        await producers.producers(session, [row.producer_id]),
        await tracks.tracks(session, [row.track_id]),
    )
    [request] = await requests.requests(session, [row.request_id])
    notice = Notice(
        kind=NotificationKind.BEAT_SUBMISSION,
        subject=row.id,
        title=f"Your track “{track.title}” {became} a beat request",
        body=f"“{track.title}” {became} “{in_short(request.text)}”.",
        path=f"/requests/{row.request_id}",
        by=row.requester,
    )
    await notify(session, [by.account_id] if by.account_id else [], notice)
