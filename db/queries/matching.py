"""Which tracks may answer a request, out of a whole catalogue, and which open requests a track may answer (D-62, D-63).

The score is summed here as `api.requests.fit` sums it, in whole numbers, so that only the best of each producer are read.
How alike two sound is not: of that, a few components tell how much it can be at most.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    LargeBinary,
    Subquery,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.dialects import Checked
from db.ids import AccountId, BeatRequestId, ProducerId
from db.models.accounts import RoleGrant
from db.models.producers import Producer
from db.models.requests import Submission, TrackTraits
from db.models.tracks import Track, TrackLabel
from db.queries.rows import AnySelect, read
from db.seeking import FULL, Sought, genre_bits, mood_bits
from db.sound import farthest, parse
from db.vocabulary import LabelKind, MatchPart, Role, Scale, TrackStatus

KEPT_OF_A_PRODUCER: Final = 3
"""Tracks that a producer is told of, and a requester shown, for one request (D-64)."""
_LIKENESS_STEP: Final = 100
"""Points by which the bound of a likeness is rough."""
_COMPONENTS: Final = ("sound_0", "sound_1", "sound_2", "sound_3")

Number = ColumnElement[int]
Condition = ColumnElement[bool]


class Candidate(NamedTuple):
    """A track that may answer.

    Attributes:
        points: Weighted; without those of its sound.
        sound: Null too where the request does not ask for one.
    """

    number: int
    producer_id: ProducerId
    points: int
    sound: bytes | None


class Asker(NamedTuple):
    """Whose request it is: own tracks do not answer it, nor do those that were offered to it."""

    request: BeatRequestId
    account: AccountId


async def candidates(
    session: AsyncSession, sought: Sought, asker: Asker, *, of: ProducerId | None = None
) -> list[Candidate]:
    """Published tracks of verified producers that may answer: without a sound the best of each, else all.

    Args:
        of: Only this producer's.
    """
    return await read(session, Candidate, narrowed(sought, asker, of=of)) if sought.weights else []


def narrowed(sought: Sought, asker: Asker, *, of: ProducerId | None = None) -> AnySelect:
    """The statement behind `candidates`."""
    scored = _scored(sought, asker, of).subquery()
    columns = (scored.c.number, scored.c.producer_id, scored.c.points, scored.c.sound)
    enough = select(*columns).where(scored.c.points + scored.c.alike >= sought.least)
    if MatchPart.SOUND in sought.weights:
        return enough
    best_first = scored.c.points.desc(), scored.c.number.desc()
    place = func.row_number().over(partition_by=scored.c.producer_id, order_by=best_first)
    ranked = enough.add_columns(place.label("place")).subquery()
    best = select(ranked.c.number, ranked.c.producer_id, ranked.c.points, ranked.c.sound)
    return best.where(ranked.c.place <= KEPT_OF_A_PRODUCER)


def _scored(sought: Sought, asker: Asker, of: ProducerId | None) -> AnySelect:
    tagged = _tagged(sought) if sought.tags else None
    points = _sum([sought.weights[part] * _points(part, sought, tagged) for part in _summed(sought)])
    sound: Any = col(TrackTraits.sound) if sought.sound else literal(None, LargeBinary())
    columns: AnySelect = select(
        col(TrackTraits.number),
        col(TrackTraits.producer_id),
        type_coerce(points, BigInteger()).label("points"),
        _most_alike(sought).label("alike"),
        sound.label("sound"),
    )
    found = columns.where(*_whose(asker, of, sought), *_must(sought))
    if tagged is None:
        return found
    optional = MatchPart.TAGS not in _needed(sought)
    return found.join(tagged, tagged.c.number == col(TrackTraits.number), isouter=optional)


def _sum(terms: Sequence[Number]) -> Number:
    first: Number = literal(0, BigInteger())
    return sum(terms, first)


def _whose(asker: Asker, of: ProducerId | None, sought: Sought) -> list[Condition]:
    verified = (
        select(col(Producer.id))
        .join(RoleGrant, col(RoleGrant.account_id) == col(Producer.account_id))
        .where(
            col(RoleGrant.role) == Role.VERIFIED_PRODUCER,
            col(RoleGrant.withdrawn_at).is_(None),
            col(Producer.account_id) != asker.account,
        )
    )
    offered = (
        select(col(Track.number))
        .join(Submission, col(Submission.track_id) == col(Track.id))
        .where(col(Submission.request_id) == asker.request)
    )
    producer = col(TrackTraits.producer_id)
    return [
        (col if _led_by_index(sought) else Checked)(TrackTraits.status) == TrackStatus.PUBLISHED,
        Checked(producer).in_(verified),
        *([] if of is None else [producer == of]),
        col(TrackTraits.number).not_in(offered),
    ]


def _led_by_index(sought: Sought) -> bool:
    """Whether tracks are found along an index of their traits; else by their labels, or all are looked at.

    Going through all published tracks along an index takes SQLite three times as long as going through the table. Left to
    choose, it would also take every tempo with every number that is labelled, and every producer with both.
    """
    needed = set(_needed(sought))
    labelled = not {MatchPart.GENRE, MatchPart.TAGS}.isdisjoint(needed)
    return not labelled and not {MatchPart.BPM, MatchPart.KEY}.isdisjoint(needed)


def _must(sought: Sought) -> list[Condition]:
    """What no other part makes up for: what always fails, and parts without which the rest is too little."""
    opposed = mood_bits(sought.opposed)
    contradicted = [or_(_has_no(opposed), _mood_points(sought) > 0)] if opposed else []
    return [
        *_on_sale(sought),
        *contradicted,
        *(one for part in _needed(sought) for one in _HAS_POINTS[part](sought)),
    ]


def _on_sale(sought: Sought) -> list[Condition]:
    """An exclusive that can be had: in the currency of the budget for no more than that."""
    if not sought.exclusive:
        return []
    price, currency = col(TrackTraits.exclusive_price_minor), col(TrackTraits.exclusive_currency)
    if sought.budget is None:
        return [price.is_not(None)]
    return [price.is_not(None), or_(currency != sought.budget.currency, price <= sought.budget.minor)]


def _needed(sought: Sought) -> list[MatchPart]:
    always = {MatchPart.GENRE, MatchPart.BPM}
    return [
        part
        for part, weight in sought.weights.items()
        if part in always or FULL * (sought.whole - weight) < sought.least
    ]


def _summed(sought: Sought) -> list[MatchPart]:
    return [part for part in sought.weights if part is not MatchPart.SOUND]


def _points(part: MatchPart, sought: Sought, tagged: Subquery | None) -> Number:
    if part is MatchPart.TAGS:
        assert tagged is not None  # tags were asked for
        points: Number = func.coalesce(tagged.c.points, 0)
        return points
    return _OF_A_ROW[part](sought)


def _genre_points(sought: Sought) -> Number:
    """Of an unknown genre full ones: it was found by its label."""
    bits = {
        points: genre_bits(g for g, p in sought.genres.items() if p == points)
        for points in sought.genres.values()
    }
    return _first_of(col(TrackTraits.genres), bits) if any(bits.values()) else literal(FULL, BigInteger())


def _bpm_points(sought: Sought) -> Number:
    points = {
        each: sorted(bpm for bpm, one in sought.bpms.items() if one == each) for each in sought.bpms.values()
    }
    bpm = col(TrackTraits.bpm)
    return case(*((bpm.in_(bpms), literal(each)) for each, bpms in points.items()), else_=literal(0))


def _key_points(sought: Sought) -> Number:
    return case(*((_is_key(*key), literal(points)) for key, points in sought.keys.items()), else_=literal(0))


def _mood_points(sought: Sought) -> Number:
    each = [
        _first_of(
            col(TrackTraits.moods),
            {points: mood_bits(m for m, p in answers.items() if p == points) for points in answers.values()},
        )
        for answers in sought.moods
    ]
    return _sum(each) // len(each)


def _first_of(column: Any, bits: Mapping[int, int]) -> Number:
    """The most points of which one of the bits is there."""
    best_first = sorted((points, mask) for points, mask in bits.items() if mask)[::-1]
    whens = [(column.bitwise_and(mask) != 0, literal(points)) for points, mask in best_first]
    return case(*whens, else_=literal(0)) if whens else literal(0, BigInteger())


def _has_no(bits: int) -> Condition:
    moods: Any = col(TrackTraits.moods)
    without: Condition = moods.bitwise_and(bits) == 0
    return without


def _has_a_key(keys: Collection[tuple[int, Scale]]) -> list[Condition]:
    """By the pitch class too, which an index leads to."""
    pitches = sorted({pitch for pitch, _ in keys})
    return [col(TrackTraits.pitch_class).in_(pitches), or_(*(_is_key(*key) for key in sorted(keys)))]


def _is_key(pitch: int, scale: Scale) -> Condition:
    return and_(col(TrackTraits.scale) == scale, col(TrackTraits.pitch_class) == pitch)


def _labelled(genres: Collection[str]) -> Condition:
    found = select(col(TrackLabel.number)).where(*_labels([LabelKind.GENRE], genres))
    return col(TrackTraits.number).in_(found)


def _labels(kinds: Collection[LabelKind], labels: Collection[str]) -> list[Condition]:
    return [
        col(TrackLabel.status) == TrackStatus.PUBLISHED,
        col(TrackLabel.kind).in_(sorted(kinds)),
        col(TrackLabel.folded).in_(sorted(labels)),
    ]


def _tagged(sought: Sought) -> Subquery:
    """Tracks that have any of the tags, with their points: one reading of the labels, whatever their number."""
    every = {label for answers in sought.tags for label in answers}
    best = [func.max(_label_points(answers)) for answers in sought.tags]
    points = _sum(best) // len(best)
    number = col(TrackLabel.number)
    found = select(number, points.label("points")).where(*_labels(list(LabelKind), every))
    return found.group_by(number).subquery()


def _label_points(answers: Mapping[str, int]) -> Number:
    points = {each: sorted(w for w, one in answers.items() if one == each) for each in answers.values()}
    folded = col(TrackLabel.folded)
    return case(*((folded.in_(words), literal(each)) for each, words in points.items()), else_=literal(0))


def _most_alike(sought: Sought) -> Number:
    """At most so many weighted points has its sound."""
    if not sought.sound or MatchPart.SOUND not in sought.weights:
        return literal(0, BigInteger())
    weight, distance = sought.weights[MatchPart.SOUND], _distance(sought.sound)
    steps = range(FULL - _LIKENESS_STEP, 0, -_LIKENESS_STEP)
    whens = [(distance <= _reach(least), literal(weight * (least + _LIKENESS_STEP))) for least in steps]
    unheard = (col(TrackTraits.sound_0).is_(None), literal(0))
    return case(unheard, *whens, else_=literal(weight * _LIKENESS_STEP))


def _near_enough(sought: Sought) -> list[Condition]:
    """Within reach, where too little is left without the sound."""
    if not sought.sound:
        return []
    weight = sought.weights[MatchPart.SOUND]
    without = FULL * (sought.whole - weight)
    return [_distance(sought.sound) <= _reach(-((without - sought.least) // weight))]


def _reach(points: int) -> int:
    """The farthest that rounds to so many points."""
    return farthest((points - 0.5) / FULL)


def _distance(sound: bytes) -> Number:
    steps = [
        getattr(TrackTraits, name) - place for name, place in zip(_COMPONENTS, parse(sound), strict=False)
    ]
    return _sum([type_coerce(step * step, BigInteger()) for step in steps])


_OF_A_ROW: Final[Mapping[MatchPart, Callable[[Sought], Number]]] = {
    MatchPart.GENRE: _genre_points,
    MatchPart.BPM: _bpm_points,
    MatchPart.KEY: _key_points,
    MatchPart.MOOD: _mood_points,
}
_HAS_POINTS: Final[Mapping[MatchPart, Callable[[Sought], list[Condition]]]] = {
    MatchPart.GENRE: lambda sought: [_labelled(sought.genre_labels), _genre_points(sought) > 0],
    MatchPart.BPM: lambda sought: [
        (Checked if sought.genres else col)(TrackTraits.bpm).in_(sorted(sought.bpms))
    ],
    MatchPart.KEY: lambda sought: _has_a_key(sought.keys),
    MatchPart.MOOD: lambda sought: [_mood_points(sought) > 0],
    MatchPart.SOUND: _near_enough,
    MatchPart.TAGS: lambda sought: [],  # joined
}
