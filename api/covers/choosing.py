"""Choosing the cover of a track or a collection: an own picture or a preset that fits (D-14)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from api.covers.presets import CoverPresets, suits
from api.refusals import IdOfAnotherType, InvalidValue, NotFound, Problems
from api.uploads.dock import drop_picture
from api.uploads.use import use_upload
from api.viewer import Viewer
from db.ids import PictureId, UploadId, prefix_of
from db.vocabulary import ErrorCode, UploadPurpose


@dataclass(eq=False)
class PresetFitsNoGenre(InvalidValue):
    message: str = (
        "This cover was made for other genres. Choose one of `coverPresets` for a genre that is given here."
    )
    path: tuple[str, ...] = ("cover", "preset_id")
    code: ErrorCode = ErrorCode.PRESET_WITHOUT_GENRE


@dataclass(frozen=True)
class Cover:
    """An own picture or a ready-made one; exactly one of them."""

    upload_id: UploadId | None = None
    preset_id: str | None = None


async def checked_cover(  # noqa: PLR0913 -- what is chosen, by whom, for what, among which
    session: AsyncSession,
    viewer: Viewer,
    problems: Problems,
    *,
    object_id: str,
    cover: Cover,
    genres: Sequence[str] | None,
    presets: CoverPresets,
) -> dict[str, Any]:
    """The cover as columns of what it is for; what is wrong is noted.

    Args:
        object_id: Of the track or collection.
        genres: A preset has to fit one of them; null: they are not known, and nothing is said of it.
    """
    if cover.upload_id is not None:
        with problems.under("cover", "upload_id"):
            purpose = UploadPurpose.COVER_ART
            used = await use_upload(
                session, viewer, upload_id=cover.upload_id, purpose=purpose, object_id=object_id
            )
            return {"cover_picture_id": used.picture_id, "cover_preset_id": None}
        return {}
    await check_preset(problems, cover.preset_id or "", genres, presets)
    return {"cover_picture_id": None, "cover_preset_id": cover.preset_id}


async def check_preset(
    problems: Problems, preset: str, genres: Sequence[str] | None, presets: CoverPresets
) -> None:
    """Note a preset that does not exist or fits none of the genres."""
    known = (await presets.presets([preset])).get(preset)
    if prefix_of(preset) not in {None, "cvr"}:
        sentence = "This is the id of something else; an id of type cover preset is needed."
        problems.note(IdOfAnotherType(sentence, ("cover", "preset_id")))
    elif known is None:
        problems.note(NotFound("There is no such cover.", ("cover", "preset_id")))
    elif genres is not None and not suits(known, genres):
        problems.note(PresetFitsNoGenre())


async def check_kept_preset(
    problems: Problems, preset: str, genres: Sequence[str] | None, presets: CoverPresets
) -> None:
    """Note that other genres leave the preset that is there without one that it fits."""
    known = (await presets.presets([preset])).get(preset)
    if known is None or (genres is not None and not suits(known, genres)):
        problems.note(PresetFitsNoGenre(path=("genres",)))


async def drop_replaced_picture(
    session: AsyncSession, old: PictureId | None, columns: Mapping[str, Any]
) -> None:
    """A picture that was one object's alone goes, once its columns name another cover."""
    if old is not None and columns.get("cover_picture_id", old) != old:
        await drop_picture(session, old)
