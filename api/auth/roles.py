"""Giving and taking roles: facts with a history (D-1)."""

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.errors import RoleCannotBeChanged
from api.deeds import note_deed
from api.notices import warn
from api.refusals import NotFound, Problems, required_role
from api.texts import checked_text
from api.viewer import Viewer
from db import jobs
from db.clock import now
from db.ids import AccountId, ProducerId
from db.models.accounts import RoleGrant
from db.queries import accounts as queries
from db.vocabulary import JobKind, Role, StaffAction

_LONGEST_REASON = 1000
_NAMES = {
    Role.PRODUCER: "producer access",
    Role.VERIFIED_PRODUCER: "the verified badge",
    Role.STAFF: "the rights of staff",
}


def require(viewer: Viewer, role: Role) -> None:
    """Let only accounts with this role pass.

    Raises:
        NotAllowed: The viewer lacks it.
    """
    if not viewer.has(role):
        raise required_role(role)


def own_profile(viewer: Viewer) -> ProducerId:
    """The profile that a producer has.

    Raises:
        NotAllowed: The viewer is none.
    """
    require(viewer, Role.PRODUCER)
    assert viewer.producer_id  # the role and the profile come together
    return viewer.producer_id


async def change_role(
    session: AsyncSession, viewer: Viewer, *, account: AccountId, role: Role, granted: bool, reason: str
) -> None:
    """Give or take a role, as staff, and tell whom it is about; what is so already is left as it is.

    PRODUCER is given by an approved application alone, for a profile comes with it.

    Raises:
        NotAllowed: The viewer is not staff, or the role cannot be changed this way.
        NotFound: There is no such account.
        ManyRefused: No reason was given.
    """
    require(viewer, Role.STAFF)
    problems = Problems()
    with problems.under("reason"):
        reason = checked_text(reason, longest=_LONGEST_REASON, lines=True)
    problems.refuse_any()
    if not await queries.accounts(session, [account]) or await queries.is_deleted(session, account):
        raise NotFound("There is no such account.", ("id",))
    held = await queries.roles_held(session, account)
    _refuse_what_cannot_be(role, granted=granted, held=held, own=account == viewer.account_id)
    if granted is not (role in held):
        deed = StaffAction.GIVE_ROLE if granted else StaffAction.TAKE_ROLE
        await note_deed(session, viewer.account_id, deed, account, f"{role.value}: {reason}")
    if granted and role not in held:
        await grant(session, account, role, by=viewer.account_id, reason=reason)
        await warn(session, account, f"You have {_NAMES[role]} now", reason)
    for taken in _falls_with(role) if not granted else ():
        if taken in held:
            await queries.withdraw_role(session, account, taken, by=viewer.account_id, reason=reason)
            await warn(session, account, f"You no longer have {_NAMES[taken]}", reason)
            await _follow_up(session, account, taken)


async def grant(
    session: AsyncSession, account: AccountId, role: Role, *, by: AccountId | None, reason: str | None
) -> None:
    """Give a role; a role that is held already stays as it is."""
    try:
        async with session.begin_nested():
            given = RoleGrant(account_id=account, role=role, granted_by=by, grant_reason=reason)
            session.add(given)
    except IntegrityError:
        return  # another request gave it in the meantime
    if role is Role.VERIFIED_PRODUCER:  # whose tracks are matched with beat requests (D-62)
        await jobs.add(session, JobKind.MATCH_TRACK, key=given.id, account=account, cause=given.id)


async def _follow_up(session: AsyncSession, account: AccountId, taken: Role) -> None:
    """Without the badge there is no seat at events (D-5)."""
    if taken is Role.VERIFIED_PRODUCER:
        cause = f"{account}:{now().isoformat()}"  # it may be given and taken again
        await jobs.add(session, JobKind.RELEASE_SEATS, key=cause, account=account)


def _falls_with(role: Role) -> tuple[Role, ...]:
    """Who loses producer access is no verified producer either."""
    return (role, Role.VERIFIED_PRODUCER) if role is Role.PRODUCER else (role,)


def _refuse_what_cannot_be(role: Role, *, granted: bool, held: frozenset[Role], own: bool) -> None:
    if role is Role.LISTENER:
        raise RoleCannotBeChanged("Every account is a listener.", ("role",))
    if role is Role.PRODUCER and granted and role not in held:
        raise RoleCannotBeChanged("Producer access is given by approving an application.", ("role",))
    if role is Role.VERIFIED_PRODUCER and granted and Role.PRODUCER not in held:
        raise required_role(Role.PRODUCER).at("role")
    if role is Role.STAFF and own and not granted:
        raise RoleCannotBeChanged("You cannot take your own staff role.", ("role",))
