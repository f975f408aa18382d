"""Integrated loudness and true peak after EBU R128 (D-19).

ITU-R BS.1770-4: K weighting, 400 ms blocks that overlap by 75 %, an absolute gate at -70 LUFS and a relative one 10 LU
below what passes it; true peak by 4 x oversampling. Checked against ffmpeg's `ebur128` (`tests/audio/test_loudness.py`).
"""

from typing import Final

import numpy as np

from workers.audio.pcm import Resampler, Stereo
from workers.audio.slices import cuts, timed_edges
from workers.audio.transforms import Floats, filtered

FLOOR_LUFS: Final = -70.0
"""What the absolute gate drops counts as this."""
FLOOR_DB: Final = -150.0
"""Below the last bit of 24: a peak cannot be told from none."""
_HOPS_PER_SECOND: Final = 10
_HOPS_PER_BLOCK: Final = 4
_OFFSET_LU: Final = -0.691
"""Makes 997 Hz at full scale in one channel -3.01 LUFS (BS.1770-4, equation 2)."""
_RELATIVE_GATE_LU: Final = -10.0
_ENOUGH_HZ: Final = 176_400
"""Four times 44.1 kHz: a file that has this rate already needs no oversampling (BS.1770-4, annex 2)."""
_FRAMES_AT_ONCE: Final = 1 << 14
"""What they become when oversampled stays in the processor's cache."""


class Loudness:
    """Takes a file block by block.

    Args:
        frames: Of the whole file.
        rate_hz: Its rate.
        channels: 1 or 2; one channel counts once, as the standard has it.
    """

    def __init__(self, *, frames: int, rate_hz: int, channels: int) -> None:
        self._filter = k_weighting(rate_hz)
        self._state = np.zeros((len(self._filter), channels, 2))
        self._edges = timed_edges(frames, rate_hz, per_second=_HOPS_PER_SECOND)
        self._energies: Floats = np.zeros(len(self._edges) - 1)
        self._position = 0

    def feed(self, block: Stereo) -> None:
        """The next block.

        Args:
            block: Samples, full scale = 1, shape (channels, frames).
        """
        weighted, self._state = filtered(self._filter, block, self._state)
        left = int(self._edges[-1]) - self._position
        if left > 0:
            power: Floats = np.einsum("cf,cf->f", weighted[:, :left], weighted[:, :left])
            begins, slots = cuts(self._edges, self._position, len(power))
            self._energies[slots] += np.add.reduceat(power, begins)
        self._position += block.shape[1]

    def integrated(self) -> float:
        """Loudness of the programme, LUFS; at least `FLOOR_LUFS`."""
        hops = np.diff(self._edges)
        if len(hops) < _HOPS_PER_BLOCK:
            return FLOOR_LUFS
        ones = np.ones(_HOPS_PER_BLOCK)
        return gated(np.convolve(self._energies, ones, "valid") / np.convolve(hops, ones, "valid"))


def k_weighting(rate_hz: int) -> Floats:
    """The K filter at any rate: a shelf for the head, then a high pass (BS.1770-4, annex 1).

    The standard gives coefficients at 48 kHz alone; these analogue prototypes (B. De Man, "Evaluation of implementations
    of the EBU R128 loudness measurement", 2018) give them to twelve digits there, and the like at other rates.

    Args:
        rate_hz: Of the samples.

    Returns:
        Second-order sections, shape (2, 6).
    """
    return np.array([_shelf(rate_hz), _high_pass(rate_hz)])


def _shelf(rate_hz: int) -> list[float]:
    centre_hz, gain_db, quality = 1681.974450955533, 3.999843853973347, 0.7071752369554196
    k = float(np.tan(np.pi * centre_hz / rate_hz))
    high = 10 ** (gain_db / 20)
    band = high**0.4996667741545416
    a0 = 1 + k / quality + k * k
    rises = [high + band * k / quality + k * k, 2 * (k * k - high), high - band * k / quality + k * k]
    return [*(b / a0 for b in rises), 1.0, 2 * (k * k - 1) / a0, (1 - k / quality + k * k) / a0]


def _high_pass(rate_hz: int) -> list[float]:
    centre_hz, quality = 38.13547087602444, 0.5003270373238773
    k = float(np.tan(np.pi * centre_hz / rate_hz))
    a0 = 1 + k / quality + k * k
    return [1.0, -2.0, 1.0, 1.0, 2 * (k * k - 1) / a0, (1 - k / quality + k * k) / a0]


def gated(powers: Floats) -> float:
    """Loudness of the blocks that pass both gates.

    Args:
        powers: Mean weighted power of each 400 ms block, channels added, shape (blocks,).

    Returns:
        LUFS, at least `FLOOR_LUFS`.
    """
    heard = powers[powers > _power_at(FLOOR_LUFS)]
    if not len(heard):
        return FLOOR_LUFS
    passing = heard[heard > _power_at(_lufs(heard) + _RELATIVE_GATE_LU)]
    return max(_lufs(passing), FLOOR_LUFS)


def _lufs(powers: Floats) -> float:
    return _OFFSET_LU + 10 * float(np.log10(np.mean(powers)))


def _power_at(lufs: float) -> float:
    return float(10 ** ((lufs - _OFFSET_LU) / 10))


class TruePeak:
    """Takes a file block by block.

    Args:
        rate_hz: Of the file.
        channels: 1 or 2.
    """

    def __init__(self, *, rate_hz: int, channels: int) -> None:
        finer_hz = _factor(rate_hz) * rate_hz
        self._finer = [Resampler(rate_hz, finer_hz, 1) for _ in range(channels if finer_hz > rate_hz else 0)]
        self._highest = 0.0

    def feed(self, block: Stereo, *, sample_peak: float) -> None:
        """The next block.

        Args:
            block: Samples, full scale = 1, shape (channels, frames).
            sample_peak: The highest magnitude in it.
        """
        self._highest = max(self._highest, sample_peak)
        for start in range(0, block.shape[1], _FRAMES_AT_ONCE):
            for channel, finer in enumerate(self._finer):
                self._note(finer.step(block[channel : channel + 1, start : start + _FRAMES_AT_ONCE]))

    def decibels(self) -> float:
        """The highest peak, dBTP; at least `FLOOR_DB`. Call it once, at the end."""
        for finer in self._finer:
            self._note(finer.end())
        return 20 * float(np.log10(max(self._highest, 10 ** (FLOOR_DB / 20))))

    def _note(self, finer: Stereo) -> None:
        """What the curve through the samples reaches between them."""
        if finer.size:
            self._highest = max(self._highest, float(finer.max()), -float(finer.min()))


def _factor(rate_hz: int) -> int:
    """How many times oversampled a file has rate enough."""
    return next(factor for factor in (1, 2, 4) if factor == 4 or factor * rate_hz >= _ENOUGH_HZ)
