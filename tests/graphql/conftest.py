"""The web process of production and the one of the demo, each on both engines, shared by the tests of this folder."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest

from db.session import Sessions
from tests.factories import a_producer, a_track
from tests.tools.web import DEMO, PRODUCTION, Web, web_process

T = TypeVar("T")


@dataclass(frozen=True)
class Product:
    """A production web process, and its database for what a test needs to be there."""

    web: Web

    def make(self, work: Callable[[Sessions], Coroutine[Any, Any, T]]) -> T:
        """Run a factory on the database that the process serves."""

        async def main() -> T:
            sessions = Sessions(self.web.database_url)
            try:
                return await work(sessions)
            finally:
                await sessions.close()

        return asyncio.run(main())


def _running(app: str, engine: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[Product]:
    template = request.getfixturevalue(f"{engine}_template")
    with (
        template.fresh(folder) as database_url,
        web_process(app, database_url, request.getfixturevalue("valkey_server"), folder) as web,
    ):
        yield Product(web)


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def product(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """Production; what a test makes stays there for the next one."""
    yield from _running(PRODUCTION, request.param, request, tmp_path_factory.mktemp("production"))


@pytest.fixture
def web(product: Product) -> Web:
    return product.web


@pytest.fixture(scope="session")
def door(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """Production, for what never gets as far as the database."""
    for product in _running(PRODUCTION, "sqlite", request, tmp_path_factory.mktemp("door")):
        yield product.web


@pytest.fixture(scope="session")
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    for product in _running(DEMO, "sqlite", request, tmp_path_factory.mktemp("demo")):
        yield product.web


@pytest.fixture
def product_track(product: Product) -> tuple[Web, str]:
    """A web process, and a published track in its catalogue."""

    async def make(sessions: Sessions) -> str:
        return await a_track(sessions, await a_producer(sessions))

    return product.web, product.make(make)
