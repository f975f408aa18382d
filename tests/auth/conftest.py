import pytest
from argon2 import PasswordHasher

from api.auth import passwords


@pytest.fixture
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that sign in ten times over, and are about something else than the work it takes."""
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
