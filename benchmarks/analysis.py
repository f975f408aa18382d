"""Speed and accuracy of the analysis: `python -m benchmarks.analysis [MUSIC]`, three minutes.

Speed is CPU of a 3-minute stereo beat, of the parts and of peers in the same run. Accuracy is measured on beats of known
tempo and key whose seeds the weights have not seen. MUSIC is a folder of recordings that say their tempo in their name
(`name__140.wav`); of its files in order, every second was used to choose the preference in `tempo.py`, so the others are
reported by themselves.
"""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import librosa
import numpy as np
import soundfile  # type: ignore[import-untyped]  # the package ships no types

from api.uploads.wav import parse_layout
from benchmarks.fingerprint import cpu_seconds
from tests.audio.styles import Played, play_any
from workers.audio import onsets, tonality
from workers.audio.chromaprint import ffmpeg
from workers.audio.instruments import SYNTH_RATE_HZ
from workers.audio.loudness import Loudness, TruePeak
from workers.audio.measure import LISTENED_S, Heard, listen, measure
from workers.audio.pcm import Mono, blocks, decode, pca_mono, resample
from workers.audio.sound import sound_of
from workers.audio.synth import beat, write_wav
from workers.audio.tempo import TOLERANCE, tempo_of
from workers.audio.tonality import key_of
from workers.audio.waveform import Waveform

SECONDS: Final = 180
_SEEDS: Final = range(5_000, 5_240)
_BEAT_SECONDS: Final = 60
_BOUNDS: Final = (0.0, 0.5, 0.7, 0.8, 0.9)


@dataclass(frozen=True)
class Case:
    """What is true of a recording, what was heard in it, and what librosa's beat tracker says.

    Attributes:
        key: Pitch class and whether it is minor; null where nobody knows.
    """

    name: str
    bpm: float
    key: tuple[int, bool] | None
    heard: Heard
    peer_bpm: float


def line(*columns: object) -> None:
    sys.stdout.write(
        "".join(f"{column!s:<44}" if not n else f"{column!s:>12}" for n, column in enumerate(columns)) + "\n"
    )


# ---- speed --------------------------------------------------------------------------------------


def loudness(path: Path) -> float:
    layout = parse_layout(path)
    meter = Loudness(frames=layout.frames, rate_hz=layout.sample_rate_hz, channels=layout.channels)
    for block in blocks(path, layout):
        meter.feed(np.ascontiguousarray(block))
    return meter.integrated()


def true_peak(path: Path) -> float:
    layout = parse_layout(path)
    meter = TruePeak(rate_hz=layout.sample_rate_hz, channels=layout.channels)
    for block in blocks(path, layout):
        meter.feed(np.ascontiguousarray(block), sample_peak=0)
    return meter.decibels()


def waveform(path: Path) -> bytes:
    layout = parse_layout(path)
    picture = Waveform(layout.frames)
    for block in blocks(path, layout):
        picture.feed(np.abs(np.ascontiguousarray(block)))
    return picture.peaks()


def by_ffmpeg(path: Path, sink: str) -> None:
    command = [ffmpeg(), "-v", "error", "-threads", "1", "-i", str(path), "-af", sink, "-f", "null", "-"]
    subprocess.run(command, check=True)


def works(path: Path) -> dict[str, Callable[[], Any]]:
    mono = pca_mono(resample(decode(path, parse_layout(path)), from_hz=SYNTH_RATE_HZ, to_hz=onsets.RATE_HZ))
    low = resample(mono[None], from_hz=onsets.RATE_HZ, to_hz=tonality.RATE_HZ)[0]
    power = onsets.mel_power(mono)
    bands = onsets.onset_bands(power)
    return {
        "measure, all of it": lambda: measure(path),
        "decode and loudness": lambda: loudness(path),
        "decode and true peak": lambda: true_peak(path),
        "  peer: ffmpeg ebur128=peak=true": lambda: by_ffmpeg(path, "ebur128=peak=true"),
        "decode and waveform": lambda: waveform(path),
        "onset strength": lambda: onsets.onset_bands(onsets.mel_power(mono)),
        "tempo of onsets": lambda: tempo_of(bands),
        "  peer: librosa.beat.beat_track": lambda: peer_tempo(mono),
        "key": lambda: key_of(low, bpm=120),
        "sound": lambda: sound_of(mono, power, bands, bpm=120),
        "  peer: librosa.feature.chroma_cqt": lambda: librosa.feature.chroma_cqt(y=mono, sr=onsets.RATE_HZ),
    }


def peer_tempo(mono: Mono) -> float:
    tempo: Any = librosa.beat.beat_track(y=mono, sr=onsets.RATE_HZ)[0]
    return float(np.atleast_1d(tempo)[0])


def print_speed() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "beat.wav"
        write_wav(path, beat(seed=1, bpm=140, key=3, seconds=SECONDS))
        line("a 3-minute 16-bit stereo WAV", "CPU ms", "x real time", "of measure")
        whole = None
        for name, work in works(path).items():
            spent = min(cpu_seconds(work) for _ in range(3))
            whole = whole or spent
            line(name, f"{1000 * spent:.0f}", f"{SECONDS / spent:,.0f}", f"{spent / whole:.2f}")


# ---- accuracy -----------------------------------------------------------------------------------


def of_beat(one: Played) -> Case:
    mono = pca_mono(resample(one.sound, from_hz=SYNTH_RATE_HZ, to_hz=onsets.RATE_HZ))
    return Case(one.style, one.bpm, (one.key, one.minor), listen(mono), peer_tempo(mono))


def of_file(path: Path) -> Case:
    """A recording whose name ends in `__` and its tempo."""
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    frames = LISTENED_S * rate
    start = max(0, (len(samples) - frames) // 2)
    mono = pca_mono(resample(samples[start : start + frames].T, from_hz=rate, to_hz=onsets.RATE_HZ))
    return Case(path.stem, float(path.stem.rpartition("__")[2]), None, listen(mono), peer_tempo(mono))


def near(bpm: float, truth: float, *octaves: float) -> bool:
    return any(abs(bpm / (truth * octave) - 1) < TOLERANCE for octave in octaves)


def share(values: Iterable[bool]) -> str:
    listed = list(values)
    return f"{sum(listed)}/{len(listed)}" if listed else "-"


def relation(case: Case) -> str:
    """How the key that was heard stands to the true one."""
    assert case.key
    (tonic, minor), heard = case.key, case.heard
    if (heard.pitch_class, heard.minor) == (tonic, minor):
        return "exact"
    if heard.minor == minor and (heard.pitch_class - tonic) % 12 in {5, 7}:
        return "fifth"
    relative = (tonic + (3 if minor else -3)) % 12
    return "relative" if heard.minor != minor and heard.pitch_class == relative else "other"


def print_tempo(groups: dict[str, list[Case]]) -> None:
    line("\ntempo within 4 %", "exact", "half/double", "peer exact", "peer h/d")
    for name, cases in groups.items():
        line(
            name,
            share(near(case.heard.bpm, case.bpm, 1) for case in cases),
            share(near(case.heard.bpm, case.bpm, 0.5, 1, 2) for case in cases),
            share(near(case.peer_bpm, case.bpm, 1) for case in cases),
            share(near(case.peer_bpm, case.bpm, 0.5, 1, 2) for case in cases),
        )


def print_key(groups: dict[str, list[Case]]) -> None:
    line("\nkey", "exact", "relative", "fifth", "other")
    for name, cases in groups.items():
        found = [relation(case) for case in cases if case.key]
        if found:
            line(
                name,
                *(share(one == kind for one in found) for kind in ("exact", "relative", "fifth", "other")),
            )


def print_calibration(title: str, groups: dict[str, list[tuple[float, bool]]]) -> None:
    line(f"\n{title}: right at a confidence of", *(f"{bound:g} +" for bound in _BOUNDS))
    for name, answers in groups.items():
        bins = [share(right for sure, right in answers if _bin(sure) == bound) for bound in _BOUNDS]
        line(name, *bins)


def _bin(sure: float) -> float:
    return max(bound for bound in _BOUNDS if sure >= bound)


def groups_of(music: Path | None) -> dict[str, list[Case]]:
    beats = [of_beat(play_any(seed, seconds=_BEAT_SECONDS)) for seed in _SEEDS]
    files = [of_file(path) for path in sorted(music.glob("*__*.wav"))] if music else []
    groups = {
        "synth.beat, any tempo from 60 to 200": [case for case in beats if case.name == "synth"],
        "ten styles, cadencing": [case for case in beats if case.name != "synth"],
        "music, half used for choosing": files[0::2],
        "music, other half": files[1::2],
    }
    return {name: cases for name, cases in groups.items() if cases}


def main() -> None:
    print_speed()
    groups = groups_of(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
    print_tempo(groups)
    print_key(groups)
    tempos = {
        name: [(case.heard.bpm_confidence, near(case.heard.bpm, case.bpm, 1)) for case in cases]
        for name, cases in groups.items()
    }
    keys = {
        name: [(case.heard.key_confidence, relation(case) == "exact") for case in cases if case.key]
        for name, cases in groups.items()
    }
    print_calibration("tempo", tempos)
    print_calibration("key", {name: answers for name, answers in keys.items() if answers})


if __name__ == "__main__":
    main()
