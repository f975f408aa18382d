"""Finds the stretches of a fingerprint in which nothing happens."""

import numpy as np
import numpy.typing as npt

from workers.audio.chromaprint import Words
from workers.audio.thresholds import FLAT_RUN_WORDS


def flat(words: Words) -> npt.NDArray[np.bool_]:
    """Marks runs of one and the same word: digital silence, or a held tone.

    Args:
        words: Words each 62 ms, shape (words,).

    Returns:
        True inside a run of `FLAT_RUN_WORDS` or more, shape (words,).
    """
    edges = np.flatnonzero(np.concatenate([[True], words[1:] != words[:-1], [True]]))
    lengths = np.diff(edges) if len(words) else np.zeros(0, np.int64)
    return np.repeat(lengths >= FLAT_RUN_WORDS, lengths)
