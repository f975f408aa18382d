"""D-61: who may offer which track to whose request, and who sees it then."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from db.clock import now
from db.vocabulary import BeatRequestStatus, EmailTiming, TrackStatus
from tests.factories import a_listener, a_producer, a_track, a_verified_producer, staff
from tests.requests.offered import (
    SUBMIT,
    change_request,
    change_track,
    look,
    look_at,
    offer,
    offered,
    submissions,
    the_offer,
    told,
    why_not,
)
from tests.requests.wanted import a_request
from tests.stage import Stage
from tests.tools.databases import on_sqlite

pytestmark = pytest.mark.anyio


async def test_a_producer_offers_a_track_and_requester_and_staff_alone_see_it(stage: Stage) -> None:
    ari, uma = await a_listener(stage.sessions, "Ari"), await a_producer(stage.sessions, "Uma")
    request, track = await a_request(stage.sessions, ari), await a_track(stage.sessions, uma)
    payload = await offer(stage, uma, request, track, note="  Two\u200b versions.\n\nAsk me.  ")
    made = payload["submission"]
    assert payload["errors"] == []
    assert (made["note"], made["status"]) == ("Two versions.\n\nAsk me.", "NEW")
    assert (made["track"], made["request"]) == ({"id": track}, {"id": request})
    for who in (ari, await staff(stage.sessions)):
        seen = await look(stage, who, request)
        assert (seen["submissions"]["nodes"], seen["submissions"]["totalCount"]) == ([made], 1)
        assert seen["viewerSubmissions"] == []
        assert await look_at(stage, who, made["id"]) == made
    own = await look(stage, uma, request)
    assert (own["submissions"], own["viewerSubmissions"], own["submissionCount"]) == (None, [made], 1)
    assert await look_at(stage, uma, made["id"]) == made
    for other in (await a_listener(stage.sessions, "Lee"), await a_verified_producer(stage.sessions, "Pat")):
        seen = await look(stage, other, request)
        assert (seen["submissions"], seen["viewerSubmissions"], seen["submissionCount"]) == (None, [], 1)
        assert await look_at(stage, other, made["id"]) is None


async def test_the_requester_is_told_of_each_offer_once_and_by_e_mail_once_a_day(mailing: Stage) -> None:
    ari, nova = await a_listener(mailing.sessions, "Ari"), await a_producer(mailing.sessions, "Nova")
    request = await a_request(mailing.sessions, ari, text="Something for a\nlate drive home.")
    track = await a_track(mailing.sessions, nova, title="Tape Delay")
    submission = await offered(mailing, nova, request, track, note="It is new.")
    await offered(mailing, nova, request, track, note="It is new.")
    [notice] = await told(mailing.sessions)
    assert (notice.account_id, notice.kind, notice.subject_id) == (ari.account, "BEAT_SUBMISSION", submission)
    assert notice.title == "Nova offered “Tape Delay” to your request"
    assert notice.body == (
        "“Tape Delay” (Trap, 140 BPM, B♭ minor) is offered to “Something for a late drive home.”."
        " Nova writes: It is new."
    )
    assert notice.path == f"/requests/{request}"
    assert (notice.in_app, notice.live, notice.email) == (True, True, EmailTiming.DIGEST)
    subject = "{ me { notifications { nodes { subject { __typename id } } } } }"
    [shown] = (await mailing.ask(ari, subject))["me"]["notifications"]["nodes"]
    assert shown["subject"] == {"__typename": "Submission", "id": submission}


@on_sqlite
async def test_the_same_offer_again_is_the_same_submission_and_with_another_note_it_is_refused(
    stage: Stage,
) -> None:
    nova = await a_producer(stage.sessions)
    request = await a_request(stage.sessions, await a_listener(stage.sessions))
    track = await a_track(stage.sessions, nova)
    first = await offer(stage, nova, request, track, note="Hi")
    async with stage.nothing_changes():
        assert await offer(stage, nova, request, track, note=" Hi ") == first
    for note in ({"note": "Hello"}, {"note": None}, {}):
        assert await why_not(stage, nova, request, track, **note) == [("input.trackId", "REPEATED")]
    await change_request(stage.sessions, request, expires_at=now())
    async with stage.nothing_changes():
        assert await offer(stage, nova, request, track, note="Hi") == first


async def test_five_tracks_of_a_producer_are_the_limit_whatever_became_of_them(stage: Stage) -> None:
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    request = await a_request(stage.sessions, await a_listener(stage.sessions))
    tracks = [await a_track(stage.sessions, nova) for _ in range(6)]
    for track in tracks[:5]:
        await offered(stage, nova, request, track)
    await change_track(stage.sessions, tracks[0], TrackStatus.REMOVED)
    async with stage.nothing_changes():
        [error] = (await offer(stage, nova, request, tracks[5]))["errors"]
    assert (error["__typename"], error["code"], error["limit"]) == ("LimitReached", "SUBMISSION_LIMIT", 5)
    assert error["message"] == "You have offered 5 tracks to this request, as many as one producer may."
    assert (error["path"], error["retryAt"]) == (["input", "requestId"], None)
    can = (await look(stage, nova, request))["viewerCanSubmit"]
    assert can == {"allowed": False, "code": "SUBMISSION_LIMIT", "message": error["message"], "retryAt": None}
    assert await why_not(stage, nova, request, tracks[4], note="X") == [("input.trackId", "REPEATED")]
    await offered(stage, kilo, request, await a_track(stage.sessions, kilo))
    assert (await look(stage, kilo, request))["submissionCount"] == 6


@on_sqlite
async def test_whoever_cannot_offer_to_a_request_is_told_why_before_and_when_trying(stage: Stage) -> None:
    sessions = stage.sessions
    ari, nova, olga = (
        await a_listener(sessions),
        await a_producer(sessions),
        await a_producer(sessions, "Olga"),
    )
    open_one, own = await a_request(sessions, ari), await a_request(sessions, nova)
    over = await a_request(sessions, ari, opened_at=now() - timedelta(hours=24))
    expired = await a_request(sessions, ari, status=BeatRequestStatus.EXPIRED)
    track, lent = await a_track(sessions, nova), await a_track(sessions, olga, credited=[nova])
    place = "input.requestId"
    for who, request, offers, path, code in (
        (ari, open_one, track, "", "PRODUCER_REQUIRED"),
        (nova, own, track, place, "OWN_REQUEST"),
        (nova, over, track, place, "REQUEST_CLOSED"),
        (nova, expired, track, place, "REQUEST_CLOSED"),
    ):
        assert await why_not(stage, who, request, offers) == [(path, code)]
        can = (await look(stage, who, request))["viewerCanSubmit"]
        assert (can["allowed"], can["code"]) == (False, code)
    assert (await look(stage, nova, open_one))["viewerCanSubmit"]["allowed"] is True
    assert await why_not(stage, nova, open_one, lent) == [("input.trackId", "NOT_YOURS")]
    [error] = (await offer(stage, nova, over, track))["errors"]
    assert (error["__typename"], error["object"]) == ("WrongState", {"__typename": "BeatRequest", "id": over})


@on_sqlite
@pytest.mark.parametrize("status", sorted(set(TrackStatus) - {TrackStatus.PUBLISHED, TrackStatus.REMOVED}))
async def test_only_what_is_published_can_be_offered(stage: Stage, status: TrackStatus) -> None:
    nova, olga = await a_producer(stage.sessions), await a_producer(stage.sessions, "Olga")
    request = await a_request(stage.sessions, await a_listener(stage.sessions))
    own, others = [await a_track(stage.sessions, who, status) for who in (nova, olga)]
    assert await why_not(stage, nova, request, own) == [("input.trackId", "NOT_PUBLISHED")]
    seen = "NOT_YOURS" if status is TrackStatus.SOLD else "NOT_FOUND"
    assert await why_not(stage, nova, request, others) == [("input.trackId", seen)]


@on_sqlite
async def test_all_that_is_wrong_with_an_offer_is_told_at_once(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    ari = await a_listener(stage.sessions)
    deleted = await a_request(stage.sessions, ari, status=BeatRequestStatus.DELETED)
    request, track = await a_request(stage.sessions, ari), await a_track(stage.sessions, nova)
    removed = await a_track(stage.sessions, nova, TrackStatus.REMOVED)
    paths = ("input.requestId", "input.trackId", "input.note")
    for wanted, given, note, codes in (
        ("brq_x", "trk_x", "n" * 501, ["NOT_FOUND", "NOT_FOUND", "TOO_LONG"]),
        (track, request, "n" * 501, ["WRONG_ID_TYPE", "WRONG_ID_TYPE", "TOO_LONG"]),
        (deleted, removed, None, ["NOT_FOUND", "NOT_FOUND"]),
        ("", "", "", ["NOT_FOUND", "NOT_FOUND"]),
    ):
        found = await why_not(stage, nova, wanted, given, note=note)
        assert found == list(zip(paths, codes, strict=False))
    await offered(stage, nova, request, track, note="n" * 500)


@on_sqlite
@pytest.mark.parametrize(
    "given",
    [
        None,
        {"requestId": "brq_x"},
        the_offer("brq_x", "trk_x", note=1),
        the_offer("brq_x", "trk_x", note="\0"),
    ],
)
async def test_an_offer_of_another_form_is_a_bad_request(stage: Stage, given: Any) -> None:
    nova = await a_producer(stage.sessions)
    query = f"mutation($input: SubmitToBeatRequestInput!) {{ {SUBMIT}(input: $input) {{ errors {{ message }} }} }}"
    async with stage.nothing_changes():
        assert await stage.fault(nova, query, input=given) == "BAD_REQUEST"


async def test_what_is_hidden_or_deleted_since_is_left_out_and_what_is_sold_stays(stage: Stage) -> None:
    sessions = stage.sessions
    ari, nova, sam = await a_listener(sessions), await a_producer(sessions), await staff(sessions)
    request = await a_request(sessions, ari)
    states = (TrackStatus.PUBLISHED, TrackStatus.SOLD, TrackStatus.HIDDEN, TrackStatus.REMOVED)
    tracks = [await a_track(sessions, nova) for _ in states]
    ids = [await offered(stage, nova, request, track) for track in tracks]
    for track, status in zip(tracks, states, strict=True):
        await change_track(sessions, track, status)
    for who, there in ((ari, ids[:2]), (sam, ids[:3])):
        listed = (await look(stage, who, request))["submissions"]
        assert [one["id"] for one in listed["nodes"]] == there[::-1]
        assert listed["totalCount"] == len(there)
        assert [bool(await look_at(stage, who, one)) for one in ids] == [one in there for one in ids]
    own = await look(stage, nova, request)
    assert [one["id"] for one in own["viewerSubmissions"]] == ids[:3]
    assert await look_at(stage, nova, ids[3]) is None
    assert own["submissionCount"] == 4


@on_sqlite
async def test_offers_to_an_expired_request_are_still_read_and_those_to_a_deleted_one_by_its_requester(
    stage: Stage,
) -> None:
    sessions = stage.sessions
    ari, nova, sam = await a_listener(sessions), await a_producer(sessions), await staff(sessions)
    request = await a_request(sessions, ari)
    submission = await offered(stage, nova, request, await a_track(sessions, nova))
    await change_request(sessions, request, status=BeatRequestStatus.EXPIRED)
    assert [bool(await look_at(stage, who, submission)) for who in (ari, nova, sam)] == [True, True, True]
    await change_request(sessions, request, status=BeatRequestStatus.DELETED)
    assert [bool(await look_at(stage, who, submission)) for who in (ari, nova, sam)] == [True, False, True]
    assert await look(stage, nova, request) is None


async def test_offers_are_listed_newest_first_by_the_page_and_by_what_was_said(stage: Stage) -> None:
    ari, nova = await a_listener(stage.sessions), await a_producer(stage.sessions)
    request = await a_request(stage.sessions, ari)
    ids = [
        await offered(stage, nova, request, await a_track(stage.sessions, nova), note=str(number))
        for number in range(4)
    ]
    for one, status in ((ids[0], "SHORTLISTED"), (ids[2], "THANKED")):
        await stage.mutate(ari, "respondToSubmission", id=one, input={"status": status})

    async def listed(**variables: Any) -> Any:
        return (await look(stage, ari, request, **variables))["submissions"]

    first = await listed(first=3)
    assert [one["id"] for one in first["nodes"]] == [ids[3], ids[2], ids[1]]
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (4, True)
    rest = await listed(first=3, after=first["pageInfo"]["endCursor"])
    assert [one["id"] for one in rest["nodes"]] == [ids[0]]
    assert [one["id"] for one in (await listed(last=2))["nodes"]] == [ids[1], ids[0]]
    for said, found in (
        ({"eq": "NEW"}, [ids[3], ids[1]]),
        ({"in": ["SHORTLISTED", "THANKED"]}, [ids[2], ids[0]]),
        ({"in": list[str]()}, []),
        (None, ids[::-1]),
    ):
        some = await listed(where={"status": said})
        assert ([one["id"] for one in some["nodes"]], some["totalCount"]) == (found, len(found))


async def test_a_double_click_makes_one_submission(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    request = await a_request(stage.sessions, await a_listener(stage.sessions))
    track = await a_track(stage.sessions, nova)
    both = await asyncio.gather(*(offer(stage, nova, request, track, note="Hi") for _ in range(2)))
    assert both[0] == both[1]
    assert both[0]["errors"] == []
    assert len(await submissions(stage.sessions)) == len(await told(stage.sessions)) == 1
    assert (await look(stage, nova, request))["submissionCount"] == 1


async def test_two_tracks_offered_at_once_cannot_both_be_the_last_of_five(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    request = await a_request(stage.sessions, await a_listener(stage.sessions))
    for _ in range(4):
        await offered(stage, nova, request, await a_track(stage.sessions, nova))
    tracks = [await a_track(stage.sessions, nova) for _ in range(2)]
    both = await asyncio.gather(*(offer(stage, nova, request, track) for track in tracks))
    assert sorted(len(one["errors"]) for one in both) == [0, 1]
    assert (
        (await look(stage, nova, request))["submissionCount"] == len(await submissions(stage.sessions)) == 5
    )
