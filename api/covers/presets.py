"""Ready-made covers, matched by genre (D-14). Where they come from is the provider's business."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final, Protocol

from db.vocabulary import GENRE_PARENTS

_ART: Final = Path(__file__).parent / "art"
_IMAGES_IN_MEMORY: Final = 128
"""Some 5 MB: a page of small ones for every genre."""


@dataclass(frozen=True)
class CoverPreset:
    """A ready-made cover.

    Attributes:
        genres: It was made for.
        width: Of the largest size, in pixels.
        height: Of the largest size, in pixels.
        dominant_color: As #rrggbb.
    """

    id: str
    genres: tuple[str, ...]
    width: int
    height: int
    dominant_color: str
    blurhash: str


class CoverPresets(Protocol):
    """Someone who has ready-made covers."""

    def presets_for(self, genres: Sequence[str]) -> list[CoverPreset]:
        """Covers for any of the genres or their parents, best match first."""
        ...

    def preset(self, preset_id: str) -> CoverPreset | None:
        """The cover with this id."""
        ...

    def image(self, preset_id: str, size: str) -> bytes | None:
        """A cover as JPEG; `size` is `small`, `medium` or `large`. Null: there is none."""
        ...


class GeneratedArt:
    """The covers that ship with the project, drawn by `art/draw.py`."""

    def presets_for(self, genres: Sequence[str]) -> list[CoverPreset]:
        ranked = [(rank, preset) for preset in self._all if (rank := _rank(preset, genres)) is not None]
        return [preset for _, preset in sorted(ranked, key=lambda pair: pair[0])]

    def preset(self, preset_id: str) -> CoverPreset | None:
        return self._by_id.get(preset_id)

    def image(self, preset_id: str, size: str) -> bytes | None:
        known = preset_id in self._by_id and size in {"small", "medium", "large"}
        return _image(preset_id, size) if known else None

    @cached_property
    def _all(self) -> list[CoverPreset]:
        index: list[dict[str, Any]] = json.loads((_ART / "index.json").read_text("utf-8"))
        return [replace(CoverPreset(**entry), genres=tuple(entry["genres"])) for entry in index]

    @cached_property
    def _by_id(self) -> dict[str, CoverPreset]:
        return {preset.id: preset for preset in self._all}


def suits(preset: CoverPreset, genres: Sequence[str]) -> bool:
    """Whether a cover may stand on something of these genres."""
    return _rank(preset, genres) is not None


def preset_key(preset_id: str, size: str) -> str:
    """What `Storage.public_address` wants for one size of a preset: `small`, `medium` or `large`."""
    return f"presets/{preset_id}/{size}.jpg"


def _rank(preset: CoverPreset, genres: Sequence[str]) -> tuple[int, int] | None:
    """Own genres before parents, in the order given; null: no match."""
    wanted = [_known(genre) for genre in genres]
    own = [(0, place) for place, genre in enumerate(wanted) if genre in preset.genres]
    of_parent = [(1, place) for place, genre in enumerate(wanted) if _parent(genre) in preset.genres]
    return min(own + of_parent, default=None)


_BY_FOLDED: Final = {genre.casefold(): genre for genre in GENRE_PARENTS}


def _known(genre: str) -> str:
    return _BY_FOLDED.get(genre.strip().casefold(), genre)


def _parent(genre: str) -> str | None:
    return GENRE_PARENTS.get(genre)


@lru_cache(_IMAGES_IN_MEMORY)
def _image(preset_id: str, size: str) -> bytes:
    return (_ART / preset_id / f"{size}.jpg").read_bytes()
