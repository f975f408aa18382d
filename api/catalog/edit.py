"""Changing a track after it was added (D-18), taking it out of the catalogue, and deleting it (D-84)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.roles import require
from api.catalog.answering import have_matched
from api.catalog.completeness import note_completeness
from api.catalog.crediting import checked_credits, set_credits
from api.catalog.errors import (
    TrackCreditsOthers,
    TrackIsNotPublished,
    TrackIsWithheld,
    TrackNotFound,
    UploaderIsCredited,
)
from api.catalog.masters import audio_to_delete
from api.catalog.remembering import forget_sound
from api.catalog.rules import LIVE, checked_facts, may_see, why_not_deleted, why_not_edited
from api.catalog.upload import tell_of_track
from api.covers.choosing import Cover, check_kept_preset, checked_cover, drop_replaced_picture
from api.covers.presets import CoverPresets
from api.producers.experience import reward
from api.refusals import InvalidValue, InWrongState, Problems, Refused
from api.uploads.dock import give_up
from api.uploads.rules import picture_folder
from api.viewer import Viewer
from db import jobs
from db.ids import ProducerId, TrackId
from db.queries import analyses, credits, purchases, recon, replacements
from db.queries import tracks as queries
from db.queries.indexing import index_track
from db.queries.tracks import TrackRow
from db.vocabulary import ErrorCode, JobKind, Role, TrackStatus

_REMOVED = {
    "status": TrackStatus.REMOVED,
    "preview_ready": False,
    "collection_id": None,
    "collection_position": None,
}
_MATCHED_BY = frozenset({"bpm", "pitch_class", "scale", "genres", "moods", "tags"})
"""Facts that beat requests ask for."""
_SHOWN_OR_HIDDEN = {True: TrackStatus.PUBLISHED, False: TrackStatus.HIDDEN}


@dataclass(frozen=True)
class Changes:
    """What to change; null leaves cover and credits as they are.

    Attributes:
        facts: By the names of `rules.FACTS`; only those to change.
    """

    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])
    cover: Cover | None = None
    without_cover: bool = False
    credited: Sequence[ProducerId] | None = None

    @property
    def only_cover(self) -> bool:
        return not self.facts and self.credited is None


async def update_track(
    session: AsyncSession, viewer: Viewer, *, track: TrackId, changes: Changes, presets: CoverPresets
) -> None:
    """Change facts, cover or credits; the audio and its check stay as they are.

    Raises:
        TrackNotFound: There is none, or it is not for the viewer.
        TrackIsAnothers: The viewer may see it and nothing more.
        TrackIsLocked: It is sold, and more than the cover would change.
        ManyRefused: Everything that is wrong with the input.
    """
    row = await track_to_edit(session, viewer, track, only_cover=changes.only_cover)
    problems = Problems()
    columns = checked_facts(problems, changes.facts)
    genres = columns.get("genres", row.genres)
    if changes.without_cover:
        problems.note(InvalidValue("A track needs a cover.", ("cover",), ErrorCode.REQUIRED))
    columns |= await _cover_columns(session, viewer, problems, row, changes, genres, presets)
    declined = await credits.declined_by(session, track) if changes.credited else ()
    await checked_credits(session, problems, changes.credited or (), declined=declined)
    problems.refuse_any()
    await _save(session, row, columns, changes.credited)
    tell_of_track(session, track, row.producer_id)


async def set_visibility(session: AsyncSession, viewer: Viewer, *, track: TrackId, visible: bool) -> None:
    """Take a published track out of the catalogue, or put a hidden one back; again changes nothing.

    Raises:
        TrackNotFound: There is none, or it is not for the viewer.
        TrackIsAnothers: The viewer may see it and nothing more.
        TrackIsLocked: It is sold.
        TrackIsNotPublished: It has not passed the duplicate check.
        TrackIsWithheld: Staff keep it back, and it would be shown.
    """
    row = await track_to_edit(session, viewer, track)
    if row.status not in _SHOWN_OR_HIDDEN.values():
        raise TrackIsNotPublished(object_id=track)
    if row.withheld_as is not None:
        await _wish(session, row, visible=visible)
        return
    await queries.change_track(session, track, {"status": _SHOWN_OR_HIDDEN[visible]})
    if row.status is not _SHOWN_OR_HIDDEN[visible]:
        await have_matched(session, track)
    tell_of_track(session, track, row.producer_id)


async def _wish(session: AsyncSession, row: TrackRow, *, visible: bool) -> None:
    """What staff keep back is hidden; its producer can only say that it stays so when they let it go."""
    if visible:
        raise TrackIsWithheld(object_id=row.id)
    await queries.change_track(session, row.id, {"withheld_as": TrackStatus.HIDDEN})


async def delete_track(session: AsyncSession, viewer: Viewer, *, track: TrackId) -> None:
    """Delete a track for good: its sound is forgotten, so it can be uploaded again (D-37), and its files go.

    Of a track that somebody holds a licence to, the sound is remembered and the WAV kept (D-84).

    Raises:
        TrackNotFound: There is none, or it is not for the viewer.
        TrackIsAnothers: The viewer may see it and nothing more.
        TrackIsLocked: It is sold.
        TrackIsBeingBought: It is kept for a buyer.
    """
    row = await visible_track(session, viewer, track)
    await delete_row(session, row, own=row.producer_id == viewer.producer_id)


async def delete_row(session: AsyncSession, row: TrackRow, *, own: bool, by_staff: bool = False) -> None:
    """Delete a track that is locked.

    Args:
        own: It is in the hands of who may delete it.
        by_staff: Its sound stays known, so that nobody uploads it again.

    Raises:
        TrackIsAnothers: It is not.
        TrackIsLocked: It is sold.
        TrackIsBeingBought: It is kept for a buyer.
    """
    track, reserved = row.id, await purchases.is_reserved(session, row.id)
    refuse(why_not_deleted(row.status, own=own, reserved=reserved), track)
    await retire_track(session, row, by_staff=by_staff)


async def retire_track(session: AsyncSession, row: TrackRow, *, by_staff: bool = False) -> None:
    """Take a track out of the catalogue for good, whoever asks; of a sold one go only files that its buyer has no need of.

    What staff remove, keep back or have a notice about stays known by its sound: uploaded again it is a duplicate. Needs the
    track's lock.
    """
    track, sold = row.id, row.status is TrackStatus.SOLD
    await queries.change_track(session, track, {"preview_ready": False} if sold else _REMOVED)
    await index_track(session, track)
    await forget_sound(session, row, by_staff=by_staff)
    await analyses.forget(session, row.upload_id)
    await drop_replacement(session, track)
    keys = [*await audio_to_delete(session, row.upload_id), preview_key(track)]
    folders = [picture_folder(row.cover_picture_id)] if row.cover_picture_id else []
    await jobs.add(session, JobKind.DELETE_FILES, key=f"track:{track}", keys=keys, folders=folders)
    await have_matched(session, track)
    tell_of_track(session, track, row.producer_id)


async def remove_own_credit(session: AsyncSession, viewer: Viewer, *, track: TrackId) -> None:
    """Take the viewer's own name off another's track, for good; again changes nothing.

    Raises:
        NotAllowed: The viewer is no producer.
        TrackNotFound: There is none, or it is not for the viewer.
        UploaderIsCredited: It is the viewer's own.
        TrackCreditsOthers: The viewer's name is not on it.
    """
    require(viewer, Role.PRODUCER)
    producer = viewer.producer_id
    assert producer  # the role and the profile come together
    row = await queries.track_for_change(session, track)
    if row is None or row.status is TrackStatus.REMOVED:
        raise TrackNotFound(path=("track_id",))
    if row.producer_id == producer:
        raise UploaderIsCredited
    if await credits.credited_on(session, producer, [track]):
        await credits.decline(session, track, producer, published=row.published_at is not None)
        tell_of_track(session, track, row.producer_id)
    elif producer not in await credits.declined_by(session, track):
        raise TrackCreditsOthers if may_see(row.shown_as, own=False) else TrackNotFound(path=("track_id",))


async def drop_replacement(session: AsyncSession, track: TrackId) -> None:
    """New audio that waits or was refused goes, with its file and everything that is known of it."""
    row = await replacements.replacement_of(session, track)
    if row is not None:
        await replacements.forget(session, row.upload_id)
        await recon.forget_sample(session, row.upload_id)
        await give_up(session, row.upload_id, cause="dropped")


def preview_key(track: TrackId) -> str:
    """Where the 30 s that anyone may hear stand."""
    return f"previews/{track}.mp3"


def refuse(refused: Refused | None, track: TrackId) -> None:
    """Raise a refusal, if there is one; it names the track, so that the client can read it again."""
    if isinstance(refused, InWrongState):
        raise replace(refused, object_id=track)
    if refused is not None:
        raise refused


async def visible_track(session: AsyncSession, viewer: Viewer, track: TrackId) -> TrackRow:
    """A track to be changed, locked.

    Raises:
        TrackNotFound: There is none, or it is not for the viewer.
    """
    row = await queries.track_for_change(session, track)
    if row is None or not may_see(row.shown_as, own=row.producer_id == viewer.producer_id):
        raise TrackNotFound
    return row


async def track_to_edit(
    session: AsyncSession, viewer: Viewer, track: TrackId, *, only_cover: bool = False
) -> TrackRow:
    """A track of the viewer's that may be changed, locked.

    Raises:
        TrackNotFound: There is none, or it is not for the viewer.
        TrackIsAnothers: The viewer may see it and nothing more.
        TrackIsLocked: It is sold, and more than the cover would change.
    """
    row = await visible_track(session, viewer, track)
    own = row.producer_id == viewer.producer_id
    refuse(why_not_edited(row.status, own=own, only_cover=only_cover), track)
    return row


async def _cover_columns(  # noqa: PLR0913, PLR0917 -- one step of update_track
    session: AsyncSession,
    viewer: Viewer,
    problems: Problems,
    row: TrackRow,
    changes: Changes,
    genres: Sequence[str],
    presets: CoverPresets,
) -> dict[str, Any]:
    if changes.cover is not None:
        return await checked_cover(
            session, viewer, problems, object_id=row.id, cover=changes.cover, genres=genres, presets=presets
        )
    if row.cover_preset_id and "genres" in changes.facts:
        await check_kept_preset(problems, row.cover_preset_id, genres, presets)
    return {}


async def _save(
    session: AsyncSession, row: TrackRow, columns: Mapping[str, Any], credited: Sequence[ProducerId] | None
) -> None:
    published = row.published_at is not None
    if columns:
        await queries.change_track(session, row.id, columns)
        await drop_replaced_picture(session, row.cover_picture_id, columns)
        await index_track(session, row.id)
        await note_completeness(session, row.id)
    if row.status in LIVE and columns.keys() & _MATCHED_BY:
        await have_matched(session, row.id)
    if credited is not None:
        await set_credits(session, row.id, row.producer_id, credited, published=published)
    if published:
        await reward(session, row.id)
