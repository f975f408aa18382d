"""What becomes of a beat request is what its table has, whoever tries what with it (D-60)."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col

from db.clock import now
from db.models.requests import BeatRequest
from db.queries import requests
from db.transitions import REQUEST
from db.vocabulary import BeatRequestStatus
from tests.factories import Person, a_listener
from tests.requests.asking import change, delete, posted, renew
from tests.stage import Stage, settings_of

pytestmark = pytest.mark.anyio


@pytest.fixture
async def generous(database_url: str, valkey_url: str, tmp_path: Path) -> AsyncGenerator[Stage]:
    """An installation in which nobody runs out of tokens."""
    made = Stage(settings_of(database_url, valkey_url, tmp_path / "data", request_tokens_a_month=100))
    yield made
    await made.close()


async def a_request(stage: Stage, who: Person, state: BeatRequestStatus, named: str) -> str:
    """In a state: one that is open has a day left, one that is over has been for an hour."""
    request = str((await posted(stage, who, named))["id"])
    expires_at = now() + (timedelta(days=1) if state is BeatRequestStatus.ACTIVE else timedelta(hours=-1))
    await change(stage.sessions, request, status=state, expires_at=expires_at)
    return request


async def tried(stage: Stage, who: Person, request: str, what: str) -> BeatRequestStatus:
    """Its state afterwards, as the row has it."""
    if what == "renew":
        await renew(stage, who, request, key=f"renew {request}")
    elif what == "delete":
        await delete(stage, who, request)
    else:
        async with stage.sessions.writing() as session:
            await requests.expire(session, until=now() + timedelta(days=2), limit=100)
    async with stage.sessions.reading() as session:
        found = await session.scalar(select(col(BeatRequest.status)).where(col(BeatRequest.id) == request))
    assert found
    return found


async def test_a_request_goes_the_ways_that_its_table_has_and_no_others(generous: Stage) -> None:
    ari = await a_listener(generous.sessions)
    done = set[tuple[BeatRequestStatus, BeatRequestStatus]]()
    for state in BeatRequestStatus:
        for what in ("expire", "renew", "delete"):
            request = await a_request(generous, ari, state, f"{state} {what}")
            done.add((state, await tried(generous, ari, request, what)))
    changed = {(before, after) for before, after in done if before is not after}
    assert changed == {(before, after) for before in REQUEST for after in REQUEST[before]}
