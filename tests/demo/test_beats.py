"""What the engine makes of the beats of the demo: each borrows what it is there to show, and nothing else is alike."""

from itertools import combinations

import pytest

from api.recon.rules import blocks
from tests.audio.disguises import words_of
from workers.audio.chromaprint import Words
from workers.audio.matching import compare
from workers.demo.beats import BEATS

BORROWED = {
    ("Glass Houses", "Glass Garden"): ("SAME_RECORDING", "PARTIAL", False),
    ("Paper Lanterns", "Lantern Alley"): ("SAME_RECORDING", "PARTIAL", False),
    ("Neon Rain", "Rain Check"): ("SAME_RECORDING", "SNIPPET", False),
    ("Slow Motion", "Still Motion"): ("SHARED_MATERIAL", "FULL", False),
    ("Night Drive", "Midnight Ride"): ("SAME_RECORDING", "FULL", True),
}


@pytest.fixture(scope="module")
def words() -> dict[str, Words]:
    return {one.title: words_of(one.sound()) for one in BEATS}


def test_the_beats_are_alike_where_they_borrow_and_nowhere_else(words: dict[str, Words]) -> None:
    found: dict[tuple[str, str], tuple[str, str, bool]] = {}
    for earlier, later in combinations(words, 2):
        match = compare(words[later], words[earlier])
        if match is not None:
            found[earlier, later] = (match.relation.name, match.match_class.name, blocks(match))
    assert found == BORROWED


def test_a_borrower_comes_after_what_it_borrows_from() -> None:
    waves = {one.title: one.wave for one in BEATS}
    assert all(waves[earlier] < waves[later] for earlier, later in BORROWED)


def test_the_blocked_copy_is_the_newest_of_its_producer() -> None:
    assert [one.title for one in BEATS if one.producer == BEATS[-1].producer][-1] == "Midnight Ride"


def test_the_beats_are_of_many_kinds() -> None:
    assert len(BEATS) == 13
    assert len({genre for one in BEATS for genre in one.genres}) >= 12
    assert len({one.score.bpm for one in BEATS}) >= 11
    assert {one.model for one in BEATS} == {"STANDARD", "STANDARD_AND_EXCLUSIVE", "EXCLUSIVE_ONLY"}
