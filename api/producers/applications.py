"""Applying for producer access or the badge, and deciding about it (D-2 to D-4)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.roles import grant, require
from api.cases import CaseIsDecided, checked_decision, close_case, open_case
from api.producers.applicants import refuse_absent, request_held
from api.producers.badge import ask_for_badge, give_badge
from api.producers.claims import check_claim, give_claimed_profile, refuse_any_claim
from api.producers.errors import (
    AlreadyProducer,
    AlreadyVerified,
    ApplicantHasAProfile,
    ApplicationIsWaiting,
    HasAProfileAlready,
)
from api.producers.making import make_profile
from api.producers.rules import checked_application
from api.refusals import NotFound, Problems, Refused
from api.viewer import Viewer
from db.ids import AccountId, ProducerRequestId, UploadId, new_id
from db.models.producers import ProducerRequest
from db.queries import accounts
from db.queries import producers as queries
from db.queries.producers import ProducerRequestRow
from db.vocabulary import ProducerRequestKind, ReviewDecision, ReviewStatus, Role


@dataclass(frozen=True)
class Entered:
    """An application as it was entered.

    Attributes:
        facts: By the names of `rules.Application`; not looked at for the badge.
        claimed: The profile to take over.
    """

    kind: ProducerRequestKind
    facts: Mapping[str, str | None]
    claimed: str | None
    attachments: Sequence[UploadId]


async def submit_application(session: AsyncSession, viewer: Viewer, entered: Entered) -> ProducerRequestId:
    """Apply; an application that was denied may be followed by another.

    The account is locked before anything is: whoever deletes it takes its files and applications with it.

    Raises:
        NotAllowed: The viewer has what is asked for, or lacks what is needed for it.
        ApplicationIsWaiting: One of this kind is waiting for review.
        ManyRefused: Everything that is wrong with the input.
    """
    await accounts.lock(session, viewer.account_id)
    if entered.kind is ProducerRequestKind.GET_VERIFIED:
        refuse_any_claim(entered.claimed)
        return await ask_for_badge(session, viewer, attachments=entered.attachments)
    return await _ask_for_access(session, viewer, entered)


def why_not_applied(
    roles: Collection[Role], *, has_profile: bool, waiting: Collection[ProducerRequestKind]
) -> Refused | None:
    """Why somebody cannot apply for anything; null if some kind is open to them.

    Args:
        waiting: Kinds of which an application of theirs waits.
    """
    if Role.VERIFIED_PRODUCER in roles:
        return AlreadyVerified()
    if Role.PRODUCER in roles:
        kinds = {ProducerRequestKind.GET_VERIFIED}
    else:
        claims = set[ProducerRequestKind]() if has_profile else {ProducerRequestKind.CLAIM_PROFILE}
        kinds = {ProducerRequestKind.BECOME_PRODUCER} | claims
    return ApplicationIsWaiting() if kinds <= set(waiting) else None


async def _ask_for_access(session: AsyncSession, viewer: Viewer, entered: Entered) -> ProducerRequestId:
    if viewer.has(Role.PRODUCER):
        raise AlreadyProducer
    if entered.kind is ProducerRequestKind.CLAIM_PROFILE and viewer.producer_id is not None:
        raise HasAProfileAlready
    request, problems = ProducerRequestId(new_id("req")), Problems()
    application = checked_application(problems, entered.facts)
    await check_claim(session, problems, entered.kind, entered.claimed)
    with problems.under():
        await open_case(session, viewer, request, entered.attachments)
    problems.refuse_any()
    facts: dict[str, Any] = {**vars(application), "claimed_producer_id": entered.claimed}
    asked = ProducerRequest(id=request, account_id=viewer.account_id, kind=entered.kind, **facts)
    await _add_request(session, asked)
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
        ApplicantIsSuspended: Staff suspend the account; a denial is possible.
        ApplicantHasAProfile: They claim one, and got another since.
        ProfileHasAnOwner: They claim one that somebody else got since.
        CodeIsNotTyped: The badge is for who has typed the code on Discord.
        ManyRefused: A denial without a reason.
    """
    require(viewer, Role.STAFF)
    decided = checked_decision(viewer, decision, reason)
    known = await request_held(session, request)
    if known is None:
        raise NotFound("There is no such application.", ("id",))
    if not await queries.decide_request(session, request, decided.status, decided.reason):
        raise CaseIsDecided(object_id=request)
    if decided.status is ReviewStatus.APPROVED:
        await _give(session, known, by=viewer.account_id)
    await close_case(session, request, decided)


async def _give(session: AsyncSession, request: ProducerRequestRow, *, by: AccountId) -> None:
    await _GIVING[request.kind](session, request, by=by)


async def _add_request(session: AsyncSession, request: ProducerRequest) -> None:
    account, kind = request.account_id, request.kind
    try:
        async with session.begin_nested():
            session.add(request)
    except IntegrityError as error:
        waiting = await queries.waiting_request(session, account, kind)
        raise ApplicationIsWaiting(object_id=waiting.id if waiting else None) from error


async def _become_producer(session: AsyncSession, request: ProducerRequestRow, *, by: AccountId) -> None:
    """The profile with its handle, and the role; a second one never comes of it."""
    assert request.producer_name  # needed for this kind
    await refuse_absent(session, request)
    if Role.PRODUCER in await accounts.roles_held(session, request.account_id):
        raise ApplicantHasAProfile(object_id=request.id)
    if not await queries.producers_of(session, [request.account_id]):
        await make_profile(session, {"account_id": request.account_id, "name": request.producer_name})
    await grant(session, request.account_id, Role.PRODUCER, by=by, reason=f"Application {request.id}")


_GIVING: Final = {
    ProducerRequestKind.BECOME_PRODUCER: _become_producer,
    ProducerRequestKind.CLAIM_PROFILE: give_claimed_profile,
    ProducerRequestKind.GET_VERIFIED: give_badge,
}
