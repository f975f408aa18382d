"""What every batch loader does: read the rows of a level by one statement, and hand them back in the order asked."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from api.refusals import Refused
from api.viewer import Viewer
from db.session import Sessions
from schema.ground import Ability

K = TypeVar("K")
V = TypeVar("V")


class Reader:
    """Reads for one viewer."""

    def __init__(self, sessions: Sessions, viewer: Viewer | None) -> None:
        self._sessions = sessions
        self._viewer = viewer

    async def _read(self, query: Callable[[AsyncSession, list[K]], Awaitable[V]], keys: list[K]) -> V:
        async with self._sessions.reading() as session:
            return await query(session, keys)


def ability(refused: Refused | None) -> Ability:
    """A button: open, or locked with the reason that the mutation would give."""
    if refused is None:
        return Ability(allowed=True)
    return Ability(
        allowed=False,
        code=refused.code,
        message=refused.message,
        retry_at=getattr(refused, "retry_at", None),
    )


def aligned(keys: Iterable[K], found: dict[K, V]) -> list[V | None]:
    return [found.get(key) for key in keys]


def grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, list[V]]:
    groups: dict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return groups
