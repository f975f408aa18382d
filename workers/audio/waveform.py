"""The picture of a beat for a player: the peak of each of 2,000 equal slices (D-19)."""

from typing import Final

import numpy as np
import numpy.typing as npt

from workers.audio.pcm import Stereo
from workers.audio.slices import cuts, equal_edges

SLICES: Final = 2_000
_TOP: Final = 255


class Waveform:
    """Takes a file block by block.

    Args:
        frames: Of the whole file, at least one.
    """

    def __init__(self, frames: int) -> None:
        self._edges = equal_edges(frames, min(SLICES, frames))
        self._peaks: npt.NDArray[np.float32] = np.zeros(len(self._edges) - 1, np.float32)
        self._position = 0

    def feed(self, magnitudes: Stereo) -> None:
        """The next block.

        Args:
            magnitudes: Absolute samples, full scale = 1, shape (channels, frames).
        """
        loudest = magnitudes[0] if len(magnitudes) == 1 else np.maximum(magnitudes[0], magnitudes[1])
        begins, slots = cuts(self._edges, self._position, len(loudest))
        self._peaks[slots] = np.maximum(self._peaks[slots], np.maximum.reduceat(loudest, begins))
        self._position += len(loudest)

    def peaks(self) -> bytes:
        """Peak of each slice over both channels, full scale = 255, one byte each; a short file's are repeated."""
        slots = np.arange(SLICES) * len(self._peaks) // SLICES
        levels = np.rint(np.minimum(self._peaks[slots], 1) * _TOP).astype(np.uint8)
        return bytes(levels)
