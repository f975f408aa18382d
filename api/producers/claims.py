"""Claiming a profile that exists and nobody owns (D-2)."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.roles import grant
from api.producers.applicants import refuse_absent
from api.producers.errors import ApplicantHasAProfile, ProfileHasAnOwner
from api.refusals import InvalidValue, NotFound, Problems, check_id
from db.ids import AccountId, ProducerId
from db.queries import follows, profiles
from db.queries import producers as queries
from db.queries.producers import ProducerRequestRow
from db.vocabulary import ErrorCode, ProducerRequestKind, Role

_CLAIMED: Final = ("claimed_producer_id",)


async def check_claim(
    session: AsyncSession, problems: Problems, kind: ProducerRequestKind, claimed: str | None
) -> None:
    """Note what is wrong with the profile that an application names, or does not."""
    with problems.under():
        if kind is ProducerRequestKind.CLAIM_PROFILE:
            await _require_claimable(session, claimed)
        else:
            refuse_any_claim(claimed)


def refuse_any_claim(claimed: str | None) -> None:
    """Let pass what names no profile.

    Raises:
        InvalidValue: It names one.
    """
    if claimed is not None:
        raise InvalidValue("Only CLAIM_PROFILE names a profile: leave it out, or choose that kind.", _CLAIMED)


async def give_claimed_profile(session: AsyncSession, request: ProducerRequestRow, *, by: AccountId) -> None:
    """Make the applicant the owner of the profile, with producer access. Others who claim it are left to staff.

    Needs the lock of the applicant's account.

    Raises:
        ApplicantIsSuspended: Staff suspend their account.
        ApplicantHasAProfile: They got one since.
        ProfileHasAnOwner: Another application for it was approved.
    """
    assert request.claimed_producer_id  # needed for this kind
    applicant, profile = request.account_id, request.claimed_producer_id
    await refuse_absent(session, request)
    if await queries.producers_of(session, [applicant]):
        raise ApplicantHasAProfile(object_id=request.id)
    if not await profiles.give_profile(session, profile, applicant):
        raise ProfileHasAnOwner(path=("id",), object_id=request.id)
    await follows.unfollow(session, applicant, profile)
    await grant(session, applicant, Role.PRODUCER, by=by, reason=f"Application {request.id}")


async def _require_claimable(session: AsyncSession, claimed: str | None) -> None:
    if not claimed:
        raise InvalidValue("Say which profile is yours.", _CLAIMED, ErrorCode.REQUIRED)
    check_id(claimed, "pro", "producer", _CLAIMED)
    known = await queries.producers(session, [ProducerId(claimed)])
    if not known:
        raise NotFound("There is no such profile.", _CLAIMED)
    if known[0].account_id is not None:
        raise ProfileHasAnOwner(path=_CLAIMED, object_id=claimed)
