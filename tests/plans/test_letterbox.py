"""Webhooks that come at once: kept together, each with its job; where that fails, none is taken."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

import pytest
import structlog
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from api.gateways.payment_facts import EventFacts
from api.payments.letterbox import Letterbox
from db.clock import now
from db.models.jobs import Job
from db.models.payments import PaymentEvent
from db.session import Committed, Sessions
from db.vocabulary import PaymentSource

pytestmark = pytest.mark.anyio


@dataclass
class Post:
    """A letterbox, and what was committed through it."""

    sessions: Sessions
    commits: list[Committed] = field(default_factory=list[Committed])

    def __post_init__(self) -> None:
        self.box = Letterbox(self.sessions, PaymentSource.PLATFORM)

    async def put(self, event: str) -> None:
        """As a request of its own does."""
        with structlog.contextvars.bound_contextvars(request_id=f"rqu_{event}"):
            await self.box.put(EventFacts(event, "invoice.paid", "in_1", now()))

    async def kept(self) -> list[str]:
        async with self.sessions.reading() as session:
            return sorted(await session.scalars(select(col(PaymentEvent.id))))

    async def jobs(self) -> list[tuple[str, str | None]]:
        """The event and the request of each."""
        async with self.sessions.reading() as session:
            return sorted(
                (row.payload["event"], row.request_id) for row in await session.scalars(select(Job))
            )

    async def rename(self, old: str, new: str) -> None:
        async with self.sessions.writing() as session:
            await session.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))


@pytest.fixture
async def post(database_url: str) -> AsyncGenerator[Post]:
    commits: list[Committed] = []

    async def note(committed: Committed) -> None:
        commits.append(committed)

    made = Post(Sessions(database_url, after_commit=note), commits)
    yield made
    await made.sessions.close()


async def test_what_comes_at_once_is_kept_in_one_transaction_each_with_the_job_of_its_request(
    post: Post,
) -> None:
    names = [f"evt_{number:02}" for number in range(30)]
    await asyncio.gather(*map(post.put, names))
    assert await post.kept() == names
    assert await post.jobs() == [(name, f"rqu_{name}") for name in names]
    assert len(post.commits) == 1
    await post.put("evt_later")
    assert len(post.commits) == 2


async def test_a_transaction_takes_a_hundred_at_most(post: Post) -> None:
    names = [f"evt_{number:03}" for number in range(230)]
    await asyncio.gather(*map(post.put, names))
    assert await post.kept() == names
    assert len(post.commits) == 3


async def test_the_same_event_twice_at_once_is_kept_once_and_both_are_answered(post: Post) -> None:
    await asyncio.gather(*map(post.put, ["evt_1", "evt_2", "evt_1"]))
    assert await post.kept() == ["evt_1", "evt_2"]
    assert [event for event, _ in await post.jobs()] == ["evt_1", "evt_2"]


async def test_where_they_cannot_be_kept_none_is_taken_and_all_may_come_again(post: Post) -> None:
    await post.rename("payment_event", "away")
    answers = await asyncio.gather(*map(post.put, ["evt_1", "evt_2"]), return_exceptions=True)
    assert [isinstance(answer, DBAPIError) for answer in answers] == [True, True]
    assert await post.jobs() == []
    await post.rename("away", "payment_event")
    assert await post.kept() == []
    await asyncio.gather(*map(post.put, ["evt_1", "evt_2"]))
    assert await post.kept() == ["evt_1", "evt_2"]


async def test_who_hangs_up_leaves_the_others_their_answers(post: Post) -> None:
    first, second = (asyncio.create_task(post.put(event)) for event in ("evt_1", "evt_2"))
    await asyncio.sleep(0)
    first.cancel()
    await second
    with pytest.raises(asyncio.CancelledError):
        await first
    assert await post.kept() == ["evt_1", "evt_2"]
