"""The ledger of request tokens: what openings cost, and what came back (D-60)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, CompoundSelect, and_, func, literal, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.clock import now
from db.ids import AccountId, BeatRequestId, RequestOpeningId
from db.models.requests import BeatRequest, RequestOpening
from db.queries.rows import AnySelect, read, read_one, select_row
from db.vocabulary import BeatRequestStatus


class Opened(NamedTuple):
    """What a client's key was used for."""

    request_id: BeatRequestId
    input_sha256: str


class Spent(NamedTuple):
    """Tokens of an account in a month."""

    spent: int = 0
    refunded: int = 0


class ClosingRow(NamedTuple):
    """An opening whose request closes soon."""

    id: RequestOpeningId
    request_id: BeatRequestId
    account_id: AccountId
    text: str
    submission_count: int
    expires_at: datetime


async def opened(session: AsyncSession, account: AccountId, key: str) -> Opened | None:
    """What an account has opened under this key."""
    named = col(RequestOpening.account_id) == account, col(RequestOpening.idempotency_key) == key
    return await read_one(session, Opened, select_row(Opened, RequestOpening).where(*named))


async def opened_since(session: AsyncSession, account: AccountId, moment: datetime) -> list[datetime]:
    """When an account has opened requests since a moment, whatever became of them."""
    months = {f"{one:%Y-%m}" for one in (moment, now())}
    own = col(RequestOpening.account_id) == account, col(RequestOpening.month).in_(months)
    chosen = select(col(RequestOpening.opened_at)).where(*own, col(RequestOpening.opened_at) > moment)
    return list(await session.scalars(chosen))


async def spent_in(
    session: AsyncSession, accounts: Collection[AccountId], month: str
) -> dict[AccountId, Spent]:
    """What these accounts have spent and got back in a month; every account is named."""
    found = dict.fromkeys(accounts, Spent())
    for account, spent, refunded in await session.execute(spending(accounts, month)):
        known = found[AccountId(account)]
        found[AccountId(account)] = Spent(known.spent + int(spent), known.refunded + int(refunded))
    return found


def spending(accounts: Collection[AccountId], month: str) -> CompoundSelect[*tuple[Any, ...]]:
    """The statement of `spent_in`: what was spent and what came back, each along its index."""
    account, none = col(RequestOpening.account_id), literal(0)
    own = account.in_(accounts)
    spent = select(account, func.sum(col(RequestOpening.tokens)), none)
    back = select(account, none, func.sum(col(RequestOpening.refunded)))
    return union_all(
        spent.where(own, col(RequestOpening.month) == month).group_by(account),
        back.where(own, col(RequestOpening.refund_month) == month).group_by(account),
    )


async def last_cost(session: AsyncSession, request: BeatRequestId, opened_at: datetime) -> int:
    """Tokens that the opening of this moment cost."""
    cost = select(col(RequestOpening.tokens)).where(*_opening(request, opened_at))
    return int((await session.execute(cost)).scalar_one())


async def refund(
    session: AsyncSession, request: BeatRequestId, opened_at: datetime, *, tokens: int, month: str
) -> None:
    """Give tokens of an opening back."""
    change = update(RequestOpening).where(*_opening(request, opened_at))
    await session.execute(change.values(refunded=tokens, refund_month=month))


async def note_warned(session: AsyncSession, opening: RequestOpeningId) -> None:
    """The requester was told that it closes soon."""
    change = update(RequestOpening).where(col(RequestOpening.id) == opening)
    await session.execute(change.values(warned_at=now()))


async def closing_soon(
    session: AsyncSession, *, after: datetime, until: datetime, limit: int
) -> list[ClosingRow]:
    """Openings that end within these bounds and whose requesters were not told yet, the first to end first."""
    return await read(session, ClosingRow, closing(after=after, until=until, limit=limit))


async def request_of(session: AsyncSession, opening: RequestOpeningId) -> BeatRequestId | None:
    """Which request was opened."""
    request = select(col(RequestOpening.request_id)).where(col(RequestOpening.id) == opening)
    found = await session.scalar(request)
    return None if found is None else BeatRequestId(found)


def _opening(request: BeatRequestId, opened_at: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return col(RequestOpening.request_id) == request, col(RequestOpening.opened_at) == opened_at


def closing(*, after: datetime, until: datetime, limit: int) -> AnySelect:
    """The statement of `closing_soon`."""
    current = and_(
        col(RequestOpening.request_id) == col(BeatRequest.id),
        col(RequestOpening.opened_at) == col(BeatRequest.opened_at),
    )
    asked = {name: getattr(BeatRequest, name) for name in ("text", "submission_count", "expires_at")}
    soon = select_row(ClosingRow, RequestOpening, **asked).join(BeatRequest, current)
    expires_at = col(BeatRequest.expires_at)
    return (
        soon.where(
            col(BeatRequest.status) == BeatRequestStatus.ACTIVE, expires_at > after, expires_at <= until
        )
        .where(col(RequestOpening.warned_at).is_(None))
        .order_by(expires_at, col(BeatRequest.id))
        .limit(limit)
    )
