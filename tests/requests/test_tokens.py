"""D-60: tokens of a month on the real ledger; renewing, deleting, and what races."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, update

from api.requests.tokens import month_of, next_month
from db.clock import now
from db.models.requests import RequestOpening
from db.models.uploads import Upload
from db.vocabulary import BeatRequestStatus, JobKind, UploadPurpose, UploadStatus
from tests.factories import Person, a_completed_upload, a_listener, a_producer, staff
from tests.requests.asking import (
    MINE,
    change,
    delete,
    jobs_of,
    openings_of,
    post,
    posted,
    read,
    refused,
    remaining,
    renew,
)
from tests.requests.wanted import a_request
from tests.stage import Stage, settings_of
from tests.tools.databases import on_sqlite

pytestmark = pytest.mark.anyio


@pytest.fixture
async def generous(database_url: str, valkey_url: str, tmp_path: Path) -> AsyncGenerator[Stage]:
    """An installation that gives everybody three tokens a month."""
    made = Stage(settings_of(database_url, valkey_url, tmp_path / "data", request_tokens_a_month=3))
    yield made
    await made.close()


def stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def expire(stage: Stage, request: str, *, ago: timedelta = timedelta(hours=1)) -> None:
    """As if its day had ended so long ago, and a job had seen to it."""
    ended = now() - ago
    times = {"opened_at": ended - timedelta(hours=24), "expires_at": ended}
    await change(stage.sessions, request, status=BeatRequestStatus.EXPIRED, **times)


async def paid_last_month(stage: Stage, request: str) -> None:
    last = month_of(datetime.fromisoformat(f"{month_of(now())}-01T00:00:00Z") - timedelta(days=1))
    async with stage.sessions.writing() as session:
        chosen = update(RequestOpening).where(col(RequestOpening.request_id) == request)
        await session.execute(chosen.values(month=last))


async def test_the_button_the_figures_and_the_refusal_agree(stage: Stage) -> None:
    ari, turn = await a_listener(stage.sessions), stamp(next_month(now()))
    door = {"allowed": True, "code": None, "message": None, "retryAt": None}
    tokens = {"allowance": 1, "remaining": 1, "resetAt": turn}
    assert await stage.ask(ari, MINE) == {
        "me": {"requestTokens": tokens, "abilities": {"openBeatRequest": door}}
    }
    await posted(stage, ari)
    async with stage.nothing_changes():
        [error] = (await post(stage, ari, "2"))["errors"]
    assert (error["__typename"], error["path"], error["code"]) == (
        "LimitReached",
        ["input", "duration"],
        "NOT_ENOUGH_TOKENS",
    )
    assert (error["limit"], error["retryAt"]) == (1, turn)
    mine = (await stage.ask(ari, MINE))["me"]
    assert mine["requestTokens"] == {"allowance": 1, "remaining": 0, "resetAt": turn}
    assert mine["abilities"]["openBeatRequest"] == {
        "allowed": False,
        "code": "NOT_ENOUGH_TOKENS",
        "message": "This takes 1 token; you have 0 left of this month's 1.",
        "retryAt": turn,
    }


async def test_what_the_allowance_never_has_no_waiting_brings(generous: Stage) -> None:
    ari = await a_listener(generous.sessions)
    await posted(generous, ari, duration="HOURS_48")
    [error] = (await post(generous, ari, "2", duration="HOURS_48"))["errors"]
    assert (error["code"], error["limit"], error["retryAt"]) == (
        "NOT_ENOUGH_TOKENS",
        3,
        stamp(next_month(now())),
    )
    await posted(generous, ari, "3", duration="HOURS_24")
    assert await remaining(generous, ari) == 0


async def test_staff_see_what_somebody_has_left(stage: Stage) -> None:
    ari, sam = await a_listener(stage.sessions), await staff(stage.sessions)
    await posted(stage, ari)
    query = "query($id: ID!) { node(id: $id) { ... on Account { requestTokens { allowance remaining } } } }"
    shown = await stage.ask(sam, query, id=ari.account)
    assert shown["node"]["requestTokens"] == {"allowance": 1, "remaining": 0}


async def test_of_two_requests_at_once_one_gets_the_last_token(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    payloads = await asyncio.gather(*(post(stage, ari, str(number)) for number in range(4)))
    codes = sorted(error["code"] for payload in payloads for error in payload["errors"])
    assert codes == ["NOT_ENOUGH_TOKENS"] * 3
    assert len((await stage.tables())["request_opening"]) == 1


async def test_deleting_an_open_request_gives_its_tokens_back(generous: Stage) -> None:
    ari = await a_listener(generous.sessions)
    request = (await posted(generous, ari, duration="HOURS_48"))["id"]
    payload = await delete(generous, ari, request)
    assert (payload["request"]["status"], payload["tokens"]["remaining"]) == ("DELETED", 3)
    [opening] = await openings_of(generous.sessions, request)
    assert (opening.tokens, opening.refunded, opening.refund_month) == (2, 2, month_of(now()))
    async with generous.nothing_changes():
        again = await delete(generous, ari, request)
    assert (again["errors"], again["request"]["status"]) == ([], "DELETED")


async def test_deleting_twice_at_once_gives_the_tokens_back_once(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    request = (await posted(stage, ari))["id"]
    await asyncio.gather(*(delete(stage, ari, request) for _ in range(3)))
    assert await remaining(stage, ari) == 1
    await posted(stage, ari, "2")
    assert await remaining(stage, ari) == 0


async def test_a_request_of_last_month_fills_this_months_tokens_and_no_more(generous: Stage) -> None:
    ari = await a_listener(generous.sessions)
    old = (await posted(generous, ari, "old", duration="HOURS_72"))["id"]
    await paid_last_month(generous, old)
    assert await remaining(generous, ari) == 3
    await posted(generous, ari, "new", duration="HOURS_48")
    assert (await delete(generous, ari, old))["tokens"]["remaining"] == 3
    [opening] = await openings_of(generous.sessions, old)
    assert (opening.tokens, opening.refunded, opening.refund_month) == (3, 2, month_of(now()))
    untouched = (await posted(generous, ari, "other", duration="HOURS_24"))["id"]
    await paid_last_month(generous, untouched)
    assert (await delete(generous, ari, untouched))["tokens"]["remaining"] == 3
    [opening] = await openings_of(generous.sessions, untouched)
    assert (opening.refunded, opening.refund_month) == (0, None)


@pytest.mark.parametrize("noticed", [True, False])
async def test_deleting_an_expired_request_gives_nothing_back(stage: Stage, noticed: bool) -> None:
    ari = await a_listener(stage.sessions)
    request = (await posted(stage, ari))["id"]
    await expire(stage, request)
    if not noticed:
        await change(stage.sessions, request, status=BeatRequestStatus.ACTIVE)
    payload = await delete(stage, ari, request)
    assert (payload["request"]["status"], payload["tokens"]["remaining"]) == ("DELETED", 0)


async def test_only_who_posted_a_request_deletes_or_renews_it(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    others: list[Person] = [
        await a_listener(stage.sessions),
        await a_producer(stage.sessions),
        await staff(stage.sessions),
    ]
    request = await a_request(stage.sessions, ari)
    for who in others:
        async with stage.nothing_changes():
            assert [error["code"] for error in (await delete(stage, who, request))["errors"]] == ["NOT_YOURS"]
            assert [error["code"] for error in (await renew(stage, who, request))["errors"]] == ["NOT_YOURS"]
    await change(stage.sessions, request, status=BeatRequestStatus.DELETED)
    async with stage.nothing_changes():
        [error] = (await delete(stage, others[0], request))["errors"]
    assert (error["path"], error["code"]) == (["id"], "NOT_FOUND")
    assert await stage.refusals(ari, "deleteBeatRequest", id=ari.account) == [("id", "WRONG_ID_TYPE")]


async def test_an_expired_request_is_opened_again_for_as_long_and_matched_anew(generous: Stage) -> None:
    ari, lee = await a_listener(generous.sessions), await a_listener(generous.sessions)
    request = (await posted(generous, ari, duration="HOURS_24"))["id"]
    await expire(generous, request)
    seen, others = await read(generous, ari, request), await read(generous, lee, request)
    assert seen
    assert others
    assert (seen["renew"]["allowed"], others["renew"]) == (True, None)
    payload = await renew(generous, ari, request)
    assert payload["errors"] == []
    again = payload["request"]
    opened, ends = (datetime.fromisoformat(again[name]) for name in ("openedAt", "expiresAt"))
    assert (again["id"], again["status"], ends - opened) == (request, "ACTIVE", timedelta(hours=24))
    assert payload["tokens"]["remaining"] == 1
    first, second = await openings_of(generous.sessions, request)
    assert (second.opened_at, second.expires_at, second.warned_at) == (opened, ends, None)
    keys = [job.key for job in await jobs_of(generous.sessions, JobKind.MATCH_REQUEST)]
    assert keys == [f"MATCH_REQUEST:{opening.id}" for opening in (first, second)]
    async with generous.nothing_changes():
        repeated = await renew(generous, ari, request)
    assert (repeated["errors"], repeated["request"]["openedAt"]) == ([], again["openedAt"])


async def test_deleting_a_renewed_request_gives_back_what_the_renewal_cost(generous: Stage) -> None:
    ari = await a_listener(generous.sessions)
    request = (await posted(generous, ari))["id"]
    await expire(generous, request)
    await renew(generous, ari, request)
    assert (await delete(generous, ari, request))["tokens"]["remaining"] == 2
    first, second = await openings_of(generous.sessions, request)
    assert (first.refunded, second.refunded) == (0, 1)


async def test_a_renewal_that_is_sent_twice_at_once_is_paid_once(generous: Stage) -> None:
    ari = await a_listener(generous.sessions)
    request = (await posted(generous, ari))["id"]
    await expire(generous, request)
    payloads = await asyncio.gather(*(renew(generous, ari, request) for _ in range(4)))
    assert [payload["errors"] for payload in payloads] == [[]] * 4
    assert await remaining(generous, ari) == 1
    assert len(await openings_of(generous.sessions, request)) == 2


async def test_what_is_open_deleted_or_long_over_is_not_renewed(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    request = await a_request(stage.sessions, ari, opened_at=now() - timedelta(minutes=1))
    for different, sentence in (
        (
            {"status": BeatRequestStatus.ACTIVE},
            "The request is still open. It can be renewed once it has expired.",
        ),
        ({"status": BeatRequestStatus.DELETED}, "The request is deleted. Post a new one."),
        (
            {"status": BeatRequestStatus.EXPIRED, "expires_at": now() - timedelta(days=30)},
            "The request expired more than 30 days ago. Post a new one.",
        ),
    ):
        await change(stage.sessions, request, **different)
        async with stage.nothing_changes():
            [error] = (await renew(stage, ari, request))["errors"]
        assert (error["__typename"], error["path"], error["code"]) == ("WrongState", ["id"], "NOT_RENEWABLE")
        assert (error["message"], error["object"]["id"]) == (sentence, request)
        button = await read(stage, ari, request)
        assert button
        assert (button["renew"]["code"], button["renew"]["message"]) == ("NOT_RENEWABLE", sentence)


async def test_a_renewal_without_a_token_is_refused_and_says_when(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    request = (await posted(stage, ari))["id"]
    await expire(stage, request)
    async with stage.nothing_changes():
        [error] = (await renew(stage, ari, request))["errors"]
    turn = stamp(next_month(now()))
    assert (error["path"], error["code"], error["retryAt"]) == ([], "NOT_ENOUGH_TOKENS", turn)
    seen = await read(stage, ari, request)
    assert seen
    assert (seen["renew"]["code"], seen["renew"]["retryAt"]) == ("NOT_ENOUGH_TOKENS", turn)


@on_sqlite
async def test_a_key_stands_for_one_thing_alone(generous: Stage) -> None:
    ari = await a_listener(generous.sessions)
    one, other = (await posted(generous, ari, "1"))["id"], (await posted(generous, ari, "2"))["id"]
    for request in (one, other):
        await expire(generous, request)
    await renew(generous, ari, one, "3")
    reused = [("input.idempotencyKey", "IDEMPOTENCY_KEY_REUSED")]
    for request, key in ((one, "1"), (other, "3")):
        async with generous.nothing_changes():
            errors = (await renew(generous, ari, request, key))["errors"]
        assert [(".".join(error["path"]), error["code"]) for error in errors] == reused
    assert await refused(generous, ari, "3") == reused
    async with generous.nothing_changes():
        errors = (await renew(generous, ari, other, " "))["errors"]
    assert [error["code"] for error in errors] == ["REQUIRED", "NOT_ENOUGH_TOKENS"]


async def test_a_sample_goes_with_its_request_and_stays_as_long_as_that_can_be_renewed(
    generous: Stage,
) -> None:
    ari = await a_listener(generous.sessions)
    sample = await a_completed_upload(generous.sessions, ari, UploadPurpose.REQUEST_SAMPLE)
    request = (await posted(generous, ari, reference={"uploadId": sample}))["id"]
    await expire(generous, request, ago=timedelta(days=20))
    again = (await renew(generous, ari, request))["request"]
    async with generous.sessions.reading() as session:
        kept = (await session.get_one(Upload, sample)).expires_at
    assert kept == datetime.fromisoformat(again["expiresAt"]) + timedelta(days=30)
    gone = (await delete(generous, ari, request))["request"]
    assert gone["reference"] == {"url": None, "track": None, "sample": None}
    async with generous.sessions.reading() as session:
        row = await session.get_one(Upload, sample)
    assert (row.status, row.used_by) == (UploadStatus.EXPIRED, request)
    [job] = await jobs_of(generous.sessions, JobKind.DELETE_FILES)
    assert job.payload["keys"] == [f"masters/{sample}.wav"]
