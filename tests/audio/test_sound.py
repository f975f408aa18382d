"""What sounds alike and what does not, of beats that the map was not learnt from."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from db.sound import Sound, likeness, parse
from tests.audio.disguises import Disguise, cut, gain, inverted, mono, resampled, through
from tests.audio.styles import play
from workers.audio import onsets
from workers.audio.instruments import SYNTH_RATE_HZ
from workers.audio.measure import listen
from workers.audio.pcm import Mono, Stereo, pca_mono, resample
from workers.audio.synth import beat

_SECONDS = 30
_TWO_PARTS_S = 48
"""Of which each half has rests and drums: a sample of a few bars may have one of them alone."""
_OF_EACH = 3
_STYLES = ("boom bap", "house", "trap", "drum and bass", "reggaeton")
_FORMS: dict[str, tuple[Disguise, float]] = {
    "MP3 at 320 kbit/s": (through("mp3", 320), 0.97),
    "MP3 at 96 kbit/s": (through("mp3", 96), 0.9),
    "AAC at 96 kbit/s": (through("aac", 96), 0.8),
    "20 dB quieter": (gain(-20), 0.98),
    "48 kHz": (resampled(48_000), 0.98),
    "22.05 kHz": (resampled(22_050), 0.98),
    "mono": (mono, 0.98),
    "one channel inverted": (inverted, 0.98),
}
"""And how like itself a beat is at least in it."""


def sound_in(music: Stereo) -> Sound:
    found = listen(pca_mono(resample(music, from_hz=SYNTH_RATE_HZ, to_hz=onsets.RATE_HZ))).sound
    assert found
    return parse(found)


@dataclass(frozen=True)
class Case:
    """A beat, and its two halves."""

    style: str
    whole: Sound
    halves: tuple[Sound, Sound]


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return [case(style, 20_000 + seed) for seed in range(_OF_EACH) for style in _STYLES]


def case(style: str, seed: int) -> Case:
    music = play(style, seed=seed, seconds=_TWO_PARTS_S).sound
    middle = _TWO_PARTS_S / 2
    return Case(style, sound_in(music), (sound_in(cut(0, middle)(music)), sound_in(cut(middle)(music))))


def of_pairs(cases: list[Case], wanted: Callable[[Case, Case], bool]) -> list[float]:
    pairs = [(one, other) for place, one in enumerate(cases) for other in cases[:place]]
    return [likeness(one.whole, other.whole) for one, other in pairs if wanted(one, other)]


def test_halves_of_a_beat_are_more_alike_than_beats_of_a_style_and_those_more_than_others(
    cases: list[Case],
) -> None:
    halves = [likeness(*one.halves) for one in cases]
    same = of_pairs(cases, lambda one, other: one.style == other.style)
    others = of_pairs(cases, lambda one, other: one.style != other.style)
    assert np.median(halves) > 0.8 > np.median(same) > 0.4
    assert np.median(others) < 0.2
    assert np.mean(np.array(others) < 0.3) > 0.75
    assert area(same, others) > 0.9


def area(more: list[float], less: list[float]) -> float:
    """How often a value of the first is above one of the second."""
    return float(np.mean(np.array(more)[:, None] > np.array(less)[None]))


@pytest.fixture(scope="module")
def trap() -> tuple[Stereo, Sound]:
    music = play("trap", seed=20_104, seconds=_SECONDS).sound
    return music, sound_in(music)


@pytest.mark.parametrize(("disguise", "least"), _FORMS.values(), ids=list(_FORMS))
def test_a_recording_sounds_like_itself_in_any_form(
    trap: tuple[Stereo, Sound], disguise: Disguise, least: float
) -> None:
    music, sound = trap
    assert likeness(sound, sound_in(disguise(music))) > least


@pytest.mark.parametrize("semitones", [-2, 3])
def test_a_beat_in_another_key_sounds_nearly_the_same(semitones: int) -> None:
    played = [beat(seed=77, bpm=92, key=(5 + by) % 12, seconds=_SECONDS, kit=8) for by in (0, semitones)]
    assert likeness(*map(sound_in, played)) > 0.8


def test_a_sample_of_a_few_bars_sounds_like_its_beat() -> None:
    music = play("house", seed=20_202, seconds=_SECONDS).sound
    assert likeness(sound_in(music), sound_in(cut(15, 23)(music))) > 0.6


@pytest.mark.parametrize(
    "nothing", [np.zeros(10 * onsets.RATE_HZ), np.ones(3 * onsets.RATE_HZ)], ids=["silence", "too short"]
)
def test_what_has_too_little_to_hear_has_no_sound(nothing: Mono) -> None:
    assert listen(np.asarray(nothing, np.float32)).sound is None


@pytest.mark.parametrize("kind", ["noise", "offset", "tone", "clicks", "last sample"])
def test_whatever_is_heard_has_a_sound_and_raises_no_warning(kind: str) -> None:
    t = np.arange(5 * onsets.RATE_HZ)
    sounds = {
        "noise": np.random.default_rng(1).standard_normal(len(t)),
        "offset": np.ones(len(t)),
        "tone": np.sin(t / 7),
        "clicks": t % 5_000 == 0,
        "last sample": t == t[-1],
    }
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = listen(np.asarray(sounds[kind], np.float32)).sound
    assert found is not None
    assert len(parse(found)) == 16
