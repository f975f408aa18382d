from itertools import combinations

import numpy as np
import pytest

from api.recon.rules import blocks
from db.vocabulary import MatchClass, MatchRelation
from tests.audio.disguises import DISGUISES, words_of
from workers.audio.chromaprint import Words
from workers.audio.matching import compare
from workers.audio.pcm import Stereo
from workers.audio.synth import beat
from workers.audio.terms import index_terms, meetings, vote

WHOLE = [name for name in DISGUISES if "cut" not in name and "off" not in name and "15 s" not in name]


@pytest.fixture(scope="session")
def originals() -> list[Stereo]:
    return [beat(seed=n, bpm=bpm, key=5 * n % 12, seconds=60, kit=n) for n, bpm in enumerate((140, 92))]


@pytest.fixture(scope="session")
def original_words(originals: list[Stereo]) -> list[Words]:
    return [words_of(music) for music in originals]


@pytest.fixture(scope="session")
def one_kit() -> list[Words]:
    """Beats with one kit, tempo and key; 26 of them are 325 pairs."""
    return [words_of(beat(seed=1000 + n, bpm=140, key=3, seconds=40, kit=1)) for n in range(26)]


@pytest.mark.parametrize("name", DISGUISES)
def test_a_copy_is_found_through(name: str, originals: list[Stereo], original_words: list[Words]) -> None:
    for music, reference in zip(originals, original_words, strict=True):
        match = compare(words_of(DISGUISES[name](music)), reference)
        assert match is not None
        assert match.relation is MatchRelation.SAME_RECORDING
        assert match.query_coverage >= 0.98
        assert match.similarity >= 0.85
        assert blocks(match)
        if name in WHOLE:
            assert match.match_class is MatchClass.EXACT


@pytest.mark.parametrize("name", ["15 s from the middle as MP3", "quiet mono AAC of 15 s"])
def test_the_index_brings_an_excerpt_first_among_forty_beats(
    name: str, originals: list[Stereo], original_words: list[Words], one_kit: list[Words]
) -> None:
    terms = [index_terms(words) for words in (*original_words, *one_kit)]
    keys, positions = (np.concatenate(column) for column in zip(*terms, strict=True))
    numbers = np.repeat(np.arange(len(terms)), [len(own) for own, _ in terms])
    for number, music in enumerate(originals):
        query = words_of(DISGUISES[name](music))
        candidates = vote(*meetings(query, keys, numbers, positions))
        assert candidates[0].number == number
        assert candidates[0].votes >= 15
        match = compare(query, original_words[number], candidates[0].offsets)
        assert match is not None
        assert match.relation is MatchRelation.SAME_RECORDING


@pytest.mark.parametrize(
    ("name", "start_ms"), [("15 s from the middle", 31_400), ("7.3 s off the start", 7_300)]
)
def test_a_segment_says_where_an_excerpt_is_from(
    name: str, start_ms: int, originals: list[Stereo], original_words: list[Words]
) -> None:
    match = compare(words_of(DISGUISES[name](originals[0])), original_words[0])
    assert match is not None
    assert match.segments[0].query_start_ms == 0
    assert match.segments[0].reference_start_ms == pytest.approx(start_ms, abs=80)


def test_beats_of_one_kit_tempo_and_key_are_not_accused(one_kit: list[Words]) -> None:
    matches = [compare(query, reference) for query, reference in combinations(one_kit, 2)]
    assert len(matches) == 325
    assert not [m for m in matches if m is not None and m.relation is MatchRelation.SAME_RECORDING]


def test_one_drum_loop_under_other_notes_is_not_accused() -> None:
    beats = [beat(seed=0, drum_seed=5, note_seed=n, bpm=92, key=9, seconds=40, kit=2) for n in range(8)]
    matches = [compare(a, b) for a, b in combinations([words_of(music) for music in beats], 2)]
    assert not [m for m in matches if m is not None and m.relation is MatchRelation.SAME_RECORDING]


def test_one_melody_over_other_drums_is_no_duplicate() -> None:
    beats = [beat(seed=0, drum_seed=n, note_seed=5, bpm=92, key=9, seconds=60, kit=2) for n in range(5)]
    for a, b in combinations([words_of(music) for music in beats], 2):
        match = compare(a, b)
        assert match is not None
        assert not blocks(match)


def test_shared_silence_proves_nothing(originals: list[Stereo]) -> None:
    silence = np.zeros((2, 40 * 44_100), np.float32)
    query = words_of(np.concatenate([originals[0][:, : 20 * 44_100], silence], axis=1))
    reference = words_of(np.concatenate([originals[1][:, : 20 * 44_100], silence], axis=1))
    assert compare(query, reference) is None
    assert compare(words_of(silence), words_of(silence)) is None


def test_silence_around_a_copy_is_left_out_of_the_coverage(
    originals: list[Stereo], original_words: list[Words]
) -> None:
    silence = np.zeros((2, 30 * 44_100), np.float32)
    match = compare(words_of(np.concatenate([silence, originals[0], silence], axis=1)), original_words[0])
    assert match is not None
    assert match.query_coverage >= 0.9
    assert match.reference_coverage >= 0.98
    assert match.segments[0].query_start_ms == pytest.approx(30_000, abs=500)


def test_a_rearranged_copy_has_a_segment_for_each_part(
    originals: list[Stereo], original_words: list[Words]
) -> None:
    music = originals[0]
    third = 20 * 44_100
    query = words_of(
        np.concatenate([music[:, 2 * third :], music[:, :third], music[:, third : 2 * third]], axis=1)
    )
    match = compare(query, original_words[0])
    assert match is not None
    assert match.relation is MatchRelation.SAME_RECORDING
    assert match.query_coverage >= 0.8
    assert len(match.segments) >= 2


@pytest.mark.parametrize(("seconds", "found"), [(1.0, False), (2.5, False), (3.5, True), (5.0, True)])
def test_a_short_recording_is_recognised_from_three_and_a_half_seconds_on(
    seconds: float, found: bool
) -> None:
    words = words_of(beat(seed=1, bpm=140, key=0, seconds=seconds))
    match = compare(words, words)
    assert (match is not None) is found
