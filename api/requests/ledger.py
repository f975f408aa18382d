"""Paying for an opening: what is left of the month, and what a client's key was used for before (D-60)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from api.refusals import KeyWasUsedBefore
from api.requests.tokens import COSTS, LENGTHS, Tokens, month_of
from db import jobs
from db.ids import AccountId, BeatRequestId
from db.models.requests import RequestOpening
from db.queries import openings, plans
from db.vocabulary import BeatRequestDuration, JobKind


@dataclass(frozen=True)
class Cause:
    """What a client asked for.

    Attributes:
        key: The client's own name for it.
        digest: Names the input, so that its repetition is recognised.
    """

    key: str
    digest: str


async def tokens_of(session: AsyncSession, account: AccountId, moment: datetime, *, explorer: int) -> Tokens:
    """An account's tokens of the month of this moment."""
    return (await tokens_of_each(session, [account], moment, explorer=explorer))[account]


async def tokens_of_each(
    session: AsyncSession, accounts: Collection[AccountId], moment: datetime, *, explorer: int
) -> dict[AccountId, Tokens]:
    """Tokens of several accounts: the month begins with what the plan gives that they have now (D-60).

    Args:
        explorer: What this installation gives to everybody; no plan gives less.
    """
    spent = await openings.spent_in(session, accounts, month_of(moment))
    held = await plans.plans_of(session, accounts, moment)
    return {
        account: Tokens(
            max(explorer, held[account].request_tokens), spent[account].spent, spent[account].refunded
        )
        for account in accounts
    }


async def opened_before(session: AsyncSession, account: AccountId, cause: Cause) -> BeatRequestId | None:
    """The request that the same key and input opened, whatever became of it; null where they opened none.

    Raises:
        KeyWasUsedBefore: With another input.
    """
    known = await openings.opened(session, account, cause.key)
    if known is not None and known.input_sha256 != cause.digest:
        raise KeyWasUsedBefore
    return known.request_id if known else None


async def enter_opening(
    session: AsyncSession,
    account: AccountId,
    request: BeatRequestId,
    cause: Cause,
    duration: BeatRequestDuration,
    moment: datetime,
) -> None:
    """Pay for an opening and have the request matched; the request's row, and the tokens, were seen to before."""
    opening = RequestOpening(
        request_id=request,
        account_id=account,
        idempotency_key=cause.key,
        input_sha256=cause.digest,
        tokens=COSTS[duration],
        month=month_of(moment),
        opened_at=moment,
        expires_at=moment + LENGTHS[duration],
    )
    session.add(opening)
    await session.flush()
    await jobs.add(session, JobKind.MATCH_REQUEST, key=opening.id, request=request)
