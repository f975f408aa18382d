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


LOOKED = "We have looked at what you reported"
LOOKING = "We are looking at what you reported"
INNOCENT = "It does not break our rules."
ACTED = "It broke our rules, and we have acted on it."


def hidden_(title: str) -> tuple[str, str]:
    return LOOKING, f"The track “{title}” that you reported is not shown for now, while we look at it."


def outcome(title: str, sentence: str) -> tuple[str, str]:
    return LOOKED, f"We have looked at the track “{title}” that you reported. {sentence}"


async def test_what_is_hidden_stays_reported_until_staff_have_judged_it(stage: Stage) -> None:
    nova, ari, sam = (
        await a_producer(stage.sessions),
        await a_listener(stage.sessions),
        await staff(stage.sessions),
    )
    restored, removed, dismissed = [await a_track(stage.sessions, nova) for _ in range(3)]
    tracks = [restored, removed, dismissed]
    for content in tracks:
        assert await report(stage, ari, content) == []
        assert await moderate(stage, sam, content, "HIDE") == []
    assert [one["objectId"] for one in await reports(stage, sam)] == tracks
    assert await reports(stage, sam, settled=True) == []
    assert await moderate(stage, sam, restored, "RESTORE") == []
    assert await moderate(stage, sam, removed, "REMOVE") == []
    assert await stage.refusals(sam, "dismissReports", id=dismissed, input={"reason": "No."}) == []
    assert await reports(stage, sam) == []
    settled = {one["objectId"]: one["entry"]["action"] for one in await reports(stage, sam, settled=True)}
    assert settled == {restored: "RESTORE", removed: "REMOVE", dismissed: "DISMISS_REPORTS"}


async def test_who_reported_is_told_what_came_of_it_once_and_nothing_of_whose_it_is(stage: Stage) -> None:
    nova, sam = await a_producer(stage.sessions, "Nova"), await staff(stage.sessions)
    ari, bea = await a_listener(stage.sessions), await a_listener(stage.sessions, "Bea")
    kept, hidden, removed = [
        await a_track(stage.sessions, nova, title=title) for title in ("Moon", "Rain", "Snow")
    ]
    for who, track in ((ari, kept), (ari, hidden), (bea, hidden), (ari, removed)):
        assert await report(stage, who, track) == []
    reason = {"reason": "Nova has shown us the session."}
    assert await stage.refusals(sam, "dismissReports", id=kept, input=reason) == []
    for track, action in ((hidden, "HIDE"), (hidden, "RESTORE"), (removed, "HIDE"), (removed, "REMOVE")):
        assert await moderate(stage, sam, track, action, "Nova has not made it.") == []
    for action in ("HIDE", "RESTORE"):  # about which nobody has said anything since
        assert await moderate(stage, sam, hidden, action) == []
    assert await told(stage.sessions, ari) == [
        outcome("Moon", INNOCENT),
        hidden_("Rain"),
        outcome("Rain", INNOCENT),
        hidden_("Snow"),
        outcome("Snow", ACTED),
    ]
    assert await told(stage.sessions, bea) == [hidden_("Rain"), outcome("Rain", INNOCENT)]
    assert [one[0] for one in await told(stage.sessions, nova)] == [
        "Your track “Rain” was hidden by our staff",
        "Your track “Rain” was restored by our staff",
        "Your track “Snow” was hidden by our staff",
        "Your track “Snow” was removed by our staff",
        "Your track “Rain” was hidden by our staff",
        "Your track “Rain” was restored by our staff",
    ]


async def test_hiding_twice_is_refused_and_tells_nobody_anything(stage: Stage) -> None:
    nova, ari, sam = (
        await a_producer(stage.sessions),
        await a_listener(stage.sessions),
        await staff(stage.sessions),
    )
    track = await a_track(stage.sessions, nova)
    assert await report(stage, ari, track) == []
    assert await moderate(stage, sam, track, "HIDE") == []
    async with stage.nothing_changes():
        assert await moderate(stage, sam, track, "HIDE") == [("id", "WITHHELD")]
    assert await open_reports(stage.sessions) == 1


async def test_reports_of_what_its_owner_deletes_while_it_is_hidden_can_be_closed(stage: Stage) -> None:
    nova, ari, sam = (
        await a_producer(stage.sessions),
        await a_listener(stage.sessions),
        await staff(stage.sessions),
    )
    track = await a_track(stage.sessions, nova, title="Rain")
    assert await report(stage, ari, track) == []
    assert await moderate(stage, sam, track, "HIDE") == []
    assert await stage.refusals(nova, "deleteTrack", id=track) == []
    gone = {"reason": "Nova has deleted it."}
    assert [one["objectId"] for one in await reports(stage, sam)] == [track]
    assert await stage.refusals(sam, "dismissReports", id=track, input=gone) == []
    assert await told(stage.sessions, ari) == [
        hidden_("Rain"),
        (LOOKED, "What you reported is not there any more."),
    ]
    async with stage.nothing_changes():
        assert await stage.refusals(sam, "dismissReports", id=track, input=gone) == [("id", "NOT_FOUND")]


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
