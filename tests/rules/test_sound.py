"""How alike two sound vectors are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.sound import (
    COMPONENTS,
    NotASoundError,
    Sound,
    farthest,
    likeness,
    likeness_at,
    pack,
    parse,
    squared_distance,
)

_FARTHEST = COMPONENTS * 255**2
sounds = st.tuples(*[st.integers(-128, 127)] * COMPONENTS)


@given(sounds)
def test_a_sound_is_wholly_like_itself_and_survives_storage(sound: Sound) -> None:
    assert likeness(sound, sound) == 1
    assert parse(pack(sound)) == sound


@given(sounds, sounds)
def test_likeness_is_a_share_and_the_same_both_ways(one: Sound, other: Sound) -> None:
    assert likeness(one, other) == likeness(other, one)
    assert 0 < likeness(one, other) <= 1
    assert (likeness(one, other) == 1) == (one == other)


@given(st.integers(0, _FARTHEST - 1))
def test_likeness_falls_with_every_step_of_distance(distance: int) -> None:
    assert likeness_at(distance + 1) < likeness_at(distance)


@given(sounds, sounds, st.integers(1, COMPONENTS))
def test_some_components_never_lie_farther_apart_than_all(one: Sound, other: Sound, count: int) -> None:
    assert squared_distance(one[:count], other[:count]) <= squared_distance(one, other) <= _FARTHEST


@given(st.floats(0.05, 1))
def test_farthest_is_the_last_distance_that_is_like_enough(least: float) -> None:
    distance = farthest(least)
    assert likeness_at(distance) >= least > likeness_at(distance + 1)


def test_a_distance_is_the_sum_of_squares() -> None:
    one, other = (127, 3, *[0] * 14), (-128, -1, *[0] * 14)
    assert squared_distance(one, other) == 255**2 + 4**2


@pytest.mark.parametrize("stored", [b"", bytes(15), bytes(17)])
def test_what_has_not_sixteen_bytes_is_no_sound(stored: bytes) -> None:
    with pytest.raises(NotASoundError):
        parse(stored)


@pytest.mark.parametrize("sound", [(), (0,) * 15, (0,) * 17, (128, *[0] * 15), (-129, *[0] * 15)])
def test_what_does_not_fit_sixteen_signed_bytes_is_not_stored(sound: Sound) -> None:
    with pytest.raises(NotASoundError):
        pack(sound)
