"""Taking a licence back: what was granted in error, or got by fraud (D-46). Everybody who verifies it sees it at once."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.roles import require
from api.catalog.masters import release_audio
from api.deeds import note_deed
from api.licensing.errors import LicenceIsRevoked, LicenceNotFound
from api.notices import Notice, notify
from api.refusals import Problems
from api.texts import checked_text
from api.viewer import Viewer
from db.ids import AccountId, LicenceId, new_id
from db.queries import licences, tracks
from db.queries.licences import LicenceRow
from db.vocabulary import LicenceKind, NotificationKind, Role, StaffAction, TrackStatus

_LONGEST_REASON: Final = 1000


async def revoke_as_staff(session: AsyncSession, viewer: Viewer, *, licence: LicenceId, reason: str) -> None:
    """Revoke a licence, and tell the licensee why; of an exclusive one its producer too.

    What was paid for it is given back at the payment provider, and frees the track then.

    Raises:
        NotAllowed: The viewer is not staff.
        LicenceNotFound: There is none.
        ManyRefused: No reason was given.
        LicenceIsRevoked: It was before.
    """
    require(viewer, Role.STAFF)
    problems = Problems()
    with problems.under("reason"):
        reason = checked_text(reason, longest=_LONGEST_REASON, lines=True)
    problems.refuse_any()
    await revoke_licence(session, licence, reason=reason, by=viewer.account_id)
    await note_deed(session, viewer.account_id, StaffAction.REVOKE_LICENCE, licence, reason)
    await _tell_producer(session, licence, reason)


async def revoke_licence(
    session: AsyncSession, licence: LicenceId, *, reason: str, by: AccountId | None
) -> None:
    """End a licence for good, and let its audio go where nothing else needs it.

    Args:
        by: Who of staff; null where it follows from something else, such as a refund.

    Raises:
        LicenceNotFound: There is none.
        LicenceIsRevoked: It was before.
    """
    rows = await licences.licences(session, [licence])
    if not rows:
        raise LicenceNotFound
    [row] = rows
    track = await tracks.track_for_change(session, row.track_id)
    if not await licences.revoke(session, licence, by=by, reason=reason):
        raise LicenceIsRevoked(object_id=licence)
    plays = track is not None and track.status is not TrackStatus.REMOVED and track.upload_id == row.upload_id
    if not plays:  # it was kept for its licensees alone
        await release_audio(session, row.upload_id, cause="revoked")
    await _tell(session, row, reason)


async def _tell_producer(session: AsyncSession, licence: LicenceId, reason: str) -> None:
    """Of an exclusive licence: the track is sold all the same, until the payment has gone back."""
    [row] = await licences.licences(session, [licence])
    if row.kind is not LicenceKind.EXCLUSIVE or row.licensor_account is None:
        return
    title = row.work["title"]
    notice = Notice(
        kind=NotificationKind.EXCLUSIVE_SOLD,
        subject=new_id("evt"),
        title=f"The exclusive licence to “{title}” was revoked",
        body=f"We have revoked it: {reason} The track stays locked until the payment has gone back to the buyer.",
        path="/backstage",
    )
    await notify(session, [row.licensor_account], notice)


async def _tell(session: AsyncSession, row: LicenceRow, reason: str) -> None:
    title = row.work["title"]
    notice = Notice(
        kind=NotificationKind.LICENSE_GRANTED,
        subject=new_id("evt"),
        title=f"Your licence to “{title}” was revoked",
        body=f"The licence to “{title}” by {row.work['producer_name']} gives no right any more: {reason}",
        path=f"/licences/{row.number}",
    )
    await notify(session, [row.account_id], notice)
