"""MP3s of whole WAVs, the same bytes every time: for licensees (D-41), and for who listens (D-51)."""

import os
import subprocess
from pathlib import Path
from typing import Final

from api.uploads.wav import parse_layout
from workers.audio.chromaprint import ffmpeg

LICENSED_BIT_RATE: Final = "320k"
STREAM_BIT_RATE: Final = "160k"
"""Good to hear, at a ninth of a WAV's bytes; less than what a licence delivers."""
ENCODE_TIMEOUT_S: Final = 600
"""30 minutes of sound at 192 kHz take some 40 s here; a machine may be ten times slower."""
_OF_THE_DISC_HZ: Final = 44_100
_OF_THE_STUDIO_HZ: Final = 48_000
"""Of the rates that can have 320 kbit/s (MPEG-1 layer III), the two that every player knows."""


class Mp3Failed(Exception):  # noqa: N818 - refusals are named as sentences
    """The encoder did not give an MP3."""


def make_mp3(wav_path: Path, out_path: Path, bit_rate: str = LICENSED_BIT_RATE) -> None:
    """Writes the MP3 of a WAV; it appears whole or not at all.

    Args:
        wav_path: A WAV that D-10 takes.
        out_path: The MP3. What is there is replaced.
        bit_rate: As the encoder takes it.

    Raises:
        Mp3Failed: The encoder broke.
    """
    part = out_path.with_name(out_path.name + ".part")
    rate_hz = delivered_rate_hz(parse_layout(wav_path).sample_rate_hz)
    command = _command(wav_path, part, rate_hz=rate_hz, bit_rate=bit_rate)
    done = subprocess.run(  # noqa: S603 - our own arguments
        command, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=ENCODE_TIMEOUT_S
    )
    if done.returncode:
        raise Mp3Failed(done.stderr.decode(errors="replace")[-500:])
    os.replace(part, out_path)  # noqa: PTH105 - the atomic one, by its own name


def delivered_rate_hz(rate_hz: int) -> int:
    """The rate that an MP3 has: of the same family, so that nothing is resampled by an odd ratio without need."""
    return _OF_THE_DISC_HZ if rate_hz % 11_025 == 0 else _OF_THE_STUDIO_HZ


def _command(wav_path: Path, out_path: Path, *, rate_hz: int, bit_rate: str) -> list[str]:
    quiet = ["-hide_banner", "-loglevel", "error", "-nostdin", "-threads", "1", "-y"]
    plain = ["-map", "0:a:0", "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact"]
    sink = ["-c:a", "libmp3lame", "-b:a", bit_rate, "-ar", str(rate_hz), "-id3v2_version", "0"]
    return [ffmpeg(), *quiet, "-f", "wav", "-i", str(wav_path), *plain, *sink, "-f", "mp3", str(out_path)]
