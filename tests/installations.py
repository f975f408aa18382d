"""Installations that are made once and put back before each example of a machine: with their engine, their statements, and,
where money moves, their account at the payment provider.
"""

import asyncio
from collections.abc import Generator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine
from stripe import HTTPClient

from tests.stage import Stage, settings_of
from tests.tools.databases import PostgresTemplate, SqliteTemplate
from tests.tools.rewinding import OpenFile, Rewinding, rewinding
from tests.tools.stripe_sandbox import Sandbox, Seller
from tests.tools.threadless import without_threads


@dataclass
class Installation:
    """One of them, alone on its database.

    Attributes:
        engine: Looks at the database beside the product.
    """

    stage: Stage
    database: Rewinding
    engine: Engine
    runner: asyncio.Runner

    def let_go(self) -> None:
        """All connections are given back."""
        self.engine.dispose()
        self.runner.run(self.stage.sessions.close())

    def keep(self) -> None:
        """As it is now, each example finds it."""
        self.let_go()
        self.database.keep()

    def put_back(self) -> None:
        """As it was kept."""
        self.let_go()
        self.database.rewind()


@dataclass
class PaidInstallation(Installation):
    """One whose payment provider is the sandbox.

    Attributes:
        provider: All that the sandbox has.
    """

    seller: Seller
    provider: OpenFile

    def keep(self) -> None:
        super().keep()
        self.provider.keep()

    def put_back(self) -> None:
        super().put_back()
        self.provider.rewind()


@contextmanager
def an_installation(
    template: SqliteTemplate | PostgresTemplate, folder: Path, valkey_url: str, **settings: Any
) -> Generator[Installation]:
    """With nothing in it; there are no threads of SQLite's for the length of the block."""
    with ExitStack() as held:
        runner = held.enter_context(asyncio.Runner())
        without_threads(held.enter_context(pytest.MonkeyPatch.context()))
        database = held.enter_context(rewinding(template, folder))
        stage = Stage(settings_of(database.url, valkey_url, folder / "data", **settings))
        held.callback(lambda: runner.run(stage.close()))
        engine = held.enter_context(looking(database.url))
        yield Installation(stage, database, engine, runner)


@contextmanager
def a_paid_installation(
    template: SqliteTemplate | PostgresTemplate,
    folder: Path,
    valkey_url: str,
    sandbox: Sandbox,
    **settings: Any,
) -> Generator[PaidInstallation]:
    """Whoever asks the provider again does so at once; all of the sandbox is put back, whosever it is."""
    with ExitStack() as held:
        seller = held.enter_context(sandbox.seller())
        provider = held.enter_context(closing(OpenFile(sandbox.file)))
        impatient(held.enter_context(pytest.MonkeyPatch.context()))
        keys = {"stripe_secret_key": seller.key, "stripe_api_url": seller.url}
        made = held.enter_context(an_installation(template, folder, valkey_url, **keys, **settings))
        yield PaidInstallation(made.stage, made.database, made.engine, made.runner, seller, provider)


@contextmanager
def looking(url: str) -> Generator[Engine]:
    """At a database beside the product, in snapshots."""
    isolated = {} if url.startswith("sqlite") else {"isolation_level": "REPEATABLE READ"}
    engine = create_engine(url.replace("+aiosqlite", ""), **isolated)
    try:
        yield engine
    finally:
        engine.dispose()


def impatient(patch: pytest.MonkeyPatch) -> None:
    """The SDK tries again at once."""
    patch.setattr(HTTPClient, "_sleep_time_seconds", _no_time)


def _no_time(client: HTTPClient, num_retries: int) -> float:
    return 0
