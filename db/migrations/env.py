"""How Alembic reaches the database: one synchronous connection, one transaction per migration."""

from alembic import context
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from db.models.all import METADATA


def _run() -> None:
    url: str = context.config.attributes["url"]
    engine = create_engine(url.replace("+aiosqlite", ""), poolclass=NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=METADATA, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()


_run()
