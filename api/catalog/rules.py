"""What a track's facts must be (D-11 to D-13), and what may be done with it in which state."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, Final

from api.catalog.errors import (
    AudioIsNotLive,
    TrackIsAnothers,
    TrackIsBeingBought,
    TrackIsLocked,
    TrackIsWithheld,
    TrackNotFound,
)
from api.catalog.titles import checked_title
from api.refusals import InvalidValue, Problems, Refused
from api.texts import checked_text
from db.folding import folded
from db.keys import pitch_class
from db.vocabulary import GENRE_PARENTS, MOODS, ErrorCode, MusicalKey, TrackStatus

SLOWEST_BPM: Final = 60
FASTEST_BPM: Final = 200
MOST_ARTISTS: Final = 20
MOST_GENRES: Final = 3
MOST_MOODS: Final = 3
MOST_TAGS: Final = 20
LIVE: Final = frozenset({TrackStatus.PUBLISHED, TrackStatus.HIDDEN})
"""Passed the duplicate check, and not sold."""
PUBLIC: Final = frozenset({TrackStatus.PUBLISHED, TrackStatus.SOLD})
"""There for everybody."""
BLOCKING_COVERAGE: Final = 0.8
"""Of either side of two recordings: an excerpt of somebody's beat is a duplicate too (D-31)."""
_LONGEST_ARTIST: Final = 60
_LONGEST_GENRE: Final = 40
_LONGEST_TAG: Final = 30
_LONGEST_DESCRIPTION: Final = 5000
_LONGEST_TITLE_KEY: Final = 300
"""What the column holds: folding makes some letters long, such as the 18 of ﷺ."""
_NO_NEW_AUDIO: Final = (
    "Staff keep this track back: `withheld` says why. It can get new audio when they let it go."
)
_AUDIO_IS_LOOKED_AT: Final = "Staff are looking at this track: its audio stays as it is until they are done."

_GENRES: Final = {folded(name): name for name in GENRE_PARENTS}
_MOODS: Final = {folded(name): name for name in MOODS}


def checked_facts(problems: Problems, given: Mapping[str, Any]) -> dict[str, Any]:
    """The given facts as columns of a track; what is wrong is noted under the fact's name.

    Args:
        problems: Takes every problem.
        given: By the names of `_CHECKS`; null clears a fact that may be empty.
    """
    columns: dict[str, Any] = {}
    for name, value in given.items():
        with problems.under(name):
            columns |= _CHECKS[name](value)
    return columns


def may_see(status: TrackStatus, *, own: bool) -> bool:
    """Whether a track is there for somebody; a removed one is there for nobody."""
    return status in PUBLIC or (own and status is not TrackStatus.REMOVED)


def why_not_edited(status: TrackStatus, *, own: bool, only_cover: bool = False) -> Refused | None:
    """Why a track cannot be edited; null if it can. A sold one takes a cover alone (D-45)."""
    if not own:
        return TrackIsAnothers()
    if status is TrackStatus.REMOVED:
        return TrackNotFound()
    return TrackIsLocked() if status is TrackStatus.SOLD and not only_cover else None


def why_not_replaced(
    status: TrackStatus, *, own: bool, reserved: bool, withheld: bool, noticed: bool
) -> Refused | None:
    """Why a track cannot get new audio; null if it can. One that was never live is uploaded anew instead (D-18).

    What staff keep back or look at stays known by its sound, or it would come back as a new track (D-83).

    Args:
        reserved: It is kept for a buyer (D-43).
        withheld: Staff keep it back, for whatever cause.
        noticed: A rights-holder's notice about it is not decided against; its producer may not have been told of one.
    """
    if refused := why_not_edited(status, own=own):
        return refused
    if status not in LIVE:
        return AudioIsNotLive()
    if withheld:
        return TrackIsWithheld(_NO_NEW_AUDIO)
    if noticed:
        return TrackIsLocked(_AUDIO_IS_LOOKED_AT)
    return TrackIsBeingBought() if reserved else None


def why_not_deleted(status: TrackStatus, *, own: bool, reserved: bool) -> Refused | None:
    """Why a track cannot be deleted; null if it can.

    Args:
        reserved: It is kept for a buyer (D-43).
    """
    if refused := why_not_edited(status, own=own):
        sentence = "The track is sold and cannot be deleted."
        return TrackIsLocked(sentence) if isinstance(refused, TrackIsLocked) else refused
    return TrackIsBeingBought() if reserved else None


def _title(value: str | None) -> dict[str, Any]:
    title = checked_title(value or "")
    return {"title": title, "title_key": folded(title)[:_LONGEST_TITLE_KEY]}


def _artists(value: Sequence[str] | None) -> dict[str, Any]:
    problems = Problems()
    if not value:
        raise InvalidValue("Name at least one artist.", code=ErrorCode.REQUIRED)
    _limit(problems, value, MOST_ARTISTS, "artists")
    names = _each(
        problems, value[: 2 * MOST_ARTISTS], lambda name: checked_text(name, longest=_LONGEST_ARTIST)
    )
    problems.refuse_any()
    return {"artists": names}


def _bpm(value: int | None) -> dict[str, Any]:
    if value is None:
        raise InvalidValue("Give the tempo.", code=ErrorCode.REQUIRED)
    return {"bpm": checked_bpm(value)}


def checked_bpm(value: int) -> int:
    """A tempo within the bounds of D-11.

    Raises:
        InvalidValue: It is slower or faster; half or double is suggested.
    """
    if not SLOWEST_BPM <= value <= FASTEST_BPM:
        raise InvalidValue(
            f"The tempo is {value} BPM; give it as it is felt, from {SLOWEST_BPM} to {FASTEST_BPM}.",
            code=ErrorCode.OUT_OF_RANGE,
            minimum=Decimal(SLOWEST_BPM),
            maximum=Decimal(FASTEST_BPM),
            suggestion=_felt(value),
        )
    return value


def checked_genre(text: str) -> str:
    """A genre in its one spelling where it is a known one, else as it was given.

    Raises:
        InvalidValue: It is blank or too long.
    """
    return _GENRES.get(folded(text)) or checked_text(text, longest=_LONGEST_GENRE)


def _felt(bpm: int) -> str | None:
    """Half or double, where that would be within bounds."""
    return next((str(near) for near in (bpm * 2, bpm // 2) if SLOWEST_BPM <= near <= FASTEST_BPM), None)


def _key(value: MusicalKey | None) -> dict[str, Any]:
    if value is None:
        raise InvalidValue("Give the key.", code=ErrorCode.REQUIRED)
    return {"pitch_class": pitch_class(value)}


def _scale(value: object) -> dict[str, Any]:
    if value is None:
        raise InvalidValue("Give the scale.", code=ErrorCode.REQUIRED)
    return {"scale": value}


def checked_genres(texts: Sequence[str], *, most: int = MOST_GENRES) -> list[str]:
    """Genres, none of them twice.

    Raises:
        ManyRefused: Everything that is wrong with them.
    """
    return _words(texts, checked_genre, most, "genres")


def _genres(value: Sequence[str] | None) -> dict[str, Any]:
    return {"genres": checked_genres(value or ())}


def _tags(value: Sequence[str] | None) -> dict[str, Any]:
    def lower(text: str) -> str:
        return " ".join(checked_text(text.strip().removeprefix("#"), longest=_LONGEST_TAG).lower().split())

    return {"tags": _words(value or (), lower, MOST_TAGS, "tags")}


def _moods(value: Sequence[str] | None) -> dict[str, Any]:
    return {"moods": _words(value or (), _known_mood, MOST_MOODS, "moods")}


def _known_mood(text: str) -> str:
    if known := _MOODS.get(folded(text)):
        return known
    near = get_close_matches(folded(text), _MOODS, n=1)
    suggestion = _MOODS[near[0]] if near else None
    raise InvalidValue(f"{text!r} is not a known mood.", code=ErrorCode.UNKNOWN_VALUE, suggestion=suggestion)


def _description(value: str | None) -> dict[str, Any]:
    if value is None or not value.strip():
        return {"description": None}
    return {"description": checked_text(value, longest=_LONGEST_DESCRIPTION, lines=True)}


def _words(texts: Sequence[str], check: Callable[[str], str], most: int, name: str) -> list[str]:
    """Each text checked, none twice, not too many."""
    problems = Problems()
    _limit(problems, texts, most, name)
    words = _each(problems, texts[: 2 * most], check)  # what is far too long is not read to its end
    keys = [folded(word) for word in words]
    for position, key in enumerate(keys):
        if key and key in keys[:position]:
            sentence = f"{words[position]!r} is there twice."
            problems.note(InvalidValue(sentence, (str(position),), ErrorCode.REPEATED))
    problems.refuse_any()
    return words


def _each(problems: Problems, texts: Iterable[str], check: Callable[[str], str]) -> list[str]:
    checked: list[str] = []
    for position, text in enumerate(texts):
        with problems.under(str(position)):
            checked.append(check(text))
            continue
        checked.append("")  # keeps the positions of the ones behind it
    return checked


def _limit(problems: Problems, texts: Sequence[str], most: int, name: str) -> None:
    if len(texts) > most:
        sentence = f"These are {len(texts)} {name}; at most {most} are allowed."
        problems.note(InvalidValue(sentence, code=ErrorCode.TOO_LONG, maximum=Decimal(most)))


_CHECKS: Final[dict[str, Callable[[Any], dict[str, Any]]]] = {
    "title": _title,
    "artists": _artists,
    "bpm": _bpm,
    "key": _key,
    "scale": _scale,
    "genres": _genres,
    "tags": _tags,
    "moods": _moods,
    "description": _description,
}
FACTS: Final = tuple(_CHECKS)
