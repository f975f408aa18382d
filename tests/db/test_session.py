"""Transactions: reading never writes, writing commits or leaves nothing, and news follow the commit."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError, StatementError
from sqlmodel import col

from db.clock import now
from db.models.accounts import Account, RoleGrant
from db.session import Committed, Sessions, announce
from db.vocabulary import Role

pytestmark = pytest.mark.anyio


@pytest.fixture
def heard() -> list[Committed]:
    return []


@pytest.fixture
async def sessions(database_url: str, heard: list[Committed]) -> AsyncGenerator[Sessions]:
    async def hear(committed: Committed) -> None:
        heard.append(committed)

    made = Sessions(database_url, after_commit=hear)
    yield made
    await made.close()


def an_account(**different: Any) -> Account:
    usual: dict[str, Any] = {
        "email": "a@b.ca",
        "email_key": "a@b.ca",
        "password_hash": "x",
        "display_name": "A",
    }
    return Account(**(usual | different))


async def accounts(sessions: Sessions) -> int:
    async with sessions.reading() as session:
        return (await session.scalars(select(func.count()).select_from(Account))).one()


async def test_what_was_written_is_there_after_the_block(sessions: Sessions) -> None:
    async with sessions.writing() as session:
        session.add(an_account())
        await session.flush()
        assert await accounts(sessions) == 0
    assert await accounts(sessions) == 1


async def test_a_block_that_raises_leaves_nothing(sessions: Sessions, heard: list[Committed]) -> None:
    async def breaking_off() -> None:
        async with sessions.writing() as session:
            session.add(an_account())
            await session.flush()
            announce(session, "news")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await breaking_off()
    assert (await accounts(sessions), heard) == (0, [])


async def test_the_database_refuses_writes_while_reading(sessions: Sessions) -> None:
    with pytest.raises(DBAPIError, match=r"(?i)read.?only"):
        async with sessions.reading() as session:
            await session.execute(text("DELETE FROM account"))


async def test_a_writer_can_write_after_a_reader_used_the_connection(sessions: Sessions) -> None:
    for number in range(3):
        assert await accounts(sessions) == number
        async with sessions.writing() as session:
            session.add(an_account(email_key=f"{number}@b.ca"))


async def test_news_come_after_the_commit_each_topic_once(sessions: Sessions, heard: list[Committed]) -> None:
    async with sessions.writing() as session:
        for topic in ("a", "b", "a"):
            announce(session, topic)
        assert heard == []
    assert heard == [Committed(frozenset({"a", "b"}), jobs_added=False)]


async def test_nothing_is_told_where_there_is_nothing_to_tell(
    sessions: Sessions, heard: list[Committed]
) -> None:
    async with sessions.writing() as session:
        session.add(an_account())
    assert heard == []


async def test_an_instant_comes_back_as_it_was_whatever_its_zone(sessions: Sessions) -> None:
    moment = datetime(2026, 11, 23, 12, 0, 0, 123_000, tzinfo=timezone(timedelta(hours=-5)))
    async with sessions.writing() as session:
        session.add(an_account(created_at=moment))
    async with sessions.reading() as session:
        read = (await session.scalars(select(col(Account.created_at)))).one()
    assert read == moment
    assert read.utcoffset() == timedelta(0)


async def test_a_time_without_a_zone_is_refused(sessions: Sessions) -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 -- that is the point
    async with sessions.writing() as session:
        session.add(an_account(created_at=naive))
        with pytest.raises(StatementError, match="naive time"):
            await session.flush()
        await session.rollback()


async def test_the_clock_is_cut_to_what_both_engines_store(sessions: Sessions) -> None:
    moment = now()
    async with sessions.writing() as session:
        session.add(an_account(created_at=moment))
    async with sessions.reading() as session:
        assert (await session.scalars(select(col(Account.created_at)))).one() == moment
    assert (moment.tzinfo, moment.microsecond % 1000) == (UTC, 0)


async def test_a_word_comes_back_as_its_value_and_another_is_refused(sessions: Sessions) -> None:
    async with sessions.writing() as session:
        account = an_account()
        session.add(account)
        await session.flush()
        session.add(RoleGrant(account_id=account.id, role=Role.STAFF))
    async with sessions.reading() as session:
        assert (await session.scalars(select(col(RoleGrant.role)))).one() is Role.STAFF
    with pytest.raises(StatementError, match="not a valid Role"):
        async with sessions.writing() as session:
            await session.execute(update(RoleGrant).values(role="KING"))
