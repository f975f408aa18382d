"""Staff decide about takedown notices, the producer answers, and staff decide again (D-83)."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.roles import require
from api.catalog.remembering import forget_sound_of_deleted
from api.deeds import note_deed
from api.moderation.errors import ContentNotFound
from api.moderation.rules import checked_reason
from api.moderation.subjects import Subject, subject_held
from api.moderation.withholding import let_go, withhold
from api.notices import Notice, notify
from api.refusals import Problems
from api.takedowns.errors import (
    NothingToAnswer,
    TakedownIsAnothers,
    TakedownIsDecided,
    TakedownNotFound,
)
from api.takedowns.rules import LONGEST_TEXT, after_decision
from api.takedowns.seeing import is_shown_to_producer
from api.texts import checked_text
from api.viewer import Viewer
from db import jobs
from db.ids import AccountId, AuditEntryId, TakedownId, TakedownStepId
from db.queries import moderation, tracks
from db.queries import takedowns as queries
from db.queries.takedowns import TakedownRow, new_step
from db.vocabulary import (
    JobKind,
    NotificationKind,
    ReviewDecision,
    Role,
    StaffAction,
    TakedownStatus,
    WithholdingCause,
)

_DEEDS: Final = {
    TakedownStatus.UPHELD: StaffAction.UPHOLD_TAKEDOWN,
    TakedownStatus.REJECTED: StaffAction.REJECT_TAKEDOWN,
    TakedownStatus.RELEASED: StaffAction.RELEASE_TAKEDOWN,
}
_TOLD: Final = {
    TakedownStatus.UPHELD: "was hidden after a rights-holder's notice",
    TakedownStatus.RELEASED: "is let go again after a rights-holder's notice",
}


async def decide_takedown(
    session: AsyncSession, viewer: Viewer, takedown: TakedownId, *, decision: ReviewDecision, reason: str
) -> None:
    """Uphold a notice, which hides the track, or decide against it; whom it concerns is told.

    Under the locks of track and notice, in that order: of two who decide at once the second comes too late.

    Raises:
        NotAllowed: The viewer is not staff.
        TakedownNotFound: There is none, or its e-mail is not proved.
        TakedownIsDecided: Nothing waits to be decided.
        ManyRefused: No reason was given.
    """
    require(viewer, Role.STAFF)
    reason = checked_reason(reason)
    row, subject = await _held(session, takedown)
    after = after_decision(row.status, decision)
    if after is None or not await queries.move(session, takedown, after):
        raise TakedownIsDecided(object_id=takedown)
    deed = await note_deed(session, viewer.account_id, _DEEDS[after], takedown, reason)
    step = new_step(takedown, after, reason, viewer.account_id)
    session.add(step)
    if subject is not None:
        await _follow(session, viewer, subject, row, after, reason, deed)
        await _tell_producer(session, subject, after, reason, step.id)
    elif after is not TakedownStatus.UPHELD:
        await _forget(session, row, by=viewer.account_id, reason=reason)
    await jobs.add(session, JobKind.SEND_TAKEDOWN_LETTER, key=step.id, takedown=takedown, step=step.id)


async def answer_takedown(
    session: AsyncSession, viewer: Viewer, takedown: TakedownId, *, statement: str
) -> None:
    """The producer says why the track is theirs to offer; staff decide again.

    Raises:
        TakedownNotFound: There is none, or it is not for the viewer.
        TakedownIsAnothers: The viewer is staff, and not the producer.
        NothingToAnswer: It is not upheld, or was answered.
        ManyRefused: The statement is blank or too long.
    """
    problems = Problems()
    with problems.under("statement"):
        statement = checked_text(statement, longest=LONGEST_TEXT, lines=True)
    problems.refuse_any()
    row = await queries.takedown_for_change(session, takedown)
    if row is None:
        raise TakedownNotFound
    owner = (await tracks.uploaders(session, [row.track_id]))[row.track_id]
    if viewer.producer_id != owner:
        raise TakedownIsAnothers if viewer.has(Role.STAFF) else TakedownNotFound
    if not is_shown_to_producer(row.status):
        raise TakedownNotFound
    if not await queries.move(session, takedown, TakedownStatus.ANSWERED):
        raise NothingToAnswer(object_id=takedown)
    session.add(new_step(takedown, TakedownStatus.ANSWERED, statement, viewer.account_id))


async def _held(session: AsyncSession, takedown: TakedownId) -> tuple[TakedownRow, Subject | None]:
    """The notice and its track, which may be gone since."""
    known = await queries.takedowns(session, [takedown])
    if not known or known[0].status is TakedownStatus.UNPROVED:
        raise TakedownNotFound
    subject: Subject | None = None
    try:
        subject = await subject_held(session, known[0].track_id)
    except ContentNotFound:  # its producer has deleted it: what was said about it is decided all the same
        subject = None
    row = await queries.takedown_for_change(session, takedown)
    assert row  # what is proved is never deleted
    return row, subject


async def _follow(  # noqa: PLR0913, PLR0917 -- one step of decide_takedown
    session: AsyncSession,
    viewer: Viewer,
    subject: Subject,
    row: TakedownRow,
    after: TakedownStatus,
    reason: str,
    deed: AuditEntryId,
) -> None:
    by = viewer.account_id
    if after is TakedownStatus.UPHELD:  # upheld again, it is kept back already
        cause = WithholdingCause.TAKEDOWN
        await withhold(session, subject, cause=cause, cause_id=row.id, reason=reason, by=by)
    elif after is TakedownStatus.RELEASED:
        await let_go(session, subject, cause_id=row.id, reason=reason, by=by, deed=deed)


async def _forget(session: AsyncSession, row: TakedownRow, *, by: AccountId, reason: str) -> None:
    """A notice about a track that its producer has deleted meanwhile stands no more; nor does what it kept."""
    await moderation.lift(session, row.track_id, row.id, by=by, reason=reason)
    if track := await tracks.track_for_change(session, row.track_id):
        await forget_sound_of_deleted(session, track)


async def _tell_producer(
    session: AsyncSession, subject: Subject, after: TakedownStatus, reason: str, step: TakedownStepId
) -> None:
    if subject.owner is None or after not in _TOLD:  # of what was rejected nobody need know
        return
    became = f"Your {subject.called} {_TOLD[after]}"
    notice = Notice(
        kind=NotificationKind.CASE_DECIDED,
        subject=step,
        title=became,
        body=f"{became}. Staff wrote: {reason}",
        path=subject.path,
    )
    await notify(session, [subject.owner], notice)
