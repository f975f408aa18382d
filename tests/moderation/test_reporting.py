"""People tell staff what is wrong with what others have put up; nobody else learns who it was."""

import pytest

from db.ids import new_id
from db.vocabulary import BeatRequestStatus, TrackStatus
from tests.collections.packs import a_collection
from tests.factories import a_listener, a_producer, a_track, staff
from tests.moderation.desk import entries, moderate, open_reports, report, reports, told
from tests.requests.wanted import a_request
from tests.stage import Stage

pytestmark = pytest.mark.anyio


async def test_staff_read_what_was_reported_the_oldest_first(stage: Stage) -> None:
    nova, ari, sam = (
        await a_producer(stage.sessions),
        await a_listener(stage.sessions),
        await staff(stage.sessions),
    )
    track = await a_track(stage.sessions, nova, title="Night Drive")
    collection = await a_collection(stage.sessions, nova, [track])
    request = await a_request(stage.sessions, await a_listener(stage.sessions, "Bea"))
    for content in (track, collection, nova.producer, request):
        assert await report(stage, ari, content, f"About {content}") == []
    found = await reports(stage, sam)
    assert [one["objectId"] for one in found] == [track, collection, nova.producer, request]
    assert [one["object"]["id"] for one in found] == [track, collection, nova.producer, request]
    assert {one["reporter"]["displayName"] for one in found} == {"Ari"}
    assert found[0]["reason"] == f"About {track}"
    assert await told(stage.sessions, nova) == []


async def test_reporting_again_changes_nothing_while_the_report_is_open(stage: Stage) -> None:
    nova, ari, sam = (
        await a_producer(stage.sessions),
        await a_listener(stage.sessions),
        await staff(stage.sessions),
    )
    track = await a_track(stage.sessions, nova)
    assert await report(stage, ari, track) == []
    async with stage.nothing_changes():
        assert await report(stage, ari, track, "Once more.") == []
    assert await report(stage, await a_listener(stage.sessions, "Bea"), track) == []
    assert await open_reports(stage.sessions) == 2
    assert await stage.refusals(sam, "dismissReports", id=track, input={"reason": "It is licensed."}) == []
    assert await report(stage, ari, track) == []
    assert await open_reports(stage.sessions) == 1


async def test_what_somebody_may_not_report_is_refused_and_nothing_is_kept(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_listener(stage.sessions)
    hidden = await a_track(stage.sessions, nova, status=TrackStatus.HIDDEN)
    shown = await a_track(stage.sessions, nova)
    empty = await a_collection(stage.sessions, nova)
    deleted = await a_request(stage.sessions, nova, status=BeatRequestStatus.DELETED)
    async with stage.nothing_changes():
        for unseen in (hidden, empty, deleted, new_id("trk"), new_id("pro"), "x", ""):
            assert await report(stage, ari, unseen) == [("id", "NOT_FOUND")]
        assert await report(stage, ari, ari.session) == [("id", "WRONG_ID_TYPE")]
        assert await report(stage, ari, shown, " ") == [("input.reason", "REQUIRED")]
        assert await report(stage, ari, shown, "x" * 2001) == [("input.reason", "TOO_LONG")]
        for own in (shown, empty, nova.producer):
            assert await report(stage, nova, own) == [("id", "OWN_CONTENT")]


async def test_hiding_settles_what_was_reported_and_says_by_what(stage: Stage) -> None:
    nova, ari, sam = (
        await a_producer(stage.sessions),
        await a_listener(stage.sessions),
        await staff(stage.sessions),
    )
    track, other = await a_track(stage.sessions, nova), await a_track(stage.sessions, nova)
    for content in (track, other):
        assert await report(stage, ari, content) == []
    assert await moderate(stage, sam, track, "HIDE") == []
    assert [one["objectId"] for one in await reports(stage, sam)] == [other]
    [settled] = await reports(stage, sam, settled=True)
    assert (settled["objectId"], settled["entry"]["action"]) == (track, "HIDE")


async def test_who_reported_is_told_what_came_of_it_and_nothing_of_whose_it_is(stage: Stage) -> None:
    nova, sam = await a_producer(stage.sessions, "Nova"), await staff(stage.sessions)
    ari, bea = await a_listener(stage.sessions), await a_listener(stage.sessions, "Bea")
    kept, hidden, removed = [
        await a_track(stage.sessions, nova, title=title) for title in ("Moon", "Rain", "Snow")
    ]
    for who, track in ((ari, kept), (ari, hidden), (bea, hidden), (ari, removed)):
        assert await report(stage, who, track) == []
    reason = {"reason": "Nova has shown us the session."}
    assert await stage.refusals(sam, "dismissReports", id=kept, input=reason) == []
    for track, action in ((hidden, "HIDE"), (hidden, "RESTORE"), (removed, "REMOVE")):
        assert await moderate(stage, sam, track, action, "Nova has not made it.") == []
    stays, acted = (
        "It does not break our rules, and stays where it is.",
        "It broke our rules, and we have acted on it.",
    )
    title, looked = (
        "We have looked at what you reported",
        "We have looked at the track “{}” that you reported. {}",
    )
    assert await told(stage.sessions, ari) == [
        (title, looked.format("Moon", stays)),
        (title, looked.format("Rain", acted)),
        (title, looked.format("Snow", acted)),
    ]
    assert await told(stage.sessions, bea) == [(title, looked.format("Rain", acted))]
    assert [one[0] for one in await told(stage.sessions, nova)] == [
        "Your track “Rain” was hidden by our staff",
        "Your track “Rain” was restored by our staff",
        "Your track “Snow” was removed by our staff",
    ]


async def test_only_staff_dismiss_reports_and_only_open_ones(stage: Stage) -> None:
    nova, ari, sam = (
        await a_producer(stage.sessions),
        await a_listener(stage.sessions),
        await staff(stage.sessions),
    )
    track = await a_track(stage.sessions, nova)
    assert await report(stage, ari, track) == []
    reason = {"reason": "It is theirs."}
    async with stage.nothing_changes():
        assert await stage.refusals(nova, "dismissReports", id=track, input=reason) == [
            ("", "STAFF_REQUIRED")
        ]
        assert await stage.refusals(sam, "dismissReports", id=nova.producer, input=reason) == [
            ("id", "ALREADY_REVIEWED")
        ]
    assert await stage.refusals(sam, "dismissReports", id=track, input=reason) == []
    assert await entries(stage.sessions) == [("DISMISS_REPORTS", track)]
    async with stage.nothing_changes():
        assert await stage.refusals(sam, "dismissReports", id=track, input=reason) == [
            ("id", "ALREADY_REVIEWED")
        ]
    assert await told(stage.sessions, nova) == []


async def test_there_are_so_many_reports_of_somebody_in_a_quarter_of_an_hour(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_listener(stage.sessions)
    track = await a_track(stage.sessions, nova)
    allowed = stage.settings.sign_in_attempts
    answers = [await report(stage, ari, track) for _ in range(allowed + 1)]
    assert answers == [[]] * allowed + [[("", "TOO_MANY_ATTEMPTS")]]
