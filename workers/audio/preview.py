"""The tagged 30 s preview that everybody may hear (D-19): MP3, 128 kbit/s, the same bytes every time."""

import os
import subprocess
from pathlib import Path
from typing import Final

import numpy as np

from api.uploads.wav import WavLayout, parse_layout
from db.excerpt import excerpt
from workers.audio.chromaprint import ffmpeg
from workers.audio.instruments import SYNTH_RATE_HZ, Patch, Sound, note
from workers.audio.pcm import Stereo, decode, resample

FADE_SECONDS: Final = 0.4
FIRST_TAG_SECONDS: Final = 3.0
TAG_EVERY_SECONDS: Final = 12.0
"""No cut of 12 s is free of it."""
TAG_RMS_RATIO: Final = 1.0
"""Tag to the music under it: as loud as the beat, which itself goes down by `DUCK`."""
MIN_TAG_RMS: Final = 0.05
"""-26 dBFS: a tag is heard in a quiet passage too."""
DUCK: Final = 0.5
"""-6 dB under the tag."""
CEILING: Final = 0.95
BIT_RATE: Final = "128k"
ENCODE_TIMEOUT_S: Final = 60

_LOGO: Final = ((76, 0.0), (83, 0.14), (88, 0.28), (95, 0.42))
"""E5 B5 E6 B6 as (MIDI pitch, second): open fifths clash with no key."""
_BELL: Final = Patch(partials=(1.0, 0.1, 0.6, 0.05, 0.3), attack_s=0.002, decay_s=0.35, detune_cents=4)


class PreviewFailed(Exception):  # noqa: N818 - refusals are named as sentences
    """The encoder did not give a preview."""


def make_preview(wav_path: Path, out_path: Path) -> None:
    """Writes the preview of a track; it appears whole or not at all.

    Args:
        wav_path: A WAV that D-10 takes.
        out_path: The MP3. What is there is replaced.

    Raises:
        PreviewFailed: The encoder broke.
    """
    layout = parse_layout(wav_path)
    music = _stereo(_excerpt(wav_path, layout), layout.sample_rate_hz)
    part = out_path.with_name(out_path.name + ".part")
    part.write_bytes(_mp3(tagged(faded(music))))
    os.replace(part, out_path)  # noqa: PTH105 - the atomic one, by its own name


def sonic_logo() -> Sound:
    """The BeatPass tag: four rising bells, 1.1 s.

    Returns:
        Samples, peak 1, shape (frames,), 44,100 Hz.
    """
    logo = np.zeros(int(1.1 * SYNTH_RATE_HZ), np.float32)
    for pitch, at_s in _LOGO:
        bell, start = note(_BELL, midi=pitch, seconds=0.6), int(at_s * SYNTH_RATE_HZ)
        end = min(len(logo), start + len(bell))
        logo[start:end] += bell[: end - start]
    peak = np.float32(np.max(np.abs(logo)))
    scaled: Sound = logo / peak
    return scaled


def faded(music: Stereo) -> Stereo:
    """Fades the ends in and out.

    Args:
        music: Samples, shape (2, frames), 44,100 Hz.

    Returns:
        The same shape, beginning and ending at 0.
    """
    length = min(int(FADE_SECONDS * SYNTH_RATE_HZ), music.shape[1] // 2)
    ramp = np.linspace(0, 1, length, dtype=np.float32)
    out = music.copy()
    out[:, :length] *= ramp
    out[:, music.shape[1] - length :] *= ramp[::-1]
    return out


def tagged(music: Stereo) -> Stereo:
    """Lays the tag over the music, at 3 s and every 12 s; at the start when the music is shorter than that.

    Args:
        music: Samples, shape (2, frames), 44,100 Hz.

    Returns:
        The same shape, peak at most 0.95.
    """
    out, logo = music.copy(), sonic_logo()
    seconds = music.shape[1] / SYNTH_RATE_HZ
    first = FIRST_TAG_SECONDS if seconds > FIRST_TAG_SECONDS + 1.1 else 0.0
    for at_s in np.arange(first, seconds, TAG_EVERY_SECONDS):
        start = int(at_s * SYNTH_RATE_HZ)
        end = min(music.shape[1], start + len(logo))
        out[:, start:end] = _under_tag(music[:, start:end], logo[: end - start])
    peak = float(np.max(np.abs(out), initial=0.0))
    return (out * np.float32(min(1.0, CEILING / max(peak, 1e-9)))).astype(np.float32)


def _under_tag(music: Stereo, logo: Sound) -> Stereo:
    loudness = max(_rms(music) * TAG_RMS_RATIO, MIN_TAG_RMS)
    gain = np.float32(loudness / max(_rms(logo), 1e-9))
    mixed: Stereo = (music * np.float32(DUCK) + logo * gain).astype(np.float32)
    return mixed


def _rms(samples: Stereo | Sound) -> float:
    return float(np.sqrt(np.mean(np.square(samples), dtype=np.float64)))


def _excerpt(path: Path, layout: WavLayout) -> Stereo:
    start, end = excerpt(layout.frames, per_second=layout.sample_rate_hz)
    frame_bytes = layout.data_bytes // layout.frames
    part = WavLayout(
        sample_rate_hz=layout.sample_rate_hz,
        bit_depth=layout.bit_depth,
        channels=layout.channels,
        is_float=layout.is_float,
        data_offset=layout.data_offset + start * frame_bytes,
        data_bytes=(end - start) * frame_bytes,
        frames=end - start,
        duration_ms=round((end - start) * 1000 / layout.sample_rate_hz),
    )
    return decode(path, part)


def _stereo(samples: Stereo, rate_hz: int) -> Stereo:
    both = np.repeat(samples, 2, axis=0) if len(samples) == 1 else samples
    return resample(both, from_hz=rate_hz, to_hz=SYNTH_RATE_HZ)


def _mp3(samples: Stereo) -> bytes:
    source = ["-f", "f32le", "-ar", str(SYNTH_RATE_HZ), "-ac", "2", "-i", "pipe:0"]
    plain = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact", "-id3v2_version", "0"]
    sink = ["-c:a", "libmp3lame", "-b:a", BIT_RATE, *plain, "-write_xing", "0", "-f", "mp3", "pipe:1"]
    command = [ffmpeg(), "-hide_banner", "-loglevel", "error", "-threads", "1", *source, *sink]
    body = np.ascontiguousarray(samples.T).astype("<f4").tobytes()
    done = subprocess.run(  # noqa: S603 - our own arguments
        command, input=body, capture_output=True, check=False, timeout=ENCODE_TIMEOUT_S
    )
    if done.returncode:
        raise PreviewFailed(done.stderr.decode(errors="replace")[-500:])
    return done.stdout
