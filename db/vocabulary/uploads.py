"""Words of files on their way."""

from enum import StrEnum


class UploadPurpose(StrEnum):
    """What a file is for; fixes type, size and who may send it."""

    TRACK_AUDIO = "TRACK_AUDIO"
    """WAV of a track."""
    RECON_SAMPLE = "RECON_SAMPLE"
    """WAV to scan."""
    REQUEST_SAMPLE = "REQUEST_SAMPLE"
    """WAV that a beat request points at: so should it sound."""
    COVER_ART = "COVER_ART"
    """Cover of a track, collection or event."""
    PROFILE_PICTURE = "PROFILE_PICTURE"
    """Square picture of a person."""
    ABOUT_PHOTO = "ABOUT_PHOTO"
    """Picture in a profile's about section."""
    ATTACHMENT = "ATTACHMENT"
    """Proof or screenshot for a case or ticket."""


class UploadProtocol(StrEnum):
    """Way the bytes travel; a plain PUT works too."""

    TUS_1_0 = "TUS_1_0"
    """Resumable: tus 1.0.0 with expiration and termination."""


class UploadStatus(StrEnum):
    """How far an upload is."""

    WAITING = "WAITING"
    """No byte yet."""
    RECEIVING = "RECEIVING"
    """Some bytes are here."""
    COMPLETED = "COMPLETED"
    """All bytes are here and valid; follows by itself."""
    REJECTED = "REJECTED"
    """Refused by its content or size; see `rejection`."""
    EXPIRED = "EXPIRED"
    """Not finished or not used in time; the bytes are gone."""
