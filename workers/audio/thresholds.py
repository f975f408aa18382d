"""Every number that decides about a match, with its unit and the measurement behind it, and what they decide.

Bit error rates (BER) are means over windows of 3 s. Two random words have 0.5; strangers' best window of a whole track
had 0.20 and up. With words every 62 ms the same recording stayed below 0.045 through every disguise of issue 2 (with
words every 124 ms an unlucky offset alone costs up to 0.105).
"""

from typing import Final

from db.vocabulary import MatchClass, MatchRelation

SMOOTHING_WORDS: Final = 48
"""3 s: long enough that the BER of strangers stays above 0.19, short enough to find the edge of a segment to 1 s."""
MAX_ALIGNED_BER: Final = 0.15
"""Where a stretch counts as aligned at all: below any stranger, above the same melody with other drums."""
MAX_SAME_BER: Final = 0.065
"""Where it is one recording: 1.5 times the worst disguise; different notes on one kit, tempo and key stayed above."""
MIN_SAME_SHARE: Final = 0.5
"""Of the aligned part that must be that alike: one recording with some bad seconds, not shared intros alone."""
MIN_STRETCH_WORDS: Final = 96
"""6 s of words, which hear 8.7 s: a stretch shorter than this is no evidence, unless a recording has no more."""
MIN_STRETCH_SHARE: Final = 0.8
"""Of the shorter recording, where that is less than `MIN_STRETCH_WORDS`."""
MIN_STRETCH_FLOOR_WORDS: Final = 8
"""0.5 s of words, which hear 3.2 s; below this a recording is compared by its sha256 alone."""
FLAT_RUN_WORDS: Final = 16
"""1 s of one and the same word is silence or a held tone: it agrees with every other silence and proves nothing."""

EXACT_COVERAGE: Final = 0.98  # D-33
FULL_COVERAGE: Final = 0.8  # D-33
PARTIAL_COVERAGE: Final = 0.2  # D-33
PARTIAL_MS: Final = 30_000  # D-33


def similarity(bit_error_rate: float) -> float:
    """What D-33 calls similarity: 1 for equal words, 0 for unrelated ones."""
    return max(0.0, 1 - 2 * bit_error_rate)


def needed_words(shorter_words: int) -> int:
    """How long a stretch must be to count.

    Args:
        shorter_words: Words of the shorter recording that are not flat.

    Returns:
        Words of 62 ms.
    """
    share = int(MIN_STRETCH_SHARE * shorter_words)
    return max(MIN_STRETCH_FLOOR_WORDS, min(MIN_STRETCH_WORDS, share))


def match_class(*, query_coverage: float, reference_coverage: float, aligned_ms: float) -> MatchClass:
    """Grades how much agrees (D-33).

    Args:
        query_coverage: Share of the query that is aligned, 0 to 1.
        reference_coverage: Share of the reference that is aligned, 0 to 1.
        aligned_ms: Length of the aligned part.
    """
    lower, upper = sorted((query_coverage, reference_coverage))
    if lower >= EXACT_COVERAGE:
        return MatchClass.EXACT
    if lower >= FULL_COVERAGE:
        return MatchClass.FULL
    if aligned_ms >= PARTIAL_MS or upper >= PARTIAL_COVERAGE:
        return MatchClass.PARTIAL
    return MatchClass.SNIPPET


def relation(*, same_words: int, aligned_words: int) -> MatchRelation:
    """Grades what agrees (D-33): one recording, or material that two beats share.

    Args:
        same_words: Aligned words whose surroundings are as alike as copies are.
        aligned_words: All aligned words.
    """
    if aligned_words and same_words >= MIN_SAME_SHARE * aligned_words:
        return MatchRelation.SAME_RECORDING
    return MatchRelation.SHARED_MATERIAL
