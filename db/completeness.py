"""When a track is metadata-complete (D-17). Standard library only."""

from collections.abc import Sequence
from typing import Protocol


class Described(Protocol):
    """What a track says about itself; tempo, key and scale are there since it was added (D-11)."""

    @property
    def description(self) -> str | None: ...
    @property
    def bpm(self) -> int | None: ...
    @property
    def pitch_class(self) -> int | None: ...
    @property
    def scale(self) -> object | None: ...
    @property
    def tags(self) -> Sequence[str]: ...


def metadata_complete(track: Described) -> bool:
    """Description, tempo, key, scale and a tag are there."""
    needed = (track.description or None, track.bpm, track.pitch_class, track.scale, track.tags or None)
    return all(one is not None for one in needed)
