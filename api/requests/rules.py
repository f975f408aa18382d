"""Who sees which beat requests (D-60) and what was offered to them, and who may offer what (D-61)."""

from typing import Final

from api.catalog.rules import may_see
from api.refusals import IdOfAnotherType, Refused, required_role
from api.requests.errors import OffersAreUsed, RequestIsClosed, RequestIsOwn, TrackIsNotOfferable
from api.viewer import Viewer
from db.ids import AccountId, ProducerId, prefix_of
from db.vocabulary import BeatRequestStatus, FingerprintStatus, Role, TrackStatus

MOST_OFFERS: Final = 5
"""Of one producer to one request (D-61)."""


def sees_request(viewer: Viewer | None, *, requester: AccountId, status: BeatRequestStatus) -> bool:
    """Whoever is signed in sees requests, open or over; a deleted one is its requester's and staff's alone."""
    if viewer is None:
        return False
    own = viewer.account_id == requester or viewer.has(Role.STAFF)
    return own or status is not BeatRequestStatus.DELETED


def sees_offers_of_others(viewer: Viewer | None, *, requester: AccountId) -> bool:
    """Whether somebody sees what everybody offered to a request: its requester and staff do."""
    return viewer is not None and (viewer.account_id == requester or viewer.has(Role.STAFF))


def sees_submission(
    viewer: Viewer | None,
    *,
    requester: AccountId,
    request: BeatRequestStatus,
    producer: ProducerId,
    track: TrackStatus,
) -> bool:
    """The requester sees an offer while others see its track; its producer and staff as long as they see track and request.

    Args:
        request: State of the request.
        track: State of the track.
    """
    if viewer is None or not sees_request(viewer, requester=requester, status=request):
        return False
    own = viewer.producer_id == producer or viewer.has(Role.STAFF)
    return (own or viewer.account_id == requester) and may_see(track, own=own)


def why_not_offered(
    viewer: Viewer | None, *, requester: AccountId, status: BeatRequestStatus, offered: int
) -> Refused | None:
    """Why somebody cannot offer another track to a request, whichever; null if they can.

    Args:
        status: The request's, at this moment.
        offered: How many tracks of theirs were offered to it so far.
    """
    if viewer is None:
        return required_role(Role.LISTENER)
    if not viewer.has(Role.PRODUCER):
        return required_role(Role.PRODUCER)
    if viewer.account_id == requester:
        return RequestIsOwn()
    if status is not BeatRequestStatus.ACTIVE:
        return RequestIsClosed()
    return OffersAreUsed(limit=MOST_OFFERS) if offered >= MOST_OFFERS else None


def why_not_offerable(status: TrackStatus, check: FingerprintStatus | None) -> Refused | None:
    """Why an own track cannot be offered to anybody; null if it can."""
    passed = status is TrackStatus.PUBLISHED and check is FingerprintStatus.VERIFIED_UNIQUE
    return None if passed else TrackIsNotOfferable()


def check_id(value: str, prefix: str, name: str) -> None:
    """Let an id pass that is of this type, or of none.

    Raises:
        IdOfAnotherType: It is the id of something else.
    """
    if prefix_of(value) not in {None, prefix}:
        raise IdOfAnotherType(f"This is the id of something else; an id of type {name} is needed.")


def answers_requests(viewer: Viewer) -> bool:
    """Whether the viewer's tracks are matched with requests (D-62)."""
    return viewer.has(Role.VERIFIED_PRODUCER)


def sees_suggestions(viewer: Viewer | None, *, requester: AccountId) -> bool:
    """What answers a request is its requester's and staff's to see; each producer sees own tracks alone."""
    return viewer is not None and (viewer.account_id == requester or viewer.has(Role.STAFF))
