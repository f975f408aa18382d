"""Words of licences."""

from enum import StrEnum


class LicenceKind(StrEnum):
    """What a licence allows."""

    STANDARD = "STANDARD"
    """To use the track in one project, beside others who may too."""
    EXCLUSIVE = "EXCLUSIVE"
    """To use it as nobody else may from then on."""


class LicenceStatus(StrEnum):
    """Whether a licence holds."""

    ACTIVE = "ACTIVE"
    """It holds."""
    REVOKED = "REVOKED"
    """It was taken back, and gives no right any more."""
