"""Aligns two fingerprints bit by bit and says which seconds agree, how well, and what that means (D-33).

Along a diagonal (reference word = query word + offset) the share of differing bits is averaged over 3 s; where it stays
low is an aligned stretch. Every word is used once at most, so a loop that comes back ten times does not make a short
excerpt cover a whole track. Equality of files is not asked here: that is sha256, and the caller's.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from db.vocabulary import MatchClass, MatchRelation
from workers.audio.chromaprint import HALF_HOP_MS, WINDOW_MS, Words
from workers.audio.flatness import flat
from workers.audio.terms import pair_offsets
from workers.audio.thresholds import (
    MAX_ALIGNED_BER,
    MAX_SAME_BER,
    SMOOTHING_WORDS,
    match_class,
    needed_words,
    relation,
    similarity,
)

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One stretch on which both sides agree."""

    query_start_ms: int
    query_end_ms: int
    reference_start_ms: int
    reference_end_ms: int
    similarity: float
    """0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What two recordings have in common."""

    match_class: MatchClass
    relation: MatchRelation
    similarity: float
    """0 to 1, over the aligned part."""
    query_coverage: float
    """Aligned share of what sounds in the query, 0 to 1."""
    reference_coverage: float
    """Aligned share of what sounds in the reference, 0 to 1."""
    segments: tuple[Segment, ...]
    """By query start; no word is in two of them."""
    speed_ratio: float = 1.0
    """Query tempo over reference tempo; Chromaprint knows only 1."""
    pitch_shift: float = 0.0
    """Semitones; Chromaprint knows only 0."""


class Stretch(NamedTuple):
    """An aligned run of words on one diagonal."""

    query: int
    """First query word."""
    reference: int
    """First reference word."""
    words: int
    bit_error_rate: float
    sounding: int
    """Of its words, those that are not flat on either side."""
    same: int
    """Of those, the ones in surroundings as alike as a copy's."""


def compare(query: Words, reference: Words, offsets: tuple[int, ...] | None = None) -> Match | None:
    """Compares two recordings.

    Args:
        query: Words each 62 ms, shape (words,).
        reference: Words each 62 ms, shape (words,).
        offsets: Diagonals to look at (reference minus query position); found here when left out.

    Returns:
        What they share; None without an aligned stretch, also when a side is too short (under 3.2 s) to have one.
    """
    sounding_query, sounding_reference = int(np.sum(~flat(query))), int(np.sum(~flat(reference)))
    tried = pair_offsets(query, reference) if offsets is None else offsets
    least = needed_words(min(sounding_query, sounding_reference))
    found = [stretch for offset in tried for stretch in stretches(query, reference, offset, least=least)]
    chosen = one_to_one(found, least=least, query_words=len(query), reference_words=len(reference))
    if not chosen:
        return None
    return _match(chosen, sounding_query, sounding_reference)


def stretches(query: Words, reference: Words, offset: int, *, least: int) -> list[Stretch]:
    """Finds the aligned runs of one diagonal.

    Args:
        query: Words each 62 ms, shape (words,).
        reference: Words each 62 ms, shape (words,).
        offset: Reference position minus query position, in words.
        least: Sounding words that a run must have.

    Returns:
        Runs, by position.
    """
    start, end = max(0, -offset), min(len(query), len(reference) - offset)
    if end - start < least:
        return []
    left, right = query[start:end], reference[start + offset : end + offset]
    weights = (~(flat(query)[start:end] | flat(reference)[start + offset : end + offset])).astype(np.float64)
    errors = np.bitwise_count(left ^ right).astype(np.float64) * weights / 32
    smooth = _smoothed(errors, weights)
    runs = [(a, b) for a, b in _runs(smooth <= MAX_ALIGNED_BER) if weights[a:b].sum() >= least]
    same = (smooth <= MAX_SAME_BER) * weights
    return [
        Stretch(
            query=start + a,
            reference=start + a + offset,
            words=b - a,
            bit_error_rate=float(errors[a:b].sum() / weights[a:b].sum()),
            sounding=int(weights[a:b].sum()),
            same=int(same[a:b].sum()),
        )
        for a, b in runs
    ]


def one_to_one(found: list[Stretch], *, least: int, query_words: int, reference_words: int) -> list[Stretch]:
    """Chooses stretches so that no word of either side is used twice, the longest and most alike first.

    Args:
        found: Stretches of all diagonals.
        least: Words that must be left of a stretch after what others took.
        query_words: Length of the query.
        reference_words: Length of the reference.

    Returns:
        The chosen ones, by query position.
    """
    free_query, free_reference = np.ones(query_words, np.bool_), np.ones(reference_words, np.bool_)
    chosen: list[Stretch] = []
    for stretch in sorted(
        found, key=lambda s: (-s.sounding * similarity(s.bit_error_rate), s.query, s.reference)
    ):
        free = (
            free_query[stretch.query :][: stretch.words]
            & free_reference[stretch.reference :][: stretch.words]
        )
        a, b = max(_runs(free), key=lambda run: run[1] - run[0], default=(0, 0))
        if b - a >= least:
            part = _part(stretch, a, b)
            free_query[part.query :][: part.words] = False
            free_reference[part.reference :][: part.words] = False
            chosen.append(part)
    return sorted(chosen)


def _part(stretch: Stretch, a: int, b: int) -> Stretch:
    """A piece of a stretch, its counts in proportion."""
    share = (b - a) / stretch.words
    return Stretch(
        query=stretch.query + a,
        reference=stretch.reference + a,
        words=b - a,
        bit_error_rate=stretch.bit_error_rate,
        sounding=round(stretch.sounding * share),
        same=round(stretch.same * share),
    )


def _smoothed(errors: _Floats, weights: _Floats) -> _Floats:
    """Mean error over the sounding words of the 3 s around each word; 1 where less than a quarter sounds."""
    sums = _moving_sum(errors)
    counts = _moving_sum(weights)
    enough = min(SMOOTHING_WORDS, len(errors)) / 4
    return np.divide(sums, counts, out=np.ones_like(sums), where=counts >= enough)


def _moving_sum(values: _Floats) -> _Floats:
    total = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    at = np.arange(len(values))
    last = np.minimum(at + SMOOTHING_WORDS // 2, len(values))
    sums: _Floats = total[last] - total[np.maximum(at - SMOOTHING_WORDS // 2, 0)]
    return sums


def _runs(mask: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and one-after-last index of every run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _match(chosen: list[Stretch], sounding_query: int, sounding_reference: int) -> Match:
    aligned = sum(stretch.sounding for stretch in chosen)
    errors = sum(stretch.bit_error_rate * stretch.sounding for stretch in chosen) / aligned
    query_coverage = min(1.0, aligned / sounding_query)
    reference_coverage = min(1.0, aligned / sounding_reference)
    segments = tuple(_segment(stretch) for stretch in chosen)
    return Match(
        match_class=match_class(
            query_coverage=query_coverage,
            reference_coverage=reference_coverage,
            aligned_ms=sum(segment.query_end_ms - segment.query_start_ms for segment in segments),
        ),
        relation=relation(same_words=sum(stretch.same for stretch in chosen), aligned_words=aligned),
        similarity=similarity(errors),
        query_coverage=query_coverage,
        reference_coverage=reference_coverage,
        segments=segments,
    )


def _segment(stretch: Stretch) -> Segment:
    return Segment(
        query_start_ms=round(stretch.query * HALF_HOP_MS),
        query_end_ms=_end_ms(stretch.query + stretch.words),
        reference_start_ms=round(stretch.reference * HALF_HOP_MS),
        reference_end_ms=_end_ms(stretch.reference + stretch.words),
        similarity=similarity(stretch.bit_error_rate),
    )


def _end_ms(after: int) -> int:
    return round((after - 1) * HALF_HOP_MS + WINDOW_MS)
