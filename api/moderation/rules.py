"""What becomes of tracks and requests that staff keep back, and let go again (D-83). Pure."""

from typing import Final, NamedTuple

from api.refusals import Problems
from api.texts import checked_text
from db.vocabulary import BeatRequestStatus, TrackStatus

_LONGEST_REASON: Final = 2000
_WANTS_TO_BE_SHOWN: Final = frozenset(
    {TrackStatus.PROCESSING, TrackStatus.CHECK_FAILED, TrackStatus.DUPLICATE, TrackStatus.PUBLISHED}
)


class TrackState(NamedTuple):
    """Of a track.

    Attributes:
        withheld_as: What it is again when it is let go; null: nobody keeps it back.
    """

    status: TrackStatus
    withheld_as: TrackStatus | None


class RequestState(NamedTuple):
    """Of a beat request; likewise."""

    status: BeatRequestStatus
    withheld_as: BeatRequestStatus | None


def checked_reason(reason: str) -> str:
    """A reason as it is kept.

    Raises:
        ManyRefused: It is missing or too long.
    """
    problems = Problems()
    with problems.under("reason"):
        reason = checked_text(reason, longest=_LONGEST_REASON, lines=True)
    problems.refuse_any()
    return reason


def track_withheld(track: TrackState) -> TrackState:
    """A track that is kept back. A sold one stays sold, or its lock would be off; others do not see it (`shown_as`)."""
    if track.withheld_as is not None:
        return track
    if track.status in _WANTS_TO_BE_SHOWN:
        shown = track.status is TrackStatus.PUBLISHED
        return TrackState(TrackStatus.HIDDEN if shown else track.status, TrackStatus.PUBLISHED)
    return TrackState(track.status, track.status)


def track_released(track: TrackState) -> TrackState:
    """A track that nothing keeps back any more: what it was, or what its producer has wished meanwhile."""
    back = track.withheld_as if track.status is TrackStatus.HIDDEN else None
    return TrackState(back or track.status, None)


def request_withheld(request: RequestState) -> RequestState:
    """A beat request that is kept back: for others it is like one that is deleted."""
    if request.withheld_as is not None or request.status is BeatRequestStatus.DELETED:
        return request
    return RequestState(BeatRequestStatus.DELETED, request.status)


def request_released(request: RequestState) -> RequestState:
    """A beat request that nothing keeps back any more."""
    return RequestState(request.withheld_as or request.status, None)
