"""Cuts a stream of blocks into slices: equal parts of a file, or equal times, wherever blocks begin and end."""

import numpy as np
import numpy.typing as npt

Edges = npt.NDArray[np.int64]
"""First frame of each slice and, at last, the frame behind the end; ascending, shape (slices + 1,)."""


def equal_edges(frames: int, parts: int) -> Edges:
    """Edges of so many parts of one length, to a frame.

    Args:
        frames: In all.
        parts: How many, at most `frames`.
    """
    return np.arange(parts + 1, dtype=np.int64) * frames // parts


def timed_edges(frames: int, rate_hz: int, *, per_second: int) -> Edges:
    """Edges of slices of one duration; what is left over at the end belongs to none.

    Args:
        frames: In all.
        rate_hz: Frames of a second.
        per_second: Slices of a second.
    """
    slices = frames * per_second // rate_hz
    return np.arange(slices + 1, dtype=np.int64) * rate_hz // per_second


def cuts(edges: Edges, start: int, frames: int) -> tuple[Edges, slice]:
    """Where a block falls into slices.

    Args:
        edges: Of the slices.
        start: Frame of the stream that the block begins with; not behind the last edge.
        frames: Of the block, at least one, none behind the last edge.

    Returns:
        Frames within the block at which a slice or the rest of one begins, for `reduceat`; and which slices these are.
    """
    first = int(np.searchsorted(edges, start, "right")) - 1
    last = int(np.searchsorted(edges, start + frames, "left"))
    begins = np.maximum(edges[first:last] - start, 0)
    return begins, slice(first, last)
