"""What an invariant is: a sentence that is always true, and a look for what breaks it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

Look = Callable[[AsyncSession], Awaitable[list[str]]]


@dataclass(frozen=True)
class Invariant:
    """Something that is true of every committed state.

    Attributes:
        sentence: What is true.
        look: Finds what breaks it, a line for each; none: it holds.
    """

    name: str
    sentence: str
    look: Look
