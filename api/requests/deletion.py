"""Taking a request back; tokens of one that is open come back with it (D-60), also while staff keep it back."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from api.requests.ledger import tokens_of
from api.requests.owning import own_request
from api.requests.tokens import month_of
from api.uploads.dock import give_up
from api.viewer import Viewer
from db.clock import now
from db.ids import BeatRequestId
from db.queries import notices, openings, requests
from db.queries.requests import BeatRequestRow
from db.vocabulary import BeatRequestStatus


async def delete_request(
    session: AsyncSession, viewer: Viewer, *, request: BeatRequestId, explorer: int
) -> None:
    """Delete a request, open or over; one that is deleted stays so.

    Of one that staff keep back the tokens come back as of any other: to hide is not to judge, and they may let it go. What
    they remove costs what it has cost.

    Args:
        explorer: Tokens that this installation gives everybody a month; no more come back.

    Raises:
        RequestNotFound: There is none, or it is not for the viewer.
        RequestIsAnothers: Somebody else posted it.
    """
    row, moment = await own_request(session, viewer, request), now()
    if row.status is BeatRequestStatus.DELETED and row.withheld_as is None:
        return
    if row.unhidden.status_at(moment) is BeatRequestStatus.ACTIVE:
        await _refund(session, row, moment, explorer=explorer)
    await delete_row(session, row)


async def delete_row(session: AsyncSession, row: BeatRequestRow) -> None:
    """Delete a request that is locked, for good: one that staff keep back does not return either."""
    await requests.change_request(session, row.id, status=BeatRequestStatus.DELETED, withheld_as=None)
    await notices.take_back_calls(session, row.id)
    if row.reference_upload_id is not None:
        await give_up(session, row.reference_upload_id, cause="request-deleted")


async def _refund(session: AsyncSession, row: BeatRequestRow, moment: datetime, *, explorer: int) -> None:
    tokens = await tokens_of(session, row.account_id, moment, explorer=explorer)
    back = tokens.refund_of(await openings.last_cost(session, row.id, row.opened_at))
    if back:
        await openings.refund(session, row.id, row.opened_at, tokens=back, month=month_of(moment))
