"""Posting a beat request: checked, paid for and saved at once, or not at all (D-60)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Context
from typing import Any, Final

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from api.refusals import Problems
from api.requests.ledger import Cause, enter_opening, opened_before, tokens_of
from api.requests.references import Reference, checked_reference, keep_sample
from api.requests.rules import A_DAY, why_not_opened, why_not_paid
from api.requests.tokens import COSTS, LENGTHS
from api.requests.wishes import Wishes, checked_wishes
from api.suspension import AccountIsSuspended
from api.texts import checked_idempotency_key
from api.viewer import Viewer
from db.clock import now
from db.ids import BeatRequestId, new_id
from db.models.requests import BeatRequest
from db.queries import accounts, openings
from db.queries.requests import index_request
from db.vocabulary import BeatRequestDuration

_WIDE: Final = Context(prec=40)
"""As many digits as a decimal is taken with, so that none is rounded off."""


@dataclass(frozen=True)
class NewRequest:
    """A request as its artist entered it."""

    wishes: Wishes
    reference: Reference
    duration: BeatRequestDuration


async def open_request(
    session: AsyncSession, viewer: Viewer, new: NewRequest, *, idempotency_key: str, explorer: int
) -> BeatRequestId:
    """Post a request and have it matched; the same key and input again is the same request.

    Args:
        explorer: Tokens that this installation gives everybody a month.

    Raises:
        AccountIsSuspended: Since a moment ago.
        KeyWasUsedBefore: With another input.
        ManyRefused: Everything that is wrong with the input, tokens that are missing among it.
    """
    await accounts.lock(session, viewer.account_id)  # else two at once would each spend the last token
    if await accounts.is_suspended(session, viewer.account_id):  # since it was let in
        raise AccountIsSuspended
    problems = Problems()
    key = checked_idempotency_key(problems, idempotency_key)
    cause = Cause(key or "", _digest(new))
    if key and (made := await opened_before(session, viewer.account_id, cause)):
        return made
    request, moment = BeatRequestId(new_id("brq")), now()
    columns = checked_wishes(problems, new.wishes)
    columns |= await checked_reference(session, viewer, problems, new.reference, request)
    opened = await openings.opened_since(session, viewer.account_id, moment - A_DAY)
    if too_many := why_not_opened(opened):
        problems.note(too_many)
    tokens = await tokens_of(session, viewer.account_id, moment, explorer=explorer)
    if missing := why_not_paid(tokens, COSTS[new.duration], moment):
        problems.note(missing.at("duration"))
    problems.refuse_any()
    await _save(session, viewer, request, columns | {"duration": new.duration}, moment)
    await enter_opening(session, viewer.account_id, request, cause, new.duration, moment)
    return request


async def _save(
    session: AsyncSession,
    viewer: Viewer,
    request: BeatRequestId,
    columns: Mapping[str, Any],
    moment: datetime,
) -> None:
    expires_at = moment + LENGTHS[columns["duration"]]
    row = BeatRequest(
        id=request,
        account_id=viewer.account_id,
        opened_at=moment,
        expires_at=expires_at,
        created_at=moment,
        **columns,
    )
    session.add(row)
    await session.flush()
    await index_request(session, row)
    await keep_sample(session, row.reference_upload_id, expires_at=expires_at)


def _digest(new: NewRequest) -> str:
    """Names the input, so that its repetition is recognised; 10.0 of a budget is 10.00."""
    amount = new.wishes.budget_amount
    same = None if amount is None else amount.normalize(_WIDE)
    plain = replace(new, wishes=replace(new.wishes, budget_amount=same))
    return hashlib.sha256(orjson.dumps(plain, default=str, option=orjson.OPT_SORT_KEYS)).hexdigest()
