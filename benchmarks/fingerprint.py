"""Speed of the audio engine: `python -m benchmarks.fingerprint`, in times real time per core of CPU.

The peer of each run is what a script without this engine would do: libsndfile's decoder, librosa's resampling load.
"""

import resource
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import librosa  # type: ignore[import-untyped]  # the package ships no types
import soundfile  # type: ignore[import-untyped]  # the package ships no types

from api.uploads.wav import parse_layout
from workers.audio.chromaprint import backend, half_hop_words
from workers.audio.index import analyse
from workers.audio.matching import compare
from workers.audio.pcm import blocks, listening_pcm
from workers.audio.preview import make_preview
from workers.audio.synth import beat, write_wav

SECONDS = 180


def cpu_seconds(work: Callable[[], Any]) -> float:
    """CPU of this process and of the tools it ran; the second of two runs, so that imports and caches are warm."""
    work()
    before = _spent()
    work()
    return _spent() - before


def _spent() -> float:
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, kinds))


def rows(path: Path) -> dict[str, Callable[[], Any]]:
    layout = parse_layout(path)
    pcm, _ = listening_pcm(path, layout)
    words = half_hop_words(pcm)
    return {
        "synthesise": lambda: beat(seed=2, bpm=140, key=3, seconds=SECONDS),
        "decode": lambda: sum(block.shape[1] for block in blocks(path, layout)),
        "  peer: soundfile.read": lambda: soundfile.read(path, dtype="float32"),
        "decode, resample, PCA": lambda: listening_pcm(path, layout),
        "  peer: librosa.load at 11,025 Hz": lambda: librosa.load(path, sr=11_025),
        f"Chromaprint by {backend()}, two phases": lambda: half_hop_words(pcm),
        "compare": lambda: compare(words, words[100:]),
        "analyse, all of it": lambda: analyse(path),
        "preview": lambda: make_preview(path, path.with_suffix(".mp3")),
    }


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "beat.wav"
        write_wav(path, beat(seed=1, bpm=140, key=3, seconds=SECONDS), bit_depth=24)
        sys.stdout.write(f"{'a 3-minute 24-bit stereo WAV':40} {'CPU ms':>8} {'x real time':>12}\n")
        for name, work in rows(path).items():
            spent = cpu_seconds(work)
            sys.stdout.write(f"{name:40} {1000 * spent:8.1f} {SECONDS / spent:12,.0f}\n")


if __name__ == "__main__":
    main()
