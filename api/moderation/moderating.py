"""Staff hide, restore and remove what people have put up, with a reason that its owner is told (contract 15)."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.roles import require
from api.deeds import note_deed
from api.moderation.errors import (
    ContentIsNotWithheld,
    ContentIsWithheld,
    ContentNotFound,
    NothingWasReported,
)
from api.moderation.removal import remove
from api.moderation.rules import checked_reason
from api.moderation.subjects import Subject, subject_held
from api.moderation.withholding import let_go, withhold
from api.notices import Notice, notify
from api.viewer import Viewer
from db.ids import AccountId, AuditEntryId
from db.queries import moderation as queries
from db.vocabulary import ModerationAction, NotificationKind, Role, StaffAction, WithholdingCause

_BECAME: Final = {
    ModerationAction.HIDE: "hidden",
    ModerationAction.RESTORE: "restored",
    ModerationAction.REMOVE: "removed",
}
_LOOKED: Final = "We have looked at what you reported"
_LOOKING: Final = "We are looking at what you reported"
_INNOCENT: Final = "It does not break our rules."
_OUTCOMES: Final = {
    ModerationAction.RESTORE: _INNOCENT,
    ModerationAction.REMOVE: "It broke our rules, and we have acted on it.",
}


async def moderate_content(
    session: AsyncSession, viewer: Viewer, object_id: str, *, action: ModerationAction, reason: str
) -> AuditEntryId:
    """Do it, write it into the audit log, and tell the owner and whoever reported it.

    To hide is not to judge: what was reported stays open until it is restored, removed or dismissed.
    Under the lock of the object, so of two who decide at once the second sees what the first has done.

    Raises:
        NotAllowed: The viewer is not staff.
        IdOfAnotherType: Of something that staff do not moderate.
        ContentNotFound: There is none.
        ContentIsWithheld, ContentIsNotWithheld: Somebody else has done it.
        TrackIsLocked, TrackIsBeingBought: It is sold, or kept for a buyer: it can be hidden, and not removed.
        ManyRefused: No reason was given.
    """
    require(viewer, Role.STAFF)
    reason = checked_reason(reason)
    subject = await subject_held(session, object_id)
    entry = await note_deed(session, viewer.account_id, StaffAction(action.value), subject.id, reason)
    await _DO[action](session, viewer, subject, reason, entry)
    if action is ModerationAction.HIDE:
        await _say_that_we_look(session, subject, entry)
    else:
        await _settle_reports(session, subject, entry, _OUTCOMES[action])
    if subject.owner is not None:
        await notify(session, [subject.owner], _told(subject, action, reason, entry))
    return entry


async def dismiss_reports(
    session: AsyncSession, viewer: Viewer, object_id: str, *, reason: str
) -> AuditEntryId:
    """Close what was reported about an object, which stays as it is: shown, hidden, or gone since.

    Raises:
        NotAllowed: The viewer is not staff.
        IdOfAnotherType, ContentNotFound: It is nothing that can be reported.
        NothingWasReported: Nothing about it is open.
        ManyRefused: No reason was given.
    """
    require(viewer, Role.STAFF)
    reason = checked_reason(reason)
    subject = await _subject_if_there(session, object_id)
    entry = await note_deed(session, viewer.account_id, StaffAction.DISMISS_REPORTS, object_id, reason)
    reporters = await queries.settle_reports(session, object_id, entry)
    if not reporters:
        raise NothingWasReported(object_id=object_id)
    said = _outcome(subject, _INNOCENT) if subject else "What you reported is not there any more."
    await _tell_reporters(session, reporters, entry, _LOOKED, said)
    return entry


async def _subject_if_there(session: AsyncSession, object_id: str) -> Subject | None:
    """What was reported, locked; null: it is gone, for its owner may delete it while staff look.

    Raises:
        IdOfAnotherType, ContentNotFound: It is nothing that can be reported, or is gone with nothing said about it.
    """
    try:
        return await subject_held(session, object_id)
    except ContentNotFound:
        if not await queries.is_reported(session, object_id):
            raise
        return None


async def _say_that_we_look(session: AsyncSession, subject: Subject, entry: AuditEntryId) -> None:
    """Tell whoever has reported what is hidden now; staff hide it once, so each is told once."""
    reporters = await queries.reporters_of(session, subject.id)
    said = f"The {subject.called} that you reported is not shown for now, while we look at it."
    await _tell_reporters(session, reporters, entry, _LOOKING, said)


async def _settle_reports(session: AsyncSession, subject: Subject, entry: AuditEntryId, outcome: str) -> None:
    """Tell whoever reported it what came of that."""
    reporters = await queries.settle_reports(session, subject.id, entry)
    await _tell_reporters(session, reporters, entry, _LOOKED, _outcome(subject, outcome))


def _outcome(subject: Subject, outcome: str) -> str:
    return f"We have looked at the {subject.called} that you reported. {outcome}"


async def _tell_reporters(
    session: AsyncSession, reporters: list[AccountId], entry: AuditEntryId, title: str, said: str
) -> None:
    """Nothing of whose it is, and not why, which was written for them."""
    kind = NotificationKind.CASE_DECIDED
    await notify(session, reporters, Notice(kind=kind, subject=entry, title=title, body=said, path="/"))


async def _hide(
    session: AsyncSession, viewer: Viewer, subject: Subject, reason: str, _: AuditEntryId
) -> None:
    cause = WithholdingCause.MODERATION
    by = viewer.account_id
    if not await withhold(session, subject, cause=cause, cause_id=subject.id, reason=reason, by=by):
        raise ContentIsWithheld(object_id=subject.id)


async def _restore(
    session: AsyncSession, viewer: Viewer, subject: Subject, reason: str, entry: AuditEntryId
) -> None:
    by = viewer.account_id
    if not await let_go(session, subject, cause_id=subject.id, reason=reason, by=by, deed=entry):
        raise ContentIsNotWithheld(object_id=subject.id)


async def _remove(session: AsyncSession, viewer: Viewer, subject: Subject, _: str, __: AuditEntryId) -> None:
    await remove(session, viewer, subject.row)


def _told(subject: Subject, action: ModerationAction, reason: str, entry: AuditEntryId) -> Notice:
    became = f"Your {subject.called} was {_BECAME[action]} by our staff"
    return Notice(
        kind=NotificationKind.CASE_DECIDED,
        subject=entry,
        title=became,
        body=f"{became}. They wrote: {reason}",
        path=subject.path,
    )


_DO: Final[
    Mapping[ModerationAction, Callable[[AsyncSession, Viewer, Subject, str, AuditEntryId], Awaitable[None]]]
] = {
    ModerationAction.HIDE: _hide,
    ModerationAction.RESTORE: _restore,
    ModerationAction.REMOVE: _remove,
}
