"""An object is made of an upload: once, whatever the races."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.refusals import Refused, check_id
from api.uploads.errors import (
    UploadHasAnotherPurpose,
    UploadIsIncomplete,
    UploadIsUnusable,
    UploadIsUsed,
    UploadNotFound,
)
from api.viewer import Viewer
from db.clock import now
from db.ids import UploadId
from db.queries import uploads
from db.queries.uploads import UploadRow
from db.vocabulary import UploadPurpose, UploadStatus


async def use_upload(
    session: AsyncSession, viewer: Viewer, *, upload_id: UploadId, purpose: UploadPurpose, object_id: str
) -> UploadRow:
    """Claim a completed upload for the object made of it; the same object may ask again.

    Returns:
        The upload, with the facts found in it.

    Raises:
        IdOfAnotherType: It is the id of something else.
        UploadNotFound: There is none, or it is somebody else's.
        UploadHasAnotherPurpose: It was announced for something else.
        UploadIsIncomplete: Bytes are still to come.
        UploadIsUnusable: It was refused or has expired.
        UploadIsUsed: Another object was made of it.
    """
    check_id(upload_id, "upl", "upload")
    claimed = await uploads.use(
        session, upload_id, account_id=viewer.account_id, purpose=purpose, object_id=object_id
    )
    if claimed is None:
        raise _why_not(await uploads.upload(session, upload_id), viewer, purpose)
    return claimed


def _why_not(row: UploadRow | None, viewer: Viewer, purpose: UploadPurpose) -> Refused:
    if row is None or row.account_id != viewer.account_id:
        return UploadNotFound()
    if row.purpose is not purpose:
        return UploadHasAnotherPurpose(f"This file was uploaded for {row.purpose}; {purpose} is needed.")
    return _wrong_state(row)


def _wrong_state(row: UploadRow) -> Refused:
    if row.status is UploadStatus.REJECTED:
        return UploadIsUnusable(row.rejection_message or "The file was refused.", object_id=row.id)
    gone = row.status is UploadStatus.EXPIRED
    if row.used_by is not None and not gone:
        return UploadIsUsed(object_id=row.used_by)
    if gone and row.used_by is not None:
        sentence = "What was made of this file is gone, and the file with it: upload it again."
        return UploadIsUnusable(sentence, object_id=row.id)
    if gone or row.expires_at <= now():
        return UploadIsUnusable(object_id=row.id)
    return UploadIsIncomplete(object_id=row.id)
