"""Loudness and true peak, beside the standard's own tones and ffmpeg."""

import re
import subprocess
import warnings
from pathlib import Path

import numpy as np
import pytest

from workers.audio.chromaprint import ffmpeg
from workers.audio.loudness import FLOOR_DB, FLOOR_LUFS, Loudness, TruePeak, k_weighting
from workers.audio.pcm import Stereo, resample
from workers.audio.synth import beat, write_wav

RATE_HZ = 48_000


def loudness_of(sound: Stereo, rate_hz: int = RATE_HZ, *, block: int = 10_000) -> float:
    meter = Loudness(frames=sound.shape[1], rate_hz=rate_hz, channels=len(sound))
    for start in range(0, sound.shape[1], block):
        meter.feed(sound[:, start : start + block])
    return meter.integrated()


def peak_of(sound: Stereo, rate_hz: int = RATE_HZ, *, block: int = 10_000) -> float:
    meter = TruePeak(rate_hz=rate_hz, channels=len(sound))
    for start in range(0, sound.shape[1], block):
        part = sound[:, start : start + block]
        meter.feed(part, sample_peak=float(np.abs(part).max()))
    return meter.decibels()


def tone(
    hertz: float, level_db: float, *, seconds: float, rate_hz: int = RATE_HZ, channels: int = 2
) -> Stereo:
    t = np.arange(int(seconds * rate_hz)) / rate_hz
    wave = 10 ** (level_db / 20) * np.sin(2 * np.pi * hertz * t)
    return np.tile(wave.astype(np.float32), (channels, 1))


def test_the_filter_has_the_standards_coefficients_at_48_khz() -> None:
    shelf = [1.53512485958697, -2.69169618940638, 1.19839281085285, 1, -1.69065929318241, 0.73248077421585]
    high_pass = [1, -2, 1, 1, -1.99004745483398, 0.99007225036621]
    assert k_weighting(48_000) == pytest.approx(np.array([shelf, high_pass]), abs=1e-9)


@pytest.mark.parametrize("rate_hz", [8_000, 22_050, 44_100, 96_000, 192_000])
def test_a_tone_of_both_channels_is_as_loud_as_it_is_high_at_any_rate(rate_hz: int) -> None:
    """EBU Tech 3341, case 1: 1 kHz at -23 dBFS in both channels is -23 LUFS."""
    assert loudness_of(tone(1000, -23, seconds=20, rate_hz=rate_hz), rate_hz) == pytest.approx(-23, abs=0.1)


def test_one_channel_counts_once() -> None:
    assert loudness_of(tone(1000, -23, seconds=5, channels=1)) == pytest.approx(-26, abs=0.1)


def test_the_relative_gate_drops_what_is_quiet() -> None:
    """EBU Tech 3341, case 3."""
    parts = [tone(1000, level, seconds=seconds) for level, seconds in ((-36, 10), (-23, 60), (-36, 10))]
    assert loudness_of(np.concatenate(parts, axis=1)) == pytest.approx(-23, abs=0.1)


def test_the_absolute_gate_drops_what_is_silent() -> None:
    """EBU Tech 3341, case 4."""
    levels = ((-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10))
    parts = [tone(1000, level, seconds=seconds) for level, seconds in levels]
    assert loudness_of(np.concatenate(parts, axis=1)) == pytest.approx(-23, abs=0.1)


def test_silence_has_the_floor() -> None:
    silence = np.zeros((2, RATE_HZ), np.float32)
    assert loudness_of(silence) == FLOOR_LUFS
    assert peak_of(silence) == pytest.approx(FLOOR_DB)


def test_less_than_a_block_has_the_floor() -> None:
    assert loudness_of(tone(1000, -3, seconds=0.39)) == FLOOR_LUFS


def test_the_size_of_the_blocks_changes_nothing() -> None:
    sound = beat(seed=4, bpm=120, key=0, seconds=5)
    whole = loudness_of(sound, 44_100, block=sound.shape[1])
    for block in (1, 4_410) if sound.shape[1] < 10 else (997, 4_410, 65_536):
        assert loudness_of(sound, 44_100, block=block) == pytest.approx(whole, abs=1e-9)


@pytest.mark.parametrize(("rate_hz", "phase"), [(44_100, 45), (48_000, 45), (96_000, 45)])
def test_a_peak_between_two_samples_is_seen(rate_hz: int, phase: float) -> None:
    """A quarter of the rate at 45 degrees: every sample is 3 dB below the crest."""
    t = np.arange(rate_hz)
    wave = 0.5 * np.sin(2 * np.pi * t / 4 + np.deg2rad(phase)) * np.minimum(1, np.minimum(t, t[::-1]) / 2_000)
    sound = wave[None].astype(np.float32)
    assert 20 * np.log10(np.abs(sound).max()) == pytest.approx(-9.03, abs=0.01)
    assert peak_of(sound, rate_hz) == pytest.approx(-6.02, abs=0.05)


def test_at_192_khz_the_samples_are_the_peaks() -> None:
    assert peak_of(tone(1000, -6, seconds=1, rate_hz=192_000), 192_000) == pytest.approx(-6, abs=0.001)


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_ffmpeg_measures_the_same(tmp_path: Path, rate_hz: int, channels: int) -> None:
    played = beat(seed=9, bpm=95, key=5, seconds=12)[:channels]
    sound = resample(np.ascontiguousarray(played), from_hz=44_100, to_hz=rate_hz)
    sound[:, : 2 * rate_hz] *= 0.05
    path = tmp_path / "beat.wav"
    write_wav(path, sound, rate=rate_hz, bit_depth=32)
    lufs, peak_db = measured_by_ffmpeg(path)
    assert loudness_of(sound, rate_hz) == pytest.approx(lufs, abs=0.1)
    assert peak_of(sound, rate_hz) == pytest.approx(peak_db, abs=0.2)


def measured_by_ffmpeg(path: Path) -> tuple[float, float]:
    """Integrated loudness and true peak, as its filter `ebur128` prints them: to a tenth."""
    command = [
        ffmpeg(),
        "-hide_banner",
        "-nostats",
        "-i",
        str(path),
        "-af",
        "ebur128=peak=true",
        "-f",
        "null",
        "-",
    ]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    summary = told[told.rindex("Summary:") :]
    numbers = [re.search(rf"{name}:\s+(-?[\d.]+)", summary) for name in ("I", "Peak")]
    assert all(numbers), summary
    lufs, peak_db = (float(found[1]) for found in numbers if found)
    return lufs, peak_db


def test_clipping_constant_offsets_and_giants_give_numbers_and_no_warnings() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        offset = np.full((2, RATE_HZ), 0.5, np.float32)
        assert loudness_of(offset) < -20
        clipped = np.clip(tone(50, 12, seconds=2), -1, 1)
        assert peak_of(clipped) > 0
        assert np.isfinite(loudness_of(np.float32(1e6) * clipped))
