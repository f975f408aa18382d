"""Who sees which beat requests (D-60)."""

from api.viewer import Viewer
from db.ids import AccountId
from db.vocabulary import BeatRequestStatus, Role


def sees_request(viewer: Viewer | None, *, requester: AccountId, status: BeatRequestStatus) -> bool:
    """Whoever is signed in sees requests, open or over; a deleted one is its requester's and staff's alone."""
    if viewer is None:
        return False
    own = viewer.account_id == requester or viewer.has(Role.STAFF)
    return own or status is not BeatRequestStatus.DELETED


def answers_requests(viewer: Viewer) -> bool:
    """Whether the viewer's tracks are matched with requests (D-62)."""
    return viewer.has(Role.VERIFIED_PRODUCER)


def sees_suggestions(viewer: Viewer | None, *, requester: AccountId) -> bool:
    """What answers a request is its requester's and staff's to see; each producer sees own tracks alone."""
    return viewer is not None and (viewer.account_id == requester or viewer.has(Role.STAFF))
