"""Making a profile: under a handle that is nobody else's, now or earlier (D-6)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.roles import require
from api.deeds import note_deed
from api.producers.errors import HandleIsTaken
from api.producers.handles import Handle, checked_handle, handle_for, stem_of
from api.producers.pictures import picture_column
from api.producers.rules import FACTS, checked_profile
from api.refusals import Problems
from api.viewer import Viewer
from db.ids import ProducerId, new_id
from db.models.producers import Producer, ProducerHandle
from db.queries import producers as queries
from db.queries.indexing import index_producer
from db.vocabulary import Role, StaffAction


async def create_unowned_profile(
    session: AsyncSession, viewer: Viewer, *, given: Mapping[str, Any]
) -> ProducerId:
    """Make a profile for known beats, as staff; nobody owns it until somebody claims it (D-2).

    Args:
        given: By the names of `rules.FACTS`; `handle`, else one is made of the name; `picture_upload_id`.

    Raises:
        NotAllowed: The viewer is not staff.
        ManyRefused: Everything that is wrong with the input.
    """
    require(viewer, Role.STAFF)
    problems, producer = Problems(), ProducerId(new_id("pro"))
    facts = {name: given[name] for name in FACTS if name in given}
    columns: dict[str, Any] = {"id": producer, **checked_profile(problems, {"name": None, **facts})}
    handle: Handle | None = None
    with problems.under("handle"):
        handle = checked_handle(given["handle"]) if given.get("handle") is not None else None
    columns |= await picture_column(session, viewer, problems, producer, given.get("picture_upload_id"))
    problems.refuse_any()
    if handle is None:
        await make_profile(session, columns)
    elif not await _keep(session, handle, columns):
        raise HandleIsTaken().at("handle")
    await note_deed(session, viewer.account_id, StaffAction.CREATE_PROFILE, producer, None)
    return producer


async def make_profile(session: AsyncSession, columns: Mapping[str, Any]) -> None:
    """Keep a new profile under a free handle that looks like its name."""
    kept = False
    while not kept:  # somebody of that name may get the handle at the same moment
        taken = await queries.handles_like(session, stem_of(columns["name"]))
        free = handle_for(columns["name"], taken)
        kept = await _keep(session, Handle(free, free), columns)


async def _keep(session: AsyncSession, handle: Handle, columns: Mapping[str, Any]) -> bool:
    """False: the handle is or was another's."""
    profile = Producer(handle=handle.shown, handle_key=handle.key, **columns)
    try:
        async with session.begin_nested():
            session.add(profile)
            await session.flush()
            session.add(ProducerHandle(handle_key=handle.key, producer_id=profile.id))
    except IntegrityError:
        return False
    await index_producer(session, profile.id)
    return True
