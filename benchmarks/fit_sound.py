"""Learns the map from features to sound vectors: `python -m benchmarks.fit_sound MUSIC`, ten minutes.

It prints what is to stand in `workers/audio/sound_weights.py`.

Of beats of ten styles, of beats of twelve kits, and of every second piece of MUSIC (a folder of albums, each a folder of
recordings) the features are taken as the analysis takes them, of the whole and of both halves. The map is a linear
discriminant analysis (R. Fisher, 1936), shrunk towards none: it keeps directions in which styles and pieces differ, and
drops those in which beats of a style, pieces of an album, or halves of a recording do. The two numbers of the likeness
in `db/sound.py` follow from beats of other seeds, and are printed to stderr, with how well styles are told apart that
were left out of the learning. Other figures: `benchmarks/sound.py`.
"""

import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import librosa
import numpy as np
import numpy.typing as npt
import soundfile  # type: ignore[import-untyped]  # the package ships no types

from benchmarks.fit_analysis import table
from db.sound import COMPONENTS
from tests.audio.styles import STYLES, play
from workers.audio import onsets
from workers.audio.instruments import SYNTH_RATE_HZ
from workers.audio.pcm import Stereo, pca_mono, resample
from workers.audio.sound import features
from workers.audio.synth import beat
from workers.audio.tempo import tempo_of

SECONDS: Final = 48
PIECE_S: Final = 90
"""Of the middle of a piece."""
_SHORTEST_S: Final = 45
_STYLE_SEEDS: Final = range(10_000, 10_200)
_KITS: Final = range(100, 112)
_KIT_BEATS: Final = 5
_CURVE_SEEDS: Final = range(12_000, 12_080)
_SHRINKAGE: Final = 0.3
_WEIGHTS: Final = {"style": 1.0, "kit": 0.5, "album": 0.5}
"""Of what beats of one style, of one kit and pieces of one album differ in. Both were chosen by leaving styles out."""
_TURNS: Final = 4
_LONGEST: Final = 120.0
"""What 999 of 1,000 components stay within: a byte ends at 127."""
_LIKE: Final = (0.95, 0.8)
"""So many halves of a recording shall be at least so like each other,"""
_UNLIKE: Final = (0.15, 0.3)
"""and so few pairs of different styles more."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Recording:
    """Features of a recording.

    Attributes:
        kind: `style`, `kit` or `album`: what `name` is the name of.
        whole: Shape (features,).
        halves: Shape (2, features).
        plain: Means of 20 MFCCs, the peer; shape (20,).
    """

    kind: str
    name: str
    whole: Floats
    halves: Floats
    plain: Floats


@dataclass(frozen=True, slots=True)
class Learnt:
    """The constants of `sound_weights.py`; shapes (features,), (features,), (16, features)."""

    means: Floats
    spreads: Floats
    map: Floats

    def reduced(self, found: Floats) -> Floats:
        """Features, shape (…, features), as components that would be rounded, shape (…, 16)."""
        return np.clip(np.rint((found - self.means) / self.spreads @ self.map.T), -127, 127)


# ---- recordings ---------------------------------------------------------------------------------

Work = Callable[[], Recording | None]


def of_style(seed: int) -> Recording:
    style = list(STYLES)[seed % len(STYLES)]
    return recording("style", style, play(style, seed=seed, seconds=SECONDS).sound, SYNTH_RATE_HZ)


def of_kit(kit: int, number: int) -> Recording:
    """A producer's next beat: one kit, about one tempo, any key, other notes and drums."""
    draw = np.random.default_rng([13, kit, number])
    bpm = int(np.random.default_rng([13, kit]).integers(66, 170)) + int(draw.integers(-5, 6))
    key, minor = int(draw.integers(12)), bool(draw.random() < 0.5)
    sound = beat(seed=100 * kit + number, bpm=bpm, key=key, minor=minor, seconds=SECONDS, kit=kit)
    return recording("kit", str(kit), sound, SYNTH_RATE_HZ)


def of_piece(album: str, path: Path) -> Recording | None:
    """Null where it is too short, or silent."""
    about: Any = soundfile.info(path)
    if about.duration < _SHORTEST_S:
        return None
    frames = min(about.frames, PIECE_S * about.samplerate)
    start = (about.frames - frames) // 2
    samples, rate = soundfile.read(path, frames, start, dtype="float32", always_2d=True)
    sound: Stereo = np.ascontiguousarray(samples.T[:2], np.float32)
    half = frames // 2
    silent = min(np.abs(sound[:, :half]).max(), np.abs(sound[:, half:]).max()) < 1e-3
    return None if silent else recording("album", album, sound, rate)


def recording(kind: str, name: str, sound: Stereo, rate_hz: int) -> Recording:
    half = sound.shape[1] // 2
    halves = [heard(np.ascontiguousarray(part), rate_hz)[0] for part in (sound[:, :half], sound[:, half:])]
    whole, plain = heard(sound, rate_hz)
    return Recording(kind, name, whole, np.array(halves), plain)


def heard(sound: Stereo, rate_hz: int) -> tuple[Floats, Floats]:
    """Features as the analysis takes them, and plain MFCC means."""
    mono = pca_mono(resample(sound, from_hz=rate_hz, to_hz=onsets.RATE_HZ))
    mono = np.asarray(mono / np.abs(mono).max(), np.float32)
    power = onsets.mel_power(mono)
    strength = onsets.onset_bands(power)
    decibels: Any = librosa.power_to_db(power)  # pyright: ignore[reportUnknownMemberType] -- its types are partial
    plain: Any = librosa.feature.mfcc(S=decibels, n_mfcc=20)
    return features(mono, power, strength, bpm=tempo_of(strength).bpm), np.asarray(plain.mean(axis=1))


def pieces(music: Path | None, *, second: bool) -> Iterator[Work]:
    """Every second file that libsndfile reads, in the order of their names."""
    known = {f".{form.lower()}" for form in soundfile.available_formats()}
    files = sorted(one for one in music.rglob("*") if one.suffix.lower() in known) if music else []
    for path in files[second::2]:
        assert music
        yield partial(of_piece, path.relative_to(music).parts[0], path)


def gathered(works: Iterable[Work]) -> list[Recording]:
    with ProcessPoolExecutor(2) as pool:
        return [found for found in pool.map(_done, works, chunksize=4) if found]


def _done(work: Work) -> Recording | None:
    return work()


# ---- the map ------------------------------------------------------------------------------------


def fit(learning: Sequence[Recording]) -> Learnt:
    wholes = np.array([one.whole for one in learning])
    means, spreads = wholes.mean(axis=0), wholes.std(axis=0) + 1e-6
    rows = (wholes - means) / spreads
    halves = np.array([one.halves[0] - one.halves[1] for one in learning]) / spreads
    kept = _differences(learning, rows)
    dropped = _shrunk(_sameness(learning, rows) + halves.T @ halves / len(halves) / 2)
    white = np.linalg.inv(np.linalg.cholesky(dropped))
    directions = np.linalg.eigh(white @ kept @ white.T).eigenvectors
    chosen = directions[:, ::-1].T[:COMPONENTS] @ white
    scale = _LONGEST / np.quantile(np.abs(rows @ chosen.T), 0.999)
    return Learnt(means, spreads, np.asarray(scale * chosen, np.float64))


def _groups(learning: Sequence[Recording], rows: Floats) -> dict[str, list[Floats]]:
    """Rows of each style, kit and album, by kind."""
    by_name: defaultdict[tuple[str, str], list[Floats]] = defaultdict(list)
    for one, row in zip(learning, rows, strict=True):
        by_name[one.kind, one.name].append(row)
    groups: defaultdict[str, list[Floats]] = defaultdict(list)
    for (kind, _), members in by_name.items():
        groups[kind].append(np.array(members))
    return groups


def _sameness(learning: Sequence[Recording], rows: Floats) -> Floats:
    """Covariance within a style, a kit or an album."""
    groups = _groups(learning, rows)
    parts: list[Floats] = []
    for kind, members in groups.items():
        centred = np.concatenate([one - one.mean(axis=0) for one in members])
        parts.append(_WEIGHTS[kind] * centred.T @ centred / (len(centred) - len(members)))
    return np.sum(parts, axis=0) / sum(_WEIGHTS[kind] for kind in groups)


def _differences(learning: Sequence[Recording], rows: Floats) -> Floats:
    """Covariance between styles and between kits; of pieces each is itself, for an album is no style."""
    parts: list[Floats] = []
    for kind, members in _groups(learning, rows).items():
        each = np.concatenate(members) if kind == "album" else np.array([one.mean(axis=0) for one in members])
        parts.append(np.cov(each.T) * (1 if kind == "album" else _WEIGHTS[kind]))
    return np.sum(parts, axis=0)


def _shrunk(covariance: Floats) -> Floats:
    size = len(covariance)
    return (1 - _SHRINKAGE) * covariance + _SHRINKAGE * np.trace(covariance) / size * np.eye(size)


# ---- the likeness -------------------------------------------------------------------------------


def distances(vectors: Floats) -> Floats:
    """Squared distances of all pairs, shape (vectors, vectors)."""
    return np.asarray(np.sum((vectors[:, None] - vectors[None]) ** 2, axis=2), np.float64)


def pairs(recordings: Sequence[Recording], between: Floats) -> tuple[Floats, Floats]:
    """What lies between two of one name, and between two of different ones."""
    names = np.array([one.name for one in recordings])
    first, second = np.triu_indices(len(names), 1)
    same = names[first] == names[second]
    values = between[first, second]
    return values[same], values[~same]


def halves_apart(recordings: Sequence[Recording], learnt: Learnt) -> Floats:
    """Squared distances of the two halves of each recording."""
    halves = learnt.reduced(np.array([one.halves for one in recordings]))
    return np.asarray(np.sum((halves[:, 0] - halves[:, 1]) ** 2, axis=1), np.float64)


def curve(recordings: Sequence[Recording], learnt: Learnt) -> tuple[float, float]:
    """`_HALF` and `_POWER` of `db/sound.py`, from beats that the map was not learnt from."""
    vectors = learnt.reduced(np.array([one.whole for one in recordings]))
    near = np.quantile(halves_apart(recordings, learnt), _LIKE[0])
    far = np.quantile(pairs(recordings, distances(vectors))[1], _UNLIKE[0])
    odds = [1 / likeness - 1 for likeness in (_LIKE[1], _UNLIKE[1])]
    power = np.log(odds[1] / odds[0]) / np.log(far / near)
    return float(near / odds[0] ** (1 / power)), float(power)


def area(nearer: Floats, farther: Floats) -> float:
    """Area under the ROC curve: how often one of the first is the smaller of two."""
    ordered = np.sort(farther)
    below = np.searchsorted(ordered, nearer, "left") + np.searchsorted(ordered, nearer, "right")
    return float(1 - below.mean() / (2 * len(ordered)))


def plain_distances(recordings: Sequence[Recording]) -> Floats:
    """The peer: one minus the cosine of MFCC means."""
    rows = np.array([one.plain for one in recordings])
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(1 - rows @ rows.T, np.float64)


def left_out(recordings: Sequence[Recording], kind: str) -> tuple[float, float]:
    """Areas for names that the map was not learnt from, and the peer's: a quarter of the names at a time."""
    names = sorted({one.name for one in recordings if one.kind == kind})
    found: list[tuple[float, float]] = []
    for turn in range(_TURNS):
        out = [one for one in recordings if one.kind == kind and one.name in names[turn::_TURNS]]
        learnt = fit([one for one in recordings if one.kind != kind or one.name not in names[turn::_TURNS]])
        ours = pairs(out, distances(learnt.reduced(np.array([one.whole for one in out]))))
        found.append((area(*ours), area(*pairs(out, plain_distances(out)))))
    ours, peer = np.mean(found, axis=0)
    return float(ours), float(peer)


HEAD: Final = '''"""How features become a sound vector; made by `benchmarks/fit_sound.py`, which says from what.

Other numbers are another model: change `measured.MODEL` with them.
"""

from typing import Final

import numpy as np

# fmt: off
'''


def learning(music: Path | None) -> list[Recording]:
    styles = [partial(of_style, seed) for seed in _STYLE_SEEDS]
    kits = [partial(of_kit, kit, number) for kit in _KITS for number in range(_KIT_BEATS)]
    return gathered([*styles, *kits, *pieces(music, second=False)])


def main() -> None:
    recordings = learning(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
    learnt = fit(recordings)
    sys.stdout.write(HEAD)
    sys.stdout.write(table("SOUND_MEANS", learnt.means, "Of each feature, shape (137,).", precision=3))
    sys.stdout.write(
        table("SOUND_SPREADS", learnt.spreads, "Standard deviation of each, shape (137,).", precision=3)
    )
    sys.stdout.write(table("SOUND_MAP", learnt.map, "Components by standardised features, shape (16, 137)."))
    half, power = curve(gathered(partial(of_style, seed) for seed in _CURVE_SEEDS), learnt)
    for kind in ("style", "kit"):
        ours, peer = left_out(recordings, kind)
        sys.stderr.write(f"pairs of one {kind} before others, left out: {ours:.3f}, MFCC means {peer:.3f}\n")
    sys.stderr.write(f"db/sound.py: _HALF = {half:.0f}, _POWER = {power:.2f}\n")


if __name__ == "__main__":
    main()
