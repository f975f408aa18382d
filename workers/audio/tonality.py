"""The key of a beat, and how sure that is (D-19).

Spectral peaks, corrected by the recording's own tuning, are gathered into twelve pitch classes: of all pitches and of the
bass, in the whole recording and in the first bar of every four, where loops come home. The 24 keys are scored by what
each class weighs as a degree of theirs; the weights were learnt (`weights.py`), and are shaped like the key profiles of
C. Krumhansl ("Cognitive Foundations of Musical Pitch", 1990) and D. Temperley ("Music and Probability", 2007).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from workers.audio.onsets import hann
from workers.audio.pcm import Mono
from workers.audio.transforms import Floats, power_spectrum
from workers.audio.weights import KEY_WEIGHTS

RATE_HZ: Final = 11_025
_WINDOW_SAMPLES: Final = 8192
"""0.74 s: two bins lie between the semitones at 45 Hz, where basses play."""
_HOP_SAMPLES: Final = 2048
_BIN_HZ: Final = RATE_HZ / _WINDOW_SAMPLES
_PITCHES_HZ: Final = (100.0, 2000.0)
_BASS_HZ: Final = (35.0, 180.0)
_HEARD: Final = 1e-3
"""Of the loudest frame, below which a frame is silence."""
_LOOP_BEATS: Final = 16
_BAR_BEATS: Final = 4
_SURE_AFTER_S: Final = 10.0
_QUIETEST: Final = 1e-7

Magnitudes = npt.NDArray[np.float32]
"""Spectra, shape (frames, bins of 1.35 Hz)."""


@dataclass(frozen=True, slots=True)
class Key:
    """What was heard.

    Attributes:
        pitch_class: Of the tonic, 0 = C to 11 = B.
        confidence: 0 to 1; of answers given with 0.9 or more, 95 % are right.
    """

    pitch_class: int
    minor: bool
    confidence: float


@dataclass(frozen=True, slots=True)
class _Peaks:
    """Local maxima of spectra, each of shape (peaks,): frame, MIDI pitch with its fraction, magnitude."""

    frames: npt.NDArray[np.int64]
    pitches: Floats
    magnitudes: Floats


def key_of(mono: Mono, *, bpm: float) -> Key:
    """Decides on a key.

    Args:
        mono: Samples, peak 1, shape (samples,), 11,025 Hz.
        bpm: Tempo, to find the first bars.

    Returns:
        The key; C major with confidence 0 where nothing sounds.
    """
    spectra = spectra_of(mono)
    heard = heard_frames(spectra)
    if not heard.any():
        return Key(0, minor=False, confidence=0.0)
    found = degrees(spectra, heard, bpm=bpm)
    scores = np.concatenate([_scores(found, mode) for mode in (0, 1)])
    shares = np.exp(scores - scores.max())
    best = int(scores.argmax())
    length = min(1.0, len(mono) / RATE_HZ / _SURE_AFTER_S)
    return Key(best % 12, minor=best >= 12, confidence=float(shares[best] / shares.sum()) * length)


def _scores(found: Floats, mode: int) -> Floats:
    """Of the twelve keys of a mode, shape (12,)."""
    turned = np.array([np.roll(found, -tonic, axis=1).ravel() for tonic in range(12)])
    return np.asarray(turned @ KEY_WEIGHTS[mode].ravel(), np.float64)


def degrees(spectra: Magnitudes, heard: npt.NDArray[np.bool_], *, bpm: float) -> Floats:
    """How much of the sound falls on each pitch class.

    Args:
        spectra: Shape (frames, bins).
        heard: Frames that are no silence, at least one, shape (frames,).
        bpm: Tempo.

    Returns:
        Shares that sum to 1, shape (4, 12): all pitches, bass; both again in the first bars.
    """
    pitches = _peaks(spectra, _PITCHES_HZ)
    tuning = _tuning(pitches)
    chroma = _chroma(pitches, len(spectra), tuning=tuning, power=0.5)
    bass = _chroma(_peaks(spectra, _BASS_HZ), len(spectra), tuning=tuning, power=2.0)
    beats = (np.arange(len(spectra)) - int(heard.argmax())) * (_HOP_SAMPLES / RATE_HZ) * bpm / 60
    first = heard & (beats >= 0) & (beats % _LOOP_BEATS < _BAR_BEATS)
    return np.array([_mean(rows, frames) for frames in (heard, first) for rows in (chroma, bass)])


def heard_frames(spectra: Magnitudes) -> npt.NDArray[np.bool_]:
    """Which frames are no silence, shape (frames,)."""
    levels = spectra.sum(axis=1, dtype=np.float64)
    return np.asarray(levels > max(_HEARD * levels.max(), _QUIETEST), np.bool_)


def spectra_of(mono: Mono) -> Magnitudes:
    """Spectra up to 2 kHz.

    Args:
        mono: Samples, peak 1, shape (samples,), 11,025 Hz.

    Returns:
        Magnitudes, shape (frames, bins of 1.35 Hz); at least one frame.
    """
    padded = np.pad(mono, (0, max(0, _WINDOW_SAMPLES - len(mono))))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW_SAMPLES)[::_HOP_SAMPLES]
    wanted = int(_PITCHES_HZ[1] / _BIN_HZ) + 2
    return np.asarray(np.sqrt(power_spectrum(frames * hann(_WINDOW_SAMPLES))[:, :wanted]), np.float32)


def _peaks(spectra: Magnitudes, between_hz: tuple[float, float]) -> _Peaks:
    """Local maxima, placed between bins by a parabola through the logarithms."""
    low, high = (int(hertz / _BIN_HZ) for hertz in between_hz)
    below, here, above = (spectra[:, low + step : high + step] for step in (-1, 0, 1))
    frames, bins = np.nonzero((here > below) & (here >= above) & (here > _QUIETEST))
    left, middle, right = (
        np.log(np.maximum(part[frames, bins], _QUIETEST)).astype(np.float64) for part in (below, here, above)
    )
    bend = np.minimum(left - 2 * middle + right, -_QUIETEST)
    hertz = (low + bins + np.clip(0.5 * (left - right) / bend, -0.5, 0.5)) * _BIN_HZ
    return _Peaks(frames, 69 + 12 * np.log2(hertz / 440), np.exp(middle))


def _tuning(peaks: _Peaks) -> float:
    """How far the recording is off 440 Hz, in semitones from -0.5 to 0.5: the direction in which its peaks lie."""
    pull = np.sum(np.sqrt(peaks.magnitudes) * np.exp(2j * np.pi * peaks.pitches))
    return float(np.angle(pull) / (2 * np.pi))


def _chroma(peaks: _Peaks, frames: int, *, tuning: float, power: float) -> Floats:
    """Share of each pitch class in each frame, shape (frames, 12); zeros where there is no peak."""
    pitches = peaks.pitches - tuning
    nearest = np.rint(pitches)
    weights = peaks.magnitudes**power * np.cos(np.pi * (pitches - nearest)) ** 2
    slots = peaks.frames * 12 + nearest.astype(np.int64) % 12
    chroma = np.bincount(slots, weights, minlength=12 * frames).reshape(frames, 12)
    return np.asarray(chroma / np.maximum(chroma.sum(axis=1, keepdims=True), 1e-12), np.float64)


def _mean(rows: Floats, chosen: npt.NDArray[np.bool_]) -> Floats:
    """The mean of the chosen frames that have a share at all; even where none has."""
    kept = rows[chosen & (rows.sum(axis=1) > 0)]
    return np.asarray(kept.mean(axis=0), np.float64) if len(kept) else np.full(12, 1 / 12)
