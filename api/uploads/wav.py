"""Reads a WAV while it arrives and refuses what D-10 does not take, as early as its bytes allow.

Our own parser of RIFF, RF64 and BW64 (Microsoft RIFF MCI 1991, WAVE_FORMAT_EXTENSIBLE 2001, EBU Tech 3306,
ITU-R BS.2088), because libsndfile accepts truncated data, rates of 2 GHz, NaN and MP3 named `.wav`. It is told
the size of the whole file and fed pieces of any length; how they are cut never changes the outcome.

Where writers and the documents differ:

* The RIFF size and the byte rate are not read: streaming writers leave them wrong and nothing depends on them.
* A block align that is not channels x bytes per sample is refused: readers disagree on what it then means.
* A data size of 0xFFFFFFFF without a ds64 chunk is a streamed file: its audio is the rest of the file. A data
  size of 0 is believed: no audio.
* A last incomplete frame is left out. Everything after the first data chunk is skipped.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Never

from api.uploads.containers import SNIFFED_BYTES, found
from api.uploads.sound import SampleScanner
from db.vocabulary import ErrorCode

MIN_SAMPLE_RATE_HZ: Final = 8_000  # D-10
MAX_SAMPLE_RATE_HZ: Final = 192_000  # D-10
MAX_CHANNELS: Final = 2  # D-10
MIN_SECONDS: Final = 1  # D-10
MAX_SECONDS: Final = 30 * 60  # D-10

MAX_METADATA_CHUNKS: Final = 256
"""Before the audio. Real files have under ten; each costs some microseconds, so millions would be an attack."""
MAX_METADATA_BYTES: Final = 16 * 1024 * 1024
"""Before the audio. They are skipped, not kept; an ID3 chunk with a large cover has a few MiB."""

_STREAMED: Final = 0xFFFF_FFFF
_PCM, _FLOAT, _EXTENSIBLE = 0x0001, 0x0003, 0xFFFE
_PCM_BITS: Final = (16, 24, 32)
_GUID_TAIL: Final = bytes.fromhex("0000 0000 1000 8000 00aa 0038 9b71")
"""Of every sub-format that is an ordinary coding: KSDATAFORMAT_SUBTYPE, after the two bytes of the coding."""
_CODINGS: Final = {
    0x0002: "Microsoft ADPCM",
    0x0006: "A-law",
    0x0007: "µ-law",
    0x0011: "IMA ADPCM",
    0x0031: "GSM 6.10",
    0x0050: "MPEG audio",
    0x0055: "MP3",
    0x0161: "WMA",
    0xF1AC: "FLAC",
}


class WavRefused(Exception):  # noqa: N818 - refusals are named as sentences
    """The bytes are not a WAV that D-10 takes; `message` says what was found."""

    def __init__(self, code: ErrorCode, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True, kw_only=True)
class WavLayout:
    """Where the samples of a WAV are and how they are coded (little-endian, interleaved)."""

    sample_rate_hz: int
    bit_depth: int
    """Bits of a sample in the file, 16, 24 or 32; what is valid of them sits at the top."""
    channels: int
    is_float: bool
    data_offset: int
    """Bytes from the start of the file to the first sample."""
    data_bytes: int
    """Whole frames only."""
    frames: int
    duration_ms: int
    """Rounded to the nearest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Format:
    sample_rate_hz: int
    bit_depth: int
    channels: int
    is_float: bool

    @property
    def frame_bytes(self) -> int:
        return self.channels * self.bit_depth // 8


class WavInspector:
    """Judges a WAV piece by piece; its memory does not grow with the file.

    Args:
        byte_size: Bytes of the whole file, as announced; what is fed beyond is ignored.
    """

    def __init__(self, *, byte_size: int) -> None:
        self.layout: WavLayout | None = None
        self._byte_size = byte_size
        self._position = 0
        self._chunks = 0
        self._pending = bytearray()
        self._wanted = SNIFFED_BYTES
        self._then: Callable[[bytes], None] = self._on_riff
        self._skip_bytes = 0
        self._format: _Format | None = None
        self._long_data_bytes: int | None = None
        self._scanner: SampleScanner | None = None
        self._refusal: WavRefused | None = None

    def feed(self, chunk: bytes | memoryview) -> None:
        """Takes the next bytes of the file.

        Args:
            chunk: Any number of bytes.

        Raises:
            WavRefused: As soon as the bytes so far rule the file out, and again on every later call.
        """
        self._raise_earlier_refusal()
        view = memoryview(chunk).cast("B")[: max(0, self._byte_size - self._position)]
        try:
            while view:
                taken = self._take(view)
                view = view[taken:]
        except WavRefused as refusal:
            self._refusal = refusal
            raise

    def finish(self) -> WavLayout:
        """Says what only all bytes tell.

        Returns:
            The layout of the accepted file.

        Raises:
            WavRefused: For a file that ended too early or holds no sound.
        """
        self._raise_earlier_refusal()
        try:
            return self._finished()
        except WavRefused as refusal:
            self._refusal = refusal
            raise

    def _raise_earlier_refusal(self) -> None:
        if self._refusal is not None:
            raise WavRefused(self._refusal.code, self._refusal.message)

    def _take(self, view: memoryview) -> int:
        if self._skip_bytes:
            taken = min(self._skip_bytes, len(view))
            self._skip_bytes -= taken
        elif self._scanner is not None:
            taken = self._scan(self._scanner, view)
        else:
            taken = self._collect(view)
        self._position += taken
        if len(self._pending) == self._wanted and self._scanner is None:
            self._call_next()
        return taken

    def _scan(self, scanner: SampleScanner, view: memoryview) -> int:
        taken = scanner.scan(view) or len(view)
        if scanner.unreal:
            raise WavRefused(ErrorCode.WAV_WITHOUT_SOUND, "The file holds samples that are not numbers.")
        return taken

    def _collect(self, view: memoryview) -> int:
        taken = min(self._wanted - len(self._pending), len(view))
        self._pending += view[:taken]
        return taken

    def _call_next(self) -> None:
        collected = bytes(self._pending)
        self._pending.clear()
        self._then(collected)

    def _want(self, count: int, then: Callable[[bytes], None]) -> None:
        self._wanted, self._then = count, then

    def _on_riff(self, head: bytes) -> None:
        if head[:4] not in {b"RIFF", b"RF64", b"BW64"} or head[8:] != b"WAVE":
            _refuse_foreign(head)
        self._want(8, self._on_chunk)

    def _on_chunk(self, head: bytes) -> None:
        name, size = head[:4], int.from_bytes(head[4:], "little")
        if name == b"data":
            self._on_data(size)
            return
        self._count_metadata(name, size)
        readers: dict[bytes, tuple[int, Callable[[bytes], None]]] = {
            b"fmt ": (min(max(size, 16), 40), self._on_format),
            b"ds64": (28, self._on_ds64),
        }
        wanted, reader = readers.get(name, (0, None))
        if reader is None:
            self._skip_bytes = size + size % 2
        else:
            self._read_chunk(name, size, wanted, reader)

    def _count_metadata(self, name: bytes, size: int) -> None:
        self._chunks += 1
        if self._position + size > self._byte_size:
            raise WavRefused(
                ErrorCode.WAV_TRUNCATED,
                f"The file ends inside its {_label(name)} chunk of {size:,} bytes, before any audio.",
            )
        if self._chunks > MAX_METADATA_CHUNKS or self._position + size > MAX_METADATA_BYTES:
            _refuse_damaged("no audio follows within its first 256 chunks and 16 MiB")

    def _read_chunk(self, name: bytes, size: int, wanted: int, reader: Callable[[bytes], None]) -> None:
        if size < wanted:
            _refuse_damaged(f"its {_label(name)} chunk has {size} bytes")

        def read(body: bytes) -> None:
            self._skip_bytes = size + size % 2 - wanted
            self._want(8, self._on_chunk)
            reader(body)

        self._want(wanted, read)

    def _on_ds64(self, body: bytes) -> None:
        self._long_data_bytes = int.from_bytes(body[8:16], "little")

    def _on_format(self, body: bytes) -> None:
        if self._format is not None:
            _refuse_damaged("it has two fmt chunks")
        self._format = _parse_format(body)

    def _on_data(self, size: int) -> None:
        if self._format is None:
            _refuse_damaged("no fmt chunk comes before its audio")
        left = self._byte_size - self._position
        declared = left if size == _STREAMED else size
        if size == _STREAMED and self._long_data_bytes is not None:
            declared = self._long_data_bytes
        if declared > left:
            raise WavRefused(
                ErrorCode.WAV_TRUNCATED,
                f"The header announces {declared:,} bytes of audio, the file has {left:,} left.",
            )
        self.layout = _laid_out(self._format, self._position, declared)
        self._scanner = SampleScanner(data_bytes=self.layout.data_bytes, is_float=self._format.is_float)

    def _finished(self) -> WavLayout:
        if self.layout is None or self._scanner is None:
            self._refuse_headless()
        missing = self._scanner.missing_bytes
        if missing:
            raise WavRefused(
                ErrorCode.WAV_TRUNCATED,
                f"The audio ends after {self.layout.data_bytes - missing:,} of {self.layout.data_bytes:,} bytes.",
            )
        if not self._scanner.heard:
            raise WavRefused(ErrorCode.WAV_WITHOUT_SOUND, "The file holds nothing but digital silence.")
        return self.layout

    def _refuse_headless(self) -> Never:
        if self._position < SNIFFED_BYTES:
            _refuse_foreign(bytes(self._pending))
        if self._position < self._byte_size:
            raise WavRefused(
                ErrorCode.WAV_TRUNCATED,
                f"The file ends after {self._position:,} of {self._byte_size:,} bytes, before any audio.",
            )
        _refuse_damaged("it has no data chunk")


def parse_layout(path: Path) -> WavLayout:
    """Reads where the samples of a stored WAV are, without looking at all of them.

    Args:
        path: The file.

    Returns:
        Its layout.

    Raises:
        WavRefused: When its header is not one that D-10 takes.
    """
    inspector = WavInspector(byte_size=path.stat().st_size)
    with path.open("rb") as file:
        while inspector.layout is None and (piece := file.read(4096)):
            inspector.feed(piece)
    return inspector.layout or inspector.finish()


def _parse_format(body: bytes) -> _Format:
    tag, channels, rate, _, block_align, bits = struct.unpack_from("<HHIIHH", body)
    coding = _extensible_coding(body, bits) if tag == _EXTENSIBLE else tag
    _require_samples(coding, bits)
    if not 1 <= channels <= MAX_CHANNELS:
        _refuse_unsupported(f"{channels} channels; 1 or 2 are taken")
    if not MIN_SAMPLE_RATE_HZ <= rate <= MAX_SAMPLE_RATE_HZ:
        _refuse_unsupported(f"a rate of {rate:,} Hz; 8,000 to 192,000 Hz are taken")
    audio = _Format(sample_rate_hz=rate, bit_depth=bits, channels=channels, is_float=coding == _FLOAT)
    if block_align != audio.frame_bytes:
        _refuse_damaged(
            f"it says {block_align} bytes per frame where {channels} x {bits} bit are {audio.frame_bytes}"
        )
    return audio


def _extensible_coding(body: bytes, bits: int) -> int:
    """The coding named by the GUID of a WAVE_FORMAT_EXTENSIBLE header."""
    if len(body) < 40:
        _refuse_damaged(f"its extensible fmt chunk has {len(body)} bytes")
    valid_bits = int.from_bytes(body[18:20], "little")
    if valid_bits > bits:
        _refuse_damaged(f"it says {valid_bits} valid bits in samples of {bits}")
    if body[26:40] != _GUID_TAIL:
        _refuse_unsupported("a coding we do not know; PCM of 16, 24 or 32 bit and 32-bit float are taken")
    return int.from_bytes(body[24:26], "little")


def _require_samples(coding: int, bits: int) -> None:
    taken = "PCM of 16, 24 or 32 bit and 32-bit float are taken"
    if coding not in {_PCM, _FLOAT}:
        _refuse_unsupported(f"{_CODINGS.get(coding, f'coding {coding:#06x}')} audio; {taken}")
    if coding == _FLOAT and bits != 32:
        _refuse_unsupported(f"{bits}-bit float samples; {taken}")
    if coding == _PCM and bits not in _PCM_BITS:
        _refuse_unsupported(f"{bits}-bit samples; {taken}")


def _laid_out(audio: _Format, offset: int, data_bytes: int) -> WavLayout:
    frames = data_bytes // audio.frame_bytes
    if not frames:
        raise WavRefused(ErrorCode.WAV_WITHOUT_SOUND, "The file holds 0 frames of audio.")
    seconds = frames / audio.sample_rate_hz
    if seconds < MIN_SECONDS:
        _refuse_unsupported(f"{seconds:.6g} s of audio; 1 second is the shortest taken")
    if seconds > MAX_SECONDS:
        _refuse_unsupported(f"{seconds / 60:.7g} min of audio; 30 minutes are the longest taken")
    return WavLayout(
        sample_rate_hz=audio.sample_rate_hz,
        bit_depth=audio.bit_depth,
        channels=audio.channels,
        is_float=audio.is_float,
        data_offset=offset,
        data_bytes=frames * audio.frame_bytes,
        frames=frames,
        duration_ms=round(frames * 1000 / audio.sample_rate_hz),
    )


def _label(name: bytes) -> str:
    text = name.decode("ascii", "replace").strip()
    return text if text.isprintable() and text else name.hex()


def _refuse_foreign(head: bytes) -> Never:
    if not head:
        raise WavRefused(ErrorCode.NOT_WAV, "The file is empty.")
    raise WavRefused(ErrorCode.NOT_WAV, f"This is {found(head)}, not a WAV.")


def _refuse_damaged(what: str) -> Never:
    raise WavRefused(ErrorCode.NOT_WAV, f"The WAV header is damaged: {what}.")


def _refuse_unsupported(what: str) -> Never:
    raise WavRefused(ErrorCode.WAV_UNSUPPORTED, f"The file has {what}.")
