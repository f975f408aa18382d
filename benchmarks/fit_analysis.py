"""Learns the weights of tempo and key: `python -m benchmarks.fit_analysis > workers/audio/weights.py`, two minutes.

Of beats whose tempo and key are known (`tests/audio/styles.py`, seeds below 400) every candidate's features are taken as
the analysis takes them, and a softmax over the candidates is fitted, with a penalty on large weights. Figures are
measured on other seeds and on music that was not synthesised: `benchmarks/analysis.py`.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from tests.audio.styles import Played, play_any
from workers.audio import onsets, tonality
from workers.audio.instruments import SYNTH_RATE_HZ
from workers.audio.pcm import Mono, pca_mono, resample
from workers.audio.tempo import TEMPOS, likenesses

SEEDS: Final = range(400)
SECONDS: Final = 60
_TEMPO_PENALTY: Final = 0.1
_KEY_PENALTY: Final = 0.03
_TEMPO_SHARPNESS: Final = 0.006
"""Of the target, in the logarithm of the tempo: one and a half steps."""
_STEPS: Final = 600

Floats = npt.NDArray[np.float64]


def heard(one: Played) -> Mono:
    """As the analysis hears it, 22,050 Hz, peak 1."""
    mono = pca_mono(resample(one.sound, from_hz=SYNTH_RATE_HZ, to_hz=onsets.RATE_HZ))
    return np.asarray(mono / np.abs(mono).max(), np.float32)


def tempo_features(one: Played) -> Floats:
    return likenesses(onsets.onset_bands(onsets.mel_power(heard(one)))).reshape(len(TEMPOS), -1)


def key_features(one: Played) -> Floats:
    """Of every key, shape (12, 48). A third of the beats have lost their start, as excerpts have."""
    mono = heard(one)
    cut = int(onsets.RATE_HZ * 60 / one.bpm * (one.bpm % 13)) if one.bpm % 3 == 0 else 0
    low = resample(mono[None, cut:], from_hz=onsets.RATE_HZ, to_hz=tonality.RATE_HZ)[0]
    spectra = tonality.spectra_of(low)
    found = tonality.degrees(spectra, tonality.heard_frames(spectra), bpm=one.bpm)
    return np.array([np.roll(found, -tonic, axis=1).ravel() for tonic in range(12)])


@dataclass(frozen=True)
class Lesson:
    """Features of every candidate of one beat, and which are right.

    Attributes:
        answer: Pitch class, 12 more for minor.
    """

    tempo: Floats
    key: Floats
    bpm: int
    answer: int


def lesson(seed: int) -> Lesson:
    one = play_any(seed, seconds=SECONDS)
    return Lesson(tempo_features(one), key_features(one), one.bpm, one.key + 12 * one.minor)


def descend(slope: Callable[[Floats], Floats], size: int) -> Floats:
    """Minimises by Adam (D. Kingma and J. Ba, 2015)."""
    weights, mean, square = np.zeros(size), np.zeros(size), np.zeros(size)
    for step in range(1, _STEPS + 1):
        gradient = slope(weights)
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.999 * square + 0.001 * gradient**2
        weights -= 0.05 * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return weights


def softmax(scores: Floats) -> Floats:
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True), np.float64)


def fit_tempo(beats: list[Lesson]) -> Floats:
    features = np.array([one.tempo for one in beats])
    spread = features.std(axis=(0, 1)) + 1e-6
    features = (features - features.mean(axis=(0, 1))) / spread
    truth = np.log(np.array([one.bpm for one in beats], np.float64))
    target = softmax(-0.5 * ((np.log(TEMPOS) - truth[:, None]) / _TEMPO_SHARPNESS) ** 2)

    def slope(weights: Floats) -> Floats:
        wrong = softmax(features @ weights) - target
        return np.asarray(np.tensordot(wrong, features, 2) / len(beats) + _TEMPO_PENALTY * weights)

    return np.asarray((descend(slope, features.shape[2]) / spread).reshape(3, -1))


def fit_key(beats: list[Lesson]) -> Floats:
    features = np.array([one.key for one in beats])
    mean = features.mean(axis=(0, 1))
    spread = np.repeat(features.reshape(-1, 4, 12).std(axis=(0, 2)), 12)
    features = (features - mean) / spread
    truth = np.eye(24)[[one.answer for one in beats]]

    def slope(weights: Floats) -> Floats:
        modes = weights.reshape(2, -1)
        wrong = softmax(np.concatenate([features @ mode for mode in modes], axis=1)) - truth
        parts = [np.tensordot(wrong[:, :12], features, 2), np.tensordot(wrong[:, 12:], features, 2)]
        return np.asarray(np.concatenate(parts) / len(beats) + _KEY_PENALTY * weights)

    modes = descend(slope, 2 * len(mean)).reshape(2, -1) / spread
    return modes.reshape(2, 4, 12)  # turned twelve ways, the mean is the same for every key


HEAD: Final = '''"""What the analysis has learnt; made by `benchmarks/fit_analysis.py`, which says from what.

Other numbers are another model: change `measured.MODEL` with them.
"""

from typing import Final

import numpy as np

# fmt: off
'''


def table(name: str, values: Any, doc: str, *, precision: int = 2) -> str:
    text = np.array2string(
        np.asarray(values),
        precision=precision,
        suppress_small=True,
        separator=", ",
        max_line_width=100,
        threshold=sys.maxsize,
    )
    return f'{name}: Final = np.array(\n{text}\n)\n"""{doc}"""\n'


def main() -> None:
    beats = [lesson(seed) for seed in SEEDS]
    sys.stdout.write(HEAD)
    rows = "Of the lowest band, of the highest, of all; of each of `tempo._MULTIPLES`; shape (3, 11)."
    sys.stdout.write(table("TEMPO_WEIGHTS", fit_tempo(beats), rows))
    rows = "Major and minor; all pitches, bass, both in the first bars; degree above the tonic; shape (2, 4, 12)."
    sys.stdout.write(table("KEY_WEIGHTS", fit_key(beats), rows))


if __name__ == "__main__":
    main()
