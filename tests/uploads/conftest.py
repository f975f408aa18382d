from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.uploads.house import House, free_port, furnish, served, settings_for


@pytest.fixture
def empty_house(database_url: str, tmp_path: Path) -> House:
    """Nobody serves it yet."""
    house = House(settings_for(database_url, tmp_path / "data", free_port()))
    furnish(house)
    return house


@pytest.fixture
def house(empty_house: House) -> Iterator[House]:
    with served(empty_house.settings):
        yield empty_house
