"""Upgrading an empty database gives what the models say, on both engines."""

from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Connection, create_engine, inspect
from sqlalchemy.pool import NullPool

from db.migrate import upgrade
from db.models.all import METADATA


def differences(connection: Connection) -> Any:
    return compare_metadata(MigrationContext.configure(connection), METADATA)


def connect(url: str) -> Connection:
    return create_engine(url.replace("+aiosqlite", ""), poolclass=NullPool).connect()


def test_the_migrated_database_is_what_the_models_say(database_url: str) -> None:
    with connect(database_url) as connection:
        assert differences(connection) == []


def test_every_check_of_the_models_is_in_the_database(database_url: str) -> None:
    with connect(database_url) as connection:
        for table in METADATA.sorted_tables:
            checks = [one for one in table.constraints if isinstance(one, CheckConstraint)]
            meant = {str(one.name) for one in checks}
            found = {str(one["name"]) for one in inspect(connection).get_check_constraints(table.name)}
            assert (table.name, found) == (table.name, meant)


def test_upgrading_again_changes_nothing(database_url: str) -> None:
    upgrade(database_url)
    with connect(database_url) as connection:
        assert differences(connection) == []


def test_a_database_that_lacks_a_table_is_found_out(database_url: str) -> None:
    with connect(database_url) as connection:
        connection.exec_driver_sql("DROP TABLE posting")
        assert [change[0] for change in differences(connection)] != []


@pytest.mark.parametrize("name", ["a name with spaces", "ümlaut"])
def test_a_database_may_stand_in_any_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    url = f"sqlite+aiosqlite:///{tmp_path / name / 'beatpass.db'}"
    upgrade(url)
    with connect(url) as connection:
        assert differences(connection) == []
