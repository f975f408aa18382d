"""Levels of experience (D-57): whole numbers throughout, so that nobody is a point short. Standard library only."""

from bisect import bisect_right
from math import isqrt
from typing import Final

HIGHEST_LEVEL: Final = 100
_TITLES: Final = (
    (1, "Novice"),
    (3, "Apprentice"),
    (5, "Intermediate"),
    (7, "Skilled"),
    (10, "Experienced"),
    (15, "Advanced"),
    (20, "Professional"),
    (30, "Expert"),
    (40, "Master"),
    (50, "Legendary"),
)
"""From which level on."""


def points_for(level: int) -> int:
    """XP from which a level is reached: 100·n^1.5 after n levels, rounded up where that is no whole number."""
    squared = 10_000 * (level - 1) ** 3
    root = isqrt(squared)
    return root if root * root == squared else root + 1


_STARTS: Final = tuple(points_for(level) for level in range(1, HIGHEST_LEVEL + 1))


def level_of(points: int) -> int:
    """The highest level whose XP are there, 1 to 100."""
    return bisect_right(_STARTS, points)


def title_of(level: int) -> str:
    """Novice to Legendary."""
    return next(title for start, title in reversed(_TITLES) if start <= level)


def next_level_at(level: int) -> int | None:
    """XP at which the next level begins; null at the highest."""
    return points_for(level + 1) if level < HIGHEST_LEVEL else None
