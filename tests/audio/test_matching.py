import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.vocabulary import MatchClass, MatchRelation
from workers.audio.chromaprint import Words
from workers.audio.matching import compare
from workers.audio.terms import Candidate, index_terms, query_terms, vote
from workers.audio.thresholds import match_class, needed_words, relation, similarity


def noise(seed: int, count: int) -> Words:
    return np.random.default_rng(seed).integers(0, 2**32, count, np.uint32)


def voted(rows: list[tuple[int, int, int]]) -> list[Candidate]:
    """The vote on (number, reference position, query position) of every meeting."""
    table = np.array(rows, np.int64).reshape(-1, 3)
    return vote(table[:, 0], table[:, 1] - table[:, 2])


def flipped(words: Words, share: float, seed: int) -> Words:
    bits = np.random.default_rng(seed).random((len(words), 32)) < share
    return words ^ np.packbits(bits, axis=1).view(">u4")[:, 0].astype(np.uint32)


@given(seed=st.integers(0, 999), count=st.integers(8, 600))
@settings(deadline=None)
def test_a_recording_matches_itself_whole(seed: int, count: int) -> None:
    match = compare(noise(seed, count), noise(seed, count))
    assert match is not None
    assert (match.match_class, match.relation) == (MatchClass.EXACT, MatchRelation.SAME_RECORDING)
    assert (match.similarity, match.query_coverage, match.reference_coverage) == (1.0, 1.0, 1.0)
    assert len(match.segments) == 1


@given(seed=st.integers(0, 999), before=st.integers(0, 200), errors=st.floats(0, 0.04))
@settings(deadline=None, max_examples=50)
def test_compare_is_symmetric(seed: int, before: int, errors: float) -> None:
    reference = noise(seed, 500)
    query = flipped(reference[before:], errors, seed)
    there, back = compare(query, reference), compare(reference, query)
    assert there is not None
    assert back is not None
    assert there.similarity == pytest.approx(back.similarity)
    assert (there.query_coverage, there.reference_coverage) == (back.reference_coverage, back.query_coverage)
    assert [(s.query_start_ms, s.reference_end_ms) for s in there.segments] == [
        (s.reference_start_ms, s.query_end_ms) for s in back.segments
    ]


@given(seed=st.integers(0, 999), left=st.integers(0, 150), right=st.integers(0, 150))
@settings(deadline=None, max_examples=50)
def test_what_stands_before_shifts_the_segments(seed: int, left: int, right: int) -> None:
    shared = noise(seed, 300)
    match = compare(
        np.concatenate([noise(seed + 1000, left), shared]),
        np.concatenate([noise(seed + 2000, right), shared]),
    )
    assert match is not None
    assert match.segments[0].query_start_ms == pytest.approx(left * 61.9, abs=1000)
    start = match.segments[0]
    assert start.reference_start_ms - start.query_start_ms == pytest.approx((right - left) * 61.9, abs=2)


@given(words=st.lists(st.integers(0, 2**32 - 1), max_size=40), other=st.lists(st.integers(0, 3), max_size=40))
@settings(deadline=None)
def test_any_words_can_be_compared(words: list[int], other: list[int]) -> None:
    query, reference = np.array(words, np.uint32), np.array(other, np.uint32)
    for pair in ((query, reference), (reference, reference), (reference, query)):
        match = compare(*pair)
        assert match is None or 0 < match.query_coverage <= 1


def test_no_word_of_a_loop_counts_twice() -> None:
    bar = noise(1, 240)
    match = compare(bar, np.tile(bar, 4))
    assert match is not None
    assert (match.query_coverage, match.reference_coverage) == (1.0, 0.25)
    assert len(match.segments) == 1


def test_two_shared_parts_are_two_segments() -> None:
    a, b = noise(1, 200), noise(2, 200)
    match = compare(np.concatenate([a, noise(3, 150), b]), np.concatenate([b, noise(4, 300), a]))
    assert match is not None
    assert [round(s.reference_start_ms / 61.9) for s in match.segments] == pytest.approx([500, 0], abs=6)
    assert match.query_coverage == pytest.approx(400 / 550, abs=0.03)


def test_strangers_do_not_match() -> None:
    assert compare(noise(1, 2000), noise(2, 2000)) is None


@pytest.mark.parametrize(("count", "found"), [(0, False), (7, False), (8, True)])
def test_fewer_than_eight_words_are_no_evidence(count: int, found: bool) -> None:
    assert (compare(noise(1, count), noise(1, count)) is not None) is found


def test_one_repeated_word_is_no_evidence() -> None:
    silence = np.full(500, 627_964_279, np.uint32)
    assert compare(silence, silence) is None
    assert len(index_terms(silence)[0]) == 0


def test_terms_are_the_top_bits_of_every_second_stored_and_every_asked_word() -> None:
    words = np.array([0x12345678, 0xFFFFFFFF, 0xABCDEF01], np.uint32)
    keys, positions = query_terms(words)
    assert keys.tolist() == [0x123456, 0xFFFFFF, 0xABCDEF]
    assert positions.tolist() == [0, 1, 2]
    keys, positions = index_terms(words)
    assert keys.tolist() == [0x123456, 0xABCDEF]
    assert positions.tolist() == [0, 2]


def test_a_vote_needs_three_rows_on_one_offset() -> None:
    rows = [
        (7, 10, 0),
        (7, 12, 2),
        (7, 15, 4),
        (8, 10, 0),
        (8, 50, 1),
        (9, 5, 5),
        (9, 6, 6),
        (9, 7, 7),
        (9, 8, 8),
    ]
    assert voted(rows) == [
        Candidate(number=9, votes=4, offsets=(0,)),
        Candidate(number=7, votes=3, offsets=(10,)),
    ]
    assert voted([]) == []


@given(
    rows=st.lists(st.tuples(st.integers(1, 3), st.integers(0, 50), st.integers(0, 50)), max_size=80),
    by=st.integers(0, 99),
)
def test_shifting_the_reference_shifts_the_offsets(rows: list[tuple[int, int, int]], by: int) -> None:
    before, after = voted(rows), voted([(s, r + by, q) for s, r, q in rows])
    assert [(c.number, c.votes, tuple(o + by for o in c.offsets)) for c in before] == [
        (c.number, c.votes, c.offsets) for c in after
    ]


@pytest.mark.parametrize(
    ("query", "reference", "aligned_ms", "expected"),
    [
        (0.98, 0.98, 90_000, MatchClass.EXACT),
        (1.0, 0.979, 90_000, MatchClass.FULL),
        (0.8, 0.8, 90_000, MatchClass.FULL),
        (1.0, 0.799, 20_000, MatchClass.PARTIAL),
        (0.1, 0.1, 30_000, MatchClass.PARTIAL),
        (0.2, 0.01, 9_000, MatchClass.PARTIAL),
        (0.199, 0.199, 29_999, MatchClass.SNIPPET),
    ],
)
def test_the_class_follows_d33(query: float, reference: float, aligned_ms: int, expected: MatchClass) -> None:
    found = match_class(query_coverage=query, reference_coverage=reference, aligned_ms=aligned_ms)
    assert found is expected


def test_similarity_is_one_minus_twice_the_errors() -> None:
    assert [similarity(rate) for rate in (0.0, 0.25, 0.5, 0.7)] == [1.0, 0.5, 0.0, 0.0]
    assert [needed_words(count) for count in (0, 5, 100, 1000)] == [8, 8, 80, 96]
    assert relation(same_words=50, aligned_words=100) is MatchRelation.SAME_RECORDING
    assert relation(same_words=49, aligned_words=100) is MatchRelation.SHARED_MATERIAL
