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
