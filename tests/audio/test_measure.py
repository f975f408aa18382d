"""Whole files, of every kind that D-10 takes."""

import tracemalloc
import warnings
from pathlib import Path

import numpy as np
import pytest

from tests.audio.styles import play
from workers.audio.measure import measure
from workers.audio.measured import MODEL, Measured
from workers.audio.pcm import Stereo, resample
from workers.audio.synth import beat, write_wav
from workers.audio.waveform import SLICES


def measured(folder: Path, sound: Stereo, *, rate_hz: int = 44_100, bit_depth: int = 16) -> Measured:
    path = folder / "beat.wav"
    write_wav(path, sound, rate=rate_hz, bit_depth=bit_depth)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return measure(path)


def test_a_beat_is_what_was_played(tmp_path: Path) -> None:
    found = measured(tmp_path, beat(seed=6, bpm=142, key=10, seconds=30))
    assert (found.model, round(found.bpm), found.pitch_class, found.minor) == (MODEL, 142, 10, True)
    assert found.true_peak_db == pytest.approx(-0.9, abs=0.3)
    assert -25 < found.loudness_lufs < -10
    assert len(found.waveform) == SLICES
    assert max(found.waveform) == pytest.approx(0.9 * 255, abs=1)


@pytest.mark.parametrize(
    ("rate_hz", "bit_depth", "channels"), [(8_000, 16, 1), (48_000, 24, 2), (96_000, 32, 2), (192_000, 24, 1)]
)
def test_the_form_of_the_file_changes_nothing(
    tmp_path: Path, rate_hz: int, bit_depth: int, channels: int
) -> None:
    played = play("house", seed=3, seconds=20)
    sound = resample(np.ascontiguousarray(played.sound[:channels]), from_hz=44_100, to_hz=rate_hz)
    found = measured(tmp_path, sound, rate_hz=rate_hz, bit_depth=bit_depth)
    assert (round(found.bpm), found.pitch_class, found.minor) == (played.bpm, played.key, played.minor)


def test_an_inverted_channel_does_not_silence_the_beat(tmp_path: Path) -> None:
    played = play("pop", seed=4, seconds=20)
    found = measured(tmp_path, played.sound * np.array([[1], [-1]], np.float32))
    assert (round(found.bpm), found.pitch_class, found.minor) == (played.bpm, played.key, played.minor)


def test_silence_at_both_ends_changes_neither_tempo_nor_key(tmp_path: Path) -> None:
    played = play("trap", seed=5, seconds=25)
    still = np.zeros((2, 10 * 44_100), np.float32)
    found = measured(tmp_path, np.concatenate([still, played.sound, still], axis=1))
    assert (round(found.bpm), found.pitch_class, found.minor) == (played.bpm, played.key, played.minor)


@pytest.mark.parametrize(
    "sound",
    [
        np.full((1, 8_000), 1e-7, np.float32),
        np.full((2, 8_000), 1.0, np.float32),
        np.full((2, 8_000), 3e38, np.float32),
        np.float32(1e-38) * np.sin(np.arange(8_000, dtype=np.float32))[None],
        np.sign(np.sin(np.arange(8_000, dtype=np.float32)))[None],
        np.eye(1, 8_000, 7_999, dtype=np.float32),
    ],
    ids=["quiet", "offset", "giant", "tiny", "square", "last sample"],
)  # fmt: skip
def test_one_second_of_anything_has_an_answer(tmp_path: Path, sound: Stereo) -> None:
    found = measured(tmp_path, sound, rate_hz=8_000, bit_depth=32)
    assert found.loudness_lufs >= -70
    assert found.true_peak_db >= -150
    assert np.isfinite([found.bpm, found.loudness_lufs, found.true_peak_db]).all()
    assert max(found.bpm_confidence, found.key_confidence) <= 0.1
    assert len(found.waveform) == SLICES


def test_half_an_hour_needs_no_more_memory_than_its_middle(tmp_path: Path) -> None:
    played = play("boom bap", seed=8, seconds=30)
    short = resample(played.sound, from_hz=44_100, to_hz=8_000)
    path = tmp_path / "long.wav"
    write_wav(path, np.tile(short, 60), rate=8_000)
    tracemalloc.start()
    found = measure(path)
    _, most_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most_bytes < 250e6
    assert abs(found.bpm / played.bpm - 1) < 0.04
