"""What can be reported and kept back: tracks, collections, profiles and beat requests, each under its lock."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from api.moderation.errors import ContentNotFound
from api.refusals import IdOfAnotherType
from db.ids import AccountId, BeatRequestId, CollectionId, ProducerId, TrackId, prefix_of
from db.queries import accounts, collections, producers, profiles, requests, tracks
from db.queries.collections import CollectionRow
from db.queries.producers import ProducerRow
from db.queries.requests import BeatRequestRow
from db.queries.tracks import TrackRow
from db.vocabulary import BeatRequestStatus, TrackStatus

Row = TrackRow | CollectionRow | ProducerRow | BeatRequestRow


@dataclass(frozen=True)
class Subject:
    """Something that somebody has put up.

    Attributes:
        row: As it is under its lock.
        owner: Whom to tell; null: a profile that nobody owns.
        called: In a sentence to its owner.
        path: Of our site.
    """

    row: Row
    owner: AccountId | None
    called: str
    path: str

    @property
    def id(self) -> str:
        return self.row.id


async def subject_held(session: AsyncSession, object_id: str) -> Subject:
    """What an id names, locked until the transaction ends.

    Raises:
        IdOfAnotherType: It names something that is neither.
        ContentNotFound: There is none, or it was removed.
    """
    kind = prefix_of(object_id)
    if kind not in {None, *_HELD}:
        sentence = "This is the id of something else; one of a track, collection, producer or beat request is needed."
        raise IdOfAnotherType(sentence, ("id",))
    found = await _HELD[kind](session, object_id) if kind else None
    if found is None:
        raise ContentNotFound
    return found


async def _track(session: AsyncSession, object_id: str) -> Subject | None:
    row = await tracks.track_for_change(session, TrackId(object_id))
    if row is None or row.status is TrackStatus.REMOVED:
        return None
    owner = await _owner(session, row.producer_id)
    return Subject(row, owner, f"track “{row.title}”", f"/t/{row.slug}")


async def _collection(session: AsyncSession, object_id: str) -> Subject | None:
    row = await collections.collection_for_change(session, CollectionId(object_id))
    if row is None:
        return None
    owner = await _owner(session, row.producer_id)
    return Subject(row, owner, f"collection “{row.name}”", f"/c/{row.slug}")


async def _profile(session: AsyncSession, object_id: str) -> Subject | None:
    row = await profiles.profile_for_change(session, ProducerId(object_id))
    return Subject(row, row.account_id, "profile", f"/p/{row.handle}") if row else None


async def _request(session: AsyncSession, object_id: str) -> Subject | None:
    """The account before the request, as everybody who locks both."""
    request = BeatRequestId(object_id)
    for known in await requests.requests(session, [request]):
        await accounts.lock(session, known.account_id)
    row = await requests.request_for_change(session, request)
    if row is None or (row.status is BeatRequestStatus.DELETED and row.withheld_as is None):
        return None
    return Subject(row, row.account_id, "beat request", f"/requests/{row.id}")


async def _owner(session: AsyncSession, producer: ProducerId) -> AccountId | None:
    [profile] = await producers.producers(session, [producer])
    return profile.account_id


_HELD = {"trk": _track, "col": _collection, "pro": _profile, "brq": _request}
