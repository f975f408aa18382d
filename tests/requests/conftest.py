from collections.abc import AsyncGenerator

import pytest

from db.session import Sessions


@pytest.fixture
async def sessions(database_url: str) -> AsyncGenerator[Sessions]:
    made = Sessions(database_url)
    yield made
    await made.close()
