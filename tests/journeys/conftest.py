"""One product for the journeys that do not break it."""

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.journeys.product import Product, a_product
from tests.tools.browser import Page, browser
from tests.tools.databases import PostgresTemplate
from tests.tools.valkey import valkey_server


@pytest.fixture
def product(postgres_template: PostgresTemplate, tmp_path: Path) -> Generator[Product]:
    """On Postgres, with a Valkey of its own: a journey may flush it."""
    with (
        postgres_template.fresh(tmp_path) as database_url,
        valkey_server() as valkey_url,
        a_product(database_url, valkey_url, tmp_path) as running,
    ):
        yield running


@pytest.fixture
def page() -> Generator[Page]:
    """A browser's window."""
    with browser() as opened:
        yield opened
