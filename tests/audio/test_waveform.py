import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.analysis import merged
from workers.audio.slices import cuts, equal_edges, timed_edges
from workers.audio.waveform import SLICES, Waveform


def waveform_of(levels: list[float], *, block: int) -> bytes:
    sound = np.array([levels], np.float32)
    picture = Waveform(len(levels))
    for start in range(0, len(levels), block):
        picture.feed(np.abs(sound[:, start : start + block]))
    return picture.peaks()


def test_each_slice_has_its_own_peak() -> None:
    levels = np.zeros(SLICES * 3)
    levels[7], levels[-1] = -0.5, 1.0
    found = waveform_of(list(levels), block=1000)
    assert len(found) == SLICES
    assert (found[2], found[-1]) == (128, 255)
    assert sum(found) == 128 + 255


def test_the_louder_channel_counts() -> None:
    picture = Waveform(SLICES)
    picture.feed(np.array([[0.2] * SLICES, [0.4] * SLICES], np.float32))
    assert set(picture.peaks()) == {102}


def test_what_is_above_full_scale_is_at_the_top() -> None:
    assert set(waveform_of([3.0] * SLICES, block=64)) == {255}


def test_a_file_with_fewer_samples_than_slices_repeats_them() -> None:
    assert waveform_of([0.0, 1.0], block=2) == bytes(1000) + b"\xff" * 1000


@given(st.lists(st.floats(0, 1, width=32), min_size=1, max_size=5000), st.integers(1, 700))
def test_no_peak_is_lost_wherever_blocks_end(levels: list[float], block: int) -> None:
    found = waveform_of(levels, block=block)
    assert max(found) == round(float(np.float32(max(levels))) * 255)
    assert found == waveform_of(levels, block=len(levels))


@given(st.integers(1, 100_000), st.integers(8_000, 192_000), st.integers(1, 30_000))
def test_every_frame_of_a_block_falls_into_the_slice_that_holds_it(
    frames: int, rate_hz: int, start: int
) -> None:
    for edges in (equal_edges(frames, min(frames, 100)), timed_edges(frames, rate_hz, per_second=10)):
        length = int(edges[-1]) - start
        if length > 0:
            begins, slots = cuts(edges, start, length)
            held = edges[slots.start : slots.stop]
            assert len(begins) == len(held)
            assert list(begins + start) == [max(int(edge), start) for edge in held]
            assert begins[0] == 0
            assert slots.stop == len(edges) - 1


@pytest.mark.parametrize("points", [10, 60, 200, 1999, 2000])
def test_a_smaller_picture_keeps_the_highest_peaks(points: int) -> None:
    peaks = bytes(np.random.default_rng(3).integers(0, 256, SLICES).astype(np.uint8))
    found = merged(peaks, points)
    assert len(found) == points
    assert max(found) == max(peaks)
    assert found[0] == max(peaks[: SLICES // points])


def test_two_thousand_points_are_the_picture_itself() -> None:
    peaks = bytes(range(200)) * 10
    assert merged(peaks, SLICES) == list(peaks)
