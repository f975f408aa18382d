"""Beats in the manners of ten styles, whose tempo as felt and whose key are known: for measuring, beside `synth.beat`.

Patterns stand in sixteenths of a bar, after the styles' usual drum programming; chords are progressions that cadence.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from workers.audio.instruments import SYNTH_RATE_HZ, Kit, Sound, bass_808, make_kit, note
from workers.audio.synth import Stereo, beat


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How its drums go.

    Attributes:
        swing: Of a sixteenth, by which every second one comes late.
        rolls: Share of eighths whose hat is rolled in thirty-seconds.
    """

    bpm: tuple[int, int]
    kick: tuple[int, ...]
    snare: tuple[int, ...]
    hat: tuple[int, ...]
    open_hat: tuple[int, ...] = ()
    swing: float = 0.0
    rolls: float = 0.0


_EIGHTHS: Final = tuple(range(0, 16, 2))
_SIXTEENTHS: Final = tuple(range(16))
STYLES: Final = {
    "boom bap": Style(bpm=(80, 100), kick=(0, 7, 10), snare=(4, 12), hat=_EIGHTHS, swing=0.3),
    "lo-fi": Style(bpm=(65, 85), kick=(0, 8, 11), snare=(4, 12), hat=_EIGHTHS, swing=0.2),
    "house": Style(bpm=(118, 130), kick=(0, 4, 8, 12), snare=(4, 12), hat=_SIXTEENTHS, open_hat=(2, 6, 10, 14)),
    "techno": Style(bpm=(126, 140), kick=(0, 4, 8, 12), snare=(12,), hat=(2, 6, 10, 14)),
    "trap": Style(bpm=(130, 160), kick=(0, 6, 11), snare=(8,), hat=_EIGHTHS, open_hat=(14,), rolls=0.15),
    "drill": Style(bpm=(138, 146), kick=(0, 10), snare=(8, 14), hat=(0, 3, 6, 8, 11, 14), rolls=0.1),
    "drum and bass": Style(bpm=(168, 178), kick=(0, 10), snare=(4, 12), hat=_EIGHTHS, open_hat=(6,)),
    "reggaeton": Style(bpm=(86, 100), kick=(0, 4, 8, 12), snare=(3, 6, 11, 14), hat=_EIGHTHS),
    "pop": Style(bpm=(96, 128), kick=(0, 6, 8), snare=(4, 12), hat=_EIGHTHS, open_hat=(14,)),
    "afrobeat": Style(bpm=(98, 116), kick=(0, 3, 8, 11), snare=(4, 12), hat=(0, 2, 3, 6, 8, 10, 11, 14)),
}  # fmt: skip

_MINOR_STEPS: Final = (0, 2, 3, 5, 7, 8, 10)
_MAJOR_STEPS: Final = (0, 2, 4, 5, 7, 9, 11)
CADENCES: Final = {
    True: ((0, 5, 2, 6), (0, 3, 4, 0), (0, 6, 5, 4), (0, 5, 3, 4), (0, 3, 6, 0), (0, 0, 3, 4)),
    False: ((0, 4, 5, 3), (0, 3, 4, 0), (0, 5, 3, 4), (1, 4, 0, 0), (0, 3, 0, 4), (0, 5, 1, 4)),
}
"""Degrees, by minor or major; the dominant of minor is major in half of the beats."""


@dataclass(frozen=True, slots=True)
class Played:
    """A beat and what is true of it.

    Attributes:
        sound: Samples, shape (2, frames), 44,100 Hz.
        key: Pitch class of the tonic, 0 = C.
    """

    style: str
    sound: Stereo
    bpm: int
    key: int
    minor: bool


def play(style: str, *, seed: int, seconds: float) -> Played:
    """A beat of a style; everything that is free follows from the seed."""
    draw = np.random.default_rng([11, seed])
    drums, kit = STYLES[style], make_kit(seed % 97)
    bpm, key, minor = (
        int(draw.integers(*drums.bpm, endpoint=True)),
        int(draw.integers(12)),
        bool(draw.random() < 0.65),
    )
    mix = np.zeros((2, int(seconds * SYNTH_RATE_HZ)), np.float32)
    sixteenth_s = 15 / bpm
    bars = int(seconds / (16 * sixteenth_s)) + 1
    _drums(mix, drums, kit, draw, sixteenth_s, bars)
    _chords(mix, kit, draw, sixteenth_s, bars, key, minor)
    sound = (mix * np.float32(0.9 / np.max(np.abs(mix)))).astype(np.float32)
    return Played(style, sound, bpm, key, minor)


def _put(mix: Stereo, sound: Sound, at_s: float, gain: float) -> None:
    start = max(0, int(at_s * SYNTH_RATE_HZ))
    part = sound[: max(0, mix.shape[1] - start)]
    mix[:, start : start + len(part)] += np.float32(gain) * part


def _drums(mix: Stereo, style: Style, kit: Kit, draw: Any, sixteenth_s: float, bars: int) -> None:
    level = float(draw.uniform(0.6, 1.2))
    for bar in range(bars):
        if bar % 16 in {0, 1} or (bar % 16 == 8 and draw.random() < 0.5):
            continue
        for voice, gain in (("kick", 0.75), ("snare", 0.45), ("hat", 0.14), ("open_hat", 0.1)):
            for step in getattr(style, voice):
                if voice == "hat" and draw.random() < 0.08:
                    continue
                late = style.swing * sixteenth_s if step % 2 else 0.0
                human = float(draw.normal(0, 0.004))
                _put(mix, getattr(kit, voice), (16 * bar + step) * sixteenth_s + late + human, level * gain)
                if voice == "hat" and draw.random() < style.rolls:
                    for roll in (0.5, 1.0, 1.5):
                        _put(mix, kit.hat, (16 * bar + step + roll) * sixteenth_s, level * gain * 0.8)


def _chords(mix: Stereo, kit: Kit, draw: Any, sixteenth_s: float, bars: int, key: int, minor: bool) -> None:
    steps = _MINOR_STEPS if minor else _MAJOR_STEPS
    progression = CADENCES[minor][int(draw.integers(len(CADENCES[minor])))]
    raised = minor and draw.random() < 0.5
    octave, rhythm = int(draw.choice([3, 4])), (0, int(draw.choice([6, 10])), 12)
    tune = [
        int(degree)
        for degree in draw.choice(
            [0, 1, 2, 3, 4, 5, 6, 7], 8, p=[0.2, 0.08, 0.18, 0.08, 0.2, 0.08, 0.06, 0.12]
        )
    ]

    def midi(degree: int, at: int) -> int:
        lift = 1 if raised and degree % 7 == 6 and at == 4 else 0
        return 12 * (octave + 1 + degree // 7) + key + steps[degree % 7] + lift

    for bar in range(bars):
        degree = progression[bar % 4]
        start_s = 16 * bar * sixteenth_s
        for third in (0, 2, 4):
            _put(
                mix,
                note(kit.chords, midi=midi(degree + third, degree), seconds=15 * sixteenth_s),
                start_s,
                0.11,
            )
        for step in rhythm:
            low = midi(degree, degree) - 12 * (octave - 1)
            sound = bass_808(midi=low, seconds=3 * sixteenth_s, drive=kit.bass_drive)
            _put(mix, sound, start_s + step * sixteenth_s, 0.35)
        for place, at in enumerate(range(0, 16, 2)):
            if draw.random() < 0.6:
                sound = note(kit.melody, midi=midi(tune[place], degree) + 12, seconds=2 * sixteenth_s)
                _put(mix, sound, start_s + at * sixteenth_s, 0.3)


def play_synth(*, seed: int, seconds: float) -> Played:
    """A beat of `synth.beat` with tempo, key and scale drawn over their whole range."""
    draw = np.random.default_rng([5, seed])
    bpm, key, minor = int(draw.integers(60, 201)), int(draw.integers(12)), bool(draw.random() < 0.5)
    sound = beat(seed=seed, bpm=bpm, key=key, minor=minor, seconds=seconds, kit=seed % 50)
    return Played("synth", sound, bpm, key, minor)


def play_any(seed: int, *, seconds: float) -> Played:
    """Even seeds: `play_synth`; odd ones: the styles in turn."""
    if seed % 2 == 0:
        return play_synth(seed=seed, seconds=seconds)
    return play(list(STYLES)[seed // 2 % len(STYLES)], seed=seed, seconds=seconds)
