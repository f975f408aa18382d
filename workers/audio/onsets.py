"""Where things begin in a beat: librosa's onset strength of four bands, over a spectrogram of our own.

librosa's `stft` works in numpy's FFT; scipy's in single precision takes a third of the time, and blocks of frames keep
30 minutes from needing gigabytes.
"""

from collections.abc import Iterator
from typing import Final

import librosa.filters
import librosa.onset
import numpy as np
import numpy.typing as npt

from workers.audio.pcm import Mono
from workers.audio.transforms import power_spectrum

RATE_HZ: Final = 22_050
HOP_SAMPLES: Final = 256
FRAMES_PER_SECOND: Final = RATE_HZ / HOP_SAMPLES
"""86: a beat at 200 BPM has 26 frames, so that a thirty-second still shows."""
_WINDOW_SAMPLES: Final = 1024
MEL_BANDS: Final = 40
_LOWEST_HZ: Final = 30
_HIGHEST_HZ: Final = 10_000
_BAND_EDGES: Final = [0, 4, 12, 24, 40]
"""Mel bands at which kick and bass, body of the snare, its noise, and hats part: about 280, 1,000 and 3,000 Hz."""
_FRAMES_AT_ONCE: Final = 2_048
_QUIETEST: Final = 1e-10
_RANGE_DB: Final = 80.0
"""Below the loudest: what is quieter is no onset. librosa's own default."""

Mel = npt.NDArray[np.float32]
"""Power, shape (40 mel bands from low to high, frames), 86.1 frames a second."""
Onsets = npt.NDArray[np.float64]
"""Onset strength, not negative, shape (4 bands from low to high, frames), 86.1 frames a second."""


def mel_power(mono: Mono) -> Mel:
    """The spectrogram in which onsets are found.

    Args:
        mono: Samples of any level, shape (samples,), 22,050 Hz.

    Returns:
        Power, shape (40 mel bands from 30 to 10,000 Hz, frames).
    """
    mel = librosa.filters.mel(
        sr=RATE_HZ, n_fft=_WINDOW_SAMPLES, n_mels=MEL_BANDS, fmin=_LOWEST_HZ, fmax=_HIGHEST_HZ
    )
    return np.concatenate([part @ mel.T for part in _spectra(mono)]).T


def onset_bands(power: Mel) -> Onsets:
    """Finds onsets in four bands.

    Args:
        power: Of `mel_power`, shape (40, frames).

    Returns:
        Onset strength after librosa (S. Böck and G. Widmer, "Maximum filter vibrato suppression for onset detection",
        2013, without the filter): the mean rise of each mel band's decibels since the frame before.
    """
    found = librosa.onset.onset_strength_multi(  # pyright: ignore[reportUnknownMemberType] -- its types are partial
        S=_decibels(power), center=False, channels=_BAND_EDGES
    )
    return np.asarray(found, np.float64)


def _spectra(mono: Mono) -> Iterator[npt.NDArray[np.float32]]:
    """Power spectra of centred frames, a few thousand at a time, shape (frames, bins)."""
    padded = np.pad(mono, _WINDOW_SAMPLES // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW_SAMPLES)[::HOP_SAMPLES]
    window = hann(_WINDOW_SAMPLES)
    for start in range(0, len(frames), _FRAMES_AT_ONCE):
        yield power_spectrum(frames[start : start + _FRAMES_AT_ONCE] * window)


def hann(samples: int) -> npt.NDArray[np.float32]:
    """A Hann window that repeats, shape (samples,)."""
    return np.hanning(samples + 1)[:-1].astype(np.float32)


def _decibels(power: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Decibels below the loudest, cut at `_RANGE_DB`."""
    loudest = max(float(power.max()), _QUIETEST)
    floor = loudest * 10 ** (-_RANGE_DB / 10)
    return np.asarray(10 * np.log10(np.maximum(power, np.float32(floor)) / np.float32(loudest)), np.float32)
