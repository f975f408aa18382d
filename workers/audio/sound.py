"""How a recording sounds, for finding others like it (D-63): timbre and rhythm, in sixteen signed bytes.

Timbre is told by the mel cepstrum (S. Davis and P. Mermelstein, 1980), its spread and its pace, by how far spectra rise
above their valleys (D.-N. Jiang et al., "Music type classification by spectral contrast feature", 2002), by noise and low
end. Rhythm is told by how many onsets there are, how sharp, and how alike they are to themselves parts of a beat later, so
that a swung eighth and a straight one differ at any tempo. None of it knows level or key. A fixed linear map, learnt by
`benchmarks/fit_sound.py`, keeps what recordings of one style share and drops what excerpts of one recording differ in.
"""

from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from workers.audio.onsets import FRAMES_PER_SECOND, MEL_BANDS, RATE_HZ, Mel, Onsets, hann
from workers.audio.pcm import Mono
from workers.audio.sound_weights import SOUND_MAP, SOUND_MEANS, SOUND_SPREADS
from workers.audio.tempo import alike_after
from workers.audio.transforms import Floats, power_spectrum

SHORTEST_S: Final = 4.0
"""Two bars at 120 BPM: less has no rhythm to compare."""
_QUIETEST: Final = 1e-12
_LOUD: Final = 0.95
"""Of the frames lie below the level that is called loud: one crash says nothing."""
_RANGE_DB: Final = 45.0
"""Below a loud frame: what codecs change lies deeper."""
_HEARD_DB: Final = 30.0
"""Below a loud frame, under which a frame is a rest."""
_CEPSTRA: Final = 13
_COSINES: Final = np.cos(
    np.pi / MEL_BANDS * np.arange(_CEPSTRA)[:, None] * (np.arange(MEL_BANDS) + 0.5)
).astype(np.float32) / np.float32(MEL_BANDS)  # fmt: skip
"""Of the cosine transform, shape (13, 40)."""
_PACE_FRAMES: Final = 4
"""46 ms: a drum has begun, a chord has not changed."""
_WINDOW_SAMPLES: Final = 2048
_LOOK_SAMPLES: Final = 4096
"""A look every 186 ms: contrast and noise are averages, for which that is often enough."""
_EDGES_HZ: Final = (40, 120, 250, 500, 1000, 2000, 4000, 8000)
_PEAKS: Final = 0.15
"""Of a band's bins, which are its peaks, and as many its valleys."""
_ONSET: Final = 2.0
"""Times a band's mean strength: what rises above it and its neighbours is counted."""
_PARTS: Final = np.array([*range(2, 13), 14, 15, 16, 18, 20, 21, 22, 24, 30, 36, 42, 48]) / 12
"""Of a beat, after which onsets are compared with themselves: sixteenths and triplets, up to a bar."""
_LAGS_S: Final = np.geomspace(0.1, 2.0, 14)
"""In seconds, for where the tempo was mistaken."""


def sound_of(mono: Mono, power: Mel, strength: Onsets, *, bpm: float) -> bytes | None:
    """Describes how a recording sounds.

    Args:
        mono: Samples of any level, shape (samples,), 22,050 Hz.
        power: Of `mel_power`.
        strength: Of `onset_bands`.
        bpm: Tempo as heard.

    Returns:
        16 signed bytes, the first of which tell the most; null where there is too little to hear.
    """
    if len(mono) < SHORTEST_S * RATE_HZ or float(power.max()) < _QUIETEST:
        return None
    return reduced(features(mono, power, strength, bpm=bpm))


def reduced(found: Floats) -> bytes:
    """Features, shape (137,), as 16 signed bytes."""
    components: Floats = SOUND_MAP @ ((found - SOUND_MEANS) / SOUND_SPREADS)
    whole = np.asarray(np.clip(np.rint(components), -127, 127), np.int8)
    return whole.tobytes()


def features(mono: Mono, power: Mel, strength: Onsets, *, bpm: float) -> Floats:
    """What the map reduces, shape (137,); arguments as of `sound_of`, not silent."""
    return np.concatenate([_timbre(power), _grain(mono), _drums(strength), _rhythm(strength, bpm)])


def _timbre(power: Mel) -> Floats:
    """Mean, spread and pace of the mel cepstrum where it sounds, shape (38,): the first mean is a level, and left out."""
    levels = power.mean(axis=0)
    loud = _loud(levels)
    cepstra, heard = _COSINES @ _decibels(power, loud), _heard(levels, loud)
    steps = np.abs(cepstra[:, _PACE_FRAMES:] - cepstra[:, :-_PACE_FRAMES])[:, heard[_PACE_FRAMES:]]
    chosen = cepstra[:, heard]
    pace = steps.mean(axis=1) if steps.shape[1] else np.zeros(_CEPSTRA)
    return np.concatenate([chosen.mean(axis=1)[1:], chosen.std(axis=1), pace]).astype(np.float64)


def _loud(levels: npt.NDArray[np.float32]) -> float:
    """Power of a loud frame; of the loudest where hardly any sounds."""
    return max(float(np.quantile(levels, _LOUD)), 1e-3 * float(levels.max()), _QUIETEST)


def _heard(levels: npt.NDArray[np.float32], loud: float) -> npt.NDArray[np.bool_]:
    """Frames that are no rest, at least one."""
    return np.asarray(levels >= min(loud * 10 ** (-_HEARD_DB / 10), float(levels.max())), np.bool_)


def _decibels(power: npt.NDArray[np.float32], loud: float) -> npt.NDArray[np.float32]:
    """Decibels above a soft floor `_RANGE_DB` below a loud frame; shape as given."""
    floor = np.float32(loud * 10 ** (-_RANGE_DB / 10))
    return np.asarray(10 * np.log10(1 + power / floor), np.float32)


def _grain(mono: Mono) -> Floats:
    """Peaks over valleys and level of seven bands, spread of the level, and tone against noise: shape (22,)."""
    frames = np.lib.stride_tricks.sliding_window_view(mono, _WINDOW_SAMPLES)[::_LOOK_SAMPLES]
    power = power_spectrum(frames * hann(_WINDOW_SAMPLES))
    levels = power.mean(axis=1)
    loud = _loud(levels)
    decibels = _decibels(power, loud)[_heard(levels, loud)]
    edges = [round(hertz * _WINDOW_SAMPLES / RATE_HZ) for hertz in _EDGES_HZ]
    bands = [decibels[:, low:high] for low, high in pairwise(edges)]
    means = np.array([band.mean(axis=1) for band in bands])
    contrast = [_contrast(band) for band in bands]
    level = means.mean(axis=1) - means.mean()
    tonal = float((decibels.max(axis=1) - decibels.mean(axis=1)).mean())
    return np.array([*contrast, *level, *means.std(axis=1), tonal], np.float64)


def _contrast(band: npt.NDArray[np.float32]) -> float:
    """How far a band's peaks stand above its valleys, dB."""
    count = max(1, int(_PEAKS * band.shape[1]))
    ordered = np.sort(band, axis=1)
    return float(ordered[:, -count:].mean() - ordered[:, :count].mean())


def _drums(strength: Onsets) -> Floats:
    """Of each band and of all: how strong onsets are, how far they stand out, how many there are; shape (15,)."""
    rows = np.vstack([strength, strength.mean(axis=0)])
    mean = rows.mean(axis=1)
    before, here, after = rows[:, :-2], rows[:, 1:-1], rows[:, 2:]
    onset = (here > before) & (here >= after) & (here > _ONSET * mean[:, None])
    per_second = onset.mean(axis=1) * FRAMES_PER_SECOND
    crest = np.quantile(rows, 0.97, axis=1) / (mean + 0.05)
    return np.concatenate([np.log(mean + 0.05), crest, np.log(per_second + 0.2)])


def _rhythm(strength: Onsets, bpm: float) -> Floats:
    """How alike onsets are to themselves, later; and the tempo as a direction, equal for half and double: shape (62,).

    Kicks and hats by themselves after parts of a beat, all together after parts of a second.
    """
    turn = 2 * np.pi * np.log2(bpm)
    found = alike_after(strength, np.concatenate([60 / bpm * _PARTS, _LAGS_S]))
    parts, lags = found[:2, : len(_PARTS)], found[2, len(_PARTS) :]
    return np.concatenate([parts.ravel(), lags, [np.cos(turn), np.sin(turn)]])
