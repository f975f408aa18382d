"""Applying for producer access or the badge, and deciding about it (D-2 to D-4)."""

from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.roles import grant, require
from api.cases import CaseIsDecided, checked_decision, close_case, open_case
from api.producers.badge import give_badge
from api.producers.errors import AlreadyProducer, ApplicationIsWaiting
from api.producers.rules import Application, handle_for
from api.refusals import NotFound
from api.viewer import Viewer
from db.ids import AccountId, ProducerRequestId, UploadId, new_id
from db.models.producers import Producer, ProducerRequest
from db.queries import producers as queries
from db.queries.indexing import index_producer
from db.queries.producers import ProducerRequestRow
from db.vocabulary import ProducerRequestKind, ReviewDecision, ReviewStatus, Role


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
    await open_case(session, viewer, request, attachments)
    return request


async def review_application(
    session: AsyncSession,
    viewer: Viewer,
    *,
    request: ProducerRequestId,
    decision: ReviewDecision,
    reason: str | None,
) -> None:
    """Decide about an application, as staff; approval makes the profile and gives the role, or the badge.

    Raises:
        NotAllowed: The viewer is not staff.
        NotFound: There is no such application.
        CaseIsDecided: It is not waiting any more.
        NotAProducerAnyMore: The badge is for producers.
        CodeIsNotTyped: The badge is for who has typed the code on Discord.
        ManyRefused: A denial without a reason.
    """
    require(viewer, Role.STAFF)
    decided = checked_decision(viewer, decision, reason)
    known = await queries.requests(session, [request])
    if not known:
        raise NotFound("There is no such application.", ("id",))
    if not await queries.decide_request(session, request, decided.status, decided.reason):
        raise CaseIsDecided(object_id=request)
    if decided.status is ReviewStatus.APPROVED:
        await _give(session, known[0], by=viewer.account_id)
    await close_case(session, request, decided)


async def _give(session: AsyncSession, request: ProducerRequestRow, *, by: AccountId) -> None:
    if request.kind is ProducerRequestKind.GET_VERIFIED:
        await give_badge(session, request, by=by)
    else:
        await _become_producer(session, request, by=by)


async def _add_request(
    session: AsyncSession, viewer: Viewer, request: ProducerRequestId, application: Application
) -> None:
    kind = ProducerRequestKind.BECOME_PRODUCER
    try:
        async with session.begin_nested():
            facts = vars(application)
            session.add(ProducerRequest(id=request, account_id=viewer.account_id, kind=kind, **facts))
    except IntegrityError as error:
        waiting = await queries.waiting_request(session, viewer.account_id, kind)
        raise ApplicationIsWaiting(object_id=waiting.id if waiting else None) from error


async def _become_producer(session: AsyncSession, request: ProducerRequestRow, *, by: AccountId) -> None:
    """The profile with its handle, and the role; a second one never comes of it."""
    assert request.producer_name  # needed for this kind
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
