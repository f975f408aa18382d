"""Reading by Core rows: a named tuple says which columns are read, and every row comes back as one."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Executable, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.queries.paging import Key, Page, Slice, page_of, sliced
from db.table import Table

R = TypeVar("R")
AnySelect = Select[*tuple[Any, ...]]


def select_row(row: type[NamedTuple], table: type[Table], **computed: object) -> AnySelect:
    """A SELECT of the columns that the row's fields are named after; `computed` gives those of no column."""
    columns: list[Any] = [computed.get(name, getattr(table, name, None)) for name in row._fields]
    return select(*columns)


async def read(session: AsyncSession, row: Callable[..., R], statement: Executable) -> list[R]:
    return [row(*values) for values in await session.execute(statement)]


async def read_one(session: AsyncSession, row: Callable[..., R], statement: Executable) -> R | None:
    values = (await session.execute(statement)).one_or_none()
    return None if values is None else row(*values)


async def read_page(
    session: AsyncSession, row: Callable[..., R], statement: AnySelect, order: list[Key], part: Slice
) -> Page[R]:
    return page_of(await read(session, row, sliced(statement, order, part)), part)


async def read_count(session: AsyncSession, statement: Executable) -> int:
    return int((await session.execute(statement)).scalar_one())
