"""Staff suspend an account and let it go again: all it has put up is hidden, and its money held, not lost (D-83)."""

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.accounts import access_topic
from api.auth.roles import require
from api.catalog.upload import tell_of_track
from api.deeds import note_deed
from api.moderation.errors import AccountIsNotSuspended, AccountIsOwn, AccountIsSuspendedAlready
from api.moderation.rules import checked_reason
from api.moderation.subjects import subject_held
from api.moderation.withholding import hide, show_if_free
from api.notices import warn
from api.refusals import NotFound
from api.viewer import Viewer
from db import jobs
from db.ids import AccountId, ProducerId, SuspensionId, TrackId, new_id
from db.models.moderation import Suspension
from db.models.payouts import PayoutHold
from db.queries import accounts, payout_accounts, producers, requests
from db.queries import suspensions as queries
from db.session import announce
from db.vocabulary import JobKind, Role, StaffAction

_LOCKED_OUT = "You can sign in and read, and write to support. Licences that others hold stay valid."


async def suspend_account(session: AsyncSession, viewer: Viewer, account: AccountId, *, reason: str) -> None:
    """Hide what an account has put up, hold its payouts, and leave it nothing but to read and to answer.

    Raises:
        NotAllowed: The viewer is not staff.
        NotFound: There is no such account.
        AccountIsOwn: It is the viewer's.
        AccountIsSuspendedAlready: Somebody else was faster.
        ManyRefused: No reason was given.
    """
    reason = await _checked(session, viewer, account, reason)
    if account == viewer.account_id:
        raise AccountIsOwn
    suspension = Suspension(account_id=account, reason=reason, placed_by=viewer.account_id)
    if not await queries.place(session, suspension):
        raise AccountIsSuspendedAlready(object_id=account)
    await note_deed(session, viewer.account_id, StaffAction.SUSPEND, account, reason)
    for profile in await producers.producers_of(session, [account]):
        await _hide_all(session, profile.id)
        await _hold_money(session, profile.id, suspension)
    for request in await requests.requests_shown_of(session, account):
        await hide(session, await subject_held(session, request))
    await jobs.add(session, JobKind.RELEASE_SEATS, key=suspension.id, account=account)
    announce(session, access_topic(account))
    await warn(session, account, "Your account is suspended", f"Staff wrote: {reason}\n{_LOCKED_OUT}")


async def reinstate_account(
    session: AsyncSession, viewer: Viewer, account: AccountId, *, reason: str
) -> None:
    """End a suspension: everything is what it was before, but for what else keeps it back; held payouts go on.

    Raises:
        NotAllowed: The viewer is not staff.
        NotFound: There is no such account.
        AccountIsNotSuspended: Or somebody else was faster.
        ManyRefused: No reason was given.
    """
    reason = await _checked(session, viewer, account, reason)
    suspension = await queries.lift(session, account, by=viewer.account_id, reason=reason)
    if suspension is None:
        raise AccountIsNotSuspended(object_id=account)
    deed = await note_deed(session, viewer.account_id, StaffAction.REINSTATE, account, reason)
    for profile in await producers.producers_of(session, [account]):
        await _show_all(session, profile.id)
        await show_if_free(session, await subject_held(session, profile.id), deed=deed)
    for request in await requests.requests_withheld_of(session, account):
        await show_if_free(session, await subject_held(session, request), deed=deed)
    await _let_money_go(session, suspension, by=viewer.account_id, reason=reason)
    await jobs.add(session, JobKind.MATCH_TRACK, key=deed, account=account, cause=deed)
    announce(session, access_topic(account))
    await warn(session, account, "Your account is not suspended any more", f"Staff wrote: {reason}")


async def _checked(session: AsyncSession, viewer: Viewer, account: AccountId, reason: str) -> str:
    """The reason; the account is locked."""
    require(viewer, Role.STAFF)
    reason = checked_reason(reason)
    await accounts.lock(session, account)
    if not await accounts.accounts(session, [account]) or await accounts.is_deleted(session, account):
        raise NotFound("There is no such account.", ("id",))
    return reason


async def _hide_all(session: AsyncSession, producer: ProducerId) -> None:
    """Tracks before the profile, as by everybody who locks both."""
    await _announced(session, producer, queries.withhold_tracks)
    await hide(session, await subject_held(session, producer))


async def _show_all(session: AsyncSession, producer: ProducerId) -> None:
    await _announced(session, producer, queries.release_tracks)


async def _announced(
    session: AsyncSession,
    producer: ProducerId,
    change: Callable[[AsyncSession, ProducerId], Awaitable[list[TrackId]]],
) -> None:
    for track in await change(session, producer):
        tell_of_track(session, track, producer)


async def _hold_money(session: AsyncSession, producer: ProducerId, suspension: Suspension) -> None:
    hold = PayoutHold(
        producer_id=producer,
        cause=suspension.id,
        reason=f"The account is suspended: {suspension.reason}"[:1000],
        placed_by=suspension.placed_by,
    )
    await payout_accounts.place_hold(session, hold)


async def _let_money_go(
    session: AsyncSession, suspension: SuspensionId, *, by: AccountId, reason: str
) -> None:
    if await payout_accounts.release_hold_of(session, suspension, by=by, reason=reason[:1000]):
        await jobs.add(session, JobKind.FOLLOW_PAYOUTS, key=new_id("evt"))  # what waited goes
