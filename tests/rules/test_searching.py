"""Words that are the same however they are typed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.searching import (
    IN_DESCRIPTION,
    IN_LABELS,
    IN_NAMES,
    IN_TITLE,
    LONGEST_QUERY,
    LONGEST_WORD,
    MOST_DESCRIBING_WORDS,
    MOST_WORDS,
    WHOLE_TITLE,
    labels_of,
    query_of,
    query_words,
    search_terms,
    whole_title,
    words_of_name,
)
from db.vocabulary import LabelKind

ALIKE = [
    ("lofi", ["lo-fi", "LO-FI", "lo fi", "Lo\u2011Fi", "lofi", "\uff4c\uff4f\uff46\uff49"]),
    ("rnb", ["R&B", "rnb", "r & b", "r n b", "r and b", "R'n'B", "R-n-B"]),
    ("beyonce", ["beyonce", "Beyoncé", "BEYONCE\u0301", "beyoncé"]),
    ("808", ["808s", "808", "808'S", "\uff18\uff10\uff18"]),
    ("fsharp", ["F#", "f♯", "F-Sharp"]),
    ("bflat", ["B♭", "b-flat"]),
    ("hiphop", ["Hip-Hop", "hip hop", "HIPHOP"]),
    ("dont", ["don't", "don\u2019t", "dont", "DON`T"]),
    ("strasse", ["Straße", "STRASSE"]),
    ("fire", ["\ufb01re", "fire"]),
    ("smorrebrod", ["Smørrebrød", "smorrebrod"]),
    ("привет", ["Привет", "ПРИВЕТ"]),
]
SEVERAL = [
    ("Night Drive", ("night", "drive")),
    ("Drum & Bass", ("drum", "bass")),
    ("drum and bass", ("drum", "bass")),
    ("F# minor", ("fsharp", "minor")),
    ("夜", ("夜",)),
    ("夜のドライブ", ("夜の", "のド", "ドラ", "ライ", "イブ")),
    ("서울 밤", ("서울", "밤")),
    ("fire🔥", ("fire", "🔥")),
    ("❤\ufe0f", ("❤",)),
    ('a"b', ("a", "b")),
    ("title:night", ("title", "night")),
    ("NOT night OR day*", ("not", "night", "or", "day")),
    ("and", ("and",)),
]
NOTHING = ["", "   ", "\n\t", "!!!", '"', "%", "_", "*", "&", "-", "--", "'", "?!…", "()"]

_WORDS = st.sampled_from(
    [
        "lo-fi",
        "lo",
        "fi",
        "hip",
        "hop",
        "r",
        "b",
        "n",
        "and",
        "&",
        "R&B",
        "X-Ray",
        "808s",
        "140bpm",
        "Beyoncé",
        "F#",
        "B♭",
        "don't",
        "夜のドライブ",
        "夜",
        "🔥",
        "서울",
        "Night",
        "Drive",
        "neo",
        "soul",
        "afro",
        "beats",
        "boom",
        "bap",
        "-",
        '"',
        "'",
        "\uff37\uff49\uff44\uff45",
        "Straße",
        "Привет",
        "हिन्दी",
        "ไทย",
    ]
)
_TITLES = st.one_of(st.lists(_WORDS, min_size=1, max_size=6).map(" ".join), st.text(min_size=1, max_size=30))
_WHATEVER = st.text(max_size=3000)


def facts(**different: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "title": "Night Drive",
        "artists": [],
        "genres": [],
        "tags": [],
        "moods": [],
        "description": None,
    }
    return usual | different


def terms_of_title(title: str) -> dict[str, int]:
    return search_terms(facts(title=title), "")


@pytest.mark.parametrize(("word", "spellings"), ALIKE)
def test_however_it_is_typed_it_is_the_same_word(word: str, spellings: list[str]) -> None:
    assert [query_of(one) for one in spellings] == [(word,)] * len(spellings)


@pytest.mark.parametrize(("word", "spellings"), ALIKE)
def test_each_spelling_finds_a_title_in_each_other(word: str, spellings: list[str]) -> None:
    assert [title for title in spellings if terms_of_title(title).get(word) != IN_TITLE] == []


@pytest.mark.parametrize(("text", "words"), SEVERAL)
def test_text_is_cut_into_words_and_operators_are_text(text: str, words: tuple[str, ...]) -> None:
    assert query_of(text) == words


@pytest.mark.parametrize("text", NOTHING)
def test_without_letters_there_is_nothing_to_look_for(text: str) -> None:
    assert query_of(text) == ()
    assert terms_of_title(text) == {}


def test_a_sharp_and_a_flat_are_other_words_than_the_letter() -> None:
    assert {query_of(one) for one in ("B", "B♭", "B♯", "Bb")} == {("b",), ("bflat",), ("bsharp",), ("bb",)}


def test_a_part_of_a_word_with_a_hyphen_finds_it_and_neighbours_are_found_as_one() -> None:
    assert {"lo", "fi", "lofi"} <= terms_of_title("lo-fi").keys()
    assert {"x", "ray", "xray"} <= terms_of_title("X Ray").keys()
    assert {"140bpm", "140", "bpm"} <= terms_of_title("140bpm").keys()
    assert {"夜", "の", "夜の"} <= terms_of_title("夜の").keys()


def test_a_word_weighs_what_its_best_place_does() -> None:
    everywhere = facts(
        title="One", artists=["One Two"], genres=["UK Drill"], tags=["Three"], moods=["Two"],
        description="One three four",
    )  # fmt: skip
    assert search_terms(everywhere, "Nova") == {
        " one": WHOLE_TITLE,
        "one": IN_TITLE,
        "two": IN_NAMES,
        "onetwo": IN_NAMES,
        "nova": IN_NAMES,
        "uk": IN_LABELS,
        "drill": IN_LABELS,
        "ukdrill": IN_LABELS,
        "three": IN_LABELS,
        "four": IN_DESCRIPTION,
    }


def test_a_genre_brings_its_parent_once_and_labels_stay_as_written() -> None:
    labels = labels_of(facts(genres=["UK Drill", "Drill"], tags=["LoFi", "Mélo"], moods=["Dark"]))
    assert sorted(labels) == [
        (LabelKind.GENRE, "drill", "Drill"),
        (LabelKind.GENRE, "uk drill", "UK Drill"),
        (LabelKind.MOOD, "dark", "Dark"),
        (LabelKind.TAG, "lofi", "LoFi"),
        (LabelKind.TAG, "melo", "Mélo"),
    ]


def test_the_first_spelling_of_a_label_is_the_one_that_stays() -> None:
    assert labels_of(facts(tags=["Tape", "TAPE"])) == [(LabelKind.TAG, "tape", "Tape")]


def test_a_producer_is_found_by_name_and_handle() -> None:
    assert words_of_name("Nova Keys", "n-keys") == {"nova", "keys", "novakeys", "n", "nkeys"}
    assert words_of_name("Tapes", "Nova", "Kilo") == {"tapes", "nova", "kilo"}


def test_a_whole_title_is_no_word_and_the_same_in_each_spelling() -> None:
    assert whole_title("Lo-Fi Nights!") == whole_title("lofi NIGHTS") == " lofi nights"
    assert all(not word.startswith(" ") for word in query_words("Lo-Fi Nights!"))


@given(_WHATEVER)
def test_a_query_is_bounded_however_long_the_text(text: str) -> None:
    words = query_of(text)
    assert len(words) <= MOST_WORDS
    assert [word for word in words if not 1 <= len(word) <= LONGEST_WORD] == []
    assert len(whole_title(text)) <= LONGEST_WORD


def test_what_stands_behind_the_bounds_is_not_looked_for() -> None:
    assert query_of("a b c d e f g h i j") == tuple("abcdefgh")
    assert query_of("x" * 300) == ("x" * LONGEST_WORD,)
    assert query_of("! " * LONGEST_QUERY + "night") == ()


def test_a_long_description_counts_by_its_beginning() -> None:
    words = [f"word{letter}{other}" for letter in "abcdefghij" for other in "abcdefghijklmno"]
    indexed = search_terms(facts(description=" ".join(words)), "").keys()
    assert [word in indexed for word in words] == [True] * MOST_DESCRIBING_WORDS + [False] * 50


@given(_TITLES)
def test_the_words_of_a_title_are_among_those_it_is_indexed_by(title: str) -> None:
    assert set(query_words(title)) <= terms_of_title(title).keys()


@given(_TITLES, st.integers(min_value=0))
def test_a_title_is_found_while_its_last_word_is_being_typed(title: str, letters: int) -> None:
    *_, last = title.split() or [""]
    typed = title.rstrip()[: len(title.rstrip()) - len(last)] + last[: 2 + letters % max(1, len(last))]
    terms = terms_of_title(title)
    *whole, begun = query_words(typed) or [""]
    assert [word for word in whole if word not in terms and not begun.startswith(word)] == []
    assert not terms or any(term.startswith(begun) for term in terms)


@given(_TITLES)
def test_folding_what_is_folded_changes_nothing(text: str) -> None:
    words = query_of(text)
    assert query_of(" ".join(words)) == words


@given(_WHATEVER, _WHATEVER)
def test_no_term_is_empty_or_longer_than_a_column_holds(title: str, description: str) -> None:
    terms = search_terms(facts(title=title[:100], description=description), title[:80])
    assert [term for term in terms if not 1 <= len(term) <= LONGEST_WORD or "\0" in term] == []
    assert len(terms) < 1000
