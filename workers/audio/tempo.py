"""The tempo of a beat as it is felt, and how sure that is (D-19).

Every tempo from 60 to 200 BPM is scored by how alike the onsets are to themselves a quarter of its beat later, a third,
a half and so on up to two bars. A snare at every second beat or hats between the beats tell the tempo from its half and
its double: the weights of these likenesses were learnt (`weights.py`), and a mild preference for the middle of the
range, as people tap (D. Moelants, "Preferred tempo reconsidered", 2002), stands beside them.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from workers.audio import transforms
from workers.audio.onsets import FRAMES_PER_SECOND, Onsets
from workers.audio.transforms import Floats
from workers.audio.weights import TEMPO_WEIGHTS

SLOWEST_BPM: Final = 60.0
FASTEST_BPM: Final = 200.0
TOLERANCE: Final = 0.04
"""Tempos this near are the same one, as in MIREX."""
_PREFERRED_BPM: Final = 130.0
_SPREAD_OCTAVES: Final = 0.4
"""Of the preference: a tempo an octave off weighs a twentieth. Both were chosen on half of 26 pieces that state their tempo:
producers write 140, not 70 (D-11)."""
_SHARPNESS: Final = 1.2
"""Of the learnt scores, which were fitted without a preference beside them."""
_STEPS: Final = 242
"""Half a per cent each."""
_MULTIPLES: Final = np.array([1 / 4, 1 / 3, 1 / 2, 2 / 3, 3 / 4, 1, 3 / 2, 2, 3, 4, 8])
"""Beats after which the onsets are compared with themselves."""
_LONGEST_LAG_S: Final = 8.1
"""Eight beats at 60 BPM."""
_FINE_STEPS: Final = 161
_FINE_RANGE: Final = 0.012
"""Of the tempo, to either side: two coarse steps and a bit."""
_FINE_LAG_S: Final = 20.0
_SMOOTHING: Final = np.array([0.25, 0.5, 0.25])
_SURE_AFTER_S: Final = 10.0
"""Confidence grows up to this length: less than five bars do not show what repeats."""
_NOTHING: Final = 1e-6

TEMPOS: Final[Floats] = SLOWEST_BPM * (FASTEST_BPM / SLOWEST_BPM) ** (np.arange(_STEPS) / (_STEPS - 1))
"""What is scored, BPM, shape (tempos,)."""


@dataclass(frozen=True, slots=True)
class Tempo:
    """What was heard.

    Attributes:
        bpm: 60 to 200.
        confidence: 0 to 1; of answers given with 0.9 or more, 95 % are right within 4 %.
    """

    bpm: float
    confidence: float


def tempo_of(onsets: Onsets) -> Tempo:
    """Decides on a tempo.

    Args:
        onsets: Of `onset_bands`, shape (4, frames).

    Returns:
        The tempo; the preferred one with confidence 0 where nothing begins or all is over too soon.
    """
    if float(onsets.max(initial=0.0)) < _NOTHING:
        return Tempo(_PREFERRED_BPM, 0.0)
    learnt = likenesses(onsets).reshape(_STEPS, -1) @ TEMPO_WEIGHTS.ravel()
    scores = _SHARPNESS * learnt + _preference()
    shares = np.exp(scores - scores.max())
    shares /= shares.sum()
    best = float(TEMPOS[scores.argmax()])
    near = np.abs(np.log(TEMPOS / best)) < TOLERANCE
    length = min(1.0, onsets.shape[1] / FRAMES_PER_SECOND / _SURE_AFTER_S)
    return Tempo(_refined(onsets, best), float(min(shares[near].sum(), 1.0)) * length)


def likenesses(onsets: Onsets) -> Floats:
    """How alike the onsets are to themselves after multiples of each tempo's beat.

    Args:
        onsets: Shape (4, frames).

    Returns:
        Correlations, shape (tempos, 3, multiples): of the lowest band, of the highest, of all; 0 beyond half the length.
    """
    return alike_after(onsets, (60 / TEMPOS)[:, None] * _MULTIPLES).transpose(1, 0, 2)


def alike_after(onsets: Onsets, lags_s: Floats) -> Floats:
    """How alike the onsets are to themselves, later.

    Args:
        onsets: Shape (4, frames).
        lags_s: Up to 8 s, of any shape.

    Returns:
        Correlations of the lowest band, of the highest, of all, shape (3, *lags); 0 beyond half the length.
    """
    smooth = np.array([np.convolve(band, _SMOOTHING, "same") for band in _chosen(onsets)])
    longest = min(int(_LONGEST_LAG_S * FRAMES_PER_SECOND) + 2, onsets.shape[1] // 2)
    if longest < 2:
        return np.zeros((len(smooth), *lags_s.shape))
    return _read(autocorrelation(smooth, longest), lags_s * FRAMES_PER_SECOND)


def _chosen(onsets: Onsets) -> Floats:
    return np.stack([onsets[0], onsets[-1], onsets.mean(axis=0)])


def autocorrelation(signals: Floats, lags: int) -> Floats:
    """Correlation of signals with themselves, later.

    Args:
        signals: Shape (signals, frames).
        lags: How many, from 0 on; at most half the frames.

    Returns:
        -1 to 1, 1 at lag 0, shape (signals, lags); 0 for a signal that does not change.
    """
    frames = signals.shape[1]
    centred = signals - signals.mean(axis=1, keepdims=True)
    whole = transforms.autocorrelation(centred, lags)
    scale = np.maximum(whole[:, :1], _NOTHING) * (1 - np.arange(lags) / frames)
    return np.asarray(whole / scale, np.float64)


def _read(correlation: Floats, lags: Floats) -> Floats:
    """The correlation at lags between frames; 0 beyond its end. Shape (signals, *lags)."""
    last = correlation.shape[1] - 1
    inside = np.where(lags < last, lags, 0.0)
    below = inside.astype(np.int64)
    part = inside - below
    read = correlation[:, below] * (1 - part) + correlation[:, below + 1] * part
    return np.where(lags < last, read, 0.0)


def _preference() -> Floats:
    return -0.5 * (np.log2(TEMPOS / _PREFERRED_BPM) / _SPREAD_OCTAVES) ** 2


def _refined(onsets: Onsets, bpm: float) -> float:
    """The tempo to a fiftieth of a per cent, by onsets that return after many beats."""
    longest = min(int(_FINE_LAG_S * FRAMES_PER_SECOND), onsets.shape[1] // 2)
    beat = 60 / bpm * FRAMES_PER_SECOND
    count = int(longest / (beat * (1 + _FINE_RANGE)))
    if count < 4:
        return bpm
    tempos = bpm * (1 + np.linspace(-_FINE_RANGE, _FINE_RANGE, _FINE_STEPS))
    lags = (60 / tempos)[:, None] * FRAMES_PER_SECOND * np.arange(count // 2, count)
    smooth = np.convolve(onsets.mean(axis=0), _SMOOTHING, "same")[None]
    fits = _read(autocorrelation(smooth, longest), lags)[0].sum(axis=1)
    return float(np.clip(tempos[fits.argmax()], SLOWEST_BPM, FASTEST_BPM))
