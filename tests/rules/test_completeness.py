"""D-17: description, tempo, key, scale and a tag make a track's metadata complete."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from db.completeness import metadata_complete
from db.vocabulary import Scale


@dataclass(frozen=True)
class Facts:
    description: str | None = "Slow bells."
    bpm: int | None = 140
    pitch_class: int | None = 0
    scale: Scale | None = Scale.MAJOR
    tags: tuple[str, ...] = ("808",)


def test_a_track_with_everything_is_complete_also_in_c() -> None:
    assert metadata_complete(Facts())


@pytest.mark.parametrize(
    ("fact", "value"),
    [("description", None), ("description", ""), ("bpm", None), ("pitch_class", None), ("scale", None), ("tags", ())],
)  # fmt: skip
def test_without_one_of_them_it_is_not(fact: str, value: Any) -> None:
    assert not metadata_complete(replace(Facts(), **{fact: value}))
