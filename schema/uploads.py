"""Files on their way, the rules they must keep, and ready-made covers."""

from datetime import datetime
from typing import Self

import strawberry

from db.queries.uploads import UploadRow
from db.vocabulary import ErrorCode, UploadProtocol, UploadPurpose, UploadStatus
from schema.analysis import TrackAnalysis
from schema.context import Info
from schema.errors import UserError
from schema.ground import Image, Node, absent
from schema.scalars import URL


@strawberry.type
class UploadRejection:
    """Why a file was refused."""

    code: ErrorCode
    """Which rule."""
    message: str
    """What was found, as a sentence."""


@strawberry.type
class AudioFacts:
    """What a WAV says about itself."""

    sample_rate_hz: int
    """Samples per second."""
    bit_depth: int
    """Per sample."""
    channels: int
    """1 or 2."""
    duration_ms: int
    """Length."""


@strawberry.type
class Upload(Node):
    """A file on its way; seen by its owner."""

    row: strawberry.Private[UploadRow]
    purpose: UploadPurpose
    """What it is for."""
    filename: str
    """As on the sender's disk."""
    byte_size: int
    """Declared size."""
    received_bytes: int
    """Here so far; a resumed upload goes on from it."""
    protocol: UploadProtocol
    """How to speak to `url`."""
    status: UploadStatus
    """How far it is."""
    rejection: UploadRejection | None
    """Why it was refused; the last answer at `url` carries the same as JSON."""
    sha256: str | None
    """Of all bytes, in hex; from COMPLETED on."""
    audio: AudioFacts | None
    """Facts of the WAV, from its first bytes on."""
    expires_at: datetime
    """End if unfinished or unused; moved on by each byte."""

    @classmethod
    def of(cls, row: UploadRow) -> Self:
        return cls(
            id=strawberry.ID(row.id),
            row=row,
            purpose=row.purpose,
            filename=row.filename,
            byte_size=row.byte_size,
            received_bytes=row.received_bytes,
            protocol=UploadProtocol.TUS_1_0,
            status=row.status,
            rejection=_rejection(row),
            sha256=row.sha256,
            audio=_audio(row),
            expires_at=row.expires_at,
        )

    @strawberry.field
    def url(self, info: Info) -> URL:
        """Give it to a tus client as its upload address: it needs no creation step and no Authorization header."""
        return URL(info.context.addresses.upload(self.row.id))

    @strawberry.field
    async def analysis(self, info: Info) -> TrackAnalysis | None:
        """Tempo, key and waveform heard in it, to fill in the form; null until heard."""
        return await info.context.loaders.analyses.load(self.row.id)

    @strawberry.field
    async def used_by(self, info: Info) -> Node | None:
        """What was made of it."""
        return await info.context.node(self.row.used_by) if self.row.used_by else None


def _rejection(row: UploadRow) -> UploadRejection | None:
    if row.rejection_code is None:
        return None
    return UploadRejection(code=row.rejection_code, message=row.rejection_message or "")


def _audio(row: UploadRow) -> AudioFacts | None:
    if row.sample_rate_hz is None or row.bit_depth is None or row.channels is None or row.duration_ms is None:
        return None
    return AudioFacts(
        sample_rate_hz=row.sample_rate_hz,
        bit_depth=row.bit_depth,
        channels=row.channels,
        duration_ms=row.duration_ms,
    )


@strawberry.type
class UploadRule:
    """What a file must be, to check before sending."""

    purpose: UploadPurpose
    """For which use."""
    max_byte_size: int
    """Largest size."""
    media_types: list[str]
    """For a file picker's accept attribute."""
    min_edge_px: int | None
    """Shortest edge of a picture."""
    min_duration_ms: int | None
    """Shortest audio."""
    max_duration_ms: int | None
    """Longest audio."""


@strawberry.input(one_of=True)
class CoverInput:
    """A cover."""

    upload_id: strawberry.ID | None = absent()
    """Own picture: upload for COVER_ART."""
    preset_id: strawberry.ID | None = absent()
    """One of `coverPresets` for a genre given."""


@strawberry.type
class CoverPreset(Node):
    """A ready-made cover: generated art, drawn by a program; tracks may share it."""

    image: Image
    """Picture."""
    genres: list[str]
    """Genres it was made for."""

    @strawberry.field
    def label(self) -> str:
        """To show beside it: that it is generated art, and for what."""
        return f"Generated art for {', '.join(self.genres)}"


@strawberry.input
class CreateUploadInput:
    purpose: UploadPurpose
    """What it is for."""
    filename: str
    """As on disk."""
    byte_size: int
    """Exact size."""


@strawberry.type
class CreateUploadPayload:
    upload: Upload | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)
