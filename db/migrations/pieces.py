"""What tables of migrations are made of. Released migrations stand on these: they are never changed, only added to."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import db.columns

ID = sa.String(length=40)


def instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, db.columns.UtcDateTime(timezone=True), nullable=nullable)


def text(name: str, length: int, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.String(length), nullable=nullable)


def known(column: str, words: Sequence[str]) -> sa.CheckConstraint:
    return sa.CheckConstraint(
        f"{column} IN ({', '.join(repr(word) for word in words)})", name=f"{column}_known"
    )


def create_partial_index(
    name: str, table: str, columns: Sequence[str], where: str, *, unique: bool = False
) -> None:
    only = sa.text(where)
    op.create_index(name, table, list(columns), unique=unique, sqlite_where=only, postgresql_where=only)


def refuse_changes(table: str) -> None:
    """Rows of a table stay as they were written: no UPDATE, no DELETE, whoever asks."""
    for event in ("UPDATE", "DELETE"):
        name, sentence = f"{table}_never_{event.lower()}", f"rows of {table} are never changed"
        if op.get_bind().dialect.name == "postgresql":
            op.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
                f" $$ BEGIN RAISE EXCEPTION '{sentence}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
            )
            also = " OR TRUNCATE" if event == "DELETE" else ""
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {event}{also} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
            )
        else:
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
            )


def refuse_changes_once(table: str, condition: str) -> None:
    """Rows of a table are never deleted, and stay as they are once the condition holds of them.

    Args:
        condition: Of the row as it was, which it calls OLD.
    """
    sentence = f"this row of {table} is never changed"
    for event, when in (("UPDATE", f" WHEN ({condition})"), ("DELETE", "")):
        name = f"{table}_never_{event.lower()}"
        if op.get_bind().dialect.name == "postgresql":
            op.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
                f" $$ BEGIN RAISE EXCEPTION '{sentence}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
            )
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW{when} EXECUTE FUNCTION {name}()"
            )
        else:
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table}{when}"
                f" BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
            )
