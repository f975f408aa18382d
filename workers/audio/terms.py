"""The inverted index: which words of a recording are posted, which are asked for, and the vote over the answers.

A posting is (key, number, position): 24 of the 32 bits of every second word of a recording. A query asks with all its
words; rows that agree on reference position minus query position are one alignment (the offset histogram of A. Wang,
"An Industrial-Strength Audio Search Algorithm", ISMIR 2003).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from workers.audio.chromaprint import Words
from workers.audio.flatness import flat

KEY_BITS: Final = 24
MIN_VOTES: Final = 3
"""Of one recording on one offset, give or take one word: one or two come by chance in a large catalogue."""
MAX_OFFSETS: Final = 16
"""Per recording: a loop of 8 bars repeats less often than this in three minutes."""

Keys = npt.NDArray[np.int32]
Positions = npt.NDArray[np.int32]
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A recording worth comparing."""

    number: int
    votes: int
    """On its best offset."""
    offsets: tuple[int, ...]
    """Reference position minus query position, in words; the best first."""


def index_terms(words: Words) -> tuple[Keys, Positions]:
    """What is stored of a recording.

    Args:
        words: Words each 62 ms, shape (words,).

    Returns:
        Keys in [0, 2**24) and positions (index of the word), both shape (terms,): every second word that is not part
        of silence or a held tone.
    """
    keys, positions = query_terms(words)
    even = positions % 2 == 0
    return keys[even], positions[even]


def query_terms(words: Words) -> tuple[Keys, Positions]:
    """What is asked for: every word, so that one of two neighbours meets the stored half.

    Args:
        words: Words each 62 ms, shape (words,).

    Returns:
        Keys in [0, 2**24) and positions (index of the word), both shape (terms,).
    """
    positions = np.flatnonzero(~flat(words)).astype(np.int32)
    keys = (words[positions] >> np.uint32(32 - KEY_BITS)).astype(np.int32)
    return keys, positions


def meetings(
    words: Words, keys: Keys, numbers: Numbers, positions: Positions
) -> tuple[Numbers, npt.NDArray[np.int64]]:
    """Brings every posting together with every place of the query that has its key.

    Args:
        words: Of the query, each 62 ms, shape (words,).
        keys: Of the postings, shape (postings,).
        numbers: The recordings they belong to, shape (postings,).
        positions: Where they stand there, shape (postings,).

    Returns:
        Recording, and reference position minus query position, of every meeting, both shape (meetings,).
    """
    here, at = query_terms(words)
    order = np.argsort(here, kind="stable")
    first = np.searchsorted(here[order], keys, "left")
    counts = np.searchsorted(here[order], keys, "right") - first
    starts = np.repeat(first - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)
    met = order[starts + np.arange(len(starts))]
    return np.repeat(numbers, counts), np.repeat(positions.astype(np.int64), counts) - at[met]


def vote(numbers: Numbers, differences: npt.NDArray[np.int64]) -> list[Candidate]:
    """Counts which recordings agree with the query along which offsets.

    Args:
        numbers: Recording of every meeting, shape (meetings,).
        differences: Reference position minus query position, in words, shape (meetings,).

    Returns:
        Recordings with at least `MIN_VOTES` on one offset, most votes first, then lowest number.
    """
    order = np.argsort(numbers, kind="stable")
    recordings, starts, counts = np.unique(numbers[order], return_index=True, return_counts=True)
    enough = np.flatnonzero(counts >= MIN_VOTES)
    parts = ((int(recordings[i]), differences[order[starts[i] : starts[i] + counts[i]]]) for i in enough)
    found = [candidate for number, part in parts if (candidate := _candidate(number, part)) is not None]
    return sorted(found, key=lambda candidate: (-candidate.votes, candidate.number))


def pair_offsets(query: Words, reference: Words) -> tuple[int, ...]:
    """The offsets that two recordings agree on most, best first."""
    keys, positions = index_terms(reference)
    order = np.argsort(keys, kind="stable")
    asked, at = query_terms(query)
    first = np.searchsorted(keys[order], asked, "left")
    counts = np.searchsorted(keys[order], asked, "right") - first
    starts = np.repeat(first - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)
    met = order[starts + np.arange(len(starts))]
    return _best_offsets(positions[met].astype(np.int64) - np.repeat(at, counts))[0]


def _candidate(number: int, differences: npt.NDArray[np.int64]) -> Candidate | None:
    offsets, votes = _best_offsets(differences)
    return Candidate(number=number, votes=votes, offsets=offsets) if votes >= MIN_VOTES else None


def _best_offsets(differences: npt.NDArray[np.int64]) -> tuple[tuple[int, ...], int]:
    """The local maxima of the histogram, whose bins also count their neighbours, and the votes of the best."""
    if not len(differences):
        return (), 0
    low = int(differences.min()) - 1
    counts = np.bincount(differences - low, minlength=int(differences.max()) - low + 2)
    near = np.convolve(counts, [1, 1, 1], "same")
    rank = 4 * near + np.minimum(counts, 3)  # the middle bin wins among its neighbours
    padded = np.pad(rank, 1)
    peaks = np.flatnonzero((rank > 0) & (counts > 0) & (rank >= padded[:-2]) & (rank >= padded[2:]))
    best = peaks[np.lexsort((peaks, -counts[peaks], -near[peaks]))][:MAX_OFFSETS]
    return tuple(int(peak) + low for peak in best), int(near[best[0]]) if len(best) else 0
