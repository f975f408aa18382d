"""D-61: what a requester says to an offer, and what its producer hears of it."""

from typing import Any

import pytest

from db.ids import SubmissionId
from db.vocabulary import BeatRequestStatus, NotificationKind, TrackStatus
from tests.factories import Beatmaker, Person, a_listener, a_producer, a_track, a_verified_producer, staff
from tests.requests.offered import (
    change_request,
    change_track,
    look_at,
    offered,
    submissions,
    told,
)
from tests.requests.wanted import a_request
from tests.stage import Stage
from tests.tools.databases import on_sqlite

pytestmark = pytest.mark.anyio
RESPOND = "respondToSubmission"


async def an_offer(stage: Stage) -> tuple[Person, Beatmaker, SubmissionId]:
    """Ari's request, Nova, and her offer to it."""
    ari, nova = await a_listener(stage.sessions, "Ari"), await a_producer(stage.sessions, "Nova")
    request = await a_request(stage.sessions, ari, text="A dark one.")
    track = await a_track(stage.sessions, nova, title="Tape Delay")
    return ari, nova, await offered(stage, nova, request, track)


async def say(stage: Stage, who: Person, submission: str, status: str) -> Any:
    return await stage.mutate(
        who, RESPOND, "submission { id status }", id=submission, input={"status": status}
    )


async def why_not(stage: Stage, who: Person, submission: str) -> list[tuple[str, str]]:
    async with stage.nothing_changes():
        return await stage.refusals(who, RESPOND, id=submission, input={"status": "THANKED"})


async def test_the_requester_answers_takes_it_back_and_answers_anew(stage: Stage) -> None:
    ari, nova, submission = await an_offer(stage)
    for status in ("SHORTLISTED", "DECLINED", "NEW", "THANKED"):
        assert await say(stage, ari, submission, status) == {
            "submission": {"id": submission, "status": status},
            "errors": [],
        }
        assert (await look_at(stage, nova, submission))["status"] == status
        [row] = await submissions(stage.sessions)
        assert (row.answered_at is None) == (status == "NEW")


async def test_good_news_is_told_to_the_producer_once_and_a_decline_is_not(stage: Stage) -> None:
    ari, nova, submission = await an_offer(stage)
    for status in ("DECLINED", "NEW", "SHORTLISTED", "NEW", "SHORTLISTED", "THANKED"):
        await say(stage, ari, submission, status)
    own = [one for one in await told(stage.sessions) if one.account_id == nova.account]
    [notice] = own
    assert (notice.kind, notice.subject_id) == (NotificationKind.BEAT_SUBMISSION, submission)
    assert notice.title == "Your track “Tape Delay” is on the shortlist for a beat request"
    assert notice.body == "“Tape Delay” is on the shortlist for “A dark one.”."
    assert notice.path == f"/requests/{(await submissions(stage.sessions))[0].request_id}"


@on_sqlite
async def test_the_same_answer_again_changes_nothing(stage: Stage) -> None:
    ari, _, submission = await an_offer(stage)
    await say(stage, ari, submission, "THANKED")
    async with stage.nothing_changes():
        assert (await say(stage, ari, submission, "THANKED"))["errors"] == []


@on_sqlite
async def test_nobody_but_the_requester_answers(stage: Stage) -> None:
    ari, nova, submission = await an_offer(stage)
    sam, pat = await staff(stage.sessions), await a_verified_producer(stage.sessions, "Pat")
    for who, code in ((nova, "NOT_YOURS"), (sam, "NOT_YOURS"), (pat, "NOT_FOUND")):
        assert await why_not(stage, who, submission) == [("id", code)]
    assert await why_not(stage, ari, "sbm_x") == [("id", "NOT_FOUND")]
    [row] = await submissions(stage.sessions)
    assert await why_not(stage, ari, row.track_id) == [("id", "WRONG_ID_TYPE")]


@on_sqlite
async def test_an_offer_of_a_hidden_track_cannot_be_answered_and_one_to_an_expired_request_can(
    stage: Stage,
) -> None:
    ari, _, submission = await an_offer(stage)
    [row] = await submissions(stage.sessions)
    await change_request(stage.sessions, row.request_id, status=BeatRequestStatus.EXPIRED)
    await change_track(stage.sessions, row.track_id, TrackStatus.HIDDEN)
    assert await why_not(stage, ari, submission) == [("id", "NOT_FOUND")]
    await change_track(stage.sessions, row.track_id, TrackStatus.PUBLISHED)
    assert (await say(stage, ari, submission, "SHORTLISTED"))["errors"] == []


async def test_after_the_request_was_deleted_nothing_is_answered(stage: Stage) -> None:
    ari, _, submission = await an_offer(stage)
    [row] = await submissions(stage.sessions)
    await change_request(stage.sessions, row.request_id, status=BeatRequestStatus.DELETED)
    async with stage.nothing_changes():
        [error] = (await say(stage, ari, submission, "THANKED"))["errors"]
    assert (error["code"], error["path"]) == ("REQUEST_CLOSED", ["id"])
    assert error["object"] == {"__typename": "BeatRequest", "id": row.request_id}
