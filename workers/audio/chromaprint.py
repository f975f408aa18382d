"""Raw Chromaprint words of a whole recording, by whichever of three equal backends is there.

Chromaprint (L. Lalinsky, "How does Chromaprint work?", 2011; algorithm 2, `CHROMAPRINT_ALGORITHM_TEST2`, as fpcalc
uses by default) describes every 0.124 s the 2.7 s that follow by 32 bits. This is the one door to pyacoustid and its
`chromaprint` module, to fpcalc and to the chromaprint muxer of ffmpeg; given 11,025 Hz mono they agree bit by bit
(`tests/audio/test_chromaprint.py`).
"""

import os
import shutil
import subprocess
import tempfile
import wave
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, cast

import acoustid  # type: ignore[import-untyped]  # the package ships no types
import imageio_ffmpeg  # type: ignore[import-untyped]  # the package ships no types
import numpy as np
import numpy.typing as npt

from workers.audio.pcm import CHROMAPRINT_RATE_HZ, Pcm

HOP_SAMPLES: Final = 1365
"""Between two words at 11,025 Hz: a third of the 4,096-sample frame (chromaprint, `fingerprinter_configuration.cpp`)."""
WINDOW_SAMPLES: Final = 4096 + (15 + 4) * HOP_SAMPLES
"""That one word hears: 16 chroma rows, each smoothed over 5 frames of 4,096 samples."""
HOP_MS: Final = 1000 * HOP_SAMPLES / CHROMAPRINT_RATE_HZ
HALF_HOP_SAMPLES: Final = HOP_SAMPLES // 2
HALF_HOP_MS: Final = HOP_MS / 2
WINDOW_MS: Final = 1000 * WINDOW_SAMPLES / CHROMAPRINT_RATE_HZ
BACKEND_TIMEOUT_S: Final = 120
"""30 minutes take ffmpeg 2 s; a hanging tool must not hang the worker's child for ever."""

_ALGORITHM_TEST2: Final = 1
"""The library counts from zero."""
_FPCALC_OPTIONS: Final = ("-raw", "-length", "0", "-algorithm", "2", "-ignore-errors")
"""Debian's fpcalc 1.5.1 takes the end of every file for an error of decoding and exits with 3, its words complete;
`raw_words` counts them."""

Words = npt.NDArray[np.uint32]
"""Chromaprint words, shape (words,): one each 0.124 s, or 62 ms from `half_hop_words`."""


class Backend(StrEnum):
    """What computes the words."""

    LIBRARY = "libchromaprint"
    FPCALC = "fpcalc"
    FFMPEG = "ffmpeg"


class ChromaprintFailed(Exception):  # noqa: N818 - refusals are named as sentences
    """The backend did not give a fingerprint."""


def backend() -> Backend:
    """Finds the first backend that is there: the library, then fpcalc (`FPCALC` or the path), then ffmpeg."""
    if acoustid.have_chromaprint:
        return Backend.LIBRARY
    return Backend.FPCALC if _fpcalc() else Backend.FFMPEG


def raw_words(pcm: Pcm, *, by: Backend | None = None) -> Words:
    """Fingerprints a whole recording.

    Args:
        pcm: Mono samples, shape (frames,), 11,025 Hz.
        by: The backend; the first that is there when left out.

    Returns:
        Words, shape (words,). Word `i` hears the samples from `i * HOP_SAMPLES` on, `WINDOW_SAMPLES` of them; audio
        shorter than one window (2.7 s) has none.

    Raises:
        ChromaprintFailed: The backend broke.
    """
    if len(pcm) < WINDOW_SAMPLES:
        return np.zeros(0, np.uint32)
    words = _BACKENDS[by or backend()](np.ascontiguousarray(pcm, "<i2"))
    expected = (len(pcm) - WINDOW_SAMPLES) // HOP_SAMPLES + 1
    if len(words) != expected:
        raise ChromaprintFailed(f"{len(words)} words where the audio has {expected}")
    return words


def half_hop_words(pcm: Pcm) -> Words:
    """Fingerprints a whole recording twice as finely as Chromaprint does.

    A copy cut between two hops has up to 10 % wrong bits against the plain words, as many as other music of the same
    chords and sounds; with a second set of words half a hop later the worst seen is 4 %.

    Args:
        pcm: Mono samples, shape (frames,), 11,025 Hz.

    Returns:
        Words each 62 ms, shape (words,): even ones are the plain words, odd ones those of the audio half a hop on.
    """
    plain, later = raw_words(pcm), raw_words(pcm[HALF_HOP_SAMPLES:])
    words = np.zeros(len(plain) + len(later), np.uint32)
    words[0::2], words[1::2] = plain, later
    return words


def _by_library(pcm: Pcm) -> Words:
    door = cast("Any", acoustid).chromaprint
    printer = door.Fingerprinter(_ALGORITHM_TEST2)
    printer.start(CHROMAPRINT_RATE_HZ, 1)
    printer.feed(pcm.tobytes())
    words, _ = door.decode_fingerprint(printer.finish())
    return np.array(words, np.int64).astype(np.uint32)


def _fpcalc() -> str | None:
    """The command pyacoustid would run."""
    named = os.environ.get(str(acoustid.FPCALC_ENVVAR), str(acoustid.FPCALC_COMMAND))
    return shutil.which(named)


def _by_fpcalc(pcm: Pcm) -> Words:
    command = _fpcalc()
    if command is None:
        raise ChromaprintFailed("fpcalc is not installed")
    with tempfile.TemporaryDirectory(prefix="beatpass-") as folder:
        path = Path(folder) / "mono.wav"
        _write_mono(path, pcm)
        answer = _run([command, *_FPCALC_OPTIONS, str(path)], b"")
    listed = answer.decode().partition("FINGERPRINT=")[2].split()
    if not listed:
        raise ChromaprintFailed("fpcalc gave no fingerprint")
    return np.array(listed[0].split(","), np.int64).astype(np.uint32)


def _write_mono(path: Path, pcm: Pcm) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(CHROMAPRINT_RATE_HZ)
        file.writeframes(pcm.tobytes())


def _by_ffmpeg(pcm: Pcm) -> Words:
    source = ["-f", "s16le", "-ar", str(CHROMAPRINT_RATE_HZ), "-ac", "1", "-i", "pipe:0"]
    sink = ["-f", "chromaprint", "-algorithm", str(_ALGORITHM_TEST2), "-fp_format", "raw", "pipe:1"]
    quiet = ["-hide_banner", "-loglevel", "error", "-threads", "1"]
    return np.frombuffer(_run([ffmpeg(), *quiet, *source, *sink], pcm.tobytes()), "<u4").astype(np.uint32)


def ffmpeg() -> str:
    """Path of the ffmpeg in the imageio-ffmpeg wheel, or of the one `IMAGEIO_FFMPEG_EXE` names."""
    return str(imageio_ffmpeg.get_ffmpeg_exe())


def _run(command: list[str], stdin: bytes) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - our own arguments
            command, input=stdin, capture_output=True, check=True, timeout=BACKEND_TIMEOUT_S
        )
    except subprocess.CalledProcessError as error:
        raise ChromaprintFailed(
            f"{Path(command[0]).name}: {error.stderr.decode(errors='replace')[-500:]}"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise ChromaprintFailed(f"{Path(command[0]).name} took longer than {BACKEND_TIMEOUT_S} s") from error
    return done.stdout


_BACKENDS: Final[dict[Backend, Callable[[Pcm], Words]]] = {
    Backend.LIBRARY: _by_library,
    Backend.FPCALC: _by_fpcalc,
    Backend.FFMPEG: _by_ffmpeg,
}
