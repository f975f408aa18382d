"""One e-mail a day with all that could wait; D-71."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col

from api.notifications.rules import latest_moment
from db.clock import now
from db.ids import TrackId
from db.models.notices import Notification
from db.vocabulary import JobKind, JobState, NotificationKind, TrackStatus
from tests.factories import Person, a_listener, a_producer, a_track
from tests.notifications.office import Office, change_notices, tell

pytestmark = pytest.mark.anyio
START, SEND = JobKind.START_DIGESTS, JobKind.SEND_DIGEST
YESTERDAY = timedelta(days=1, hours=1)


async def waiting(
    office: Office, who: Person, *subjects: str, kind: NotificationKind = NotificationKind.NEW_UPLOAD
) -> None:
    """What has waited since before the last digest."""
    for subject in subjects:
        await tell(office.sessions, who, subject=subject, kind=kind)
    of = col(Notification.account_id) == who.account, col(Notification.subject_id).in_(subjects)
    await change_notices(office.sessions, *of, created_at=now() - YESTERDAY)


async def the_hour_comes(office: Office, name: str = "an hour") -> None:
    await office.have_done(START, name)


async def test_all_that_waits_goes_out_in_one_mail_by_kind_and_once(office: Office) -> None:
    ari, bo = await a_listener(office.sessions, "Ari"), await a_listener(office.sessions, "Bo")
    await waiting(office, ari, "one <b>", "two")
    await waiting(office, ari, "three", kind=NotificationKind.NEW_FOLLOWER)
    await waiting(office, bo, "four")
    await the_hour_comes(office)
    assert await office.work(SEND) == 2
    mail, other = sorted(office.mails.received(), key=lambda one: one.to)
    assert (mail.to, other.to) == ([ari.email], [bo.email])
    assert mail.message["Subject"] == "On BeatPass: 2 new uploads, 1 new follower"
    text = mail.text("plain")
    order = [
        text.index(word)
        for word in ("New uploads", "About one <b>", "About two", "New follower", "About three")
    ]
    assert order == sorted(order)
    assert "four" not in text
    assert "About one &lt;b&gt;" in mail.text("html")
    link = mail.message["List-Unsubscribe"]
    assert f"/unsubscribe/{ari.account}.DIGEST." in link
    assert all(one.emailed_at for one in await office.notices())
    await the_hour_comes(office, "the next hour")
    assert (await office.work(SEND), len(office.mails.received())) == (0, 2)


async def test_what_came_after_the_hour_waits_for_the_next_day(office: Office) -> None:
    ari = await a_listener(office.sessions)
    await tell(office.sessions, ari, kind=NotificationKind.NEW_UPLOAD)
    hour = latest_moment(now(), hour=office.stage.settings.digest_hour)
    await change_notices(office.sessions, created_at=hour)
    await the_hour_comes(office)
    assert await office.jobs(SEND) == []
    await change_notices(office.sessions, created_at=hour - timedelta(microseconds=1))
    await the_hour_comes(office, "as if a day had passed")
    assert [job.key for job in await office.jobs(SEND)] == [f"SEND_DIGEST:{ari.account}:{hour.date()}"]


async def test_what_was_read_meanwhile_is_left_out_and_an_empty_digest_is_not_sent(office: Office) -> None:
    ari, bo = await a_listener(office.sessions, "Ari"), await a_listener(office.sessions, "Bo")
    await waiting(office, ari, "read", "unread")
    await waiting(office, bo, "read too")
    read = col(Notification.subject_id).in_(["read", "read too"])
    await change_notices(office.sessions, read, read_at=now())
    await the_hour_comes(office)
    assert await office.work(SEND) == 2
    [mail] = office.mails.received()
    assert mail.message["Subject"] == "On BeatPass: 1 new upload"
    assert "About read" not in mail.text("plain")
    marks = {one.subject_id: (one.email is None, one.emailed_at is None) for one in await office.notices()}
    assert marks == {"read": (True, True), "unread": (False, False), "read too": (True, True)}


async def test_a_new_track_that_is_hidden_or_gone_since_is_not_spread(office: Office) -> None:
    ari, nova = await a_listener(office.sessions, "Ari"), await a_producer(office.sessions)
    states = (TrackStatus.PUBLISHED, TrackStatus.HIDDEN, TrackStatus.REMOVED)
    tracks = [await a_track(office.sessions, nova, status) for status in states]
    await waiting(office, ari, *tracks)
    await the_hour_comes(office)
    assert await office.work(SEND) == 1
    [mail] = office.mails.received()
    assert mail.message["Subject"] == "On BeatPass: 1 new upload"
    assert [track in mail.text("plain") for track in tracks] == [True, False, False]
    assert [
        bool(one.email)
        for one in sorted(await office.notices(), key=lambda row: tracks.index(TrackId(row.subject_id)))
    ] == [True, False, False]


async def test_many_of_a_kind_are_cut_and_the_rest_is_counted(office: Office) -> None:
    ari = await a_listener(office.sessions)
    await waiting(office, ari, *(f"t{number}" for number in range(23)))
    await the_hour_comes(office)
    await office.work(SEND)
    [mail] = office.mails.received()
    assert mail.text("plain").count("\n* About t") == 20
    assert "  and 3 more\n" in mail.text("plain")
    assert all(one.emailed_at for one in await office.notices())


async def test_accounts_are_taken_in_batches(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.notifications.digests._ACCOUNTS_AT_ONCE", 2)
    people = [await a_listener(office.sessions, f"P{number}") for number in range(5)]
    for one in people:
        await waiting(office, one, "x")
    await the_hour_comes(office)
    assert len(await office.jobs(SEND)) == 5


async def test_a_digest_that_was_not_marked_is_sent_again_with_the_same_id(office: Office) -> None:
    ari = await a_listener(office.sessions)
    await waiting(office, ari, "one", "two")
    await the_hour_comes(office)
    for _ in range(2):
        await office.work(SEND)
        await change_notices(office.sessions, emailed_at=None)
        await ready_again(office)
        await waiting(office, ari, "three")  # came meanwhile: it is the digest of the day all the same
    bo = await a_listener(office.sessions, "Bo")
    await waiting(office, bo, "four")
    await the_hour_comes(office, "the next hour")
    await office.work(SEND)
    ids = {mail.to[0]: mail.id for mail in office.mails.received()}
    first, second, *_ = [mail.id for mail in office.mails.received()]
    assert first == second == ids[ari.email] != ids[bo.email]


async def ready_again(office: Office) -> None:
    """As if the worker had died before it could say that it was done."""
    async with office.sessions.writing() as session:
        for job in await office.jobs(SEND):
            found = await session.get_one(type(job), job.id)
            found.state, found.run_at = JobState.READY, datetime(2026, 1, 1, tzinfo=UTC)


async def test_a_refused_digest_is_not_tried_again(office: Office) -> None:
    ari = await a_listener(office.sessions, "Refused")
    assert ari.email.startswith("refused")
    await waiting(office, ari, "one")
    await the_hour_comes(office)
    await office.work(SEND)
    [notice] = await office.notices()
    assert (notice.email, notice.email_refused) == (None, "550 5.1.1 No such person here")
