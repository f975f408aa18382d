"""Live news of one account: from now on, or from the last one seen; without a gap, whatever order rows come to light in."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from api.news import News
from api.notices import notices_topic
from api.notifications.live import news_of
from db.clock import now
from db.models.notices import Notification
from db.queries.notices import NotificationRow
from db.session import announce
from db.vocabulary import NotificationKind
from tests.factories import Person, a_listener, a_verified_producer
from tests.notifications.office import LIST, switch, tell
from tests.stage import Stage

pytestmark = pytest.mark.anyio
ADDED = "subscription($after: String) { notificationAdded(after: $after) { id title kind } }"


async def a_row(stage: Stage, who: Person, subject: str, at: datetime, **different: Any) -> str:
    """One that says it happened at that moment."""
    words: dict[str, Any] = {"kind": NotificationKind.CASE_DECIDED, "body": "B", "path": "/x"} | different
    async with stage.sessions.writing() as session:
        row = Notification(account_id=who.account, subject_id=subject, title=subject, created_at=at, **words)
        session.add(row)
        announce(session, notices_topic(who.account))
    return row.id


async def read(stage: Stage, news: News[NotificationRow]) -> list[str]:
    """All that there is for now."""
    found: list[str] = []
    while rows := await news.read(stage.sessions):
        found += [row.title for row in rows]
    return found


@asynccontextmanager
async def listening(stage: Stage, who: Person, after: str | None = None) -> AsyncGenerator[Any]:
    answers = stage.watch(who, ADDED, after=after)
    try:
        yield answers
    finally:
        await answers.aclose()


async def test_what_comes_from_now_on_is_sent_and_nothing_that_is_there(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    await a_row(stage, ari, "old", now() - timedelta(hours=1))
    await a_row(stage, ari, "just now", now())
    news = news_of(ari.account, None)
    assert await read(stage, news) == []
    for title in ("first", "second"):
        await tell(stage.sessions, ari, subject=title, title=title)
        assert await read(stage, news) == [title]
        assert await read(stage, news) == []


async def test_what_comes_to_light_behind_what_was_sent_is_sent_once(stage: Stage) -> None:
    """A transaction that began earlier commits later; another process's clock is behind."""
    ari = await a_listener(stage.sessions)
    news, moment = news_of(ari.account, None), now() + timedelta(minutes=1)
    assert await read(stage, news) == []
    for title, seconds in (("b", 0), ("a", -3), ("d", 5), ("c", -4.9), ("b again", 0)):
        await a_row(stage, ari, title, moment + timedelta(seconds=seconds))
        assert await read(stage, news) == [title]
    assert await read(stage, news) == []


async def test_from_one_on_everything_newer_is_replayed_page_by_page(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.news._AT_ONCE", 3)
    ari, moment = await a_listener(stage.sessions), now() - timedelta(days=2)
    ids = [await a_row(stage, ari, str(number), moment + timedelta(minutes=number)) for number in range(10)]
    seen = moment + timedelta(minutes=3)
    news = news_of(ari.account, (seen, ids[3]))
    assert await read(stage, news) == [str(number) for number in range(4, 10)]
    await a_row(stage, ari, "late", moment + timedelta(minutes=9, seconds=-8))
    assert await read(stage, news) == ["late"]


async def test_what_came_shortly_before_the_last_one_seen_comes_again(stage: Stage) -> None:
    ari, moment = await a_listener(stage.sessions), now() - timedelta(days=2)
    for title, seconds in (("long before", -11), ("before", -9), ("twin", 0)):
        await a_row(stage, ari, title, moment + timedelta(seconds=seconds))
    seen = await a_row(stage, ari, "seen", moment)
    assert await read(stage, news_of(ari.account, (moment, seen))) == ["before", "twin"]


async def test_other_accounts_and_what_does_not_go_live_is_not_heard(stage: Stage) -> None:
    ari, bo = await a_listener(stage.sessions), await a_listener(stage.sessions, "Bo")
    seen = await a_row(stage, ari, "seen", now())
    off = {"preferences": [switch("CASE_DECIDED", "LIVE", enabled=False)]}
    await stage.mutate(ari, "updateNotificationPreferences", input=off)
    await tell(stage.sessions, bo, subject="of Bo")
    await tell(stage.sessions, ari, subject="not live")
    await tell(stage.sessions, ari, subject="live", kind=NotificationKind.SECURITY)
    assert await read(stage, news_of(ari.account, (now(), seen))) == ["About live"]


@pytest.mark.parametrize("by", ["id", "cursor"])
async def test_a_subscription_begins_behind_an_id_or_a_cursor_and_goes_on_live(stage: Stage, by: str) -> None:
    ari, moment = await a_listener(stage.sessions), now() - timedelta(days=1)
    ids = [await a_row(stage, ari, str(n), moment + timedelta(minutes=n)) for n in range(3)]
    shown = (await stage.ask(ari, LIST, first=2))["me"]["notifications"]
    after = ids[1] if by == "id" else shown["pageInfo"]["endCursor"]
    async with listening(stage, ari, after) as answers:
        heard = await anext(answers)
        assert heard.data["notificationAdded"] == {"id": ids[2], "title": "2", "kind": "CASE_DECIDED"}
        await tell(stage.sessions, ari, subject="live", title="live")
        assert (await anext(answers)).data["notificationAdded"]["title"] == "live"


async def test_a_place_that_is_none_of_ones_own_is_a_bad_cursor(stage: Stage) -> None:
    ari, vera = await a_listener(stage.sessions), await a_verified_producer(stage.sessions)
    others = await a_row(stage, vera, "x", now())
    for after in (
        others,
        "",
        "nonsense",
        ari.account,
        "ntf_01k9000000000000000000000z",
        "WyJ0cmFja3MiLDFd",
        "x" * 5000,
    ):
        async with listening(stage, ari, after) as answers:
            assert (after, (await anext(answers)).codes) == (after, ["BAD_CURSOR"])
