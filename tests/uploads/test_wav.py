import math
import struct
import time
from array import array
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.uploads.wav import WavInspector, WavLayout, WavRefused, parse_layout
from db.vocabulary import ErrorCode

PCM, FLOAT, EXTENSIBLE = 1, 3, 0xFFFE
GUID_TAIL = bytes.fromhex("000000001000800000aa00389b71")


def chunk(name: bytes, body: bytes, *, size: int | None = None) -> bytes:
    announced = len(body) if size is None else size
    return name + struct.pack("<I", announced) + body + b"\0" * (len(body) % 2)


def fmt(
    *,
    coding: int = PCM,
    channels: int = 2,
    rate: int = 44_100,
    bits: int = 16,
    align: int | None = None,
    byte_rate: int | None = None,
    extra: bytes = b"",
) -> bytes:
    align = channels * bits // 8 if align is None else align
    byte_rate = rate * align % (1 << 32) if byte_rate is None else byte_rate
    return chunk(b"fmt ", struct.pack("<HHIIHH", coding, channels, rate, byte_rate, align, bits) + extra)


def extensible(*, coding: int = PCM, bits: int = 24, valid: int = 24, tail: bytes = GUID_TAIL) -> bytes:
    extra = struct.pack("<HHIH", 22, valid, 3, coding) + tail
    return fmt(coding=EXTENSIBLE, bits=bits, extra=extra)


def riff(*chunks: bytes, magic: bytes = b"RIFF", size: int = 0) -> bytes:
    return magic + struct.pack("<I", size) + b"WAVE" + b"".join(chunks)


def tone(seconds: float = 1, *, rate: int = 44_100, frame: bytes = b"\1\0\2\0") -> bytes:
    return frame * int(seconds * rate)


def floats(values: list[float]) -> bytes:
    return array("f", values).tobytes()


def a_wav() -> bytes:
    return riff(fmt(), chunk(b"data", tone()))


def inspect(wav: bytes, *, byte_size: int | None = None, piece: int = 1 << 16) -> WavLayout:
    inspector = WavInspector(byte_size=len(wav) if byte_size is None else byte_size)
    for at in range(0, len(wav), piece):
        inspector.feed(wav[at : at + piece])
    return inspector.finish()


def refusal(wav: bytes, *, byte_size: int | None = None, piece: int = 1 << 16) -> tuple[ErrorCode, str]:
    with pytest.raises(WavRefused) as caught:
        inspect(wav, byte_size=byte_size, piece=piece)
    return caught.value.code, caught.value.message


def bytes_until_refused(wav: bytes, *, byte_size: int) -> int:
    inspector = WavInspector(byte_size=byte_size)
    for at in range(len(wav)):
        try:
            inspector.feed(wav[at : at + 1])
        except WavRefused:
            return at + 1
    raise AssertionError("never refused")


def test_a_plain_wav_is_laid_out() -> None:
    assert inspect(a_wav()) == WavLayout(
        sample_rate_hz=44_100,
        bit_depth=16,
        channels=2,
        is_float=False,
        data_offset=44,
        data_bytes=176_400,
        frames=44_100,
        duration_ms=1000,
    )


def test_the_layout_is_known_as_soon_as_the_header_is() -> None:
    inspector = WavInspector(byte_size=len(a_wav()))
    inspector.feed(a_wav()[:43])
    assert inspector.layout is None
    inspector.feed(a_wav()[43:44])
    assert inspector.layout is not None
    assert inspector.layout.frames == 44_100


@pytest.mark.parametrize(
    ("format_chunk", "frame", "expected"),
    [
        (fmt(extra=b"\0\0"), b"\1\0\0\0", (16, 2, False)),
        (fmt(bits=24), b"\0\0\1" * 2, (24, 2, False)),
        (fmt(bits=32, channels=1), b"\0\0\0\1", (32, 1, False)),
        (fmt(coding=FLOAT, bits=32), floats([0.5, -0.5]), (32, 2, True)),
        (extensible(), b"\0\0\1" * 2, (24, 2, False)),
        (extensible(valid=20), b"\0\0\1" * 2, (24, 2, False)),
        (extensible(coding=FLOAT, bits=32, valid=32), floats([0.5, -0.5]), (32, 2, True)),
    ],
)
def test_every_accepted_coding_is_recognised(
    format_chunk: bytes, frame: bytes, expected: tuple[int, int, bool]
) -> None:
    layout = inspect(riff(format_chunk, chunk(b"data", tone(frame=frame))))
    assert (layout.bit_depth, layout.channels, layout.is_float) == expected
    assert layout.frames == 44_100


def test_metadata_before_and_after_the_audio_is_skipped() -> None:
    before = chunk(b"JUNK", bytes(27)) + chunk(b"bext", b"x" * 603)
    after = chunk(b"LIST", b"INFO") + chunk(b"data", b"\1\2\3\4")
    layout = inspect(riff(before, fmt(), chunk(b"iXML", b"<a/>!"), chunk(b"data", tone()), after))
    assert layout.data_offset == 12 + 36 + 612 + 24 + 14 + 8
    assert layout.frames == 44_100


@pytest.mark.parametrize("magic", [b"RF64", b"BW64"])
def test_a_long_wav_takes_its_size_from_ds64(magic: bytes) -> None:
    ds64 = chunk(b"ds64", struct.pack("<QQQI", 0, 176_400, 44_100, 0))
    wav = riff(ds64, fmt(), chunk(b"data", tone(), size=0xFFFF_FFFF), chunk(b"LIST", b"abcd"), magic=magic)
    assert inspect(wav).frames == 44_100


def test_a_streamed_wav_reaches_to_the_end_of_the_file() -> None:
    wav = riff(fmt(), chunk(b"data", tone() + b"\1", size=0xFFFF_FFFF), size=0xFFFF_FFFF)
    assert inspect(wav).frames == 44_100


def test_a_wrong_riff_size_and_byte_rate_change_nothing() -> None:
    assert inspect(riff(fmt(byte_rate=7), chunk(b"data", tone()), size=99)) == inspect(a_wav())


def test_a_last_incomplete_frame_is_left_out() -> None:
    assert inspect(riff(fmt(), chunk(b"data", tone() + b"\1\1\1"))).data_bytes == 176_400


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (b"ID3\x04", "an MP3 file"),
        (b"\xff\xfb\x90\x44", "an MP3 file"),
        (b"\xff\xf1\x50\x80", "an AAC file"),
        (b"fLaC", "a FLAC file"),
        (b"OggS", "an Ogg file"),
        (b"FORM\0\0\0\x10AIFF", "an AIFF file"),
        (b"\0\0\0\x20ftypM4A ", "an MP4 or M4A file"),
        (b"PK\x03\x04", "a ZIP archive"),
        (b"RIFX\0\0\0\x10WAVE", "a big-endian WAV (RIFX)"),
        (b"RIFF\0\0\0\x10AVI ", "an AVI file"),
        (b"hello, world", "not a kind of file we know"),
    ],
)
def test_another_kind_of_file_is_named_after_twelve_bytes(head: bytes, found: str) -> None:
    wav = head.ljust(5000, b"\0")
    assert refusal(wav) == (ErrorCode.NOT_WAV, f"This is {found}, not a WAV.")
    assert bytes_until_refused(wav, byte_size=5000) == 12


def test_an_empty_file_is_not_a_wav() -> None:
    assert refusal(b"") == (ErrorCode.NOT_WAV, "The file is empty.")


@pytest.mark.parametrize(
    ("format_chunk", "sentence"),
    [
        (fmt(bits=8), "The file has 8-bit samples; PCM of 16, 24 or 32 bit and 32-bit float are taken."),
        (
            fmt(coding=FLOAT, bits=64),
            "The file has 64-bit float samples; PCM of 16, 24 or 32 bit and 32-bit float are taken.",
        ),
        (
            fmt(coding=2),
            "The file has Microsoft ADPCM audio; PCM of 16, 24 or 32 bit and 32-bit float are taken.",
        ),
        (fmt(coding=0x55), "The file has MP3 audio; PCM of 16, 24 or 32 bit and 32-bit float are taken."),
        (
            fmt(coding=0x1234),
            "The file has coding 0x1234 audio; PCM of 16, 24 or 32 bit and 32-bit float are taken.",
        ),
        (
            extensible(coding=6),
            "The file has A-law audio; PCM of 16, 24 or 32 bit and 32-bit float are taken.",
        ),
        (
            extensible(tail=bytes(14)),
            "The file has a coding we do not know; PCM of 16, 24 or 32 bit and 32-bit float are taken.",
        ),
        (fmt(channels=6), "The file has 6 channels; 1 or 2 are taken."),
        (fmt(channels=0), "The file has 0 channels; 1 or 2 are taken."),
        (fmt(rate=7_999), "The file has a rate of 7,999 Hz; 8,000 to 192,000 Hz are taken."),
        (fmt(rate=2_000_000_000), "The file has a rate of 2,000,000,000 Hz; 8,000 to 192,000 Hz are taken."),
    ],
)
def test_an_unsupported_coding_is_refused_at_its_header(format_chunk: bytes, sentence: str) -> None:
    wav = riff(format_chunk, chunk(b"data", tone()))
    assert refusal(wav) == (ErrorCode.WAV_UNSUPPORTED, sentence)
    assert bytes_until_refused(wav, byte_size=len(wav)) <= 12 + len(format_chunk)


@pytest.mark.parametrize(
    ("chunks", "sentence"),
    [
        ([fmt(align=6)], "it says 6 bytes per frame where 2 x 16 bit are 4"),
        ([fmt(), fmt()], "it has two fmt chunks"),
        ([chunk(b"fmt ", bytes(14)), chunk(b"LIST", bytes(40))], "its fmt chunk has 14 bytes"),
        ([chunk(b"data", tone())], "no fmt chunk comes before its audio"),
        ([fmt(), chunk(b"LIST", bytes(8))], "it has no data chunk"),
        ([extensible(valid=25)], "it says 25 valid bits in samples of 24"),
        ([fmt(coding=EXTENSIBLE)], "its extensible fmt chunk has 16 bytes"),
        ([chunk(b"JUNK", b"")] * 257, "no audio follows within its first 256 chunks and 16 MiB"),
        ([chunk(b"id3 ", bytes(1 << 24))], "no audio follows within its first 256 chunks and 16 MiB"),
    ],
)
def test_a_contradicting_header_is_refused(chunks: list[bytes], sentence: str) -> None:
    assert refusal(riff(*chunks)) == (ErrorCode.NOT_WAV, f"The WAV header is damaged: {sentence}.")


def test_a_size_of_zero_is_believed() -> None:
    wav = riff(fmt(), chunk(b"data", tone(), size=0))
    assert refusal(wav) == (ErrorCode.WAV_WITHOUT_SOUND, "The file holds 0 frames of audio.")


@pytest.mark.parametrize(
    ("frames", "sentence"),
    [
        (44_099, "The file has 0.999977 s of audio; 1 second is the shortest taken."),
        (22_050, "The file has 0.5 s of audio; 1 second is the shortest taken."),
        (31 * 60 * 44_100, "The file has 31 min of audio; 30 minutes are the longest taken."),
    ],
)
def test_the_length_is_judged_at_the_header(frames: int, sentence: str) -> None:
    header = riff(fmt(), chunk(b"data", b"", size=4 * frames))
    assert refusal(header, byte_size=len(header) + 4 * frames) == (ErrorCode.WAV_UNSUPPORTED, sentence)


@pytest.mark.parametrize("frames", [44_100, 30 * 60 * 44_100])
def test_the_shortest_and_the_longest_length_are_taken(frames: int) -> None:
    header = riff(fmt(), chunk(b"data", b"", size=4 * frames))
    inspector = WavInspector(byte_size=len(header) + 4 * frames)
    inspector.feed(header)
    assert inspector.layout is not None
    assert inspector.layout.frames == frames


def test_audio_shorter_than_announced_is_refused_at_the_header() -> None:
    wav = riff(fmt(), chunk(b"data", tone(), size=176_401))
    sentence = "The header announces 176,401 bytes of audio, the file has 176,400 left."
    assert refusal(wav) == (ErrorCode.WAV_TRUNCATED, sentence)
    assert bytes_until_refused(wav, byte_size=len(wav)) == 44


def test_bytes_that_never_came_are_missed_at_the_end() -> None:
    wav = a_wav()
    assert refusal(wav[:-4], byte_size=len(wav)) == (
        ErrorCode.WAV_TRUNCATED,
        "The audio ends after 176,396 of 176,400 bytes.",
    )
    assert refusal(wav[:30], byte_size=len(wav)) == (
        ErrorCode.WAV_TRUNCATED,
        f"The file ends after 30 of {len(wav):,} bytes, before any audio.",
    )


def test_a_metadata_chunk_longer_than_the_file_is_a_cut_file() -> None:
    assert refusal(riff(chunk(b"LIST", b"ab", size=99_999))) == (
        ErrorCode.WAV_TRUNCATED,
        "The file ends inside its LIST chunk of 99,999 bytes, before any audio.",
    )


@pytest.mark.parametrize(
    ("format_chunk", "data"),
    [
        (fmt(), bytes(176_400)),
        (fmt(bits=24), bytes(264_600)),
        (fmt(coding=FLOAT, bits=32), floats([0.0, -0.0]) * 44_100),
    ],
)
def test_digital_silence_is_refused(format_chunk: bytes, data: bytes) -> None:
    assert refusal(riff(format_chunk, chunk(b"data", data))) == (
        ErrorCode.WAV_WITHOUT_SOUND,
        "The file holds nothing but digital silence.",
    )


def test_one_sample_at_the_very_end_is_sound() -> None:
    assert inspect(riff(fmt(), chunk(b"data", bytes(176_399) + b"\1"))).frames == 44_100
    samples = floats([-0.0] * 88_199 + [1e-40])
    assert inspect(riff(fmt(coding=FLOAT, bits=32), chunk(b"data", samples))).is_float


@pytest.mark.parametrize("value", [math.nan, -math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("piece", [1, 65_537, 1 << 20])
def test_a_sample_that_is_not_a_number_is_refused_wherever_it_is(value: float, piece: int) -> None:
    samples = array("f", [0.25] * 88_200)
    samples[88_000] = value
    wav = riff(fmt(coding=FLOAT, bits=32), chunk(b"data", samples.tobytes()))
    assert refusal(wav, piece=piece) == (
        ErrorCode.WAV_WITHOUT_SOUND,
        "The file holds samples that are not numbers.",
    )


def test_the_largest_floats_are_numbers() -> None:
    samples = floats([3.4e38, 3.4e38]) * 44_100
    assert inspect(riff(fmt(coding=FLOAT, bits=32), chunk(b"data", samples))).frames == 44_100


def test_a_refusal_stands() -> None:
    inspector = WavInspector(byte_size=5000)
    for _ in range(2):
        with pytest.raises(WavRefused, match="an MP3 file"):
            inspector.feed(b"ID3".ljust(5000, b"\0"))
    with pytest.raises(WavRefused, match="an MP3 file"):
        inspector.finish()


def test_a_stored_file_is_laid_out_alike(tmp_path: Path) -> None:
    path = tmp_path / "beat.wav"
    path.write_bytes(riff(chunk(b"JUNK", bytes(9001)), fmt(), chunk(b"data", tone())))
    assert parse_layout(path) == inspect(path.read_bytes())
    path.write_bytes(riff(fmt()))
    with pytest.raises(WavRefused, match="it has no data chunk"):
        parse_layout(path)


def outcome(wav: bytes, cuts: list[int], byte_size: int) -> WavLayout | tuple[ErrorCode, str]:
    inspector = WavInspector(byte_size=byte_size)
    edges = [0, *sorted(min(cut, len(wav)) for cut in cuts), len(wav)]
    try:
        for start, end in pairwise(edges):
            inspector.feed(memoryview(wav)[start:end])
        return inspector.finish()
    except WavRefused as refused:
        return refused.code, refused.message


@st.composite
def damaged_wavs(draw: st.DrawFn) -> bytes:
    body = draw(st.sampled_from([tone(rate=8000), floats([0.5, math.nan]) * 8000, bytes(32_000)]))
    coding, bits = draw(st.sampled_from([(PCM, 16), (FLOAT, 32), (PCM, 24), (EXTENSIBLE, 24)]))
    wav = bytearray(
        riff(chunk(b"LIST", b"abc"), fmt(coding=coding, bits=bits, rate=8000), chunk(b"data", body))
    )
    for at, value in draw(st.lists(st.tuples(st.integers(0, 80), st.integers(0, 255)), max_size=3)):
        wav[at] = value
    return bytes(wav[: draw(st.integers(0, len(wav)))]) if draw(st.booleans()) else bytes(wav)


@given(
    wav=st.one_of(
        st.binary(max_size=300), st.binary(max_size=300).map(lambda tail: riff(fmt(), tail)), damaged_wavs()
    ),
    cuts=st.lists(st.integers(0, 400), max_size=8),
    surplus=st.integers(-3, 3),
)
@settings(deadline=None, max_examples=400)
def test_no_bytes_break_it_and_their_cutting_changes_nothing(
    wav: bytes, cuts: list[int], surplus: int
) -> None:
    byte_size = max(0, len(wav) + surplus)
    assert outcome(wav, cuts, byte_size) == outcome(wav, [], byte_size)


@pytest.mark.parametrize(
    ("format_chunk", "block", "seconds"),
    [
        (fmt(), bytes(1 << 20), 1.0),
        (fmt(coding=FLOAT, bits=32), floats([0.25, -0.25]) * (1 << 17), 3.0),
        (fmt(coding=FLOAT, bits=32), floats([1.8e38, -0.25]) * (1 << 17), 4.0),
    ],
)
def test_250_mib_cost_little(format_chunk: bytes, block: bytes, seconds: float) -> None:
    header = riff(format_chunk, chunk(b"data", b"", size=250 << 20))
    inspector = WavInspector(byte_size=len(header) + (250 << 20))
    started = time.process_time()
    inspector.feed(header)
    for _ in range(250):
        inspector.feed(block)
    assert time.process_time() - started < seconds
