"""A small deterministic beat synthesiser: demo beats, and tests that know which notes and drums were played.

Drums and notes have seeds of their own, so that two beats can share a drum loop, a melody, a kit, or all but one.
"""

import struct
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from workers.audio.instruments import SYNTH_RATE_HZ, Kit, Sound, bass_808, make_kit, note

_MINOR: Final = (0, 2, 3, 5, 7, 8, 10)
_MAJOR: Final = (0, 2, 4, 5, 7, 9, 11)
_SECTION_BARS: Final = 4
_DRUMLESS_SECTIONS: Final = frozenset({0, 5})
"""Intro and break."""
_SWING: Final = 0.06
"""Of a sixteenth, by which every second one comes late."""

_Phrase = list[tuple[int, int, int]]

Stereo = npt.NDArray[np.float32]
"""Samples in [-1, 1], shape (2, frames), 44,100 Hz."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Score:
    """Everything that decides what is played."""

    sixteenth_s: float
    key: int
    scale: tuple[int, ...]
    progression: tuple[int, ...]
    drums: np.random.Generator
    notes: np.random.Generator

    def midi(self, degree: int, *, octave: int) -> int:
        return 12 * (octave + 1 + degree // 7) + self.key + self.scale[degree % 7]


class _Mixer:
    """Adds sounds to a stereo track."""

    def __init__(self, *, seconds: float) -> None:
        self.mix = np.zeros((2, int(seconds * SYNTH_RATE_HZ)), np.float32)

    def add(self, sound: Sound, *, at_s: float, gain: float, pan: float = 0.0) -> None:
        start = int(at_s * SYNTH_RATE_HZ)
        end = min(start + len(sound), self.mix.shape[1])
        if start < end:
            sides = np.array([[1 - pan], [1 + pan]], np.float32) * np.float32(gain)
            self.mix[:, start:end] += sides * sound[: end - start]


def beat(  # noqa: PLR0913 - a beat has that many parts, all named
    *,
    seed: int,
    bpm: float,
    key: int,
    minor: bool = True,
    seconds: float,
    kit: int = 0,
    drum_seed: int | None = None,
    note_seed: int | None = None,
) -> Stereo:
    """Plays a beat.

    Args:
        seed: Decides drum pattern, chords and melody where the other seeds are left out.
        bpm: Tempo as felt, 60 to 200.
        key: Pitch class of the tonic, 0 = C to 11 = B.
        minor: Natural minor, else major.
        seconds: Length.
        kit: Number of the drums and patches.
        drum_seed: Decides the drum pattern alone.
        note_seed: Decides chords, bass and melody alone.

    Returns:
        Samples, peak 0.9, shape (2, seconds x 44,100).
    """
    notes = np.random.default_rng([1, seed if note_seed is None else note_seed])
    score = _Score(
        sixteenth_s=15 / bpm,
        key=key,
        scale=_MINOR if minor else _MAJOR,
        progression=(0, *(int(degree) for degree in notes.choice([1, 2, 3, 4, 5, 6], 3, replace=False))),
        drums=np.random.default_rng([2, seed if drum_seed is None else drum_seed]),
        notes=notes,
    )
    mixer = _Mixer(seconds=seconds)
    bars = int(seconds / (16 * score.sixteenth_s)) + 1
    _play_harmony(mixer, score, make_kit(kit), bars)
    _play_melody(mixer, score, make_kit(kit), bars)
    _play_drums(mixer, score, make_kit(kit), bars)
    return (mixer.mix * np.float32(0.9 / np.max(np.abs(mixer.mix)))).astype(np.float32)


def _play_harmony(mixer: _Mixer, score: _Score, kit: Kit, bars: int) -> None:
    bar_s = 16 * score.sixteenth_s
    voicing = [
        int(step)
        for step in score.notes.permutation([(0, 4, 7, 9), (0, 2, 4, 6), (2, 4, 7, 11), (0, 4, 6, 9)])[0]
    ]
    colour, octave = int(score.notes.integers(2)), int(score.notes.choice([3, 4]))
    rhythm = [0, int(score.notes.choice([6, 10])), int(score.notes.choice([11, 13, 14]))]
    for degree in sorted(set(score.progression)):
        chord = [
            note(kit.chords, midi=score.midi(degree + step, octave=octave), seconds=bar_s) for step in voicing
        ]
        pad: Sound = np.stack(chord[: 3 + colour]).sum(axis=0)
        bass = bass_808(
            midi=score.midi(degree, octave=1), seconds=5 * score.sixteenth_s, drive=kit.bass_drive
        )
        for bar in (bar for bar in range(bars) if score.progression[bar % 4] == degree):
            mixer.add(pad, at_s=bar * bar_s, gain=0.1)
            for step in rhythm if bar // _SECTION_BARS not in _DRUMLESS_SECTIONS else ():
                mixer.add(bass, at_s=bar * bar_s + step * score.sixteenth_s, gain=0.4)


def _melody(score: _Score) -> _Phrase:
    """A phrase of two bars as (sixteenth, scale degree, sixteenths held): a random walk around the fifth."""
    degree, at, phrase = 4, 0, _Phrase()
    while at < 32:
        held = int(score.notes.choice([1, 2, 2, 3, 4, 4, 6]))
        if score.notes.random() < 0.8:
            phrase.append((at, degree, held))
        degree = int(np.clip(degree + score.notes.choice([-3, -2, -1, -1, 1, 1, 2, 3]), -2, 9))
        at += held
    return phrase


def _play_melody(mixer: _Mixer, score: _Score, kit: Kit, bars: int) -> None:
    phrases = [_melody(score) for _ in range(3)]
    order = [int(which) for which in score.notes.permutation([0, 0, 1, 2])]
    sounds: dict[tuple[int, int], Sound] = {}
    for start in range(0, bars, 2):
        for at, degree, held in phrases[order[start // 2 % 4]]:
            if (degree, held) not in sounds:
                pitch = score.midi(degree, octave=5)
                sounds[degree, held] = note(kit.melody, midi=pitch, seconds=held * score.sixteenth_s)
            mixer.add(sounds[degree, held], at_s=(16 * start + at) * score.sixteenth_s, gain=0.38, pan=0.25)


def _pattern(score: _Score) -> dict[str, list[int]]:
    """One bar of drums as sixteenths: a backbeat with a free kick and rolling hats."""
    kicks = [
        0,
        *(int(step) for step in score.drums.choice([3, 5, 6, 7, 9, 10, 11, 13, 14, 15], 3, replace=False)),
    ]
    hats = [step for step in range(16) if step % 2 == 0 or score.drums.random() < 0.25]
    return {
        "kick": kicks,
        "snare": [4, 12],
        "clap": [12] if score.drums.random() < 0.5 else [4, 12],
        "hat": hats,
        "open_hat": [int(score.drums.choice([6, 10, 14]))],
    }


def _play_drums(mixer: _Mixer, score: _Score, kit: Kit, bars: int) -> None:
    patterns = [_pattern(score), _pattern(score)]
    gains = {"kick": 0.75, "snare": 0.4, "clap": 0.25, "hat": 0.12, "open_hat": 0.1}
    for bar in range(bars):
        if bar // _SECTION_BARS in _DRUMLESS_SECTIONS:
            continue
        for voice, steps in patterns[bar % 4 == 3].items():
            for step in steps:
                late = _SWING if step % 2 else 0.0
                at_s = (16 * bar + step + late) * score.sixteenth_s
                mixer.add(
                    getattr(kit, voice), at_s=at_s, gain=gains[voice], pan=-0.2 if "hat" in voice else 0.0
                )


def write_wav(
    path: Path, samples: npt.NDArray[np.float32], *, rate: int = SYNTH_RATE_HZ, bit_depth: int = 16
) -> None:
    """Writes a WAV: integer PCM of 16 or 24 bit (clipped, rounded) or float of 32 bit.

    Args:
        path: Where to.
        samples: Full scale = 1, shape (channels, frames).
        rate: Hz.
        bit_depth: 16, 24 or 32 (float).
    """
    interleaved = np.ascontiguousarray(samples.T)
    if bit_depth == 32:
        body = interleaved.astype("<f4").tobytes()
        path.write_bytes(_float_header(len(samples), rate, len(body)) + body)
        return
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(samples))
        file.setsampwidth(bit_depth // 8)
        file.setframerate(rate)
        file.writeframes(_packed(interleaved, bit_depth))


def _packed(samples: npt.NDArray[np.float32], bit_depth: int) -> bytes:
    top = 2 ** (bit_depth - 1) - 1
    whole = np.rint(np.clip(samples.astype(np.float64), -1, 1) * top).astype("<i4")
    if bit_depth == 16:
        whole = whole.astype("<i2")
        return bytes(whole.tobytes())
    return bytes(whole.reshape(-1, 1).view(np.uint8)[:, :3].tobytes())


def _float_header(channels: int, rate: int, data_bytes: int) -> bytes:
    coding = struct.pack("<HHIIHH", 3, channels, rate, rate * channels * 4, channels * 4, 32)
    chunks = b"WAVEfmt " + struct.pack("<I", 16) + coding + b"data" + struct.pack("<I", data_bytes)
    return b"RIFF" + struct.pack("<I", len(chunks) + data_bytes) + chunks
