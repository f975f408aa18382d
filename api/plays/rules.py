"""What counts as a play, and what a listener can have heard (D-51): pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from api.plays.errors import (
    MoreHeardThanTimePassed,
    PlayIsOver,
    TimeHeardIsNegative,
    TrackIsNotHeard,
    TrackToHearNotFound,
)
from api.refusals import Refused
from db.vocabulary import TrackStatus

ENOUGH_MS: Final = 30_000
"""What has to be heard of a track, or all of a shorter one."""
MOST_COUNTED_A_DAY: Final = 20
"""Of one listener and one track, by the days of UTC."""
MOST_AHEAD_MS: Final = 2_000
"""A player's clock may run ahead of ours by so much. It is believed no further than the time that has passed."""
REPORTED_FOR: Final = timedelta(hours=24)
"""A play that was opened longer ago takes no reports."""
MOST_OPENED_AN_HOUR: Final = 600
"""By one account: a skip every six seconds, for an hour."""
_FIRST_MILESTONE: Final = 100


@dataclass(frozen=True, kw_only=True)
class OpenPlay:
    """A play as far as it has come.

    Attributes:
        next_started_at: When the same listener opened the next one: from then on, they hear that.
        own: The listener is, or was, credited on the track.
        taken_away: Staff keep the track back, or it is removed: from then on nothing of it counts.
    """

    started_at: datetime
    next_started_at: datetime | None
    duration_ms: int
    listened_ms: int
    counted: bool
    own: bool
    taken_away: bool


def why_not_heard(status: TrackStatus, *, own: bool, visible: bool) -> Refused | None:
    """Why a whole track is not to be heard; its producer hears it in any state, and of a sold one nobody else does."""
    if not visible:
        return TrackToHearNotFound()
    return None if own or status is TrackStatus.PUBLISHED else TrackIsNotHeard()


def why_not_reported(play: OpenPlay, reported_ms: int, moment: datetime) -> Refused | None:
    """Why a report is not taken; null if it is."""
    if reported_ms < 0:
        return TimeHeardIsNegative()
    if moment - play.started_at > REPORTED_FOR:
        return PlayIsOver()
    most = _possible_ms(play, moment) + MOST_AHEAD_MS
    return MoreHeardThanTimePassed(maximum=Decimal(most)) if reported_ms > most else None


def heard_ms(play: OpenPlay, reported_ms: int, moment: datetime) -> int:
    """What is believed after a report that is taken: never less than before, nor more than time has passed.

    So what a listener has heard of all plays together is never more than the time since the first of them.
    """
    return max(play.listened_ms, min(reported_ms, _possible_ms(play, moment)))


def is_enough(play: OpenPlay, heard: int) -> bool:
    """Whether so much counts as a play."""
    return heard >= min(ENOUGH_MS, play.duration_ms)


def _possible_ms(play: OpenPlay, moment: datetime) -> int:
    """A listener has one pair of ears: opening a play ends the one before."""
    until = moment if play.next_started_at is None else min(moment, play.next_started_at)
    return max(0, (until - play.started_at) // timedelta(milliseconds=1))


def milestones(before: int, after: int) -> list[int]:
    """The round numbers that were reached: 100, 1,000, 10,000 … (D-70)."""
    reached: list[int] = []
    mark = _FIRST_MILESTONE
    while mark <= after:
        if mark > before:
            reached.append(mark)
        mark *= 10
    return reached
