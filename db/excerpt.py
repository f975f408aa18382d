"""Which part of a beat anybody may hear (D-19)."""

from typing import Final

PREVIEW_SECONDS: Final = 30
_START_SHARE: Final = 0.25
"""Intros tell little; a quarter in, most beats have begun."""


def excerpt(length: int, *, per_second: int) -> tuple[int, int]:
    """Where the preview begins and ends: from a quarter on, moved forward where less follows; all of a short one.

    Args:
        length: Of the whole, in frames or milliseconds.
        per_second: How many of them are a second.
    """
    wanted = min(length, PREVIEW_SECONDS * per_second)
    start = min(int(length * _START_SHARE), length - wanted)
    return start, start + wanted
