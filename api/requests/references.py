"""What a request should sound like: an address, one of our tracks, or an uploaded sample (D-60)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog.rules import may_see
from api.producers.links import checked_address
from api.refusals import Problems, check_id
from api.requests.errors import ReferenceTrackNotFound
from api.requests.rules import RENEWABLE_FOR
from api.uploads.use import use_upload
from api.viewer import Viewer
from db.ids import BeatRequestId, TrackId, UploadId
from db.queries import tracks, uploads
from db.vocabulary import Role, UploadPurpose

_LONGEST_ADDRESS: Final = 2000


@dataclass(frozen=True)
class Reference:
    """One of the three."""

    url: str | None = None
    track: TrackId | None = None
    upload: UploadId | None = None


async def checked_reference(
    session: AsyncSession, viewer: Viewer, problems: Problems, reference: Reference, request: BeatRequestId
) -> dict[str, Any]:
    """The reference as columns of the request; a sample is claimed for it. What is wrong is noted."""
    with problems.under("reference"):
        return await _columns(session, viewer, reference, request)
    return {}


async def keep_sample(session: AsyncSession, upload: UploadId | None, *, expires_at: datetime) -> None:
    """A sample stays while its request is open or can be renewed; then the sweep takes it."""
    if upload is not None:
        await uploads.keep_until(session, upload, expires_at + RENEWABLE_FOR)


async def _columns(
    session: AsyncSession, viewer: Viewer, reference: Reference, request: BeatRequestId
) -> dict[str, Any]:
    problems, columns = Problems(), dict[str, Any]()
    if reference.track is not None:
        with problems.under("track_id"):
            columns["reference_track_id"] = await _seen_track(session, viewer, reference.track)
    elif reference.upload is not None:
        with problems.under("upload_id"):
            columns["reference_upload_id"] = await _claimed(session, viewer, reference.upload, request)
    else:
        with problems.under("url"):
            columns["reference_url"] = checked_address(reference.url or "", longest=_LONGEST_ADDRESS)
    problems.refuse_any()
    return columns


async def _seen_track(session: AsyncSession, viewer: Viewer, track: TrackId) -> TrackId:
    check_id(track, "trk", "track")
    row = next(iter(await tracks.tracks(session, [track])), None)
    if row is None:
        raise ReferenceTrackNotFound
    own = row.producer_id == viewer.producer_id or viewer.has(Role.STAFF)
    if not may_see(row.shown_as, own=own):
        raise ReferenceTrackNotFound
    return row.id


async def _claimed(
    session: AsyncSession, viewer: Viewer, upload: UploadId, request: BeatRequestId
) -> UploadId:
    purpose = UploadPurpose.REQUEST_SAMPLE
    row = await use_upload(session, viewer, upload_id=upload, purpose=purpose, object_id=request)
    return row.id
