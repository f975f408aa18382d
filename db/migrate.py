"""Bring a database to the current schema: `python -m db.migrate` (BEATPASS_DATABASE_URL or DATABASE_URL)."""

import os
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config

from db.session import sqlalchemy_url

_HERE: Final = Path(__file__).parent


def configuration(url: str) -> Config:
    """Alembic's settings for one database."""
    config = Config()
    config.set_main_option("script_location", str(_HERE / "migrations"))
    config.attributes["url"] = url
    return config


def upgrade(url: str) -> None:
    """Run every migration that the database has not seen; does nothing when it is current."""
    command.upgrade(configuration(url), "head")


if __name__ == "__main__":
    upgrade(sqlalchemy_url(os.environ.get("BEATPASS_DATABASE_URL") or os.environ["DATABASE_URL"]))
