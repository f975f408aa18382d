"""What experience is given for (D-57), as a rule over facts: the same for every award and for the count of them all."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from db.ids import ProducerId, TrackId
from db.vocabulary import XpCause

POINTS_OF_A_PLAY: Final = 1
POINTS: Final = {XpCause.TRACK_PUBLISHED: 100, XpCause.METADATA_COMPLETE: 50, XpCause.COLLABORATION: 25}


@dataclass(frozen=True, kw_only=True)
class Story:
    """What a track has come to, whatever became of it later.

    Attributes:
        published: It was in the catalogue.
        completed: Its description and tags were all there, before it was published or since (D-17).
        credited: Whoever was credited since it is published, the uploader among them.
    """

    track: TrackId
    uploader: ProducerId
    published: bool
    completed: bool
    credited: Collection[ProducerId]


@dataclass(frozen=True, order=True)
class Award:
    """What one producer is given points for.

    Attributes:
        track: What it is given for; of plays, `plays_subject`.
    """

    producer: ProducerId
    cause: XpCause
    track: str

    @property
    def points(self) -> int:
        return POINTS[self.cause]


def earned(story: Story) -> set[Award]:
    """All that a track has ever earned, for everybody. It only grows, as its facts do."""
    if not story.published:
        return set()
    own = {XpCause.TRACK_PUBLISHED} | ({XpCause.METADATA_COMPLETE} if story.completed else set[XpCause]())
    together = story.credited if len(story.credited) > 1 else ()
    return {Award(story.uploader, cause, story.track) for cause in own} | {
        Award(producer, XpCause.COLLABORATION, story.track) for producer in together
    }


def plays_subject(track: TrackId, day: date) -> str:
    """What the counted plays of a track on a day are called: they are one award, which grows until the day is over."""
    return f"{track}:{day:%Y%m%d}"


def given_at(day: date, moment: datetime) -> datetime:
    """When XP of a day's plays are given: within that day, however late it is done."""
    last = datetime.combine(day + timedelta(days=1), time(), UTC) - timedelta(milliseconds=1)
    return min(moment, last)
