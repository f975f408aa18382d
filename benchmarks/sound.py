"""How well sound vectors tell what sounds alike: `python -m benchmarks.sound [MUSIC]`, five minutes.

Measured on beats whose seeds and kits the map was not learnt from, and on the pieces of MUSIC that `benchmarks/fit_sound.py`
has not used. The peer of the same run is the cosine of plain MFCC means. What the sound adds to an analysis is measured
on a 3-minute stereo beat.
"""

import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.analysis import line
from benchmarks.fingerprint import cpu_seconds
from benchmarks.fit_sound import (
    Floats,
    Learnt,
    Recording,
    area,
    distances,
    gathered,
    halves_apart,
    of_kit,
    of_style,
    pairs,
    pieces,
    plain_distances,
)
from db.sound import likeness_at
from workers.audio.measure import measure
from workers.audio.onsets import RATE_HZ, mel_power, onset_bands
from workers.audio.pcm import pca_mono, resample
from workers.audio.sound import sound_of
from workers.audio.sound_weights import SOUND_MAP, SOUND_MEANS, SOUND_SPREADS
from workers.audio.synth import SYNTH_RATE_HZ, beat, write_wav

_STYLE_SEEDS: Final = range(15_000, 15_080)
_KITS: Final = range(200, 212)
_KIT_BEATS: Final = 4
_SECONDS: Final = 180
_QUANTILES: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
_KNOWN: Final = Learnt(SOUND_MEANS, SOUND_SPREADS, SOUND_MAP)


def print_areas(groups: dict[str, Sequence[Recording]]) -> None:
    line("pairs of one name before others, area", "recordings", "ours", "4 of 16", "MFCC means")
    for name, recordings in groups.items():
        vectors = _KNOWN.reduced(np.array([one.whole for one in recordings]))
        found = [distances(vectors), distances(vectors[:, :4]), plain_distances(recordings)]
        areas = [f"{area(*pairs(recordings, between)):.3f}" for between in found]
        line(name, len(recordings), *areas)


def print_likeness(groups: dict[str, Sequence[Recording]]) -> None:
    line("\nlikeness, quantiles", *(f"{share:.0%}" for share in _QUANTILES), "0.8 +", "under 0.3")
    for name, recordings in groups.items():
        same, other = pairs(
            recordings, distances(_KNOWN.reduced(np.array([one.whole for one in recordings])))
        )
        print_quantiles(f"{name}: halves of one", halves_apart(recordings, _KNOWN))
        print_quantiles(f"{name}: the same", same)
        print_quantiles(f"{name}: others", other)


def print_quantiles(name: str, apart: Floats) -> None:
    alike = np.array([likeness_at(round(distance)) for distance in apart])
    shares = [f"{np.mean(alike >= 0.8):.0%}", f"{np.mean(alike < 0.3):.0%}"]
    line(name, *(f"{value:.2f}" for value in np.quantile(alike, _QUANTILES)), *shares)


def print_cost() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, sound = Path(folder) / "beat.wav", beat(seed=1, bpm=140, key=3, seconds=_SECONDS)
        write_wav(path, sound)
        mono = pca_mono(resample(sound, from_hz=SYNTH_RATE_HZ, to_hz=RATE_HZ))
        power = mel_power(mono)
        strength = onset_bands(power)
        whole = min(cpu_seconds(lambda: measure(path)) for _ in range(5))
        part = min(cpu_seconds(lambda: sound_of(mono, power, strength, bpm=140)) for _ in range(5))
    line("\na 3-minute 16-bit stereo WAV", "CPU ms", "of the rest")
    line("measure without the sound", f"{1000 * (whole - part):.0f}", "1.00")
    line("the sound", f"{1000 * part:.0f}", f"{part / (whole - part):.2f}")


def main() -> None:
    music = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    groups: dict[str, Sequence[Recording]] = {
        "ten styles, any kit": gathered(partial(of_style, seed) for seed in _STYLE_SEEDS),
        "twelve kits, any drums": gathered(
            partial(of_kit, kit, number) for kit in _KITS for number in range(_KIT_BEATS)
        ),
        "music, by album": gathered(pieces(music, second=True)),
    }
    groups = {name: recordings for name, recordings in groups.items() if recordings}
    print_areas(groups)
    print_likeness(groups)
    print_cost()


if __name__ == "__main__":
    main()
