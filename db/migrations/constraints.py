"""Changing what a table's columns may hold, on both engines.

Postgres alters a constraint; SQLite has no statement for it, but documents the way: correct the table's own text in
`sqlite_schema`, which touches no row (https://www.sqlite.org/lang_altertable.html, section 7).
"""

import re
from collections.abc import Callable, Sequence

import sqlalchemy as sa
from alembic import op


def set_words(table: str, column: str, words: Sequence[str | int]) -> None:
    """Let a column hold these words, or these numbers; those it holds already must be among them."""
    check = f"{column} IN ({', '.join(repr(word) for word in words)})"
    name = f"{column}_known"
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(name, table)
        op.create_check_constraint(name, table, check)
    else:
        known = rf"CONSTRAINT {name} CHECK \({column} IN \([^)]*\)\)"
        _correct(table, lambda text: re.subn(known, f"CONSTRAINT {name} CHECK ({check})", text))


def set_check(table: str, name: str, new_name: str, condition: str) -> None:
    """Put another CHECK in the place of one that has no brackets inside."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(name, table)
        op.create_check_constraint(new_name, table, condition)
    else:
        old = rf"CONSTRAINT {name} CHECK \([^)]*\)"
        _correct(table, lambda text: re.subn(old, f"CONSTRAINT {new_name} CHECK ({condition})", text))


def add_check(table: str, name: str, condition: str) -> None:
    """Add a CHECK that holds of every row already; SQLite does not look whether it does."""
    if op.get_bind().dialect.name == "postgresql":
        op.create_check_constraint(name, table, condition)
    else:
        added = f", \n\tCONSTRAINT {name} CHECK ({condition})\n)"
        _correct(table, lambda text: re.subn(r"\s*\)\s*\Z", lambda _: added, text))


def allow_null(table: str, column: str) -> None:
    """Let a column be null."""
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column(table, column, nullable=True)
    else:
        _correct(table, lambda text: re.subn(rf"(\t{column} [^,\n]*?) NOT NULL", r"\1", text))


def _correct(table: str, change: Callable[[str], tuple[str, int]]) -> None:
    bind = op.get_bind()
    found = sa.text("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = :table")
    corrected, changes = change(bind.execute(found, {"table": table}).scalar_one())
    if changes != 1:
        raise LookupError(f"{table}: {changes} places to change, instead of one")
    version = bind.exec_driver_sql("PRAGMA schema_version").scalar_one()
    bind.exec_driver_sql("PRAGMA writable_schema = ON")
    stored = sa.text("UPDATE sqlite_schema SET sql = :sql WHERE type = 'table' AND name = :table")
    bind.execute(stored, {"sql": corrected, "table": table})
    bind.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    bind.exec_driver_sql("PRAGMA writable_schema = OFF")
