"""What an invariant is: a sentence that is always true, a look for what breaks it, and how much that looked at."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.queries.rows import AnySelect
from db.table import Table

Look = Callable[[AsyncSession], Awaitable[list[str]]]


@dataclass(frozen=True)
class Figure:
    """So many of something.

    Attributes:
        noun: What they are, in the plural.
        count: Answers how many.
    """

    noun: str
    count: AnySelect


@dataclass(frozen=True)
class Invariant:
    """Something that is true of every committed state.

    Attributes:
        sentence: What is true.
        look: Finds what breaks it, a line for each; none: it holds.
        figure: Of how many it is true.
    """

    name: str
    sentence: str
    look: Look
    figure: Figure


def rows_of(table: type[Table], noun: str, *chosen: ColumnElement[bool] | Any) -> Figure:
    """Of rows of a table."""
    return Figure(noun, select(func.count()).select_from(table).where(*chosen))
