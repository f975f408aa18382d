"""Conditions that lists share; null lets everything pass."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement


@dataclass(frozen=True)
class Bounds:
    """A range of numbers or instants; null: open on that side."""

    least: Any = None
    most: Any = None


def within(column: Any, bounds: Bounds | None) -> list[ColumnElement[bool]]:
    if bounds is None:
        return []
    low = [] if bounds.least is None else [column >= bounds.least]
    return low if bounds.most is None else [*low, column <= bounds.most]


def one_of(column: Any, values: Collection[Any] | None) -> list[ColumnElement[bool]]:
    return [] if values is None else [column.in_(values)]
