"""A request in the hands of who posted it."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.requests.errors import RequestNotFound
from api.requests.rules import why_not_theirs
from api.viewer import Viewer
from db.ids import BeatRequestId
from db.queries import accounts, requests
from db.queries.requests import BeatRequestRow


async def own_request(session: AsyncSession, viewer: Viewer, request: BeatRequestId) -> BeatRequestRow:
    """The viewer's request, locked, and the account before it, whose tokens are about to change.

    Raises:
        RequestNotFound: There is none, or it is not for the viewer.
        RequestIsAnothers: Somebody else posted it.
    """
    await accounts.lock(session, viewer.account_id)
    row = await requests.request_for_change(session, request)
    if row is None:
        raise RequestNotFound
    if refused := why_not_theirs(viewer, requester=row.account_id, status=row.status):
        raise refused
    return row
