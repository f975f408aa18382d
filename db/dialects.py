"""What Postgres and SQLite do alike, and SQLAlchemy has a dialect's words for."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, any_, cast, column, func, literal, select, true
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import JSON, String, TypeEngine


def on_postgres(session: AsyncSession) -> bool:
    """Else on SQLite."""
    return session.get_bind().dialect.name == "postgresql"


def among(session: AsyncSession, column: Any, values: Collection[Any]) -> ColumnElement[bool]:
    """`column IN (values)`, of hundreds: Postgres takes them as one array, and plans the statement once for any number."""
    if on_postgres(session):
        array: ColumnElement[bool] = column == any_(literal(list(values), postgresql.ARRAY(column.type)))
        return array
    listed: ColumnElement[bool] = column.in_(values)
    return listed


def inserting(session: AsyncSession, table: Any) -> postgresql.Insert | sqlite.Insert:
    """An INSERT for the session's database that can be told what to do where the row is there.

    Args:
        table: A model, or a table.
    """
    return postgresql.insert(table) if on_postgres(session) else sqlite.insert(table)


def rows_given(
    session: AsyncSession, types: Mapping[str, TypeEngine[Any]], rows: Sequence[Sequence[Any]]
) -> Select[*tuple[Any, ...]]:
    """A SELECT of rows that go to the database as one JSON parameter: of thousands it takes a third of the time.

    Args:
        types: Of the columns, by name, in the order of a row's values.
        rows: Of what JSON knows.
    """
    given = literal(json.dumps(rows), String())
    if on_postgres(session):
        each = func.json_array_elements(cast(given, JSON())).table_valued(column("value", JSON()))
        values = [func.json_extract_path_text(each.c.value, str(place)) for place in range(len(types))]
    else:
        each = func.json_each(given).table_valued(column("value", String()))
        values = [func.json_extract(each.c.value, f"$[{place}]") for place in range(len(types))]
    named = zip(types.items(), values, strict=True)
    columns = [cast(value, kind).label(name) for (name, kind), value in named]
    return select(*columns).where(true())  # SQLite takes an ON after a FROM for that of a join


def inserting_rows(
    session: AsyncSession, table: Any, rows: Sequence[Mapping[str, Any]]
) -> tuple[postgresql.Insert | sqlite.Insert, Sequence[Mapping[str, Any]] | None]:
    """An INSERT of rows, and its parameters: to Postgres they go as one, which takes it half the time.

    Args:
        rows: One or more, all with the same columns.
    """
    new = inserting(session, table)
    if not on_postgres(session):
        return new, rows
    names = list(rows[0])
    types = {name: table.c[name].type for name in names}
    values = [[as_json(row[name]) for name in names] for row in rows]
    return new.from_select(names, rows_given(session, types, values)), None


def as_json(value: Any) -> Any:
    """A value of a column as it goes into `rows_given`."""
    return value.isoformat() if isinstance(value, date) else value


class Checked(FunctionElement[Any]):
    """A column to be looked at in rows that another condition has found, and not to be looked up.

    Without statistics SQLite knows nothing of how many rows a condition finds, and takes the wrong one. Postgres knows.
    """

    inherit_cache = True

    def __init__(self, column: Any) -> None:
        super().__init__(column)
        self.type = column.type


@compiles(Checked)
def _plain(checked: Checked, compiler: SQLCompiler, **named: Any) -> str:
    return compiler.process(checked.clauses, **named)


@compiles(Checked, "sqlite")
def _unindexed(checked: Checked, compiler: SQLCompiler, **named: Any) -> str:
    return f"coalesce({compiler.process(checked.clauses, **named)}, NULL)"
