"""What every case has, whatever its kind: files, states with a history, and one decision with a reason (D-2, D-31)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.deeds import Outsider, note_deed
from api.notices import Notice, notify
from api.refusals import InvalidValue, InWrongState, Problems
from api.texts import checked_text
from api.uploads.use import use_upload
from api.viewer import Viewer
from db.ids import AccountId, UploadId
from db.models.producers import Attachment, CaseStep
from db.queries import notices
from db.session import announce
from db.vocabulary import (
    ErrorCode,
    NotificationKind,
    ProducerRequestKind,
    ReviewDecision,
    ReviewStatus,
    StaffAction,
    UploadPurpose,
)

MOST_ATTACHMENTS: Final = 5
_LONGEST_REASON: Final = 2000
_CASES: Final = {
    None: "Your appeal against a block",
    ProducerRequestKind.BECOME_PRODUCER: "Your application for producer access",
    ProducerRequestKind.CLAIM_PROFILE: "Your claim of a profile",
    ProducerRequestKind.GET_VERIFIED: "Your application for the badge",
}
_DECIDED: Final = {ReviewDecision.APPROVE: ReviewStatus.APPROVED, ReviewDecision.DENY: ReviewStatus.DENIED}


@dataclass(eq=False)
class CaseIsDecided(InWrongState):
    message: str = "This case has been decided already."
    path: tuple[str, ...] = ("id",)
    code: ErrorCode = ErrorCode.ALREADY_REVIEWED


@dataclass(frozen=True)
class Decision:
    """What staff decided, and why."""

    status: ReviewStatus
    reason: str | None
    by: AccountId | Outsider

    @property
    def account(self) -> AccountId | None:
        """Null for staff who are known by a role on Discord only; the reason names them."""
        return None if isinstance(self.by, Outsider) else self.by


async def open_case(
    session: AsyncSession, viewer: Viewer, case: str, attachments: Sequence[UploadId]
) -> None:
    """Begin the history of a case, and add its files.

    Raises:
        ManyRefused: A file cannot be used; all that cannot are told.
    """
    session.add(CaseStep(case_id=case, status=ReviewStatus.PENDING, by=viewer.account_id))
    await attach(session, viewer, case, attachments)


async def attach(
    session: AsyncSession, viewer: Viewer, case: str, attachments: Sequence[UploadId], *, known: int = 0
) -> None:
    """Add files to a case.

    Args:
        known: How many it has.

    Raises:
        ManyRefused: A file cannot be used; all that cannot are told.
    """
    problems = Problems()
    if known + len(attachments) > MOST_ATTACHMENTS:
        sentence = f"At most {MOST_ATTACHMENTS} files can be added."
        problems.note(InvalidValue(sentence, ("attachment_upload_ids",), ErrorCode.TOO_LONG))
    for position, upload in enumerate(attachments[: MOST_ATTACHMENTS - known]):
        with problems.under("attachment_upload_ids", str(position)):
            if upload in attachments[:position]:
                raise InvalidValue("This file is there twice.", code=ErrorCode.REPEATED)
            await use_upload(
                session, viewer, upload_id=upload, purpose=UploadPurpose.ATTACHMENT, object_id=case
            )
            session.add(Attachment(upload_id=upload, case_id=case, position=known + position))
    problems.refuse_any()


def checked_decision(viewer: Viewer, decision: ReviewDecision, reason: str | None) -> Decision:
    """A decision as it is kept; one against needs a reason.

    Raises:
        ManyRefused: The reason is missing or too long.
    """
    problems = Problems()
    if reason is not None or decision is ReviewDecision.DENY:
        with problems.under("reason"):
            reason = checked_text(reason or "", longest=_LONGEST_REASON, lines=True)
    problems.refuse_any()
    return Decision(_DECIDED[decision], reason, viewer.account_id)


async def close_case(session: AsyncSession, case: str, decision: Decision) -> None:
    """Write the decision into the history, and tell who asked, and who watches."""
    session.add(CaseStep(case_id=case, status=decision.status, by=decision.account, reason=decision.reason))
    deed = StaffAction.APPROVE if decision.status is ReviewStatus.APPROVED else StaffAction.DENY
    await note_deed(session, decision.by, deed, case, decision.reason)
    announce(session, case_topic(case))
    if applicant := await notices.applicant_of(session, case):
        await notify(session, [applicant.account_id], _told(case, applicant.kind, decision))


def _told(case: str, kind: ProducerRequestKind | None, decision: Decision) -> Notice:
    what, how = _CASES[kind], "granted" if decision.status is ReviewStatus.APPROVED else "denied"
    reason = f" Staff wrote: {decision.reason}" if decision.reason else ""
    return Notice(
        kind=NotificationKind.CASE_DECIDED,
        subject=case,
        title=f"{what} was {how}",
        body=f"{what} was {how}.{reason}",
        path=f"/cases/{case}",
    )


def case_topic(case: str) -> str:
    """Announced whenever a case changes."""
    return f"case:{case}"
