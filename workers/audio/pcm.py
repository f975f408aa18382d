"""Decodes the WAVs that D-10 takes and brings them to the form Chromaprint listens to.

The file is read in blocks, so 30 minutes at 192 kHz need no more memory than their 11,025 Hz stereo version
(160 MB). Polarity tricks are undone by PCA-mono: the first principal component of left and right
(RECON section 2), its axis snapped to left + right or left - right.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final, cast

import numpy as np
import numpy.typing as npt
import soxr  # type: ignore[import-untyped]  # the wheel ships no types

from api.uploads.wav import WavLayout

CHROMAPRINT_RATE_HZ: Final = 11_025
"""Chromaprint's own rate: given this, none of its backends resamples, so all give the same words."""
BLOCK_FRAMES: Final = 1 << 18
"""6 s at 44.1 kHz: a few MB per step, large enough that the Python between the steps does not count."""
FULL_SCALE: Final = 0.9
"""Peak of the int16 signal: a gain change before or after encoding then changes no rounding."""
INVERTED_CORRELATION: Final = -0.3
"""Of left and right, below which one of them is inverted. Of 39 real tracks no 15 s had less than -0.26 by themselves,
and 34 have more than 0.3 as a whole, so that inverting one channel shows."""
WIDE_CORRELATION: Final = 0.5
"""Of left and right, within which a query is tried along both axes: 12 of 39 real tracks. With one
axis, 6 of 34 tracks, all of them wide, were not found again after inverting a channel and cutting 30 s out."""

Stereo = npt.NDArray[np.float32]
"""Samples in about [-1, 1], shape (channels, frames)."""
Mono = npt.NDArray[np.float32]
"""Samples in about [-1, 1], shape (frames,)."""
Pcm = npt.NDArray[np.int16]
"""Mono samples, shape (frames,), 11,025 Hz."""


def blocks(path: Path, layout: WavLayout) -> Iterator[Stereo]:
    """Decodes a WAV piece by piece.

    Args:
        path: The file.
        layout: Where its samples are.

    Yields:
        Samples, full scale = 1, shape (channels, at most `BLOCK_FRAMES`), at the file's rate.
    """
    frame_bytes = layout.data_bytes // layout.frames
    with path.open("rb") as file:
        file.seek(layout.data_offset)
        for start in range(0, layout.frames, BLOCK_FRAMES):
            frames = min(BLOCK_FRAMES, layout.frames - start)
            yield _decode(file.read(frames * frame_bytes), layout)


def decode(path: Path, layout: WavLayout) -> Stereo:
    """Decodes a whole WAV.

    Args:
        path: The file.
        layout: Where its samples are.

    Returns:
        Samples, full scale = 1, shape (channels, frames), at the file's rate.
    """
    return np.concatenate(list(blocks(path, layout)), axis=1)


def _decode(raw: bytes, layout: WavLayout) -> Stereo:
    if layout.is_float:
        samples = np.frombuffer(raw, "<f4").astype(np.float32)
    elif layout.bit_depth == 24:
        samples = _from_24_bit(raw)
    else:
        kind = "<i2" if layout.bit_depth == 16 else "<i4"
        scale = np.float32(2.0 ** (1 - layout.bit_depth))
        samples = np.frombuffer(raw, kind).astype(np.float32) * scale
    return samples.reshape(-1, layout.channels).T


def _from_24_bit(raw: bytes) -> Mono:
    """Reads four bytes at every third and drops the one that belongs to the sample before."""
    padded = np.frombuffer(b"\0" + raw, np.uint8)
    words = np.lib.stride_tricks.as_strided(padded[:4].view("<i4"), (len(raw) // 3,), (3,))
    return (words & np.int32(-256)).astype(np.float32) * np.float32(2.0**-31)


def correlation(stereo: Stereo) -> float:
    """Correlation of left and right.

    Args:
        stereo: Samples, shape (2, frames).

    Returns:
        -1 to 1; 1 when a channel is silent.
    """
    left, right = stereo[0], stereo[1]
    scale = float(np.sqrt(float(left @ left) * float(right @ right)))
    return float(left @ right) / scale if scale else 1.0


def polarity(stereo: Stereo) -> float:
    """Says whether one channel is upside down: -1 when it is, else 1.

    Args:
        stereo: Samples, shape (2, frames).
    """
    return -1.0 if correlation(stereo) < INVERTED_CORRELATION else 1.0


def other_mono(samples: Stereo) -> Mono | None:
    """Mixes a wide recording along the other axis, which is that of the original if one of them was inverted.

    Args:
        samples: Samples, shape (1 or 2, frames).

    Returns:
        Half of left minus or plus right, shape (frames,); None where `pca_mono` leaves no doubt.
    """
    if len(samples) == 1 or abs(correlation(samples)) >= WIDE_CORRELATION:
        return None
    mono: Mono = np.float32(0.5) * (samples[0] - np.float32(polarity(samples)) * samples[1])
    return mono


def pca_mono(samples: Stereo) -> Mono:
    """Mixes to mono so that an inverted channel does not cancel the other.

    It is the first principal component of the correlation (not covariance) matrix, whose axis can only be
    left + right or left - right. The axis of the covariance turns with every excerpt of a wide recording: seen, a
    15 s excerpt then had 24 % wrong bits, and a mono copy 10 %.

    Args:
        samples: Samples, shape (1 or 2, frames).

    Returns:
        Half of left plus or minus right, shape (frames,).
    """
    mono: Mono = samples[0]
    if len(samples) == 2:
        mono = np.float32(0.5) * (samples[0] + np.float32(polarity(samples)) * samples[1])
    return mono


def listening_pcm(path: Path, layout: WavLayout) -> tuple[Pcm, Pcm | None]:
    """Reads a WAV as Chromaprint wants it.

    Resampling comes before PCA: both are linear, and the axis is then that of the band Chromaprint hears.

    Args:
        path: The file.
        layout: Where its samples are.

    Returns:
        Mono samples with the peak at 0.9 of full scale, shape (frames,), 11,025 Hz: by `pca_mono`, and for wide
        recordings by `other_mono`.
    """
    samples = np.concatenate(list(_resampled(path, layout)), axis=1)
    other = other_mono(samples)
    return to_int16(pca_mono(samples)), None if other is None else to_int16(other)


def to_int16(mono: Mono) -> Pcm:
    """Scales to the common peak and rounds.

    Args:
        mono: Samples of any finite level, shape (frames,).

    Returns:
        Samples with the peak at 0.9 of full scale, shape (frames,); zeros stay zeros.
    """
    peak = float(np.max(np.abs(mono), initial=0.0))
    scale = np.float32(FULL_SCALE * 32_767 / peak if peak > 1e-30 else 0.0)
    rounded: Pcm = np.rint(mono * scale).astype(np.int16)
    return rounded


def resample(samples: Stereo, *, from_hz: int, to_hz: int) -> Stereo:
    """Changes the sample rate by soxr's HQ recipe.

    Args:
        samples: Samples, shape (channels, frames).
        from_hz: Their rate.
        to_hz: The wanted rate.

    Returns:
        Samples at the wanted rate, shape (channels, frames).
    """
    if from_hz == to_hz:
        return samples
    return cast("Stereo", soxr.resample(samples.T, from_hz, to_hz).T)  # pyright: ignore[reportUnknownMemberType]  # untyped


def _resampled(path: Path, layout: WavLayout) -> Iterator[Stereo]:
    resampler = Resampler(layout.sample_rate_hz, CHROMAPRINT_RATE_HZ, layout.channels)
    for block in blocks(path, layout):
        yield resampler.step(block)
    yield resampler.end()


class Resampler:
    """Changes the sample rate of a stream by soxr's HQ recipe.

    Args:
        from_hz: Its rate.
        to_hz: The wanted rate.
        channels: 1 or 2.
    """

    def __init__(self, from_hz: int, to_hz: int, channels: int) -> None:
        self._stream = soxr.ResampleStream(from_hz, to_hz, channels, "float32")
        self._channels = channels

    def step(self, block: Stereo) -> Stereo:
        """Takes a block, shape (channels, frames), and gives what is ready of the result, in the same shape."""
        return self._step(block.T, last=False)

    def end(self) -> Stereo:
        """What was still held back."""
        return self._step(np.zeros((0, self._channels), np.float32), last=True)

    def _step(self, interleaved: Stereo, *, last: bool) -> Stereo:
        out = cast("Stereo", self._stream.resample_chunk(np.ascontiguousarray(interleaved), last))  # pyright: ignore[reportUnknownMemberType]  # untyped
        return out.reshape(-1, self._channels).T
