"""Opening a request again, for as long and at the same cost (D-60)."""

from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from sqlalchemy.ext.asyncio import AsyncSession

from api.refusals import Problems
from api.requests.errors import TokensAreUsed
from api.requests.ledger import Cause, enter_opening, opened_before, tokens_of
from api.requests.owning import own_request
from api.requests.references import keep_sample
from api.requests.rules import RENEWABLE_FOR, why_not_paid, why_not_renewed
from api.requests.tokens import COSTS, LENGTHS
from api.texts import checked_idempotency_key
from api.viewer import Viewer
from db.clock import now
from db.ids import BeatRequestId
from db.queries import requests
from db.queries.requests import BeatRequestRow
from db.vocabulary import BeatRequestStatus


async def renew_request(
    session: AsyncSession, viewer: Viewer, *, request: BeatRequestId, idempotency_key: str, explorer: int
) -> None:
    """Open an expired request again and have it matched anew; the same key again changes nothing.

    Args:
        explorer: Tokens that this installation gives everybody a month.

    Raises:
        RequestNotFound: There is none, or it is not for the viewer.
        RequestIsAnothers: Somebody else posted it.
        KeyWasUsedBefore: For something else.
        ManyRefused: It is not expired, or for too long; tokens are missing; the key is none.
    """
    row, moment, problems = await own_request(session, viewer, request), now(), Problems()
    key = checked_idempotency_key(problems, idempotency_key)
    cause = Cause(key or "", sha256(f"renew {request}".encode()).hexdigest())
    if key and await opened_before(session, viewer.account_id, cause):
        return
    if refused := why_not_renewed(row.status_at(moment), row.expires_at, moment):
        problems.note(replace(refused, object_id=request))
    elif missing := await _missing(session, viewer, row, moment, explorer=explorer):
        problems.note(missing)
    problems.refuse_any()
    await _open_again(session, row, moment)
    await enter_opening(session, viewer.account_id, request, cause, row.duration, moment)


async def _missing(
    session: AsyncSession, viewer: Viewer, row: BeatRequestRow, moment: datetime, *, explorer: int
) -> TokensAreUsed | None:
    tokens = await tokens_of(session, viewer.account_id, moment, explorer=explorer)
    return why_not_paid(tokens, COSTS[row.duration], moment, until=row.expires_at + RENEWABLE_FOR)


async def _open_again(session: AsyncSession, row: BeatRequestRow, moment: datetime) -> None:
    expires_at = moment + LENGTHS[row.duration]
    times = {"opened_at": moment, "expires_at": expires_at}
    await requests.change_request(session, row.id, status=BeatRequestStatus.ACTIVE, **times)
    await keep_sample(session, row.reference_upload_id, expires_at=expires_at)
