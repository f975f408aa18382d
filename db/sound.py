"""How alike two recordings sound, by their sound vectors: 16 signed bytes each (D-63). Standard library only.

The first components tell the most, and the squared distance of some of them is never more than that of all. So a search
may pass over whatever is beyond `farthest` in a few of them, and loses nothing.
"""

import struct
from collections.abc import Sequence
from math import dist
from typing import Final

COMPONENTS: Final = 16
_PACKED: Final = struct.Struct(f"{COMPONENTS}b")
_HALF: Final = 3_586.0
"""Squared distance at which two recordings are half alike."""
_POWER: Final = 0.73
"""How steeply likeness falls around there. Both were chosen by `benchmarks/fit_sound.py`; `docs/benchmarks.md` has what follows."""

Sound = tuple[int, ...]
"""A sound vector: 16 integers from -127 to 127."""


class NotASoundError(ValueError):
    """What was given is not a sound vector."""


def parse(stored: bytes) -> Sound:
    """Reads the stored form.

    Raises:
        NotASoundError: It has not 16 bytes.
    """
    if len(stored) != COMPONENTS:
        raise NotASoundError(f"{len(stored)} bytes instead of {COMPONENTS}")
    return _PACKED.unpack(stored)


def pack(sound: Sequence[int]) -> bytes:
    """The stored form.

    Raises:
        NotASoundError: These are not 16 integers that fit a signed byte.
    """
    try:
        return _PACKED.pack(*sound)
    except struct.error as error:
        raise NotASoundError(str(error)) from error


def squared_distance(one: Sound, other: Sound) -> int:
    """Sum of the squared differences; 0 to 1,040,400."""
    return round(dist(one, other) ** 2)


def likeness(one: Sound, other: Sound) -> float:
    """How alike they sound: 1 for one recording, 0.8 and more for parts of it, 0.3 and less for most of different styles."""
    return likeness_at(squared_distance(one, other))


def likeness_at(distance: int) -> float:
    """Likeness at a squared distance: from 1, falling."""
    return float(1 / (1 + (distance / _HALF) ** _POWER))


def farthest(least: float) -> int:
    """The greatest squared distance at which the likeness is still `least`, which is more than 0 and at most 1."""
    distance = int(_HALF * (1 / least - 1) ** (1 / _POWER)) + 1
    while likeness_at(distance) < least:
        distance -= 1
    return distance
