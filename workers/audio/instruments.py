"""One-shots of the beat synthesiser: a kit is a number, and every number sounds a little different.

Sounds are built from sines, filtered noise and exponential envelopes, as in M. Russ, "Sound Synthesis and Sampling"
(2008), chapters 3 and 5. Everything is mono float32, peak about 1, 44,100 Hz.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

SYNTH_RATE_HZ: Final = 44_100

Sound = npt.NDArray[np.float32]
"""Mono samples, shape (frames,), 44,100 Hz."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """A pitched sound: partial strengths, vibrato and envelope."""

    partials: tuple[float, ...]
    """Amplitude of each harmonic, the fundamental first."""
    attack_s: float
    decay_s: float
    detune_cents: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """The drums and patches that one number stands for."""

    kick: Sound
    snare: Sound
    clap: Sound
    hat: Sound
    open_hat: Sound
    chords: Patch
    melody: Patch
    bass_drive: float


@lru_cache(maxsize=8)
def make_kit(number: int) -> Kit:
    """Makes a kit.

    Args:
        number: Any; the same number gives the same sounds.

    Returns:
        Its drums and patches.
    """
    draw = np.random.default_rng([7, number])
    return Kit(
        kick=_kick(draw),
        snare=_snare(draw),
        clap=_clap(draw),
        hat=_hat(draw, seconds=0.05),
        open_hat=_hat(draw, seconds=0.32),
        chords=_patch(draw, attack_s=0.03, decay_s=2.5, partials=5),
        melody=_patch(draw, attack_s=0.004, decay_s=0.6, partials=8),
        bass_drive=float(draw.uniform(1.2, 3.0)),
    )


def note(patch: Patch, *, midi: float, seconds: float) -> Sound:
    """Plays a pitched note.

    Args:
        patch: The sound.
        midi: Pitch, 69 = A at 440 Hz.
        seconds: Until the release, which adds 60 ms.

    Returns:
        Samples, peak about 1, shape (frames,).
    """
    t = _time(seconds + 0.06)
    pitch = _hertz(midi) * 2 ** (patch.detune_cents / 1200)
    shimmer = np.float32(2 ** (patch.detune_cents / 600))
    phase = (2 * np.pi * pitch * t).astype(np.float32)
    tone = np.zeros_like(t)
    for harmonic, strength in enumerate(patch.partials, 1):
        if harmonic * pitch < 16_000:
            tone += np.float32(strength) * (np.sin(harmonic * phase) + np.sin(harmonic * phase / shimmer))
    envelope = np.minimum(t / patch.attack_s, 1) * np.exp(-t / patch.decay_s)
    return _released(tone * envelope.astype(np.float32) / np.float32(2 * sum(patch.partials)))


def bass_808(*, midi: float, seconds: float, drive: float) -> Sound:
    """Plays a long sine with a falling start and soft saturation.

    Args:
        midi: Pitch, 33 = A at 55 Hz.
        seconds: Until the release.
        drive: Gain before the saturation, 1 to 3.

    Returns:
        Samples, peak about 1, shape (frames,).
    """
    t = _time(seconds + 0.06)
    base = _hertz(midi)
    phase = 2 * np.pi * (base * t + base * 0.04 * (1 - np.exp(-t / 0.04)))
    body = np.tanh(drive * np.sin(phase) * np.exp(-t / 0.9)) / np.tanh(drive)
    return _released((body * np.minimum(t / 0.004, 1)).astype(np.float32))


def _time(seconds: float) -> Sound:
    return np.arange(max(1, int(seconds * SYNTH_RATE_HZ)), dtype=np.float32) / np.float32(SYNTH_RATE_HZ)


def _hertz(midi: float) -> float:
    return float(440 * 2 ** ((midi - 69) / 12))


def _released(sound: Sound) -> Sound:
    tail = min(len(sound), int(0.06 * SYNTH_RATE_HZ))
    sound[len(sound) - tail :] *= np.linspace(1, 0, tail, dtype=np.float32)
    return sound


def _noise(draw: np.random.Generator, seconds: float, *, low_hz: float, high_hz: float) -> Sound:
    """Noise between two frequencies, cut out of its spectrum; peak 1."""
    frames = int(seconds * SYNTH_RATE_HZ)
    spectrum = np.fft.rfft(draw.standard_normal(frames))
    hertz = np.fft.rfftfreq(frames, 1 / SYNTH_RATE_HZ)
    spectrum[(hertz < low_hz) | (hertz > high_hz)] = 0
    noise = np.fft.irfft(spectrum, frames)
    scaled: Sound = (noise / np.max(np.abs(noise))).astype(np.float32)
    return scaled


def _kick(draw: np.random.Generator) -> Sound:
    t = _time(0.35)
    low_hz, sweep_hz, fall_s = draw.uniform(42, 60), draw.uniform(90, 260), draw.uniform(0.015, 0.05)
    phase = 2 * np.pi * (low_hz * t - sweep_hz * fall_s * np.exp(-t / fall_s))
    return _released((np.sin(phase) * np.exp(-t / draw.uniform(0.08, 0.2))).astype(np.float32))


def _snare(draw: np.random.Generator) -> Sound:
    t = _time(0.25)
    tone = np.sin(2 * np.pi * draw.uniform(160, 240) * t) * np.exp(-t / 0.06)
    noise = _noise(draw, 0.25, low_hz=draw.uniform(600, 1800), high_hz=12_000) * np.exp(
        -t / draw.uniform(0.05, 0.12)
    )
    return _released((0.5 * tone + 0.7 * noise).astype(np.float32))


def _clap(draw: np.random.Generator) -> Sound:
    t = _time(0.22)
    bursts = sum(np.where(t >= s, np.exp(-(t - s) / 0.006), 0) for s in (0.0, 0.011, 0.023))
    noise = _noise(draw, 0.22, low_hz=900, high_hz=draw.uniform(4000, 9000))
    return _released((noise * (0.5 * bursts + 0.8 * np.exp(-t / 0.07))).astype(np.float32))


def _hat(draw: np.random.Generator, *, seconds: float) -> Sound:
    noise = _noise(draw, seconds + 0.06, low_hz=draw.uniform(5000, 8000), high_hz=17_000)
    return _released(noise * np.exp(-_time(seconds + 0.06)[: len(noise)] / np.float32(seconds / 2)))


def _patch(draw: np.random.Generator, *, attack_s: float, decay_s: float, partials: int) -> Patch:
    strengths = tuple(float(draw.uniform(0.2, 1) / n**1.3) for n in range(1, partials + 1))
    return Patch(
        partials=strengths, attack_s=attack_s, decay_s=decay_s, detune_cents=float(draw.uniform(2, 9))
    )
