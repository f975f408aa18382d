"""Words of notifications."""

from enum import StrEnum


class NotificationKind(StrEnum):
    """What can be told."""

    SIMILARITY_MATCH = "SIMILARITY_MATCH"
    """Similar audio was found (D-34)."""
