"""What a beat request asks for, checked like the facts of tracks that are to answer it (D-60)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from api.catalog.offers import checked_amount
from api.catalog.rules import FASTEST_BPM, SLOWEST_BPM, checked_bpm, checked_facts, checked_genre
from api.refusals import InvalidValue, Problems
from api.requests.meaning import genre_named
from api.texts import checked_text
from db.keys import pitch_class
from db.searching import label_key
from db.vocabulary import GENRE_PARENTS, CurrencyCode, ErrorCode, MusicalKey, Scale, WantedLicence

_SHORTEST_TEXT: Final = 10
_LONGEST_TEXT: Final = 500
_LOWEST_BUDGET: Final = Decimal("0.01")


@dataclass(frozen=True)
class Wishes:
    """What is asked for, as it was entered; null: left out."""

    text: str
    genre: str | None = None
    bpm_min: int | None = None
    bpm_max: int | None = None
    key: MusicalKey | None = None
    scale: Scale | None = None
    moods: Sequence[str] = ()
    tags: Sequence[str] = ()
    budget_amount: Decimal | None = None
    budget_currency: CurrencyCode | None = None
    wanted_licence: WantedLicence = WantedLicence.ANY


def checked_wishes(problems: Problems, wishes: Wishes) -> dict[str, Any]:
    """The wishes as columns of a request; everything that is wrong is noted under its name."""
    columns: dict[str, Any] = {"wanted_licence": wishes.wanted_licence}
    with problems.under("text"):
        columns["text"] = checked_text(
            wishes.text, shortest=_SHORTEST_TEXT, longest=_LONGEST_TEXT, lines=True
        )
    columns |= _genre(problems, wishes.genre)
    columns |= _tempo(problems, wishes.bpm_min, wishes.bpm_max)
    columns |= _key(problems, wishes.key, wishes.scale)
    columns |= checked_facts(problems, {"moods": wishes.moods, "tags": wishes.tags})
    return columns | _budget(problems, wishes.budget_amount, wishes.budget_currency)


def _genre(problems: Problems, genre: str | None) -> dict[str, Any]:
    """By the name that we know it by, where it is a spelling of one: so it is found, muted and matched as that."""
    if genre is None:
        return {}
    with problems.under("genre"):
        given = checked_genre(genre)
        named = genre_named(given)
        known = named if named in GENRE_PARENTS else given
        return {"genre": known, "genre_folded": label_key(known)}
    return {}


def _tempo(problems: Problems, slowest: int | None, fastest: int | None) -> dict[str, Any]:
    """Both ends of the range; the one that is left out is that of all tempos."""
    if slowest is None and fastest is None:
        return {}
    before = len(problems.found)
    ends = {"bpm_min": SLOWEST_BPM, "bpm_max": FASTEST_BPM}
    for name, given in (("bpm_min", slowest), ("bpm_max", fastest)):
        with problems.under(name):
            ends[name] = ends[name] if given is None else checked_bpm(given)
    if len(problems.found) == before and ends["bpm_min"] > ends["bpm_max"]:
        sentence = f"The fastest tempo is below the slowest, {ends['bpm_min']} BPM."
        least = Decimal(ends["bpm_min"])
        problems.note(InvalidValue(sentence, ("bpm_max",), ErrorCode.OUT_OF_RANGE, minimum=least))
    return ends


def _key(problems: Problems, key: MusicalKey | None, scale: Scale | None) -> dict[str, Any]:
    if key is None and scale is None:
        return {}
    if key is None:
        problems.note(InvalidValue("Give the key with its scale, or neither.", ("key",), ErrorCode.REQUIRED))
        return {}
    if scale is None:
        problems.note(InvalidValue("Give the scale of the key, or neither.", ("scale",), ErrorCode.REQUIRED))
    return {"pitch_class": pitch_class(key), "scale": scale}


def _budget(problems: Problems, amount: Decimal | None, currency: CurrencyCode | None) -> dict[str, Any]:
    if amount is None:
        return {}
    with problems.under("budget"):
        minor = checked_amount(amount, "budget", lowest=_LOWEST_BUDGET)
        return {"budget_minor": minor, "budget_currency": currency}
    return {}
