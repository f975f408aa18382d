"""Proving in the Discord community who asks for the badge, and confirming it there (D-4)."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from api.cases import CaseIsDecided, Decision, case_topic, close_case
from api.deeds import Outsider
from api.producers.badge import code_in, give_badge
from api.producers.errors import (
    CodeHasEnded,
    CodeIsUnknown,
    CodeWasTypedByAnother,
    OnlyStaffConfirm,
)
from db.clock import now
from db.queries import accounts
from db.queries import producers as queries
from db.queries.producers import ProducerRequestRow
from db.session import announce
from db.vocabulary import ReviewStatus


@dataclass(frozen=True)
class CommunityMember:
    """Somebody in the Discord community, as Discord vouches for them.

    Attributes:
        id: Of the Discord user, for ever the same.
        name: As shown there.
        is_staff: Holds one of the roles that confirm badges.
    """

    id: str
    name: str
    is_staff: bool


async def type_code(session: AsyncSession, member: CommunityMember, *, code: str) -> None:
    """Prove that the producer who was shown the code is this member; typed again by the same one changes nothing.

    Raises:
        CodeIsUnknown: No waiting application has it.
        CodeWasTypedByAnother: It proves somebody else already.
        CodeHasEnded: It was typed too late.
    """
    request = await _waiting(session, code)
    if request.code_typed_at is not None:
        if request.discord_user_id != member.id:
            raise CodeWasTypedByAnother(object_id=request.id)
        return
    if request.code_expires_at is None or request.code_expires_at <= now():
        raise CodeHasEnded(object_id=request.id)
    await queries.note_code_typed(session, request.id, discord_user_id=member.id)
    announce(session, case_topic(request.id))


async def confirm_code(session: AsyncSession, member: CommunityMember, *, code: str) -> None:
    """Give the badge to whom the code proved, as staff of the community. Who leaves it later keeps the badge.

    Raises:
        OnlyStaffConfirm: The member holds no role that confirms.
        CodeIsUnknown: No waiting application has it.
        CodeIsNotTyped: Nobody has proved anything yet.
        ApplicantIsSuspended: Staff suspend the account.
        NotAProducerAnyMore: Producer access was taken since.
    """
    if not member.is_staff:
        raise OnlyStaffConfirm
    request = await _waiting(session, code)
    reason = f"Confirmed on Discord by {member.name}."
    decided = Decision(ReviewStatus.APPROVED, reason, by=Outsider(f"{member.name} ({member.id}) on Discord"))
    if not await queries.decide_request(session, request.id, decided.status, decided.reason):
        raise CaseIsDecided(object_id=request.id)
    await give_badge(session, request, by=None)
    await close_case(session, request.id, decided)


async def _waiting(session: AsyncSession, code: str) -> ProducerRequestRow:
    """The waiting application with this code, locked; the account of who applied before it, as in `request_held`."""
    known = code_in(code)
    applicant = await queries.applicant_with_code(session, known) if known else None
    if applicant is not None:
        await accounts.lock(session, applicant)
    request = await queries.request_with_code(session, known) if known else None
    if request is None:
        raise CodeIsUnknown
    return request
