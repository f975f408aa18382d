"""The database refuses to change what was entered (MONEY 1.2)."""

from typing import Final

from sqlalchemy import literal, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from db.queries.invariants.finding import Figure, Invariant

_TRIGGERS: Final = {
    f"{table}_never_{event}"
    for table in (
        "journal",
        "entry",
        "pool_run",
        "pool_input",
        "pool_share",
        "pool_line",
        "statement",
        "receipt",
        "credit_note",
    )
    for event in ("update", "delete")
}
_NAMES: Final = {
    "sqlite": "SELECT name FROM sqlite_schema WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled = 'O' AND NOT tgisinternal",
}


async def _look(session: AsyncSession) -> list[str]:
    there = set(await session.scalars(text(_NAMES[session.get_bind().dialect.name])))
    return [f"the trigger {name} is gone, or off" for name in sorted(_TRIGGERS - there)]


INVARIANT: Final = Invariant(
    "unchangeable-tables",
    "The database refuses every change of what was entered, frozen or written up.",
    _look,
    Figure("triggers", select(literal(len(_TRIGGERS)))),
)
