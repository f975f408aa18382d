from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import pytest
from argon2 import PasswordHasher

from api.app import assemble, by_token
from api.auth import passwords
from api.http.explorer import Explorer
from tests.accounts.desk import Desk
from tests.stage import Stage


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests set many, and are about something else than the work it takes."""
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def desk(mailing: Stage, tmp_path: Path) -> Desk:
    """An installation whose e-mails can be read, on both engines."""
    return Desk(mailing, tmp_path / "mail")


@pytest.fixture
async def web(desk: Desk) -> AsyncGenerator[httpx.AsyncClient]:
    """Its web process, as in production, without the socket."""
    settings = desk.stage.settings
    app = assemble(settings, by_token(settings), explorer=Explorer())
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://beatpass.test") as client,
    ):
        yield client
