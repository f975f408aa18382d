"""Objecting to a block, and deciding about it (D-31)."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.roles import require
from api.cases import CaseIsDecided, checked_decision, close_case, open_case
from api.catalog.errors import TrackIsAnothers, TrackNotFound
from api.catalog.rules import may_see
from api.catalog.upload import tell_of_track
from api.recon.duplicates import publish
from api.recon.errors import AppealIsOpen, TrackIsNotBlocked
from api.recon.rescans import start_rescan
from api.refusals import NotFound, Problems, Refused, required_role
from api.texts import checked_text
from api.viewer import Viewer
from db import jobs
from db.ids import DuplicateAppealId, TrackId, UploadId, new_id
from db.models.recon import DuplicateAppeal
from db.queries import appeals as queries
from db.queries import fingerprints, tracks
from db.queries.tracks import TrackRow
from db.vocabulary import FingerprintStatus, JobKind, ReviewDecision, ReviewStatus, Role, TrackStatus

_SHORTEST_STATEMENT: Final = 20
_LONGEST_STATEMENT: Final = 5000


async def appeal_duplicate(
    session: AsyncSession, viewer: Viewer, *, track: TrackId, statement: str, attachments: Sequence[UploadId]
) -> DuplicateAppealId:
    """Object to the block of an own track; after a denial another appeal may follow.

    Raises:
        NotAllowed: The viewer is no producer.
        TrackNotFound: There is none, or it is not for the viewer.
        TrackIsAnothers: The viewer may see it and nothing more.
        TrackIsNotBlocked: It is not blocked as a duplicate.
        AppealIsOpen: One is waiting.
        ManyRefused: Everything that is wrong with the input.
    """
    require(viewer, Role.PRODUCER)
    row = await _own_track(session, viewer, track)
    if refused := why_not_appealed(viewer, row, waiting=None):
        raise refused
    problems = Problems()
    with problems.under("statement"):
        shortest, longest = _SHORTEST_STATEMENT, _LONGEST_STATEMENT
        statement = checked_text(statement, shortest=shortest, longest=longest, lines=True)
    appeal = DuplicateAppealId(new_id("apl"))
    await _add(session, viewer, appeal, track, statement)
    with problems.under():
        await open_case(session, viewer, appeal, attachments)
    problems.refuse_any()
    tell_of_track(session, track, row.producer_id)
    return appeal


def why_not_appealed(
    viewer: Viewer | None, row: TrackRow, *, waiting: DuplicateAppealId | None
) -> Refused | None:
    """Why a track's block cannot be appealed; null if it can."""
    if viewer is None:
        return required_role(Role.LISTENER)
    if row.producer_id != viewer.producer_id:
        return TrackIsAnothers()
    if not viewer.has(Role.PRODUCER):
        return required_role(Role.PRODUCER)
    if row.status is not TrackStatus.DUPLICATE:
        return TrackIsNotBlocked(object_id=row.id)
    return AppealIsOpen(object_id=waiting) if waiting else None


async def review_appeal(
    session: AsyncSession, viewer: Viewer, *, appeal: DuplicateAppealId, decision: ReviewDecision, reason: str
) -> None:
    """Decide about an appeal, as staff. A granted one publishes the track; the pair never blocks again.

    Raises:
        NotAllowed: The viewer is not staff.
        NotFound: There is no such appeal, or its track is gone.
        CaseIsDecided: It is not waiting any more.
        ManyRefused: No reason was given.
    """
    require(viewer, Role.STAFF)
    decided = checked_decision(viewer, decision, reason)
    row = await _appealed_track(session, appeal)
    if not await queries.decide_appeal(session, appeal, decided.status, decided.reason):
        raise CaseIsDecided(object_id=appeal)
    await close_case(session, appeal, decided)
    if decided.status is ReviewStatus.APPROVED and row.status is TrackStatus.DUPLICATE:
        await _take_in(session, row)
    tell_of_track(session, row.id, row.producer_id)


async def _appealed_track(session: AsyncSession, appeal: DuplicateAppealId) -> TrackRow:
    """Locked: the index first, then the track, then the case, as everybody does who changes them."""
    known = await queries.appeals(session, [appeal])
    await fingerprints.lock_index(session)
    row = await tracks.track_for_change(session, known[0].track_id) if known else None
    if row is None or row.status is TrackStatus.REMOVED:
        raise NotFound("There is no such appeal.", ("id",))
    return row


async def _take_in(session: AsyncSession, row: TrackRow) -> None:
    """The recording joins the index at once; its terms are written by a job."""
    sequence = await fingerprints.index_sequence(session) + 1
    await queries.clear_blocks(session, row.id)
    unique = FingerprintStatus.VERIFIED_UNIQUE
    await fingerprints.judge(session, row.id, unique, sequence=sequence, posted=False)
    await jobs.add(session, JobKind.POST_RECORDING, key=f"{row.id}:{sequence}", track=row.id)
    await start_rescan(session, row.id)  # what came while it was blocked was not compared with it
    await publish(session, row)


async def _own_track(session: AsyncSession, viewer: Viewer, track: TrackId) -> TrackRow:
    row = await tracks.track_for_change(session, track)
    if row is None or not may_see(row.shown_as, own=row.producer_id == viewer.producer_id):
        raise TrackNotFound
    return row


async def _add(
    session: AsyncSession, viewer: Viewer, appeal: DuplicateAppealId, track: TrackId, statement: str
) -> None:
    opened = DuplicateAppeal(id=appeal, track_id=track, account_id=viewer.account_id, statement=statement)
    try:
        async with session.begin_nested():
            session.add(opened)
    except IntegrityError as error:
        known = await queries.appeals_of(session, [track])
        waiting = next((one.id for one in known if one.status is ReviewStatus.PENDING), None)
        raise AppealIsOpen(object_id=waiting) from error
