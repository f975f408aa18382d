"""Reading producer profiles and the cases about them."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.clock import now
from db.ids import AccountId, ProducerId, ProducerRequestId, UploadId
from db.models.accounts import RoleGrant
from db.models.producers import Attachment, CaseStep, Producer, ProducerRequest
from db.models.uploads import Upload
from db.queries.paging import Key, Page, Slice
from db.queries.rows import read, read_count, read_one, read_page, select_row
from db.vocabulary import ProducerRequestKind, ReviewStatus, Role


class ProducerRow(NamedTuple):
    id: ProducerId
    account_id: AccountId
    handle: str
    name: str
    bio: str | None
    created_at: datetime
    verified: bool


class ProducerRequestRow(NamedTuple):
    id: ProducerRequestId
    account_id: AccountId
    kind: ProducerRequestKind
    status: ReviewStatus
    producer_name: str
    beats_url: str
    first_name: str
    last_name: str
    instagram: str | None
    label: str | None
    submitted_at: datetime
    reviewed_at: datetime | None
    review_reason: str | None


class CaseStepRow(NamedTuple):
    case_id: str
    status: ReviewStatus
    at: datetime
    reason: str | None


class AttachmentRow(NamedTuple):
    case_id: str
    upload_id: UploadId
    filename: str
    byte_size: int


_BADGE = exists().where(
    col(RoleGrant.account_id) == col(Producer.account_id),
    col(RoleGrant.role) == Role.VERIFIED_PRODUCER,
    col(RoleGrant.withdrawn_at).is_(None),
)
PRODUCERS = select_row(ProducerRow, Producer, verified=_BADGE)
_REQUESTS = select_row(ProducerRequestRow, ProducerRequest)
_NEWEST_FIRST = [
    Key(col(ProducerRequest.submitted_at), descending=True),
    Key(col(ProducerRequest.id), descending=True),
]
_OLDEST_FIRST = [Key(col(ProducerRequest.submitted_at)), Key(col(ProducerRequest.id))]


async def producers(session: AsyncSession, ids: Collection[ProducerId]) -> list[ProducerRow]:
    return await read(session, ProducerRow, PRODUCERS.where(col(Producer.id).in_(ids)))


async def producers_of(session: AsyncSession, accounts: Collection[AccountId]) -> list[ProducerRow]:
    return await read(session, ProducerRow, PRODUCERS.where(col(Producer.account_id).in_(accounts)))


async def producer_by_handle(session: AsyncSession, handle_key: str) -> ProducerRow | None:
    return await read_one(session, ProducerRow, PRODUCERS.where(col(Producer.handle_key) == handle_key))


async def handles_like(session: AsyncSession, handle_key: str) -> frozenset[str]:
    """Taken handles that start like this one."""
    taken = col(Producer.handle_key).startswith(handle_key, autoescape=True)
    return frozenset(await session.scalars(select(col(Producer.handle_key)).where(taken)))


async def requests(session: AsyncSession, ids: Collection[ProducerRequestId]) -> list[ProducerRequestRow]:
    return await read(session, ProducerRequestRow, _REQUESTS.where(col(ProducerRequest.id).in_(ids)))


async def requests_of(session: AsyncSession, account: AccountId, part: Slice) -> Page[ProducerRequestRow]:
    """An applicant's own applications, newest first."""
    own = _REQUESTS.where(col(ProducerRequest.account_id) == account)
    return await read_page(session, ProducerRequestRow, own, _NEWEST_FIRST, part)


async def count_requests_of(session: AsyncSession, account: AccountId) -> int:
    return await read_count(session, select(func.count()).where(col(ProducerRequest.account_id) == account))


async def case_queue(
    session: AsyncSession, statuses: Collection[ReviewStatus], part: Slice
) -> Page[ProducerRequestRow]:
    """Cases in these states, oldest first."""
    waiting = _REQUESTS.where(col(ProducerRequest.status).in_(statuses))
    return await read_page(session, ProducerRequestRow, waiting, _OLDEST_FIRST, part)


async def count_cases(session: AsyncSession, statuses: Collection[ReviewStatus]) -> int:
    return await read_count(session, select(func.count()).where(col(ProducerRequest.status).in_(statuses)))


async def decide_request(
    session: AsyncSession, request: ProducerRequestId, status: ReviewStatus, reason: str | None
) -> bool:
    """Close a waiting application; false if it is not waiting."""
    decided = (
        update(ProducerRequest)
        .where(col(ProducerRequest.id) == request, col(ProducerRequest.status) == ReviewStatus.PENDING)
        .values(status=status, reviewed_at=now(), review_reason=reason)
        .returning(col(ProducerRequest.id))
    )
    return (await session.execute(decided)).one_or_none() is not None


async def case_steps(session: AsyncSession, cases: Collection[str]) -> list[CaseStepRow]:
    """Every state of these cases, oldest first."""
    steps = select_row(CaseStepRow, CaseStep).where(col(CaseStep.case_id).in_(cases))
    return await read(session, CaseStepRow, steps.order_by(col(CaseStep.id)))


async def attachments(session: AsyncSession, cases: Collection[str]) -> list[AttachmentRow]:
    """Files of these cases, in the order given."""
    upload = {"filename": col(Upload.filename), "byte_size": col(Upload.byte_size)}
    files = select_row(AttachmentRow, Attachment, **upload).join(
        Upload, col(Upload.id) == col(Attachment.upload_id)
    )
    chosen = files.where(col(Attachment.case_id).in_(cases)).order_by(col(Attachment.position))
    return await read(session, AttachmentRow, chosen)


async def accounts_waiting(session: AsyncSession, accounts: Collection[AccountId]) -> frozenset[AccountId]:
    """Those of the accounts whose application waits for review."""
    waiting = (
        col(ProducerRequest.account_id).in_(accounts),
        col(ProducerRequest.status) == ReviewStatus.PENDING,
    )
    return frozenset(await session.scalars(select(col(ProducerRequest.account_id)).where(*waiting)))


async def waiting_request(session: AsyncSession, account: AccountId) -> ProducerRequestId | None:
    """The application of an account that waits for review."""
    waiting = col(ProducerRequest.account_id) == account, col(ProducerRequest.status) == ReviewStatus.PENDING
    return await session.scalar(select(col(ProducerRequest.id)).where(*waiting))
