from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import pytest

from tests.stage import Stage, web_of
from tests.support.desk import Post


@pytest.fixture
def post(mailing: Stage, tmp_path: Path) -> Post:
    """An installation whose e-mails can be read, on both engines."""
    return Post(mailing, tmp_path / "mail")


@pytest.fixture
async def web(post: Post) -> AsyncGenerator[httpx.AsyncClient]:
    """Its web process, as in production, without the socket."""
    async with web_of(post.stage, "https://beatpass.test") as client:
        yield client
