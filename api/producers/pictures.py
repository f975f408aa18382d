"""The pictures of a profile: of the person, and those that tell about them (D-6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.producers.rules import optional_text
from api.refusals import InvalidValue, NotFound, Problems, check_id
from api.uploads.dock import drop_picture
from api.uploads.use import use_upload
from api.viewer import Viewer
from db.ids import AboutPhotoId, ProducerId, UploadId
from db.queries import profiles as queries
from db.queries.profiles import AboutPhotoRow
from db.vocabulary import ErrorCode, UploadPurpose

MOST_PHOTOS: Final = 12
_LONGEST_CAPTION: Final = 200


@dataclass(frozen=True)
class PhotoChoice:
    """A photo that is kept, or an upload for a new one; exactly one of them."""

    photo_id: str | None
    upload_id: UploadId | None
    caption: str | None


async def picture_column(
    session: AsyncSession, viewer: Viewer, problems: Problems, producer: ProducerId, upload: UploadId | None
) -> dict[str, Any]:
    """The profile picture as a column of the profile; what is wrong is noted."""
    if upload is None:
        return {"picture_id": None}
    with problems.under("picture_upload_id"):
        purpose = UploadPurpose.PROFILE_PICTURE
        used = await use_upload(session, viewer, upload_id=upload, purpose=purpose, object_id=producer)
        return {"picture_id": used.picture_id}
    return {}


async def checked_photos(
    session: AsyncSession,
    viewer: Viewer,
    problems: Problems,
    producer: ProducerId,
    chosen: Sequence[PhotoChoice],
) -> list[AboutPhotoRow]:
    """The about photos as they will be; what is wrong is noted."""
    if len(chosen) > MOST_PHOTOS:
        sentence, limit = f"At most {MOST_PHOTOS} photos are shown.", Decimal(MOST_PHOTOS)
        problems.note(InvalidValue(sentence, ("about_photos",), ErrorCode.TOO_LONG, maximum=limit))
    known = {row.id: row for row in await queries.photos_of(session, [producer])}
    photos: dict[str, AboutPhotoRow] = {}
    for position, choice in enumerate(chosen[:MOST_PHOTOS]):
        with problems.under("about_photos", str(position)):
            photo = await _checked(session, viewer, producer, choice, known)
            if photo.id in photos:
                raise InvalidValue("This photo is there twice.", ("source",), ErrorCode.REPEATED)
            photos[photo.id] = photo
    return list(photos.values())


async def replace_photos(
    session: AsyncSession, producer: ProducerId, photos: Sequence[AboutPhotoRow]
) -> None:
    """Put these in place of all about photos; those that leave go with their files."""
    known, kept = await queries.photos_of(session, [producer]), {photo.id for photo in photos}
    await queries.set_photos(session, producer, photos)
    for photo in known:
        if photo.id not in kept:
            await drop_picture(session, photo.picture_id)


async def _checked(
    session: AsyncSession,
    viewer: Viewer,
    producer: ProducerId,
    choice: PhotoChoice,
    known: dict[AboutPhotoId, AboutPhotoRow],
) -> AboutPhotoRow:
    problems, photo, caption = Problems(), None, None
    with problems.under("source"):
        if choice.upload_id is None:
            photo = _kept(choice.photo_id or "", known)
        else:
            photo = await _new(session, viewer, producer, choice.upload_id)
    with problems.under("caption"):
        caption = optional_text(choice.caption, longest=_LONGEST_CAPTION)
    problems.refuse_any()
    assert photo  # else its problem was raised
    return photo._replace(caption=caption)


def _kept(photo: str, known: dict[AboutPhotoId, AboutPhotoRow]) -> AboutPhotoRow:
    check_id(photo, "pho", "about photo", ("photo_id",))
    if (row := known.get(AboutPhotoId(photo))) is None:
        raise NotFound("There is no such photo on this profile.", ("photo_id",))
    return row


async def _new(
    session: AsyncSession, viewer: Viewer, producer: ProducerId, upload: UploadId
) -> AboutPhotoRow:
    """The photo of an upload: the same each time, so that an input that is sent again changes nothing."""
    photo, problems = AboutPhotoId(f"pho_{upload.rpartition('_')[2]}"), Problems()
    with problems.under("upload_id"):
        purpose = UploadPurpose.ABOUT_PHOTO
        used = await use_upload(session, viewer, upload_id=upload, purpose=purpose, object_id=photo)
        assert used.picture_id  # completed with it
        return AboutPhotoRow(photo, producer, used.picture_id, None)
    problems.refuse_any()
    raise AssertionError("a refusal was noted")
