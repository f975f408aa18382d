"""What experience is given for (D-57), as a rule over facts: the same for every award and for the count of them all."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from db.ids import ProducerId, TrackId
from db.vocabulary import XpCause

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
    """Points for one producer and one cause."""

    producer: ProducerId
    cause: XpCause
    track: TrackId

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
