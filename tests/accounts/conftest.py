from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import pytest
from argon2 import PasswordHasher

from api.auth import passwords
from tests.accounts.desk import Desk
from tests.stage import Stage, web_of


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
    async with web_of(desk.stage, "https://beatpass.test") as client:
        yield client
