"""What every test can ask for. A tool that cannot be started fails the tests that need it; nothing is skipped."""

from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.stage import Stage, settings_of
from tests.tools import debian, postgres, spreading, valkey
from tests.tools.databases import PostgresTemplate, SqliteTemplate
from tests.tools.databases import postgres_template as make_postgres_template
from tests.tools.databases import sqlite_template as make_sqlite_template
from tests.tools.node import Node
from tests.tools.node import install as install_node
from tests.tools.stripe_sandbox import Sandbox, Seller, stripe_sandbox
from tests.tools.timing import Stopwatch


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Stopwatch(), "stopwatch")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    return spreading.processes(config)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> spreading.ByPlace:
    return spreading.ByPlace(config, log)


@pytest.hookimpl(trylast=True)  # pytest has put tests together that share a parameter of a long life
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: spreading.in_order(item.nodeid))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL 18, without a database in it."""
    with postgres.postgres_server() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[PostgresTemplate]:
    """A migrated database to copy from; its name is new for each run, in case the server is not."""
    with make_postgres_template(postgres_server) as template:
        yield template


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> SqliteTemplate:
    return make_sqlite_template(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(params=["sqlite", "postgres"])
def database_engine(request: pytest.FixtureRequest) -> str:
    """Both, one after the other; `on_postgres` and `on_sqlite` of tests.tools.databases narrow it."""
    return str(request.param)


@pytest.fixture
def database_url(database_engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A freshly migrated, empty database of this test's own."""
    template: SqliteTemplate | PostgresTemplate = request.getfixturevalue(f"{database_engine}_template")
    with template.fresh(tmp_path) as url:
        yield url


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[str]:
    """The URL of a Valkey that all tests of this process share."""
    with valkey.valkey_server() as url:
        yield url


@pytest.fixture
def valkey_url(valkey_server: str) -> str:
    """The URL of an empty Valkey."""
    valkey.flush(valkey_server)
    return valkey_server


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """A Stripe sandbox that all tests of this process share."""
    with stripe_sandbox() as running:
        yield running


@pytest.fixture
def seller(sandbox: Sandbox) -> Iterator[Seller]:
    """An account in the sandbox that is this test's own: its objects, its clock, its faults, its webhooks."""
    with sandbox.seller() as made:
        yield made


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """What coroutine tests run on: one event loop for all of them, so that fixtures may outlive a test."""
    return "asyncio"


@pytest.fixture
async def stage(database_url: str, valkey_url: str, tmp_path: Path) -> AsyncGenerator[Stage]:
    """A BeatPass of this test's own, on both engines."""
    made = Stage(settings_of(database_url, valkey_url, tmp_path / "data"))
    yield made
    await made.close()


@pytest.fixture
async def mailing(database_url: str, valkey_url: str, tmp_path: Path) -> AsyncGenerator[Stage]:
    """One that lays its e-mails into a folder."""
    folder = (tmp_path / "mail").as_uri()
    made = Stage(settings_of(database_url, valkey_url, tmp_path / "data", smtp_url=folder))
    yield made
    await made.close()


@pytest.fixture(scope="session")
def node() -> Node:
    """Node with the npm clients of `tests/npm`."""
    return install_node()


@pytest.fixture(scope="session")
def fpcalc() -> tuple[Path, dict[str, str]]:
    """Debian's fpcalc and the environment it needs."""
    unpacked = debian.fetch("libchromaprint-tools", "libchromaprint1")
    return unpacked.root / "usr/bin/fpcalc", unpacked.environment("blas", "lapack", "pulseaudio")
