"""Staff keep a producer's payouts back, and let them go on: with a reason, and it stays on record (D-83)."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.deeds import note_deed
from api.payouts.errors import ProducerToHoldNotFound
from api.refusals import Problems, required_role
from api.texts import checked_text
from api.viewer import Viewer
from db import jobs
from db.clock import now
from db.ids import ProducerId, new_id
from db.models.payouts import PayoutHold
from db.queries import payout_accounts as queries
from db.queries import profiles
from db.queries.payout_accounts import PayoutHoldRow
from db.vocabulary import JobKind, Role, StaffAction

_LONGEST_REASON: Final = 1000


async def set_payout_hold(
    session: AsyncSession, viewer: Viewer, producer: ProducerId, *, held: bool, reason: str
) -> list[PayoutHoldRow]:
    """Hold all payouts of a producer that have not begun, or release whatever holds them; what holds them then.

    Held already by staff, they are held for this reason from now on.

    Raises:
        NotAllowed: The viewer is not staff.
        ProducerToHoldNotFound: There is none.
        ManyRefused: The reason is none.
    """
    if not viewer.has(Role.STAFF):
        raise required_role(Role.STAFF)
    problems = Problems()
    with problems.under("reason"):
        reason = checked_text(reason, longest=_LONGEST_REASON, lines=True)
    problems.refuse_any()
    # Locked: of two at once, the second finds the first one's hold.
    if await profiles.profile_for_change(session, producer) is None:
        raise ProducerToHoldNotFound(path=("id",))
    if held:
        hold = PayoutHold(producer_id=producer, reason=reason, placed_by=viewer.account_id)
        deed = StaffAction.HOLD_PAYOUTS if await _hold(session, hold) else None
    else:
        await queries.release_holds(session, producer, by=viewer.account_id, reason=reason, at=now())
        await jobs.add(session, JobKind.FOLLOW_PAYOUTS, key=new_id("evt"))  # what waited goes
        deed = StaffAction.RELEASE_PAYOUTS
    if deed:
        await note_deed(session, viewer.account_id, deed, producer, reason)
    return await queries.open_holds(session, [producer], at=now())


async def _hold(session: AsyncSession, hold: PayoutHold) -> bool:
    """Staff's own hold: there is one of a producer; false: it was there, for the same reason."""
    placed = [
        one for one in await queries.open_holds(session, [hold.producer_id], at=now()) if one.cause is None
    ]
    if not placed:
        await queries.place_hold(session, hold)
    elif placed[0].reason != hold.reason:
        await queries.change_hold(session, placed[0].id, reason=hold.reason, by=hold.placed_by)
    return not placed or placed[0].reason != hold.reason
