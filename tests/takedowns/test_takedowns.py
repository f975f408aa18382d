"""A rights-holder without an account has a track looked at; its producer answers, and all of it is kept (D-83)."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.privacy.tidying import forget_what_is_old
from api.sweep import forget_the_ended
from db.clock import now
from db.ids import new_id
from db.models.fingerprints import Fingerprint
from db.models.takedowns import Takedown, TakedownStep
from db.models.tracks import Track
from db.vocabulary import TakedownStatus, TrackStatus
from tests.factories import a_listener, a_producer, a_track, staff
from tests.licences.granted import a_licence
from tests.moderation.desk import entries, moderate, told
from tests.stage import Stage, web_of
from tests.takedowns.office import (
    a_notice,
    a_takedown,
    answer,
    decide,
    file,
    letters,
    read,
    text_of,
    token_in,
)

pytestmark = pytest.mark.anyio
LIST = """query($statuses: [TakedownStatus!]) { staff { takedowns(statuses: $statuses) {
  totalCount nodes { id status } } } }"""
OF_TRACK = "query($id: ID!) { track(id: $id) { takedowns { id status } withheld { cause reason } } }"


async def status(stage: Stage, track: str) -> tuple[TrackStatus, TrackStatus | None]:
    async with stage.sessions.reading() as session:
        row = await session.get_one(Track, track)
        return row.status, row.withheld_as


async def test_a_notice_is_seen_by_staff_once_its_email_is_proved(mailing: Stage, tmp_path: Path) -> None:
    nova, sam = await a_producer(mailing.sessions), await staff(mailing.sessions)
    track = await a_track(mailing.sessions, nova, title="Night Drive")
    address = await mailing.ask(None, "query($id: ID!) { track(id: $id) { shareUrl } }", id=track)
    assert await file(mailing, address["track"]["shareUrl"]) == []
    assert (await mailing.ask(sam, LIST))["staff"]["takedowns"]["totalCount"] == 0
    [letter] = await letters(mailing, tmp_path / "mail")
    assert (letter["To"], letter["Subject"]) == ("rights@harbour.test", "Confirm your takedown notice")
    assert "Harbour Records" not in text_of(letter)
    token = {"token": token_in(letter)}
    confirmed = await mailing.mutate(None, "confirmTakedown", "reference", input=token)
    assert confirmed["errors"] == []
    async with mailing.nothing_changes():
        assert await mailing.refusals(None, "confirmTakedown", input=token) == [
            ("input.token", "LINK_EXPIRED")
        ]
    notice = confirmed["reference"]
    assert (await mailing.ask(sam, LIST))["staff"]["takedowns"]["nodes"] == [{"id": notice, "status": "OPEN"}]
    assert await read(mailing, sam, notice) == {
        "id": notice,
        "name": "Harbour Records",
        "work": "“Low Tide”, released 2024.",
        "grounds": "The melody from 0:30 on\nis ours.",
        "status": "OPEN",
        "track": {"id": track},
        "contact": {"email": "rights@harbour.test", "signature": "Rhea Harbour"},
        "history": [
            {"status": "UNPROVED", "text": None, "by": None},
            {"status": "OPEN", "text": None, "by": None},
        ],
    }
    for other in (None, nova, await a_listener(mailing.sessions)):
        assert await read(mailing, other, notice) is None
    assert (await status(mailing, track), await told(mailing.sessions, nova)) == (
        (TrackStatus.PUBLISHED, None),
        [],
    )


async def test_the_link_leads_to_a_page_of_ours_where_a_look_changes_nothing(
    mailing: Stage, tmp_path: Path
) -> None:
    track = await a_track(mailing.sessions, await a_producer(mailing.sessions))
    assert await file(mailing, track) == []
    [letter] = await letters(mailing, tmp_path / "mail")
    path = f"/takedown?token={token_in(letter)}"
    async with web_of(mailing, "https://beatpass.test") as web:
        async with mailing.nothing_changes():
            look = await web.get(path)
            assert (look.status_code, "Harbour Records" in look.text) == (200, True)
            assert (await web.get("/takedown?token=bpp_x")).status_code == 410
        assert (await web.post(path)).status_code == 200
        assert (await web.post(path)).status_code == 410
    async with mailing.sessions.reading() as session:
        assert [row.status for row in await session.scalars(select(Takedown))] == [TakedownStatus.OPEN]


async def test_upheld_the_track_is_hidden_and_comes_back_when_its_producer_has_answered(
    mailing: Stage, tmp_path: Path
) -> None:
    nova, sam, ari = (
        await a_producer(mailing.sessions),
        await staff(mailing.sessions),
        await a_listener(mailing.sessions),
    )
    track = await a_track(mailing.sessions, nova, title="Night Drive")
    licence = await a_licence(mailing.sessions, ari, track)
    notice = await a_takedown(mailing.sessions, track)
    assert await decide(mailing, sam, notice, "APPROVE", "It is the same melody.") == []
    assert await status(mailing, track) == (TrackStatus.HIDDEN, TrackStatus.PUBLISHED)
    own = (await mailing.ask(nova, OF_TRACK, id=track))["track"]
    assert own == {
        "takedowns": [{"id": notice, "status": "UPHELD"}],
        "withheld": {"cause": "TAKEDOWN", "reason": "It is the same melody."},
    }
    assert (await mailing.ask(ari, OF_TRACK, id=track))["track"] is None
    held = await mailing.ask(ari, "query($id: ID!) { licence(id: $id) { status } }", id=licence)
    assert held["licence"]["status"] == "ACTIVE"
    seen = await read(mailing, nova, notice)
    assert seen
    assert (seen["contact"], seen["name"], seen["history"][-1]) == (
        None,
        "Harbour Records",
        {"status": "UPHELD", "text": "It is the same melody.", "by": None},
    )
    visible = {"visible": True}
    assert await mailing.refusals(nova, "setTrackVisibility", id=track, input=visible) == [("id", "WITHHELD")]
    assert await answer(mailing, nova, notice, "I made it\nin 2023.") == []
    async with mailing.nothing_changes():
        assert await answer(mailing, nova, notice) == [("id", "NOT_ASKED")]
    assert await decide(mailing, sam, notice, "DENY", "The project file is older.") == []
    assert await status(mailing, track) == (TrackStatus.PUBLISHED, None)
    full = await read(mailing, sam, notice)
    assert full
    assert [
        (one["status"], one["text"], one["by"] and one["by"]["displayName"]) for one in full["history"]
    ] == [
        ("OPEN", None, None),
        ("UPHELD", "It is the same melody.", "Sam"),
        ("ANSWERED", "I made it\nin 2023.", "Nova"),
        ("RELEASED", "The project file is older.", "Sam"),
    ]
    assert await entries(mailing.sessions) == [("UPHOLD_TAKEDOWN", notice), ("RELEASE_TAKEDOWN", notice)]
    assert [title for title, _ in await told(mailing.sessions, nova)] == [
        "Your track “Night Drive” was hidden after a rights-holder's notice",
        "Your track “Night Drive” is let go again after a rights-holder's notice",
    ]
    sent = await letters(mailing, tmp_path / "mail")
    assert [one["Subject"] for one in sent] == [
        "Your takedown notice was upheld",
        "A track is back after your takedown notice",
    ]
    assert "It is the same melody." in text_of(sent[0])


async def test_rejected_its_producer_never_hears_of_it(stage: Stage) -> None:
    nova, sam = await a_producer(stage.sessions), await staff(stage.sessions)
    track = await a_track(stage.sessions, nova)
    notice = await a_takedown(stage.sessions, track)
    assert await decide(stage, sam, notice, "DENY") == []
    assert (await stage.ask(nova, OF_TRACK, id=track))["track"] == {"takedowns": [], "withheld": None}
    assert (await status(stage, track), await told(stage.sessions, nova)) == (
        (TrackStatus.PUBLISHED, None),
        [],
    )


async def test_two_causes_hold_a_track_until_both_are_gone(stage: Stage) -> None:
    nova, sam = await a_producer(stage.sessions), await staff(stage.sessions)
    track = await a_track(stage.sessions, nova)
    one, other = await a_takedown(stage.sessions, track), await a_takedown(stage.sessions, track)
    for notice in (one, other):
        assert await decide(stage, sam, notice, "APPROVE") == []
    assert await moderate(stage, sam, track, "HIDE") == []
    assert await decide(stage, sam, one, "DENY") == []
    assert await moderate(stage, sam, track, "RESTORE") == []
    assert await status(stage, track) == (TrackStatus.HIDDEN, TrackStatus.PUBLISHED)
    assert await decide(stage, sam, other, "DENY") == []
    assert await status(stage, track) == (TrackStatus.PUBLISHED, None)


async def test_a_notice_that_lacks_something_is_refused_whole_and_nothing_is_kept(mailing: Stage) -> None:
    nova = await a_producer(mailing.sessions)
    track = await a_track(mailing.sessions, nova)
    hidden = await a_track(mailing.sessions, nova, TrackStatus.HIDDEN)
    wrong = {
        "name": " ",
        "email": "x",
        "work": "",
        "grounds": "x" * 5001,
        "goodFaith": False,
        "signature": "",
    }
    async with mailing.nothing_changes():
        assert await file(mailing, track, **wrong) == [
            ("input.name", "REQUIRED"),
            ("input.work", "REQUIRED"),
            ("input.grounds", "TOO_LONG"),
            ("input.signature", "REQUIRED"),
            ("input.email", "MALFORMED"),
            ("input.goodFaith", "REQUIRED"),
        ]
        for unseen in (hidden, new_id("trk"), "/t/none", "https://elsewhere.test/t/x", nova.producer, "x"):
            assert await file(mailing, unseen) == [("input.track", "NOT_FOUND")]


async def test_without_a_mail_server_nothing_is_filed(stage: Stage) -> None:
    track = await a_track(stage.sessions, await a_producer(stage.sessions))
    async with stage.nothing_changes():
        assert await file(stage, track) == [("", "EMAIL_IS_OFF")]


async def test_an_inbox_is_not_filled_with_letters(mailing: Stage) -> None:
    track = await a_track(mailing.sessions, await a_producer(mailing.sessions))
    for number in range(5):
        peer = f"192.0.2.{number + 10}"
        notice = a_notice(track, email="RIGHTS@harbour.test" if number else "rights@harbour.test")
        assert await mailing.refusals(None, "fileTakedown", input=notice, peer=peer) == []
    async with mailing.nothing_changes():
        assert await file(mailing, track) == [("", "TOO_MANY_ATTEMPTS")]


async def test_notices_that_were_proved_keep_nobody_from_filing_another(mailing: Stage) -> None:
    """Who has much to complain about has shown that the inbox is theirs."""
    track = await a_track(mailing.sessions, await a_producer(mailing.sessions))
    for _ in range(7):
        await a_takedown(mailing.sessions, track, expires_at=now() + timedelta(days=7))
    for number in range(5):
        peer = f"192.0.2.{number + 10}"
        given = a_notice(track)
        assert await mailing.refusals(None, "fileTakedown", input=given, peer=peer) == []
    async with mailing.nothing_changes():
        assert await file(mailing, track) == [("", "TOO_MANY_ATTEMPTS")]


async def test_what_nobody_proves_is_forgotten_after_a_week(mailing: Stage, tmp_path: Path) -> None:
    track = await a_track(mailing.sessions, await a_producer(mailing.sessions))
    assert await file(mailing, track) == []
    [letter] = await letters(mailing, tmp_path / "mail")
    proved = await a_takedown(mailing.sessions, track)
    async with mailing.sessions.writing() as session:
        await session.execute(update(Takedown).values(expires_at=now() - timedelta(seconds=1)))
    token = {"token": token_in(letter)}
    assert await mailing.refusals(None, "confirmTakedown", input=token) == [("input.token", "LINK_EXPIRED")]
    async with mailing.sessions.writing() as session:
        await forget_the_ended(session, session_days=30)
    async with mailing.sessions.reading() as session:
        assert list(await session.scalars(select(col(Takedown.id)))) == [proved]


async def test_who_filed_a_notice_is_forgotten_three_years_after_its_end_and_its_history_stays(
    mailing: Stage, tmp_path: Path
) -> None:
    nova, sam = await a_producer(mailing.sessions), await staff(mailing.sessions)
    track = await a_track(mailing.sessions, nova)
    old, young, answered, waiting = [await a_takedown(mailing.sessions, track) for _ in range(4)]
    for notice in (old, young, answered):
        assert await decide(mailing, sam, notice, "APPROVE") == []
    assert await answer(mailing, nova, answered) == []
    assert len(await letters(mailing, tmp_path / "mail")) == 3
    for notice, days in ((old, 1097), (young, 1095), (answered, 1097), (waiting, 1097)):
        async with mailing.sessions.writing() as session:
            steps = update(TakedownStep).where(col(TakedownStep.takedown_id) == notice)
            await session.execute(steps.values(at=now() - timedelta(days=days)))

    async def nothing(_: AsyncSession) -> None:
        """No job behind it."""

    await forget_what_is_old(mailing.sessions, keep=nothing, settle=nothing)
    async with mailing.nothing_changes():
        await forget_what_is_old(mailing.sessions, keep=nothing, settle=nothing)
    for notice, known in ((old, False), (young, True), (answered, True), (waiting, True)):
        found = await read(mailing, sam, notice)
        assert found
        assert (found["contact"] is not None, found["name"]) == (known, "Harbour Records")
    assert await decide(mailing, sam, old, "DENY", "It is licensed.") == []
    found = await read(mailing, sam, old)
    assert found
    assert [one["status"] for one in found["history"]] == ["OPEN", "UPHELD", "RELEASED"]
    assert len(await letters(mailing, tmp_path / "mail")) == 3  # there is nobody to write to


async def test_who_may_not_decide_or_answer_is_refused_and_nothing_changes(stage: Stage) -> None:
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    sam, track = await staff(stage.sessions), await a_track(stage.sessions, nova)
    notice = await a_takedown(stage.sessions, track)
    unproved = await a_takedown(stage.sessions, track, status=TakedownStatus.UNPROVED, proved_at=None)
    async with stage.nothing_changes():
        assert await decide(stage, nova, notice, "DENY") == [("", "STAFF_REQUIRED")]
        assert await decide(stage, sam, notice, "APPROVE", " ") == [("input.reason", "REQUIRED")]
        for none in (unproved, new_id("tkd")):
            assert await decide(stage, sam, none, "APPROVE") == [("id", "NOT_FOUND")]
        assert await decide(stage, sam, track, "APPROVE") == [("id", "WRONG_ID_TYPE")]
        assert await answer(stage, nova, notice) == [("id", "NOT_FOUND")]  # it is not upheld
    assert await decide(stage, sam, notice, "APPROVE") == []
    async with stage.nothing_changes():
        assert await decide(stage, sam, notice, "APPROVE") == [("id", "ALREADY_REVIEWED")]
        assert await answer(stage, kilo, notice) == [("id", "NOT_FOUND")]
        assert await answer(stage, sam, notice) == [("id", "NOT_YOURS")]
        assert await answer(stage, nova, notice, " ") == [("input.statement", "REQUIRED")]


async def test_of_two_who_decide_at_once_one_has_decided(stage: Stage) -> None:
    nova, sam = await a_producer(stage.sessions), await staff(stage.sessions)
    tina, track = await staff(stage.sessions, "Tina"), await a_track(stage.sessions, nova)
    notices = [await a_takedown(stage.sessions, track) for _ in range(6)]
    for notice in notices:
        both = await asyncio.gather(decide(stage, sam, notice, "DENY"), decide(stage, tina, notice, "DENY"))
        assert sorted(both) == [[], [("id", "ALREADY_REVIEWED")]]
    assert len(await entries(stage.sessions)) == 6


async def sounds(stage: Stage) -> set[str | None]:
    async with stage.sessions.reading() as session:
        return set(await session.scalars(select(col(Fingerprint.track_id))))


async def test_a_track_that_is_deleted_under_a_notice_stays_known_by_its_sound_until_that_is_denied(
    stage: Stage,
) -> None:
    """Uploaded again it is a duplicate: nobody gets rid of a complaint in that way."""
    nova, sam = await a_producer(stage.sessions), await staff(stage.sessions)
    unproved, rejected, twice, upheld, released = [await a_track(stage.sessions, nova) for _ in range(5)]
    await a_takedown(stage.sessions, unproved, status=TakedownStatus.UNPROVED, proved_at=None)
    notices = [await a_takedown(stage.sessions, one) for one in (rejected, twice, twice, upheld, released)]
    assert await decide(stage, sam, notices[4], "APPROVE") == []
    for track in (unproved, rejected, twice, upheld, released):
        assert await stage.refusals(nova, "deleteTrack", id=track) == []
    assert await sounds(stage) == {rejected, twice, upheld, released}
    assert await decide(stage, sam, notices[3], "APPROVE") == []
    for notice in (notices[0], notices[1], notices[4]):
        assert await decide(stage, sam, notice, "DENY") == []
    assert await sounds(stage) == {twice, upheld}
    assert await decide(stage, sam, notices[2], "DENY") == []
    assert await sounds(stage) == {upheld}


async def test_what_staff_removed_or_somebody_licensed_stays_known_when_a_notice_is_denied(
    stage: Stage,
) -> None:
    nova, sam = await a_producer(stage.sessions), await staff(stage.sessions)
    removed, licensed = [await a_track(stage.sessions, nova) for _ in range(2)]
    await a_licence(stage.sessions, await a_listener(stage.sessions), licensed)
    notices = [await a_takedown(stage.sessions, one) for one in (removed, licensed)]
    assert await moderate(stage, sam, removed, "REMOVE") == []
    assert await stage.refusals(nova, "deleteTrack", id=licensed) == []
    for notice in notices:
        assert await decide(stage, sam, notice, "DENY") == []
    assert await sounds(stage) == {removed, licensed}


async def test_a_rights_holder_is_not_told_that_a_deleted_track_is_back(
    mailing: Stage, tmp_path: Path
) -> None:
    nova, sam = await a_producer(mailing.sessions), await staff(mailing.sessions)
    tracks = [await a_track(mailing.sessions, nova) for _ in range(2)]
    notices = [await a_takedown(mailing.sessions, one) for one in tracks]
    for notice in notices:
        assert await decide(mailing, sam, notice, "APPROVE") == []
    assert await mailing.refusals(nova, "deleteTrack", id=tracks[0]) == []
    for notice in notices:
        assert await decide(mailing, sam, notice, "DENY") == []
    said = [(one["Subject"], text_of(one)) for one in await letters(mailing, tmp_path / "mail")]
    ended, back = said[-2:]
    assert ended[0] == "Your takedown notice has ended"
    assert "was deleted meanwhile" in ended[1]
    assert back[0] == "A track is back after your takedown notice"


async def test_a_decision_about_a_track_that_is_gone_is_kept_all_the_same(stage: Stage) -> None:
    nova, sam = await a_producer(stage.sessions), await staff(stage.sessions)
    track = await a_track(stage.sessions, nova)
    notice = await a_takedown(stage.sessions, track)
    assert await stage.refusals(nova, "deleteTrack", id=track) == []
    assert await decide(stage, sam, notice, "APPROVE") == []
    found = await read(stage, sam, notice)
    assert found
    assert (found["status"], found["track"]) == ("UPHELD", None)
    assert await status(stage, track) == (TrackStatus.REMOVED, None)
