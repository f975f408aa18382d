"""Taking somebody out of what others share with them, by the verbs that they could have used themselves (D-81)."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog.edit import retire_track
from api.collections.edit import delete_collection
from api.events.rules import why_not_open
from api.events.seating import leave
from api.licensing.certificate import Seal
from api.privacy.obstacles import InTheWay
from api.requests.deletion import delete_request
from api.viewer import Viewer
from db.clock import now
from db.ids import BeatRequestId, CollectionId, EventId, SessionId, TrackId
from db.personal.holding import DELETED_ACCOUNT, NO_ADDRESS
from db.queries import credits, deletions, licences, personal, purchases, tracks
from db.queries import events as events_
from db.queries.paging import Slice
from db.queries.personal import Person
from db.session import Sessions
from db.vocabulary import ApiTokenScope, DeletionObstacleKind, Role, TrackStatus

_LICENCES_AT_ONCE: Final = 100
Keep = Callable[[AsyncSession], Awaitable[None]]


@dataclass(frozen=True)
class Leaving:
    """Somebody on their way out.

    Attributes:
        explorer: Tokens that this installation gives everybody a month.
        keep: Keeps the job, in the transaction that holds a step.
    """

    sessions: Sessions
    person: Person
    explorer: int
    keep: Keep

    @property
    def viewer(self) -> Viewer:
        """As whom the verbs see them, whose sessions have ended."""
        roles = (
            frozenset({Role.LISTENER, Role.PRODUCER}) if self.person.producer else frozenset({Role.LISTENER})
        )
        return Viewer(
            account_id=self.person.account,
            access=SessionId(self.person.account),
            roles=roles,
            scope=ApiTokenScope.FULL,
            producer_id=self.person.producer,
        )

    async def ids(self, table: str) -> Sequence[str]:
        async with self.sessions.reading() as session:
            return await personal.ids_of(session, table, self.person)


async def leave_everything(leaving: Leaving) -> None:
    """One thing in a transaction; what is done is found no more."""
    await _leave_events(leaving)
    for collection in await leaving.ids("collection"):
        async with leaving.sessions.writing() as session:
            await delete_collection(session, leaving.viewer, collection=CollectionId(collection))
            await leaving.keep(session)
    for track in await leaving.ids("track"):
        async with leaving.sessions.writing() as session:
            await _retire(session, TrackId(track))
            await leaving.keep(session)
    await _take_name_off(leaving)
    for request in await leaving.ids("beat_request"):
        async with leaving.sessions.writing() as session:
            await delete_request(
                session, leaving.viewer, request=BeatRequestId(request), explorer=leaving.explorer
            )
            await leaving.keep(session)


async def seal_anew(leaving: Leaving, seal: Seal) -> None:
    """Licences and purchases name a deleted account from now on; certificates are printed of that when asked for."""
    after: tuple[object, ...] | None = None
    ulid = leaving.person.account.removeprefix("acc_")
    licensee = {"name": DELETED_ACCOUNT, "email": NO_ADDRESS.format(ulid=ulid)}
    while True:
        async with leaving.sessions.writing() as session:
            part = Slice(_LICENCES_AT_ONCE, after=after)
            page = await licences.page_of_licences(session, leaving.person.account, part, kinds=None)
            for row in page.rows:
                signature = seal.sign(row._replace(licensee=licensee))
                await deletions.rename_licensee(session, row.id, licensee, signature)
            await leaving.keep(session)
        if not page.has_next:
            break
        after = licences.anchor_of(page.rows[-1])
    async with leaving.sessions.writing() as session:
        await deletions.rename_buyer(session, leaving.person.account, licensee)
        await leaving.keep(session)


async def _leave_events(leaving: Leaving) -> None:
    async with leaving.sessions.reading() as session:
        attended = await events_.events_attended(session, leaving.person.account, now())
    for event in attended:
        async with leaving.sessions.writing() as session:
            await _leave_event(session, leaving, event)
            await leaving.keep(session)


async def _leave_event(session: AsyncSession, leaving: Leaving, event: EventId) -> None:
    row = await events_.event_for_change(session, event)
    if row is not None and not why_not_open(row, now()):
        await leave(session, row, leaving.person.account)


async def _retire(session: AsyncSession, track: TrackId) -> None:
    """Whatever became of it since doors were closed.

    Raises:
        InTheWay: It is kept for a buyer, as the check of a new track may have ended in that moment.
    """
    row = await tracks.track_for_change(session, track)
    if row is None or row.status is TrackStatus.REMOVED:
        return
    if await purchases.is_reserved(session, track):
        raise InTheWay(DeletionObstacleKind.SALE_UNDER_WAY)
    await retire_track(session, row)


async def _take_name_off(leaving: Leaving) -> None:
    """Off the tracks of others, as everybody may who is credited there (D-16)."""
    if leaving.person.producer is None:
        return
    async with leaving.sessions.reading() as session:
        credited = await deletions.credited_on_others(session, leaving.person.producer)
    for track in credited:
        async with leaving.sessions.writing() as session:
            row = await tracks.track_for_change(session, track)
            if row is not None:
                published = row.published_at is not None
                await credits.decline(session, track, leaving.person.producer, published=published)
            await leaving.keep(session)
