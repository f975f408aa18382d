"""Changing a profile (D-6)."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.producers.errors import HandleIsTaken, ProducerNotFound, ProfileIsAnothers
from api.producers.handles import checked_handle, refuse_another
from api.producers.pictures import checked_photos, picture_column, replace_photos
from api.producers.rules import FACTS, checked_profile
from api.refusals import Problems, Refused, required_role
from api.uploads.dock import drop_picture
from api.viewer import Viewer
from db import jobs
from db.clock import now
from db.ids import ProducerId
from db.queries import profiles as queries
from db.queries.indexing import index_producer
from db.queries.producers import ProducerRow
from db.vocabulary import JobKind, Role

_FOUND_BY: Final = ("name", "handle", "city", "roles")


async def update_profile(
    session: AsyncSession, viewer: Viewer, *, producer: ProducerId, changes: Mapping[str, Any]
) -> None:
    """Change one's own profile; staff change those that nobody owns.

    Args:
        changes: By the names of `rules.FACTS`, `handle`, `picture_upload_id` and `about_photos`; only those to change.

    Raises:
        NotAllowed: The viewer is neither producer nor staff, or the profile is another's.
        ProducerNotFound: There is none.
        ManyRefused: Everything that is wrong with the input.
    """
    if not (viewer.has(Role.PRODUCER) or viewer.has(Role.STAFF)):
        raise required_role(Role.PRODUCER)
    profile = await queries.profile_for_change(session, producer)
    if profile is None:
        raise ProducerNotFound
    if refused := why_not_edited(viewer, profile):
        raise refused
    await _change(session, viewer, profile, changes)


async def empty_profile(session: AsyncSession, profile: ProducerRow) -> None:
    """Take what its owner has put on a profile that is locked; name, handle and what was earned stay."""
    bare: dict[str, Any] = {"bio": None, "city": None, "roles": [], "links": [], "picture_id": None}
    await _save(session, profile, bare)
    await replace_photos(session, profile.id, [])


def why_not_edited(viewer: Viewer, profile: ProducerRow) -> Refused | None:
    """Why the viewer cannot change the profile; null if they can."""
    if profile.account_id is None and viewer.has(Role.STAFF):
        return None
    if profile.id != viewer.producer_id:
        return ProfileIsAnothers()
    return None if viewer.has(Role.PRODUCER) else required_role(Role.PRODUCER)


async def _change(
    session: AsyncSession, viewer: Viewer, profile: ProducerRow, changes: Mapping[str, Any]
) -> None:
    problems, photos = Problems(), None
    columns = checked_profile(problems, {name: changes[name] for name in FACTS if name in changes})
    if "handle" in changes:
        columns |= await _handle_columns(session, problems, profile, changes["handle"])
    if "picture_upload_id" in changes:
        columns |= await picture_column(session, viewer, problems, profile.id, changes["picture_upload_id"])
    if "about_photos" in changes:
        chosen = changes["about_photos"] or ()
        photos = await checked_photos(session, viewer, problems, profile.id, chosen)
    problems.refuse_any()
    if columns:
        await _save(session, profile, columns)
    if photos is not None:
        await replace_photos(session, profile.id, photos)


async def _handle_columns(
    session: AsyncSession, problems: Problems, profile: ProducerRow, text: str | None
) -> dict[str, Any]:
    """The handle as columns, taken for this profile; what is wrong is noted."""
    if text is not None and text.strip() == profile.handle:
        return {}
    with problems.under("handle"):
        handle, had = checked_handle(text), await queries.handles_of(session, profile.id)
        if handle.key not in had:
            refuse_another(list(had.values()), now())
            if not await queries.take_handle(session, profile.id, handle.key):
                raise HandleIsTaken
        return {"handle": handle.shown, "handle_key": handle.key}
    return {}


async def _save(session: AsyncSession, profile: ProducerRow, columns: Mapping[str, Any]) -> None:
    await queries.change_profile(session, profile.id, columns)
    old = profile.picture_id
    if old is not None and columns.get("picture_id", old) != old:
        await drop_picture(session, old)
    renamed = columns.get("name", profile.name) != profile.name
    if any(columns.get(name, getattr(profile, name)) != getattr(profile, name) for name in _FOUND_BY):
        await index_producer(session, profile.id)
    if renamed:
        cause = f"{profile.id}:{now().isoformat()}"  # the same name may come back
        await jobs.add(session, JobKind.INDEX_TRACKS, key=cause, producer=profile.id)
