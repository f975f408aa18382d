"""Databases that are put back to how they were, again and again, under one address.

So the engine that speaks to one stays, with all statements that it has compiled: what plays thousands of examples needs most
of its time for those otherwise. Whoever holds connections gives them back before; but for a file that another process has
open, who sees it as one more transaction.
"""

import shutil
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from tests.tools import postgres
from tests.tools.databases import PostgresTemplate, SqliteTemplate


class Rewinding(Protocol):
    """A database that can be kept as it is, and put back to that."""

    @property
    def url(self) -> str: ...

    def keep(self) -> None:
        """From now on, this is what it is put back to."""
        ...

    def rewind(self) -> None:
        """Put it back."""
        ...


class _Sqlite:
    def __init__(self, template: SqliteTemplate, folder: Path) -> None:
        self._file, self._kept = folder / "played.db", folder / "kept.db"
        self.url = f"sqlite+aiosqlite:///{self._file}"
        shutil.copyfile(template.file, self._file)

    def keep(self) -> None:
        shutil.copyfile(self._file, self._kept)

    def rewind(self) -> None:
        for beside in ("-wal", "-shm"):
            self._file.with_name(self._file.name + beside).unlink(missing_ok=True)
        shutil.copyfile(self._kept, self._file)


class _Postgres:
    def __init__(self, server: str, name: str) -> None:
        self._server, self._name, self.kept = server, name, f"{name}_kept"
        self.url = postgres.database_url(server, name)

    def keep(self) -> None:
        postgres.create_database(self._server, self.kept, template=self._name)

    def rewind(self) -> None:
        postgres.drop_database(self._server, self._name)
        postgres.create_database(self._server, self._name, template=self.kept)


class OpenFile:
    """A SQLite file that another process has open meanwhile; its journal is a WAL, or that process would be locked out."""

    def __init__(self, file: Path) -> None:
        self._live = sqlite3.connect(file)
        self._kept = sqlite3.connect(":memory:")

    def keep(self) -> None:
        """From now on, this is what it is put back to."""
        self._live.backup(self._kept)

    def rewind(self) -> None:
        """Put it back, page by page and at once."""
        self._kept.backup(self._live)

    def close(self) -> None:
        self._live.close()
        self._kept.close()


@contextmanager
def rewinding(template: SqliteTemplate | PostgresTemplate, folder: Path) -> Generator[Rewinding]:
    """A migrated, empty database for the length of the block."""
    if isinstance(template, SqliteTemplate):
        yield _Sqlite(template, folder)
        return
    name = template.unused_name()
    with postgres.database(template.server, name, template=template.name):
        made = _Postgres(template.server, name)
        try:
            yield made
        finally:
            postgres.drop_database(template.server, made.kept)
