"""How well a track answers a request: the weighted points of the parts that were asked for (D-63). Pure.

What fails outright, for no other part makes up for it: no genre of the family, a tempo without points, and moods that
say nothing but the opposite of what was asked for.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from api.requests.reasons import said
from api.requests.traits import Traits
from api.requests.wanted import Wanted, seek
from db.seeking import FULL, Sought
from db.sound import Sound, likeness, parse
from db.vocabulary import MatchPart

_MUST_HAVE: Final = (MatchPart.GENRE, MatchPart.BPM)


@dataclass(frozen=True)
class Reason:
    """One part of a score.

    Attributes:
        weight: Its share of the score; those of all parts are 1 together.
    """

    part: MatchPart
    score: float
    weight: float
    text: str


def fit(sought: Sought, track: Traits) -> float | None:
    """How well a track answers a request, at most 1; null if it does not."""
    points: dict[MatchPart, int] = {}
    for part in sought.weights:
        points[part] = _POINTS[part](sought, track)
        if not points[part] and part in _MUST_HAVE:
            return None
    total = sum(sought.weights[part] * each for part, each in points.items())
    if not points or total < sought.least or fails(sought, track, points):
        return None
    return total / (sought.whole * FULL)


def explain(wanted: Wanted, track: Traits) -> list[Reason]:
    """What each part that was asked for gives to the score of a track, whether or not it answers."""
    sought = seek(wanted)
    points = {part: _POINTS[part](sought, track) for part in sought.weights}
    return [
        Reason(part, each / FULL, sought.weights[part] / sought.whole, said(part, wanted, track, each))
        for part, each in points.items()
    ]


def fails(sought: Sought, track: Traits, points: Mapping[MatchPart, int]) -> bool:
    """Whether the track cannot answer, however well the rest of it fits."""
    if points.get(MatchPart.MOOD) == 0 and track.moods & sought.opposed:
        return True
    return sought.exclusive and not _can_be_bought(sought, track)


def _can_be_bought(sought: Sought, track: Traits) -> bool:
    price, budget = track.exclusive, sought.budget
    if price is None or budget is None:
        return price is not None
    return price.currency is not budget.currency or price.minor <= budget.minor


def sound_points(one: Sound, other: Sound) -> int:
    return round(FULL * likeness(one, other))


def _best(answers: Mapping[str, int], words: frozenset[str]) -> int:
    return max([answers[word] for word in words if word in answers], default=0)


def _share(answers: Sequence[Mapping[str, int]], words: frozenset[str]) -> int:
    return sum(_best(one, words) for one in answers) // len(answers)


def _sound(sought: Sought, track: Traits) -> int:
    return sound_points(parse(sought.sound), parse(track.sound)) if sought.sound and track.sound else 0


_POINTS: Final[Mapping[MatchPart, Callable[[Sought, Traits], int]]] = {
    MatchPart.GENRE: lambda sought, track: _best(sought.genres, track.genres),
    MatchPart.BPM: lambda sought, track: sought.bpms.get(track.bpm, 0),
    MatchPart.KEY: lambda sought, track: sought.keys.get(track.key, 0),
    MatchPart.MOOD: lambda sought, track: _share(sought.moods, track.moods),
    MatchPart.TAGS: lambda sought, track: _share(sought.tags, track.labels),
    MatchPart.SOUND: _sound,
}
