"""Who sees which beat requests and what answers them, and what may be done with one in which state (D-60, D-61)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from api.catalog.rules import may_see
from api.refusals import Refused, required_role
from api.requests.errors import (
    OffersAreUsed,
    RequestIsAnothers,
    RequestIsClosed,
    RequestIsNotRenewable,
    RequestIsOwn,
    RequestNotFound,
    TokensAreUsed,
    TooManyAreOpened,
    TrackIsNotOfferable,
)
from api.requests.tokens import Tokens, next_month
from api.viewer import Viewer
from db.ids import AccountId, ProducerId
from db.vocabulary import BeatRequestStatus, FingerprintStatus, Role, TrackStatus

RENEWABLE_FOR: Final = timedelta(days=30)
"""From its expiry on."""
WARNED_BEFORE: Final = timedelta(hours=3)
"""Its end: time enough to look at what was offered."""
A_DAY: Final = timedelta(hours=24)
OPENED_A_DAY: Final = 10
"""Each tells producers, and tokens come back when one is taken back: more is no search for a beat."""
MOST_OFFERS: Final = 5
"""Of one producer to one request (D-61)."""


def sees_request(viewer: Viewer | None, *, requester: AccountId, status: BeatRequestStatus) -> bool:
    """Whoever is signed in sees requests, open or over; a deleted one is its requester's and staff's alone."""
    if viewer is None:
        return False
    own = viewer.account_id == requester or viewer.has(Role.STAFF)
    return own or status is not BeatRequestStatus.DELETED


def why_not_theirs(viewer: Viewer, *, requester: AccountId, status: BeatRequestStatus) -> Refused | None:
    """Why somebody may not renew or delete a request at all; null for who posted it."""
    if viewer.account_id == requester:
        return None
    seen = sees_request(viewer, requester=requester, status=status)
    return RequestIsAnothers() if seen else RequestNotFound()


def why_not_renewed(
    status: BeatRequestStatus, expires_at: datetime, moment: datetime
) -> RequestIsNotRenewable | None:
    """Why a request cannot be opened again at this moment; null if it can, tokens aside."""
    if status is BeatRequestStatus.ACTIVE:
        return RequestIsNotRenewable(retry_at=expires_at)
    if status is BeatRequestStatus.DELETED:
        return RequestIsNotRenewable("The request is deleted. Post a new one.")
    if moment >= expires_at + RENEWABLE_FOR:
        sentence = f"The request expired more than {RENEWABLE_FOR.days} days ago. Post a new one."
        return RequestIsNotRenewable(sentence)
    return None


def why_not_opened(moments: Sequence[datetime]) -> TooManyAreOpened | None:
    """Why no further request is opened today; null if one is.

    Args:
        moments: When the account has opened some within the last 24 hours.
    """
    if len(moments) < OPENED_A_DAY:
        return None
    return TooManyAreOpened(limit=OPENED_A_DAY, retry_at=min(moments) + A_DAY)


def why_not_paid(
    tokens: Tokens, cost: int, moment: datetime, *, until: datetime | None = None
) -> TokensAreUsed | None:
    """Why so many tokens cannot be spent; null if they can.

    Args:
        until: The next month's tokens help only before then; null: whenever they come.
    """
    if cost <= tokens.remaining:
        return None
    turn = next_month(moment)
    helps = cost <= tokens.allowance and (until is None or turn < until)
    sentence = (
        f"This takes {_counted(cost)}; you have {tokens.remaining} left of this month's {tokens.allowance}."
    )
    return TokensAreUsed(sentence, limit=tokens.allowance, retry_at=turn if helps else None)


def _counted(tokens: int) -> str:
    return "1 token" if tokens == 1 else f"{tokens} tokens"


def sees_offers_of_others(viewer: Viewer | None, *, requester: AccountId) -> bool:
    """Whether somebody sees what everybody offered to a request, and whatever answers it: its requester and staff do."""
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
    sentence = f"You have offered {MOST_OFFERS} tracks to this request, as many as one producer may."
    return OffersAreUsed(sentence, limit=MOST_OFFERS) if offered >= MOST_OFFERS else None


def why_not_offerable(status: TrackStatus, check: FingerprintStatus | None) -> Refused | None:
    """Why an own track cannot be offered to anybody; null if it can."""
    passed = status is TrackStatus.PUBLISHED and check is FingerprintStatus.VERIFIED_UNIQUE
    return None if passed else TrackIsNotOfferable()


def answers_requests(viewer: Viewer) -> bool:
    """Whether the viewer's tracks are matched with requests (D-62)."""
    return viewer.has(Role.VERIFIED_PRODUCER)
