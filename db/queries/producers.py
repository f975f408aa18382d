"""Reading producer profiles and the cases about them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.clock import now
from db.ids import AccountId, PictureId, ProducerId, ProducerRequestId
from db.models.accounts import Account, RoleGrant
from db.models.producers import Producer, ProducerHandle, ProducerRequest
from db.queries.paging import Key, Page, Slice
from db.queries.rows import AnySelect, read, read_count, read_one, read_page, select_row
from db.transitions import CASE, before
from db.vocabulary import ProducerRequestKind, ReviewStatus, Role


class ProducerRow(NamedTuple):
    id: ProducerId
    account_id: AccountId | None
    handle: str
    name: str
    bio: str | None
    city: str | None
    roles: list[str]
    links: list[dict[str, str]]
    picture_id: PictureId | None
    xp: int
    created_at: datetime
    withheld_since: datetime | None
    verified: bool


class ProducerRequestRow(NamedTuple):
    id: ProducerRequestId
    account_id: AccountId
    kind: ProducerRequestKind
    status: ReviewStatus
    producer_name: str | None
    beats_url: str | None
    first_name: str | None
    last_name: str | None
    instagram: str | None
    label: str | None
    claimed_producer_id: ProducerId | None
    submitted_at: datetime
    reviewed_at: datetime | None
    review_reason: str | None
    code: str | None
    code_expires_at: datetime | None
    code_typed_at: datetime | None
    discord_user_id: str | None


HAS_BADGE = and_(
    col(Producer.withheld_since).is_(None),
    exists().where(
        col(RoleGrant.account_id) == col(Producer.account_id),
        col(RoleGrant.role) == Role.VERIFIED_PRODUCER,
        col(RoleGrant.withdrawn_at).is_(None),
    ),
)
"""Of a row of `Producer`; a profile that staff keep back shows none, and has no part in what it is for."""
PRODUCERS = select_row(ProducerRow, Producer, verified=HAS_BADGE)
_REQUESTS = select_row(ProducerRequestRow, ProducerRequest)
_NEWEST_FIRST = [
    Key(col(ProducerRequest.submitted_at), descending=True),
    Key(col(ProducerRequest.id), descending=True),
]


async def producers(session: AsyncSession, ids: Collection[ProducerId]) -> list[ProducerRow]:
    return await read(session, ProducerRow, PRODUCERS.where(col(Producer.id).in_(ids)))


async def producers_of(session: AsyncSession, accounts: Collection[AccountId]) -> list[ProducerRow]:
    return await read(session, ProducerRow, PRODUCERS.where(col(Producer.account_id).in_(accounts)))


async def producer_by_handle(session: AsyncSession, handle_key: str) -> ProducerRow | None:
    """Who has this handle, or had it."""
    return await read_one(session, ProducerRow, named(handle_key))


def named(handle_key: str) -> AnySelect:
    """The statement behind `producer_by_handle`."""
    everybody = PRODUCERS.join(ProducerHandle, col(ProducerHandle.producer_id) == col(Producer.id))
    return everybody.where(col(ProducerHandle.handle_key) == handle_key)


async def handles_like(session: AsyncSession, handle_key: str) -> frozenset[str]:
    """Taken handles that start like this one, former ones too."""
    taken = col(ProducerHandle.handle_key).startswith(handle_key, autoescape=True)
    return frozenset(await session.scalars(select(col(ProducerHandle.handle_key)).where(taken)))


async def requests(session: AsyncSession, ids: Collection[ProducerRequestId]) -> list[ProducerRequestRow]:
    return await read(session, ProducerRequestRow, _REQUESTS.where(col(ProducerRequest.id).in_(ids)))


async def requests_of(session: AsyncSession, account: AccountId, part: Slice) -> Page[ProducerRequestRow]:
    """An applicant's own applications, newest first."""
    own = _REQUESTS.where(col(ProducerRequest.account_id) == account)
    return await read_page(session, ProducerRequestRow, own, _NEWEST_FIRST, part)


async def count_requests_of(session: AsyncSession, account: AccountId) -> int:
    return await read_count(session, select(func.count()).where(col(ProducerRequest.account_id) == account))


async def decide_request(
    session: AsyncSession, request: ProducerRequestId, status: ReviewStatus, reason: str | None
) -> bool:
    """Close a waiting application; false if it is not waiting."""
    decided = (
        update(ProducerRequest)
        .where(col(ProducerRequest.id) == request, col(ProducerRequest.status).in_(before(CASE, status)))
        .values(status=status, reviewed_at=now(), review_reason=reason)
        .returning(col(ProducerRequest.id))
    )
    return (await session.execute(decided)).one_or_none() is not None


async def applications_waiting(
    session: AsyncSession, accounts: Collection[AccountId]
) -> frozenset[tuple[AccountId, ProducerRequestKind]]:
    """What the accounts have asked for and wait for; a code that has ended may be asked for anew."""
    waiting = (
        col(ProducerRequest.account_id).in_(accounts),
        col(ProducerRequest.status) == ReviewStatus.PENDING,
        or_(
            col(ProducerRequest.code_expires_at).is_(None),
            col(ProducerRequest.code_expires_at) > now(),
            col(ProducerRequest.code_typed_at).is_not(None),
        ),
    )
    columns = (col(ProducerRequest.account_id), col(ProducerRequest.kind))
    return frozenset(
        (account, kind) for account, kind in await session.execute(select(*columns).where(*waiting))
    )


async def waiting_request(
    session: AsyncSession, account: AccountId, kind: ProducerRequestKind
) -> ProducerRequestRow | None:
    """The application of an account that waits for review."""
    own = col(ProducerRequest.account_id) == account, col(ProducerRequest.kind) == kind
    waiting = _REQUESTS.where(*own, col(ProducerRequest.status) == ReviewStatus.PENDING)
    return await read_one(session, ProducerRequestRow, waiting)


async def renew_code(
    session: AsyncSession, request: ProducerRequestId, code: str, *, expires_at: datetime
) -> None:
    """Put another one-time code in place of the one that ended."""
    columns = {"code": code, "code_expires_at": expires_at}
    await session.execute(update(ProducerRequest).where(col(ProducerRequest.id) == request).values(**columns))


async def applicant_with_code(session: AsyncSession, code: str) -> AccountId | None:
    """Whose waiting application has this one-time code."""
    found = await session.scalar(select(col(ProducerRequest.account_id)).where(*_waits_with(code)))
    return None if found is None else AccountId(found)


async def request_with_code(session: AsyncSession, code: str) -> ProducerRequestRow | None:
    """The waiting application with this one-time code; nobody else changes it until the transaction ends."""
    chosen = _REQUESTS.where(*_waits_with(code)).with_for_update()
    return await read_one(session, ProducerRequestRow, chosen)


def _waits_with(code: str) -> tuple[Any, ...]:
    return col(ProducerRequest.code) == code, col(ProducerRequest.status) == ReviewStatus.PENDING


async def note_code_typed(session: AsyncSession, request: ProducerRequestId, *, discord_user_id: str) -> None:
    """Keep who has typed the code on Discord, and when."""
    columns = {"code_typed_at": now(), "discord_user_id": discord_user_id}
    await session.execute(update(ProducerRequest).where(col(ProducerRequest.id) == request).values(**columns))


async def owner_is_suspended(session: AsyncSession, producer: ProducerId) -> bool:
    """Whether staff suspend the account of a profile."""
    owner = select(col(Account.suspended_at)).join(Producer, col(Producer.account_id) == col(Account.id))
    since = owner.where(col(Producer.id) == producer)
    return (await session.execute(since)).scalar_one_or_none() is not None


async def has_left(session: AsyncSession, producer: ProducerId) -> bool:
    """Whether the account that owned a profile was deleted."""
    owner = select(col(Account.deleted_at)).join(Producer, col(Producer.account_id) == col(Account.id))
    return await session.scalar(owner.where(col(Producer.id) == producer)) is not None
