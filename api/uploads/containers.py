"""What a file that is not a WAV is instead, told from its first bytes."""

from typing import Final

SNIFFED_BYTES: Final = 12
"""A RIFF header: enough for every signature below, and what the WAV parser reads first."""

_SIGNATURES: Final[tuple[tuple[int, bytes, str], ...]] = (
    (0, b"ID3", "an MP3 file"),
    (0, b"fLaC", "a FLAC file"),
    (0, b"OggS", "an Ogg file"),
    (8, b"AIFF", "an AIFF file"),
    (8, b"AIFC", "an AIFF-C file"),
    (8, b"AVI ", "an AVI file"),
    (8, b"WEBP", "a WebP picture"),
    (4, b"ftyp", "an MP4 or M4A file"),
    (0, b"RIFX", "a big-endian WAV (RIFX)"),
    (0, b"riff", "a Sony Wave64 file"),
    (0, b"caff", "an Apple CAF file"),
    (0, b"wvpk", "a WavPack file"),
    (0, b"MAC ", "a Monkey's Audio file"),
    (0, b"MThd", "a MIDI file"),
    (0, b"FLhd", "an FL Studio project"),
    (0, b"0&\xb2u", "a WMA file"),
    (0, b"\x1aE\xdf\xa3", "a Matroska or WebM file"),
    (0, b"PK\x03\x04", "a ZIP archive"),
    (0, b"Rar!", "a RAR archive"),
    (0, b"7z\xbc\xaf", "a 7z archive"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"%PDF", "a PDF document"),
    (0, b"\x89PNG", "a PNG picture"),
    (0, b"\xff\xd8\xff", "a JPEG picture"),
)


def found(head: bytes) -> str:
    """Names what starts with these bytes.

    Args:
        head: The first bytes of the file, up to `SNIFFED_BYTES`.

    Returns:
        A noun with its article, such as "an MP3 file"; "not a kind of file we know" when nothing fits.
    """
    for offset, signature, name in _SIGNATURES:
        if head[offset : offset + len(signature)] == signature:
            return name
    return _mpeg_frame(head) or "not a kind of file we know"


def _mpeg_frame(head: bytes) -> str | None:
    """An MP3 without a tag and an AAC stream have no signature but a frame header (ISO 11172-3, 13818-7)."""
    if len(head) < 3 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    if head[1] & 0xF6 == 0xF0:
        return "an AAC file"
    layer, bitrate, rate = head[1] >> 1 & 3, head[2] >> 4, head[2] >> 2 & 3
    return "an MP3 file" if layer and bitrate != 15 and rate != 3 else None
