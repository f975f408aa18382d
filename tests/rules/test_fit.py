"""The score of a track for a request, and why (D-63)."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.requests.fit import explain, fit
from api.requests.meaning import moods_for, tags_for
from api.requests.traits import Traits
from api.requests.wanted import Tempo, Wanted, keys_for, seek, tempos_for
from db.seeking import FULL, Price
from db.vocabulary import GENRE_PARENTS, MOODS, CurrencyCode, MatchPart, Scale
from tests.requests.judged import ALIKE, REFERENCE, USD, ask, beat

few = settings(max_examples=60, deadline=None)
KEYS = st.tuples(st.integers(0, 11), st.sampled_from(Scale))
TEMPOS = st.tuples(st.integers(60, 200), st.integers(0, 20)).map(lambda two: Tempo(two[0], two[0] + two[1]))
SOUNDS = st.none() | st.binary(min_size=16, max_size=16)
TAGS = st.lists(
    st.sampled_from(["808", "808s", "guitar", "acoustic guitar", "dark", "lofi", "piano", "xyz"]), max_size=4
)
MOOD_LISTS = st.lists(st.sampled_from(MOODS), max_size=3, unique=True).map(tuple)
WANTED = st.builds(
    Wanted,
    genre=st.none() | st.sampled_from([*GENRE_PARENTS, "Phonk"]),
    tempo=st.none() | TEMPOS,
    key=st.none() | KEYS,
    moods=MOOD_LISTS,
    tags=TAGS.map(tuple),
    sound=SOUNDS,
)
TRACKS = st.builds(
    Traits.of,
    genres=st.lists(st.sampled_from([*GENRE_PARENTS, "Phonk"]), min_size=1, max_size=3),
    moods=MOOD_LISTS,
    tags=TAGS,
    bpm=st.integers(60, 200),
    key=KEYS,
    sound=SOUNDS,
)


def said(wanted: Wanted, track: Traits) -> list[str]:
    return [reason.text for reason in explain(wanted, track)]


def score(wanted: Wanted, track: Traits) -> float | None:
    return fit(seek(wanted), track)


@few
@given(WANTED, TRACKS)
def test_a_score_is_between_0_and_1_and_its_reasons_add_up_to_it(wanted: Wanted, track: Traits) -> None:
    found, reasons = score(wanted, track), explain(wanted, track)
    assert all(0 <= one.score <= 1 and one.text for one in reasons)
    if found is None:
        return
    assert 0.6 <= found <= 1
    assert sum(one.score * one.weight for one in reasons) == pytest.approx(found, abs=1e-12)
    assert sum(one.weight for one in reasons) == pytest.approx(1, abs=1e-12)


@few
@given(WANTED, TRACKS, TRACKS)
def test_what_was_not_asked_for_does_not_matter(wanted: Wanted, track: Traits, other: Traits) -> None:
    asked = {
        "genres": wanted.genre,
        "moods": wanted.moods,
        "labels": wanted.tags,
        "bpm": wanted.tempo,
        "key": wanted.key,
        "sound": wanted.sound,
    }
    changed = replace(track, **{name: getattr(other, name) for name, given in asked.items() if not given})
    assert score(wanted, changed) == score(wanted, track)
    assert explain(wanted, changed) == explain(wanted, track)


@few
@given(WANTED, TRACKS)
def test_a_track_that_is_as_asked_in_one_part_more_never_fits_worse(wanted: Wanted, track: Traits) -> None:
    better = replace(
        track,
        key=wanted.key or track.key,
        bpm=wanted.tempo.least if wanted.tempo else track.bpm,
        sound=wanted.sound or track.sound,
        moods=track.moods | set(wanted.moods),
        labels=track.labels | set(wanted.tags),
    )
    assert (score(wanted, better) or 0) >= (score(wanted, track) or 0)


@few
@given(KEYS, KEYS)
def test_keys_mix_both_ways_alike(one: tuple[int, Scale], other: tuple[int, Scale]) -> None:
    assert keys_for(*one).get(other) == keys_for(*other).get(one)


def test_near_moods_are_near_both_ways() -> None:
    assert all(
        moods_for(other)[mood] == points for mood in MOODS for other, points in moods_for(mood).items()
    )


@few
@given(TEMPOS, st.integers(60, 200))
def test_a_tempo_counts_full_inside_falls_to_0_at_6_percent_and_is_read_at_half_and_double(
    tempo: Tempo, bpm: int
) -> None:
    points = tempos_for(tempo).get(bpm, 0)
    readings = [tempo.least <= bpm * times <= tempo.most for times in (1, 2, 0.5)]
    if readings[0]:
        assert points == FULL
    elif any(readings):
        assert points >= 850
    elif not any(tempo.least * 0.94 < bpm * times < tempo.most * 1.06 for times in (1, 2, 0.5)):
        assert points == 0
    else:
        assert 0 <= points < FULL


@pytest.mark.parametrize(
    ("bpm", "points"),
    [(138, 1000), (142, 1000), (147, 886), (150, 543), (155, 0), (69, 850), (71, 850), (67, 439)],
)
def test_points_of_tempos_for_138_to_146(bpm: int, points: int) -> None:
    assert tempos_for(Tempo(138, 146)).get(bpm, 0) == points


def test_what_is_asked_for_twice_the_tempo_is_found_at_double() -> None:
    assert tempos_for(Tempo(70, 73))[143] == 850
    assert 150 not in tempos_for(Tempo(70, 70))


@pytest.mark.parametrize(
    ("genre", "track", "expected"),
    [("Drill", "Drill", 1.0), ("Drill", "UK Drill", 0.6), ("UK Drill", "Drill", 0.6), ("Trap Soul", "Alternative R&B", None),
     ("Phonk", "phonk", 1.0), ("Phonk", "Trap", None), ("Hip-Hop", "hip hop", 1.0), ("rnb", "R&B", 1.0)],
)  # fmt: skip
def test_a_genre_is_the_same_its_wider_one_one_within_it_or_none(
    genre: str, track: str, expected: float | None
) -> None:
    assert score(ask(genre), beat(track)) == expected


@pytest.mark.parametrize(
    ("key", "expected"), [("C", 1.0), ("Am", 0.8), ("G", 0.6), ("F", 0.6), ("Em", None), ("D", None)]
)
def test_a_key_is_the_same_the_relative_a_neighbour_or_none(key: str, expected: float | None) -> None:
    assert score(ask(key="C"), beat("Trap", key=key)) == expected


def test_a_request_that_gives_nothing_but_a_link_is_answered_by_nothing() -> None:
    assert score(ask(), beat("Trap")) is None
    assert score(ask(exclusive=True), beat("Trap", price=(100, USD))) is None


def test_another_tempo_fails_whatever_else_fits() -> None:
    wanted = ask("Trap", bpm=(140, 140), key="Am", moods=["Dark"], tags=["808"], like=REFERENCE)
    perfect = beat("Trap", bpm=140, key="Am", moods=["Dark"], tags=["808"], sounds=REFERENCE)
    assert score(wanted, perfect) == 1.0
    assert score(wanted, replace(perfect, bpm=95)) is None


@pytest.mark.parametrize(
    ("price", "fits"),
    [
        (Price(50_000, USD), True),
        (Price(50_001, USD), False),
        (Price(90_000, CurrencyCode.EUR), True),
        (None, False),
    ],
)
def test_an_exclusive_has_to_be_on_sale_within_the_budget_of_its_currency(
    price: Price | None, *, fits: bool
) -> None:
    wanted = ask("Trap", exclusive=True, budget=(500, USD))
    assert (score(wanted, replace(beat("Trap"), exclusive=price)) is not None) is fits


def test_tags_answer_moods_and_moods_and_genres_answer_tags() -> None:
    assert score(ask(moods=["Dark"]), beat("Trap", tags=["dark"])) == 1.0
    assert score(ask(tags=["dark"]), beat("Trap", moods=["Dark"])) == 1.0
    assert score(ask(tags=["drill"]), beat("UK Drill")) == 1.0
    assert score(ask("Drill"), beat("Trap", tags=["drill"])) is None


def test_a_wide_tag_is_answered_by_a_narrow_one_and_the_other_way_round_nearly() -> None:
    assert tags_for("guitar")["acoustic guitar"] == FULL
    assert tags_for("acoustic guitar")["guitar"] == 600
    assert tags_for("808s")["808-bass"] == FULL


def test_every_part_says_why_with_its_numbers() -> None:
    wanted = ask(
        "Drill",
        bpm=(138, 146),
        key="C",
        moods=["Dark", "Eerie", "Hype"],
        tags=["808", "choir"],
        like=REFERENCE,
    )
    track = beat("UK Drill", bpm=70, key="Am", moods=["Dark", "Sinister"], tags=["808s"], sounds=ALIKE)
    assert said(wanted, track) == [
        "UK Drill is within Drill",
        "BPM 70 is half of 140",
        "A minor is the relative of C major",
        "2 of 3 moods: Dark, Dark for Eerie",
        "1 of 2 tags: 808s for 808",
        "Sounds 98 % like the reference",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "track", "text"),
    [
        (ask("UK Drill"), beat("Drill"), "UK Drill is within Drill"),
        (ask("trap"), beat("Trap"), "trap is what was asked for"),
        (ask(bpm=(138, 146)), beat("Trap", bpm=142), "BPM 142 is inside 138\N{EN DASH}146"),
        (ask(bpm=(140, 140)), beat("Trap", bpm=142), "BPM 142 is 2 above 140"),
        (ask(bpm=(70, 72)), beat("Trap", bpm=143), "BPM 143 is double of 71.5"),
        (ask(bpm=(138, 146)), beat("Trap", bpm=68), "BPM 68 is half of 136, 2 below 138\N{EN DASH}146"),
        (ask(key="C"), beat("Trap", key="G"), "G major is next to C major on the Camelot wheel"),
        (ask(key="Am"), beat("Trap", key="Am"), "A minor is the key asked for"),
        (ask(moods=["Dark"]), beat("Trap", moods=["Dark"]), "1 of 1 mood: Dark"),
        (
            ask(tags=["guitar"]),
            beat("Trap", tags=["acoustic guitar"]),
            "1 of 1 tag: acoustic guitar for guitar",
        ),
    ],
)
def test_a_reason_is_in_plain_words(wanted: Wanted, track: Traits, text: str) -> None:
    assert said(wanted, track) == [text]


def test_a_part_without_points_says_so() -> None:
    wanted = ask("Trap", bpm=(140, 140), key="C", tags=["choir"], like=REFERENCE)
    found = explain(wanted, beat("Trap", bpm=140, key="F#", tags=["piano"], sounds=REFERENCE))
    assert [(one.part, one.score, one.text) for one in found if not one.score] == [
        (MatchPart.KEY, 0.0, "F♯ major does not mix with C major"),
        (MatchPart.TAGS, 0.0, "0 of 1 tag"),
    ]
    assert said(ask("Trap", bpm=(140, 140), like=REFERENCE), beat("House", bpm=90)) == [
        "Not Trap",
        "BPM 90 is half of 180, 40 above 140",
        "How it sounds is not measured yet",
    ]
