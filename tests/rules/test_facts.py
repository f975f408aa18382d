"""D-11 to D-13: what a track's facts must be, with all problems at once."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.catalog.rules import checked_facts
from api.refusals import InvalidValue, Problems
from db.searching import labels_of
from db.vocabulary import GENRE_PARENTS, MOODS, LabelKind, MusicalKey, Scale
from tests.rules.judging import problems_of


def columns(**facts: Any) -> dict[str, Any]:
    problems = Problems()
    taken = checked_facts(problems, facts)
    assert problems.found == []
    return taken


def found(**facts: Any) -> list[tuple[str, str]]:
    return problems_of(lambda problems: checked_facts(problems, facts))


def the_problem(**facts: Any) -> InvalidValue:
    problems = Problems()
    checked_facts(problems, facts)
    [problem] = problems.found
    assert isinstance(problem, InvalidValue)
    return problem


def test_all_problems_are_found_at_once_each_at_its_place() -> None:
    facts = {
        "title": "a_b.wav",
        "artists": ["Nova", " ", "x" * 61],
        "bpm": 59,
        "key": None,
        "scale": None,
        "genres": ["Trap", "trap", "Soul", "Pop"],
        "tags": ["808", "#808"],
        "moods": ["Darkk"],
        "description": "x" * 5001,
    }
    assert found(**facts) == [
        ("title", "TITLE_LIKE_FILE_NAME"),
        ("artists.1", "REQUIRED"),
        ("artists.2", "TOO_LONG"),
        ("bpm", "OUT_OF_RANGE"),
        ("key", "REQUIRED"),
        ("scale", "REQUIRED"),
        ("genres", "TOO_LONG"),
        ("genres.1", "REPEATED"),
        ("tags.1", "REPEATED"),
        ("moods.0", "UNKNOWN_VALUE"),
        ("description", "TOO_LONG"),
    ]


@given(st.integers(-(2**31), 2**31 - 1))
def test_bpm_is_felt_from_60_to_200(bpm: int) -> None:
    assert found(bpm=bpm) == ([] if 60 <= bpm <= 200 else [("bpm", "OUT_OF_RANGE")])


@pytest.mark.parametrize(
    ("bpm", "suggestion"),
    [(59, "118"), (30, "60"), (29, None), (201, "100"), (400, "200"), (402, None), (-70, None)],
)
def test_a_tempo_at_half_or_double_time_is_suggested(bpm: int, suggestion: str | None) -> None:
    problem = the_problem(bpm=bpm)
    assert (problem.minimum, problem.maximum) == (Decimal(60), Decimal(200))
    assert problem.suggestion == suggestion


@pytest.mark.parametrize("nothing", [None, []])
def test_at_least_one_artist_is_needed(nothing: list[str] | None) -> None:
    assert found(artists=nothing) == [("artists", "REQUIRED")]


def test_lists_have_their_longest_lengths() -> None:
    assert found(artists=["x"] * 20) == []
    assert the_problem(artists=["x"] * 21).maximum == Decimal(20)
    assert found(tags=[f"t{n}" for n in range(20)]) == []
    assert the_problem(tags=[f"t{n}" for n in range(21)]).maximum == Decimal(20)
    assert the_problem(genres=list("abcd")).maximum == Decimal(3)
    assert the_problem(moods=list(MOODS[:4])).maximum == Decimal(3)


@pytest.mark.parametrize("genre", GENRE_PARENTS)
def test_a_known_genre_is_known_however_it_is_typed(genre: str) -> None:
    assert columns(genres=[f" {genre.upper()} "]) == {"genres": [genre]}


def test_a_genre_of_ones_own_is_kept_as_typed() -> None:
    assert columns(genres=["Phonk  House"]) == {"genres": ["Phonk House"]}


@pytest.mark.parametrize("mood", MOODS)
def test_a_known_mood_is_known_however_it_is_typed(mood: str) -> None:
    assert columns(moods=[mood.lower()]) == {"moods": [mood]}


def test_an_unknown_mood_is_refused_with_the_nearest_one() -> None:
    assert the_problem(moods=["Drak"]).suggestion == "Dark"
    assert the_problem(moods=["xyzzy"]).suggestion is None


def test_tags_are_lower_case_without_their_sign() -> None:
    assert columns(tags=["#Lo-Fi", " #808  Bass "]) == {"tags": ["lo-fi", "808 bass"]}


def test_lists_and_description_may_be_cleared() -> None:
    cleared = columns(genres=None, tags=None, moods=None, description=None)
    assert cleared == {"genres": [], "tags": [], "moods": [], "description": None}


def test_a_description_keeps_its_lines() -> None:
    assert columns(description=" One\r\n\r\nTwo\u200b \n") == {"description": "One\n\nTwo"}


def test_key_and_scale_are_stored_as_pitch_class_and_mode() -> None:
    assert columns(key=MusicalKey.B_FLAT, scale=Scale.MINOR) == {"pitch_class": 10, "scale": Scale.MINOR}


@given(st.lists(st.text(max_size=40), max_size=25))
def test_what_is_filtered_by_fits_its_column_whatever_is_typed(words: list[str]) -> None:
    problems = Problems()
    nothing: dict[str, Any] = {"genres": [], "tags": [], "moods": []}
    taken = nothing | checked_facts(problems, {"tags": words})
    assert all(kind is LabelKind.TAG and len(word) <= 100 for kind, word, _ in labels_of(taken))


def test_a_long_folded_title_fits_its_column() -> None:
    assert len(columns(title="ﷺ" * 100)["title_key"]) == 300


def test_a_genre_brings_its_parent_so_that_a_parent_finds_its_children() -> None:
    labels = labels_of({"genres": ["Trap Soul", "Phonk"], "tags": [], "moods": []})
    written = {"trap soul": "Trap Soul", "r&b": "R&B", "phonk": "Phonk"}
    assert set(labels) == {(LabelKind.GENRE, *each) for each in written.items()}
