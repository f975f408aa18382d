"""New audio for a track that is live: checked first, then swapped in, while the old one plays (D-18)."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog.edit import drop_replacement, refuse, visible_track
from api.catalog.rules import why_not_replaced
from api.catalog.upload import tell_of_track
from api.refusals import Problems, Refused
from api.uploads.dock import have_analysed
from api.uploads.use import use_upload
from api.viewer import Viewer
from db import jobs
from db.clock import now
from db.ids import TrackId, UploadId
from db.queries import purchases, replacements, takedowns
from db.queries.replacements import ReplacementRow
from db.queries.tracks import TrackRow
from db.vocabulary import FingerprintStatus, JobKind, UploadPurpose


async def replace_audio(session: AsyncSession, viewer: Viewer, *, track: TrackId, upload: UploadId) -> None:
    """Have new audio checked; another upload takes the place of one that waits.

    The same one again changes nothing, but for a check that broke off: it is done anew. The upload that plays already
    takes what waits or was refused away.

    Raises:
        TrackNotFound: There is none, or it is not for the viewer.
        TrackIsAnothers: The viewer may see it and nothing more.
        TrackIsLocked: It is sold, or staff look at what a rights-holder has said about it.
        TrackIsWithheld: Staff keep it back.
        TrackIsBeingBought: It is kept for a buyer.
        AudioIsNotLive: It has not passed the duplicate check.
        ManyRefused: The upload cannot be used.
    """
    row = await visible_track(session, viewer, track)
    refuse(await _why_not(session, viewer, row), track)
    known = await replacements.replacement_of(session, track)
    if upload == row.upload_id:
        await _keep_old(session, row, known)
        return
    if known is not None and upload == known.upload_id:
        await _check_again(session, row, known)
        return
    problems = Problems()
    with problems.under("audio_upload_id"):
        purpose = UploadPurpose.TRACK_AUDIO
        await use_upload(session, viewer, upload_id=upload, purpose=purpose, object_id=track)
    problems.refuse_any()
    await drop_replacement(session, track)
    await replacements.add(session, track, upload)
    await jobs.add(session, JobKind.CHECK_REPLACEMENT, key=upload, track=track, upload=upload)
    await have_analysed(session, upload)
    tell_of_track(session, track, row.producer_id)


async def _why_not(session: AsyncSession, viewer: Viewer, row: TrackRow) -> Refused | None:
    return why_not_replaced(
        row.status,
        own=row.producer_id == viewer.producer_id,
        reserved=await purchases.is_reserved(session, row.id),
        withheld=row.withheld_as is not None,
        noticed=await takedowns.is_noticed(session, row.id),
    )


async def _keep_old(session: AsyncSession, row: TrackRow, known: ReplacementRow | None) -> None:
    if known is not None:
        await drop_replacement(session, row.id)
        tell_of_track(session, row.id, row.producer_id)


async def _check_again(session: AsyncSession, row: TrackRow, known: ReplacementRow) -> None:
    """Have a check done anew that broke off and may have been given up; any other goes its way."""
    if known.status is FingerprintStatus.FAILED:
        await replacements.change(session, known.upload_id, status=FingerprintStatus.PENDING)
        again = f"{known.upload_id}:{now().isoformat()}"
        await jobs.add(session, JobKind.CHECK_REPLACEMENT, key=again, track=row.id, upload=known.upload_id)
        tell_of_track(session, row.id, row.producer_id)
