"""Everything that is measured in a beat (D-19), in one pass over its file.

Loudness, peaks and waveform take every sample, block by block; tempo, key and sound listen to the middle three minutes.
So 30 minutes need no more memory than three.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from api.uploads.wav import WavLayout, parse_layout
from workers.audio import onsets, tonality
from workers.audio.loudness import Loudness, TruePeak
from workers.audio.measured import MODEL, Measured
from workers.audio.onsets import mel_power, onset_bands
from workers.audio.pcm import Mono, Resampler, Stereo, blocks, pca_mono, resample
from workers.audio.sound import sound_of
from workers.audio.tempo import tempo_of
from workers.audio.tonality import key_of
from workers.audio.waveform import Waveform

LISTENED_S: Final = 180
"""Of a longer file the middle: a beat says what it is in three minutes, and the time this takes has a bound."""
_LOUDEST: Final = np.float32(1e6)
"""Float files may hold any number; 120 dB above full scale nothing is music, and squares of more overflow."""
_SILENCE: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Heard:
    """Tempo, key and sound."""

    bpm: float
    bpm_confidence: float
    pitch_class: int
    minor: bool
    key_confidence: float
    sound: bytes | None


def measure(path: Path) -> Measured:
    """Measures a WAV.

    Args:
        path: A file that D-10 takes.

    Returns:
        All that is known of its sound.

    Raises:
        WavRefused: Its header is not one that D-10 takes.
    """
    layout = parse_layout(path)
    frames, rate_hz, channels = layout.frames, layout.sample_rate_hz, layout.channels
    loudness = Loudness(frames=frames, rate_hz=rate_hz, channels=channels)
    peak, waveform = TruePeak(rate_hz=rate_hz, channels=channels), Waveform(frames)
    middle = Middle(layout)
    for block in _bounded(path, layout):
        magnitudes = np.abs(block)
        loudness.feed(block)
        waveform.feed(magnitudes)
        peak.feed(block, sample_peak=float(magnitudes.max()))
        middle.feed(block)
    heard = listen(pca_mono(middle.samples()))
    return Measured(
        model=MODEL,
        bpm=round(heard.bpm, 2),
        bpm_confidence=round(heard.bpm_confidence, 3),
        pitch_class=heard.pitch_class,
        minor=heard.minor,
        key_confidence=round(heard.key_confidence, 3),
        loudness_lufs=round(loudness.integrated(), 2),
        true_peak_db=round(peak.decibels(), 2),
        waveform=waveform.peaks(),
        sound=heard.sound,
    )


def _bounded(path: Path, layout: WavLayout) -> Iterator[Stereo]:
    """Blocks whose samples lie side by side, none beyond `_LOUDEST`."""
    for block in blocks(path, layout):
        yield np.clip(np.ascontiguousarray(block), -_LOUDEST, _LOUDEST)


class Middle:
    """Keeps the middle of a file, at 22,050 Hz.

    Args:
        layout: Of the file.
    """

    def __init__(self, layout: WavLayout) -> None:
        wanted = LISTENED_S * layout.sample_rate_hz
        self._start = max(0, (layout.frames - wanted) // 2)
        self._end = min(layout.frames, self._start + wanted)
        one = partial(Resampler, layout.sample_rate_hz, onsets.RATE_HZ, 1)
        self._resamplers = [one() for _ in range(layout.channels)]
        self._position = 0
        self._kept: list[Stereo] = []

    def feed(self, block: Stereo) -> None:
        """The next block.

        Args:
            block: Samples, shape (channels, frames), at the file's rate.
        """
        wanted = block[:, max(0, self._start - self._position) : max(0, self._end - self._position)]
        self._position += block.shape[1]
        if wanted.shape[1]:
            rows = [one.step(row) for one, row in zip(self._resamplers, wanted[:, None], strict=True)]
            self._kept.append(np.concatenate(rows))

    def samples(self) -> Stereo:
        """What was kept, shape (channels, frames), 22,050 Hz. Call it once, at the end."""
        rest = np.concatenate([one.end() for one in self._resamplers])
        return np.concatenate([*self._kept, rest], axis=1)


def listen(mono: Mono) -> Heard:
    """Hears tempo, key and sound.

    Args:
        mono: Samples of any level, shape (samples,), 22,050 Hz.

    Returns:
        All three; confidence 0 where there is no sound.
    """
    level = np.float32(np.max(np.abs(mono), initial=0.0))
    even: Mono = mono / level if level > _SILENCE else np.zeros_like(mono)
    power = mel_power(even)
    strength = onset_bands(power)
    tempo = tempo_of(strength)
    low = resample(even[None], from_hz=onsets.RATE_HZ, to_hz=tonality.RATE_HZ)[0]
    key = key_of(low, bpm=tempo.bpm)
    sound = sound_of(even, power, strength, bpm=tempo.bpm)
    return Heard(tempo.bpm, tempo.confidence, key.pitch_class, key.minor, key.confidence, sound)
