from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.stage import Stage, settings_of


@pytest.fixture
async def mailing(database_url: str, valkey_url: str, tmp_path: Path) -> AsyncGenerator[Stage]:
    """An installation that lays its e-mails into a folder, on both engines."""
    folder = (tmp_path / "mail").as_uri()
    made = Stage(settings_of(database_url, valkey_url, tmp_path / "data", smtp_url=folder))
    yield made
    await made.close()
