"""D-57: levels need 100·n^1.5 XP after n others, in whole numbers."""

from decimal import ROUND_CEILING, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.levels import HIGHEST_LEVEL, level_of, next_level_at, points_for, title_of

LEVELS = range(1, HIGHEST_LEVEL + 1)


@pytest.mark.parametrize(
    ("level", "points"),
    [(1, 0), (2, 100), (3, 283), (4, 520), (5, 800), (10, 2700), (17, 6400), (50, 34300), (100, 98504)],
)
def test_a_level_needs_as_many_points_as_the_rule_book_says(level: int, points: int) -> None:
    assert points_for(level) == points


def test_no_threshold_is_lost_to_rounding() -> None:
    with localcontext(prec=60):
        exact = [Decimal(100) * Decimal(level - 1) ** 3 * 100 for level in LEVELS]
        roots = [int(one.sqrt().to_integral_value(ROUND_CEILING)) for one in exact]
    assert [points_for(level) for level in LEVELS] == roots


@pytest.mark.parametrize("level", LEVELS)
def test_a_level_begins_with_its_last_point_and_not_one_earlier(level: int) -> None:
    assert level_of(points_for(level)) == level
    assert level == 1 or level_of(points_for(level) - 1) == level - 1


@given(st.integers(min_value=0, max_value=10**12))
def test_points_lie_between_their_level_and_the_next(points: int) -> None:
    level = level_of(points)
    following = next_level_at(level)
    assert points_for(level) <= points
    assert (following is None) == (level == HIGHEST_LEVEL)
    assert following is None or points < following


def test_titles_change_where_the_rule_book_says() -> None:
    changes = [level for level in LEVELS if level == 1 or title_of(level) != title_of(level - 1)]
    assert [(level, title_of(level)) for level in changes] == [
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
    ]
