"""Applying for producer access, and deciding about it (D-2, D-3)."""

from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.roles import grant, require
from api.producers.errors import AlreadyProducer, ApplicationIsWaiting, CaseIsDecided
from api.producers.rules import MOST_ATTACHMENTS, Application, handle_for
from api.refusals import InvalidValue, NotFound, Problems
from api.texts import checked_text
from api.uploads.use import use_upload
from api.viewer import Viewer
from db.ids import AccountId, ProducerRequestId, UploadId, new_id
from db.models.producers import Attachment, CaseStep, Producer, ProducerRequest
from db.queries import producers as queries
from db.queries.indexing import index_producer
from db.queries.producers import ProducerRequestRow
from db.session import announce
from db.vocabulary import ErrorCode, ProducerRequestKind, ReviewDecision, ReviewStatus, Role, UploadPurpose

_LONGEST_REASON = 2000
_DECIDED = {ReviewDecision.APPROVE: ReviewStatus.APPROVED, ReviewDecision.DENY: ReviewStatus.DENIED}


async def submit_application(
    session: AsyncSession, viewer: Viewer, application: Application, *, attachments: Sequence[UploadId]
) -> ProducerRequestId:
    """Apply for producer access; an application that was denied may be followed by another.

    Raises:
        AlreadyProducer: The viewer has what is asked for.
        ApplicationIsWaiting: One is waiting for review.
        ManyRefused: An attachment cannot be used.
    """
    if viewer.has(Role.PRODUCER):
        raise AlreadyProducer
    request = ProducerRequestId(new_id("req"))
    await _add_request(session, viewer, request, application)
    session.add(CaseStep(case_id=request, status=ReviewStatus.PENDING, by=viewer.account_id))
    await _attach(session, viewer, request, attachments)
    return request


async def review_application(
    session: AsyncSession,
    viewer: Viewer,
    *,
    request: ProducerRequestId,
    decision: ReviewDecision,
    reason: str | None,
) -> None:
    """Decide about an application, as staff; approval makes the profile and gives the role.

    Raises:
        NotAllowed: The viewer is not staff.
        NotFound: There is no such application.
        CaseIsDecided: It is not waiting any more.
        ManyRefused: A denial without a reason.
    """
    require(viewer, Role.STAFF)
    reason = _checked_reason(decision, reason)
    known = await queries.requests(session, [request])
    if not known:
        raise NotFound("There is no such application.", ("id",))
    status = _DECIDED[decision]
    if not await queries.decide_request(session, request, status, reason):
        raise CaseIsDecided(object_id=request)
    session.add(CaseStep(case_id=request, status=status, by=viewer.account_id, reason=reason))
    if decision is ReviewDecision.APPROVE:
        await _become_producer(session, known[0], by=viewer.account_id)
    announce(session, request_topic(request))


def request_topic(request: str) -> str:
    """Announced whenever an application changes."""
    return f"request:{request}"


async def _add_request(
    session: AsyncSession, viewer: Viewer, request: ProducerRequestId, application: Application
) -> None:
    try:
        async with session.begin_nested():
            kind = ProducerRequestKind.BECOME_PRODUCER
            facts = vars(application)
            session.add(ProducerRequest(id=request, account_id=viewer.account_id, kind=kind, **facts))
    except IntegrityError as error:
        waiting = await queries.waiting_request(session, viewer.account_id)
        raise ApplicationIsWaiting(object_id=waiting) from error


async def _attach(
    session: AsyncSession, viewer: Viewer, request: ProducerRequestId, uploads: Sequence[UploadId]
) -> None:
    problems = Problems()
    if len(uploads) > MOST_ATTACHMENTS:
        sentence = f"At most {MOST_ATTACHMENTS} files can be added."
        problems.note(InvalidValue(sentence, ("attachment_upload_ids",), ErrorCode.TOO_LONG))
    for position, upload in enumerate(uploads[:MOST_ATTACHMENTS]):
        with problems.under("attachment_upload_ids", str(position)):
            if upload in uploads[:position]:
                raise InvalidValue("This file is there twice.", code=ErrorCode.REPEATED)
            await use_upload(
                session, viewer, upload_id=upload, purpose=UploadPurpose.ATTACHMENT, object_id=request
            )
            session.add(Attachment(upload_id=upload, case_id=request, position=position))
    problems.refuse_any()


async def _become_producer(session: AsyncSession, request: ProducerRequestRow, *, by: AccountId) -> None:
    """The profile with its handle, and the role; a second one never comes of it."""
    while not await queries.producers_of(session, [request.account_id]):
        await _add_profile(session, request.account_id, request.producer_name)
    await grant(session, request.account_id, Role.PRODUCER, by=by, reason=f"Application {request.id}")


async def _add_profile(session: AsyncSession, account: AccountId, name: str) -> None:
    """The profile under a free handle; none where somebody of that name got the handle at the same moment."""
    handle = handle_for(name, await queries.handles_like(session, handle_for(name, ())))
    with suppress(IntegrityError):
        async with session.begin_nested():
            profile = Producer(account_id=account, handle=handle, handle_key=handle, name=name)
            session.add(profile)
            await session.flush()
            await index_producer(session, profile.id)


def _checked_reason(decision: ReviewDecision, reason: str | None) -> str | None:
    problems = Problems()
    if reason is not None or decision is ReviewDecision.DENY:
        with problems.under("reason"):
            reason = checked_text(reason or "", longest=_LONGEST_REASON, lines=True)
    problems.refuse_any()
    return reason
