"""One product with the demo's data in it, for everything that looks at it or adds to it."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.journeys.product import Product, a_product
from tests.tools.databases import PostgresTemplate, SqliteTemplate
from tests.tools.valkey import valkey_server
from workers.demo.seed import Seeding


@contextmanager
def filled_product(database_url: str, folder: Path) -> Generator[Product]:
    """A running product with all demo beats."""
    with valkey_server() as valkey_url, a_product(database_url, valkey_url, folder) as product:
        Seeding(product.url).fill()
        yield product


@pytest.fixture(scope="package")
def filled(
    postgres_template: PostgresTemplate, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Product]:
    """Shared: tests may add to it, and change nothing of what was there."""
    folder = tmp_path_factory.mktemp("filled")
    with postgres_template.fresh(folder) as database_url, filled_product(database_url, folder) as product:
        yield product


@pytest.fixture
def empty(sqlite_template: SqliteTemplate, tmp_path: Path) -> Generator[Product]:
    """A product without a beat."""
    with (
        sqlite_template.fresh(tmp_path) as database_url,
        valkey_server() as valkey_url,
        a_product(database_url, valkey_url, tmp_path) as product,
    ):
        yield product
