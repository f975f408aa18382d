"""INSERT … ON CONFLICT: both databases speak it alike, SQLAlchemy has a dialect's word for each."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession


def inserting(session: AsyncSession, table: Any) -> postgresql.Insert | sqlite.Insert:
    """An INSERT for the session's database that can be told what to do where the row is there.

    Args:
        table: A model, or a table.
    """
    on_postgres = session.get_bind().dialect.name == "postgresql"
    return postgresql.insert(table) if on_postgres else sqlite.insert(table)
