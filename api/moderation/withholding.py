"""Keeping something back from everybody but its owner, for as long as there is a cause to (D-83)."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog.answering import have_matched
from api.catalog.upload import tell_of_track
from api.moderation.rules import (
    RequestState,
    TrackState,
    request_released,
    request_withheld,
    track_released,
    track_withheld,
)
from api.moderation.subjects import Subject
from db import jobs
from db.clock import now
from db.ids import AccountId, AuditEntryId
from db.models.moderation import Withholding
from db.queries import accounts, collections, deletions, notices, profiles, requests, tracks
from db.queries import moderation as queries
from db.queries.collections import CollectionRow
from db.queries.producers import ProducerRow
from db.queries.requests import BeatRequestRow
from db.queries.tracks import TrackRow
from db.vocabulary import BeatRequestStatus, JobKind, WithholdingCause


async def withhold(
    session: AsyncSession,
    subject: Subject,
    *,
    cause: WithholdingCause,
    cause_id: str,
    reason: str,
    by: AccountId,
) -> bool:
    """Keep something back; false: for this cause it is already. Needs the subject's lock.

    Args:
        cause_id: What it is kept back for: one that is there is not added again.
        reason: For the owner to read.
    """
    row = Withholding(object_id=subject.id, cause=cause, cause_id=cause_id, reason=reason, placed_by=by)
    if not await queries.place(session, row):
        return False
    await hide(session, subject)
    return True


async def let_go(
    session: AsyncSession, subject: Subject, *, cause_id: str, reason: str, by: AccountId, deed: AuditEntryId
) -> bool:
    """End a cause; with the last one it is again what it was. False: there is no such cause. Needs the subject's lock."""
    if not await queries.lift(session, subject.id, cause_id, by=by, reason=reason):
        return False
    await show_if_free(session, subject, deed=deed)
    return True


async def show_if_free(session: AsyncSession, subject: Subject, *, deed: str) -> None:
    """Let it be what it was, unless another cause is in force, or its owner is suspended, or about to be forgotten (D-81)."""
    if await queries.withholdings(session, [subject.id]):
        return
    owner = subject.owner
    if owner is not None and await accounts.is_suspended(session, owner):
        return
    if owner is not None and await deletions.is_running(session, owner):
        return
    await show(session, subject, deed=deed)


async def hide(session: AsyncSession, subject: Subject) -> None:
    """Take it from everybody but its owner and staff; what is hidden already stays as it is."""
    match subject.row:
        case TrackRow() as row:
            await _set_track(session, row, track_withheld(TrackState(row.status, row.withheld_as)))
        case CollectionRow() as row:
            if row.withheld_since is None:
                await collections.change_collection(session, row.id, {"withheld_since": now()})
        case ProducerRow() as row:
            if row.withheld_since is None:
                await profiles.change_profile(session, row.id, {"withheld_since": now()})
        case BeatRequestRow() as row:
            await _set_request(session, row, request_withheld(RequestState(row.status, row.withheld_as)))
            await notices.keep_back_calls(session, row.id)


async def show(session: AsyncSession, subject: Subject, *, deed: str) -> None:
    """Let everybody see again what they saw before.

    Args:
        deed: What lets it go, once.
    """
    match subject.row:
        case TrackRow() as row:
            await _set_track(session, row, track_released(TrackState(row.status, row.withheld_as)))
        case CollectionRow() as row:
            await collections.change_collection(session, row.id, {"withheld_since": None})
        case ProducerRow() as row:
            await profiles.change_profile(session, row.id, {"withheld_since": None})
            if row.account_id is not None:  # requests have been weighed without its tracks
                await jobs.add(session, JobKind.MATCH_TRACK, key=deed, account=row.account_id, cause=deed)
        case BeatRequestRow() as row:
            after = request_released(RequestState(row.status, row.withheld_as))
            await _set_request(session, row, after)
            await notices.give_back_calls(session, row.id)
            if after.status is BeatRequestStatus.ACTIVE:
                # what was published meanwhile was not held against it
                await jobs.add(session, JobKind.MATCH_REQUEST, key=f"{row.id}:{deed}", request=row.id)


async def _set_track(session: AsyncSession, row: TrackRow, after: TrackState) -> None:
    if after == (row.status, row.withheld_as):
        return
    await tracks.change_track(session, row.id, after._asdict())
    if after.status is not row.status:
        await have_matched(session, row.id)
    tell_of_track(session, row.id, row.producer_id)


async def _set_request(session: AsyncSession, row: BeatRequestRow, after: RequestState) -> None:
    if after != (row.status, row.withheld_as):
        await requests.change_request(session, row.id, **after._asdict())
