"""What a profile lacks (D-6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

_WANTED: Final = {
    "picture_id": "pictureUploadId",
    "bio": "bio",
    "city": "city",
    "roles": "roles",
    "links": "links",
}
"""Columns, and what the client fills them by. Name and handle are there from the start; about photos are optional."""


@dataclass(frozen=True)
class Completeness:
    """How complete a profile is.

    Attributes:
        missing: Names of updateProducer's input fields.
    """

    percent: int
    missing: tuple[str, ...]


def completeness_of(profile: Mapping[str, Any]) -> Completeness:
    """How much of what a visitor looks for is there.

    Args:
        profile: By the names of its columns.
    """
    missing = tuple(field for column, field in _WANTED.items() if not profile[column])
    return Completeness(100 - 100 * len(missing) // len(_WANTED), missing)
