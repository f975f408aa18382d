"""Reading cases, whatever their kind: the queue of staff, their states and their files."""

from collections.abc import Collection
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, func, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.ids import UploadId
from db.models.producers import Attachment, CaseStep, ProducerRequest
from db.models.recon import DuplicateAppeal
from db.models.tracks import Track
from db.models.uploads import Upload
from db.queries.paging import Key, Page, Slice
from db.queries.rows import AnySelect, read, read_count, read_page, select_row
from db.vocabulary import CaseKind, ReviewStatus, TrackStatus


class CaseRow(NamedTuple):
    kind: str
    id: str
    submitted_at: datetime


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


async def case_queue(
    session: AsyncSession, kinds: Collection[CaseKind], statuses: Collection[ReviewStatus], part: Slice
) -> Page[CaseRow]:
    """Cases of these kinds in these states, oldest first."""
    cases = union_all(*(_QUEUES[kind](statuses) for kind in kinds)).subquery()
    oldest_first = [Key(cases.c.submitted_at), Key(cases.c.id)]
    return await read_page(session, CaseRow, select(cases), oldest_first, part)


async def count_cases(
    session: AsyncSession, kinds: Collection[CaseKind], statuses: Collection[ReviewStatus]
) -> int:
    cases = union_all(*(_QUEUES[kind](statuses) for kind in kinds)).subquery()
    return await read_count(session, select(func.count()).select_from(cases))


def _applications(statuses: Collection[ReviewStatus]) -> AnySelect:
    kind = literal(CaseKind.PRODUCER_REQUEST.value)
    applications = select_row(CaseRow, ProducerRequest, kind=kind.label("kind"))
    return applications.where(col(ProducerRequest.status).in_(statuses))


def _appeals(statuses: Collection[ReviewStatus]) -> AnySelect:
    kind = literal(CaseKind.DUPLICATE_APPEAL.value)
    appeals = select_row(CaseRow, DuplicateAppeal, kind=kind.label("kind"))
    return appeals.where(col(DuplicateAppeal.status).in_(statuses), TRACK_IS_THERE)


TRACK_IS_THERE: Final[ColumnElement[bool]] = (
    select(col(Track.id))
    .where(col(Track.id) == col(DuplicateAppeal.track_id), col(Track.status) != TrackStatus.REMOVED)
    .exists()
)
"""An appeal goes with its track."""

_QUEUES: Final = {CaseKind.PRODUCER_REQUEST: _applications, CaseKind.DUPLICATE_APPEAL: _appeals}


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
