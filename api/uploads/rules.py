"""What a file must be, by what it is for (D-6, D-10, D-14)."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath, PureWindowsPath
from typing import Final

from db.ids import PictureId, UploadId
from db.vocabulary import ImageSize, Role, UploadPurpose

_MEBIBYTE: Final = 1024 * 1024
"""Where the rule book says MB: of the two readings the one that refuses nobody who counted in the other."""
_SECOND_MS: Final = 1000
_MINUTE_MS: Final = 60 * _SECOND_MS
LONGEST_FILENAME: Final = 255
"""What file systems take."""

WAV: Final = "audio/wav"
PDF: Final = "application/pdf"
PICTURE_TYPES: Final = ("image/jpeg", "image/png", "image/webp")
_WAV_TYPES: Final = (WAV, "audio/x-wav", "audio/wave", "audio/vnd.wave", ".wav")
"""Browsers and systems do not agree on the type; the ending is what most file pickers go by."""

MIN_COVER_EDGE_PX: Final = 500
_MIN_PHOTO_EDGE_PX: Final = 320
"""Of an about photo: fills a small phone; a person's own snapshot has more."""
EDGES_PX: Final = {ImageSize.SMALL: 160, ImageSize.MEDIUM: 500, ImageSize.LARGE: 1200}


class PictureShape(StrEnum):
    """What is made of a picture that was sent."""

    SQUARE = "SQUARE"
    """The middle square; a size is its edge."""
    WHOLE = "WHOLE"
    """All of it, as wide as it is high; a size is its longest edge."""


@dataclass(frozen=True)
class UploadRule:
    """What a file for one purpose must be.

    Attributes:
        role: Needed to announce one; null: being signed in is enough.
        staff: Staff may announce one without that role.
        media_types: For a file picker; what counts is the content.
        shape: Pictures of this shape are made of the file, and it is not kept itself; null: it is kept as it came.
    """

    purpose: UploadPurpose
    role: Role | None
    max_byte_size: int
    media_types: tuple[str, ...]
    shape: PictureShape | None = None
    min_edge_px: int | None = None
    min_duration_ms: int | None = None
    max_duration_ms: int | None = None
    staff: bool = False

    def is_for(self, roles: Collection[Role]) -> bool:
        """Whether somebody with these roles may announce one."""
        return self.role is None or self.role in roles or (self.staff and Role.STAFF in roles)


def _wav_rule(purpose: UploadPurpose, role: Role | None) -> UploadRule:
    return UploadRule(
        purpose,
        role=role,
        max_byte_size=256 * _MEBIBYTE,
        media_types=_WAV_TYPES,
        min_duration_ms=_SECOND_MS,
        max_duration_ms=30 * _MINUTE_MS,
    )


RULES: Final = {
    rule.purpose: rule
    for rule in (
        _wav_rule(UploadPurpose.TRACK_AUDIO, Role.PRODUCER),
        _wav_rule(UploadPurpose.RECON_SAMPLE, Role.VERIFIED_PRODUCER),
        _wav_rule(UploadPurpose.REQUEST_SAMPLE, None),
        UploadRule(
            UploadPurpose.COVER_ART,
            role=Role.PRODUCER,
            max_byte_size=2 * _MEBIBYTE,
            media_types=PICTURE_TYPES,
            shape=PictureShape.SQUARE,
            min_edge_px=MIN_COVER_EDGE_PX,
            staff=True,  # of an event
        ),
        UploadRule(
            UploadPurpose.PROFILE_PICTURE,
            role=None,
            max_byte_size=5 * _MEBIBYTE,
            media_types=PICTURE_TYPES,
            shape=PictureShape.SQUARE,
            min_edge_px=MIN_COVER_EDGE_PX,
        ),
        UploadRule(
            UploadPurpose.ABOUT_PHOTO,
            role=Role.PRODUCER,
            max_byte_size=10 * _MEBIBYTE,  # as phones take them
            media_types=PICTURE_TYPES,
            shape=PictureShape.WHOLE,
            min_edge_px=_MIN_PHOTO_EDGE_PX,
        ),
        UploadRule(
            UploadPurpose.ATTACHMENT,
            role=None,
            max_byte_size=10 * _MEBIBYTE,
            media_types=(*PICTURE_TYPES, PDF),
        ),
    )
}
"""Of every purpose, in the order of the vocabulary."""

WAV_PURPOSES: Final = frozenset(purpose for purpose, rule in RULES.items() if WAV in rule.media_types)
ANALYSED_PURPOSES: Final = frozenset({UploadPurpose.TRACK_AUDIO, UploadPurpose.REQUEST_SAMPLE})
"""Of these it is measured how they sound; a sample to scan is only compared."""
PICTURE_PURPOSES: Final = frozenset(purpose for purpose, rule in RULES.items() if rule.shape)
"""Of these, pictures of ours are kept, and nothing of the file that was sent."""

MAX_BYTE_SIZE: Final = max(rule.max_byte_size for rule in RULES.values())


def bare_filename(filename: str) -> str:
    """The name without the folders that some clients send, and without what no name may hold."""
    name = PurePosixPath(PureWindowsPath(filename).name).name
    return "".join(letter for letter in name if letter.isprintable()).strip()


def found_media_type(head: bytes) -> str | None:
    """What a file is by its first 12 bytes, if it is anything that is taken."""
    if head[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": WAV}.get(head[8:12])
    signatures = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"%PDF-", PDF))
    return next((name for signature, name in signatures if head.startswith(signature)), None)


def readable_size(byte_size: int) -> str:
    """A size as people read it: `3.4 MB`."""
    return f"{byte_size / _MEBIBYTE:.1f} MB".replace(".0 MB", " MB")


def parts_folder(upload_id: UploadId) -> str:
    """Where the bytes of an unfinished upload stand."""
    return f"uploads/{upload_id}"


def stored_key(purpose: UploadPurpose, upload_id: UploadId) -> str:
    """Where the whole file stands: a WAV and an attachment as uploaded; none for `PICTURE_PURPOSES`."""
    return f"masters/{upload_id}.wav" if purpose in WAV_PURPOSES else f"attachments/{upload_id}"


def mp3_key(upload_id: UploadId) -> str:
    """Where the MP3 of a licensed WAV stands."""
    return f"copies/{upload_id}.mp3"


def stream_key(upload_id: UploadId) -> str:
    """Where the MP3 stands that listeners hear of a WAV."""
    return f"streams/{upload_id}.mp3"


def picture_id_of(upload_id: UploadId) -> PictureId:
    """The picture of an upload: the same each time it is made, so that a second try leaves no strays."""
    return PictureId(f"pic_{upload_id.rpartition('_')[2]}")


def picture_folder(picture_id: PictureId) -> str:
    """Where all sizes of a picture stand."""
    return f"pictures/{picture_id}"


def picture_key(picture_id: PictureId, size: ImageSize) -> str:
    """Where one size of a picture stands."""
    return f"{picture_folder(picture_id)}/{size.lower()}.jpg"
