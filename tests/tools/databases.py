"""A freshly migrated, empty database per test, on both engines.

The migrations run once per engine and session; each test gets a copy. On Postgres that is a database of its own made
FROM the template: tests cannot see each other, whatever they commit.
"""

import itertools
import shutil
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from db.migrate import upgrade
from tests.tools import postgres

on_postgres = pytest.mark.parametrize("database_engine", ["postgres"], indirect=True)
on_sqlite = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)

_numbers = itertools.count(1)


@dataclass(frozen=True)
class SqliteTemplate:
    file: Path

    @contextmanager
    def fresh(self, directory: Path) -> Generator[str]:
        """An empty database in a file below `directory`: its URL."""
        copy = directory / "beatpass.db"
        shutil.copyfile(self.file, copy)
        yield f"sqlite+aiosqlite:///{copy}"


@dataclass(frozen=True)
class PostgresTemplate:
    server: str
    name: str

    @contextmanager
    def fresh(self, directory: Path) -> Generator[str]:
        """An empty database on the server: its URL. It is gone after the block, open connections or not."""
        with postgres.database(self.server, self.unused_name(), template=self.name) as url:
            yield url

    def unused_name(self) -> str:
        """Of a database that is made from this one."""
        return f"{self.name}_{next(_numbers)}"


def sqlite_template(directory: Path) -> SqliteTemplate:
    file = directory / "template.db"
    upgrade(f"sqlite+aiosqlite:///{file}")
    return SqliteTemplate(file)


@contextmanager
def postgres_template(server: str) -> Generator[PostgresTemplate]:
    name = f"test_{uuid.uuid4().hex[:8]}"
    with postgres.database(server, name) as url:
        upgrade(url)
        yield PostgresTemplate(server, name)
