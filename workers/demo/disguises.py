"""What thieves do to a recording, by the ffmpeg that comes with the project: WAV file in, WAV file out, in flat memory."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from workers.audio.chromaprint import ffmpeg

_TIMEOUT_S: Final = 300
_MOST_TRIMMED: Final = 0.15
"""Of the whole: what is left of a short beat must still be a copy of it."""
_MP3_KBITS: Final = (128, 96, 192, 112, 160)
_TRIMS_S: Final = (3.0, 5.5, 2.2, 7.3, 4.1, 6.4)
_GAINS_DB: Final = (-6, -9, -4, -3, -2, -12)
_RATES_HZ: Final = (22_050, 48_000, 32_000, 44_100, 24_000, 16_000)
_COMBINATIONS: Final = ("m", "t", "g", "r", "mt", "gr", "mg", "tr", "tg", "mr", "mtg", "mtgr")
"""Letters of what is done: MP3, trimmed, gain, rate."""


class DisguiseFailed(Exception):  # noqa: N818 -- what happened, in a word
    """ffmpeg did not do it."""


@dataclass(frozen=True)
class Disguise:
    """What is done to a recording, in this order; null or 0: not done.

    Attributes:
        starts_at_s: Cut off the start.
        kbits: Of an MP3 in between.
    """

    starts_at_s: float = 0.0
    gain_db: int = 0
    rate_hz: int | None = None
    kbits: int | None = None

    @property
    def name(self) -> str:
        done = (
            f"MP3 {self.kbits} kbit/s" if self.kbits else "",
            f"{self.starts_at_s:g} s off the start" if self.starts_at_s else "",
            f"{abs(self.gain_db)} dB quieter" if self.gain_db else "",
            f"{self.rate_hz / 1000:g} kHz" if self.rate_hz else "",
        )
        return ", ".join(part for part in done if part)

    def wear(self, source: Path, target: Path) -> None:
        """Write a disguised copy.

        Raises:
            DisguiseFailed: The file could not be read, or the disk is full.
        """
        if self.kbits is None:
            self._process(source, target, "pcm_s16le")
            return
        between = target.with_suffix(".mp3")
        self._process(source, between, "libmp3lame", "-b:a", f"{self.kbits}k")
        run_ffmpeg(["-i", str(between), *_PCM, *self._rate(), str(target)])
        between.unlink()

    def _process(self, source: Path, target: Path, encoder: str, *options: str) -> None:
        start = ["-ss", f"{self.starts_at_s:.3f}"] if self.starts_at_s else []
        gain = ["-af", f"volume={self.gain_db}dB"] if self.gain_db else []
        run_ffmpeg([*start, "-i", str(source), *gain, *self._rate(), "-c:a", encoder, *options, str(target)])

    def _rate(self) -> Sequence[str]:
        return ("-ar", str(self.rate_hz)) if self.rate_hz else ()


_PCM: Final = ("-c:a", "pcm_s16le")


def disguise_of(number: int, *, duration_ms: int, sample_rate_hz: int) -> Disguise:
    """The disguise of one of many beats: single tricks first, then ever more at once; 60 in a row differ.

    Args:
        number: Of the beat, from 0.
        duration_ms: Of the beat.
        sample_rate_hz: Of the beat: the copy has another.
    """
    what = _COMBINATIONS[number % len(_COMBINATIONS)]
    turn = number + number // len(_COMBINATIONS)
    rates = [rate for rate in _RATES_HZ if rate != sample_rate_hz]
    longest_trim = _MOST_TRIMMED * duration_ms / 1000
    return Disguise(
        starts_at_s=round(min(_TRIMS_S[turn % len(_TRIMS_S)], longest_trim), 1) if "t" in what else 0.0,
        gain_db=_GAINS_DB[turn % len(_GAINS_DB)] if "g" in what else 0,
        rate_hz=rates[turn % len(rates)] if "r" in what else None,
        kbits=_MP3_KBITS[turn % len(_MP3_KBITS)] if "m" in what else None,
    )


def cut_out(source: Path, target: Path, *, starts_at_s: float, seconds: float) -> None:
    """Write an excerpt.

    Raises:
        DisguiseFailed: As above.
    """
    place = ["-ss", f"{starts_at_s:.3f}", "-t", f"{seconds:.3f}"]
    run_ffmpeg([*place, "-i", str(source), *_PCM, str(target)])


def run_ffmpeg(arguments: Sequence[str], stdin: bytes = b"") -> bytes:
    """Run ffmpeg; what it wrote to standard output.

    Raises:
        DisguiseFailed: It failed, with its last words.
    """
    command = [ffmpeg(), "-hide_banner", "-loglevel", "error", "-y", *arguments]
    try:
        done = subprocess.run(  # noqa: S603 -- our own arguments
            command, input=stdin, capture_output=True, check=True, timeout=_TIMEOUT_S
        )
    except subprocess.CalledProcessError as problem:
        raise DisguiseFailed(problem.stderr.decode(errors="replace").strip()[-300:]) from problem
    except subprocess.TimeoutExpired as problem:
        raise DisguiseFailed(f"ffmpeg took longer than {_TIMEOUT_S} s.") from problem
    return done.stdout
