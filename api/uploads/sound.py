"""Tells from the bytes of its samples whether a WAV sounds (D-10), without decoding them."""

import math
from collections.abc import Iterator
from typing import Final

SCAN_BYTES: Final = 1 << 16
"""Looked at in one go: fits the second-level cache, and a multiple of a float's four bytes."""

_ZEROS: Final = bytes(SCAN_BYTES)


class SampleScanner:
    """Looks for a sample that is not zero and, in float files, for one that is not a number.

    Integer samples are compared with zeros until the first that differs; floats are all looked at.

    Args:
        data_bytes: Bytes of audio to come, whole frames.
        is_float: Samples are little-endian float32; else integers of any width.
    """

    def __init__(self, *, data_bytes: int, is_float: bool) -> None:
        self.missing_bytes = data_bytes
        self.heard = False
        """A sample other than 0 (and -0.0) has passed."""
        self.unreal = False
        """A NaN or an infinity has passed."""
        self._is_float = is_float
        self._cut = b""

    def scan(self, view: memoryview) -> int:
        """Looks at the next bytes.

        Args:
            view: Bytes of the file, starting inside the audio.

        Returns:
            How many of them were audio; 0 when all audio has passed.
        """
        mine = view[: self.missing_bytes]
        self.missing_bytes -= len(mine)
        if self._is_float:
            self._scan_floats(mine)
        elif not self.heard:
            self.heard = any(block != _ZEROS[: len(block)] for block in _blocks(mine))
        return len(mine)

    def _scan_floats(self, view: memoryview) -> None:
        if self._cut:
            missing = 4 - len(self._cut)
            self._cut += bytes(view[:missing])
            view = view[missing:]
            if len(self._cut) < 4:
                return
            self._judge_floats(self._cut)
        whole = len(view) // 4 * 4
        for block in _blocks(view[:whole]):
            self._judge_floats(block)
        self._cut = bytes(view[whole:])

    def _judge_floats(self, block: bytes) -> None:
        samples = memoryview(block).cast("f")
        if _perhaps_unreal(block) and not math.isfinite(sum(samples)):
            self.unreal = True
        if not self.heard and block != _ZEROS[: len(block)]:
            self.heard = any(samples)


def _blocks(view: memoryview) -> Iterator[bytes]:
    for at in range(0, len(view), SCAN_BYTES):
        yield bytes(view[at : at + SCAN_BYTES])


def _perhaps_unreal(block: bytes) -> bool:
    """True when some float32 is not finite or at least 1.7e38: only then is the exact look worth 40 ns a sample.

    The last byte of a little-endian float32 is its sign and the top seven bits of its exponent. Sums of finite
    float32 cannot overflow a double, so the sum of a block is finite exactly when all its samples are.
    """
    tops = block[3::4]
    return 0x7F in tops or 0xFF in tops
