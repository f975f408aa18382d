"""D-64: verified producers are told of a request that their tracks answer, once, and not too often."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from api.requests.fit import Reason
from api.requests.wording import fit_in_words, in_short, telling
from db import jobs
from db.clock import now
from db.ids import BeatRequestId, JobId, TrackId, new_id
from db.models.accounts import RoleGrant
from db.models.jobs import Job
from db.models.notices import Notification
from db.models.requests import BeatMatch
from db.queries import notices
from db.vocabulary import (
    BeatRequestStatus,
    EmailTiming,
    JobKind,
    JobState,
    NotificationKind,
    Role,
    Scale,
    TrackStatus,
)
from tests.factories import Beatmaker, Person, a_listener, a_producer, a_track, a_verified_producer
from tests.requests.asking import delete, posted
from tests.requests.matched import a_match, a_reason
from tests.requests.offered import change_request, change_track, offered, told
from tests.requests.wanted import EVERYTHING, a_request
from tests.stage import Stage
from tests.tools.databases import on_sqlite
from tests.working import tools_of
from workers.actors.notices import send_digest, send_email, start_digests, tell_matches
from workers.transaction import Actor, perform

pytestmark = pytest.mark.anyio
_NO_REASONS: Final[list[Reason]] = []
ACTORS: Final = {actor.kind: actor for actor in (tell_matches, start_digests, send_digest, send_email)}


async def tell(stage: Stage, *requests: BeatRequestId) -> None:
    """What is added where matches are found, and done by as many workers at once."""
    keys = [new_id("cause") for _ in requests]
    async with stage.sessions.writing() as session:
        for key, request in zip(keys, requests, strict=True):
            await jobs.add(session, JobKind.TELL_MATCHES, key=key, request=request)
    await asyncio.gather(*(work(stage, JobKind.TELL_MATCHES, key) for key in keys))


async def work(stage: Stage, kind: JobKind, key: str) -> None:
    """Do one job."""
    actor: Actor = ACTORS[kind]
    async with stage.sessions.reading() as session:
        [job] = await session.scalars(select(col(Job.id)).where(col(Job.key) == f"{kind}:{key}"))
    await perform(tools_of(stage), JobId(job), actor)
    async with stage.sessions.reading() as session:
        assert (await session.get_one(Job, job)).state is JobState.DONE


async def wanted(stage: Stage, *, of: Person | None = None, **different: Any) -> BeatRequestId:
    return await a_request(stage.sessions, of or await a_listener(stage.sessions), **different)


async def answered(stage: Stage, request: BeatRequestId, *people: Beatmaker) -> list[TrackId]:
    """A track of each that answers it."""
    tracks = [await a_track(stage.sessions, one) for one in people]
    for track in tracks:
        await a_match(stage.sessions, request, track)
    return tracks


async def untold(stage: Stage) -> set[str]:
    """Tracks whose match is still to be told."""
    async with stage.sessions.reading() as session:
        return set(
            await session.scalars(select(col(BeatMatch.track_id)).where(col(BeatMatch.told_at).is_(None)))
        )


async def mute(stage: Stage, who: Person, *genres: str) -> None:
    given = {"mutedGenres": list(genres)}
    payload = await stage.mutate(who, "updateNotificationPreferences", input=given)
    assert payload["errors"] == []


async def told_before(stage: Stage, who: Person, times: int, *, ago: timedelta = timedelta()) -> None:
    """Of other requests, all of them at once."""
    for _ in range(times):
        request = await wanted(stage)
        async with stage.sessions.writing() as session:
            session.add(
                Notification(
                    account_id=who.account,
                    kind=NotificationKind.MATCHING_REQUEST,
                    subject_id=request,
                    title="A beat request for you",
                    body="It fits.",
                    path=f"/requests/{request}",
                    email=EmailTiming.AT_ONCE,
                    created_at=now() - ago,
                )
            )


async def test_a_producer_is_told_of_the_best_three_tracks_and_why(mailing: Stage) -> None:
    kilo = await a_verified_producer(mailing.sessions)
    request = await wanted(mailing, text="Something for a\nlate drive home.", **EVERYTHING)
    otherwise: dict[str, Any] = {
        "genres": ["House"],
        "bpm": 100,
        "pitch_class": 6,
        "scale": Scale.MAJOR,
        "tags": [],
    }
    beats: list[tuple[str, float, dict[str, Any]]] = [
        ("Third", 0.5, otherwise),
        ("Tape delay", 0.9, {"genres": ["UK Drill"], "bpm": 142, "pitch_class": 0, "scale": Scale.MAJOR}),
        ("Fourth", 0.4, {}),
        ("Second", 0.7, otherwise | {"pitch_class": 9, "scale": Scale.MINOR}),
        ("Fifth", 0.3, {}),
    ]
    for title, score, columns in beats:
        track = await a_track(mailing.sessions, kilo, title=title, **columns)
        await a_match(mailing.sessions, request, track, score=score)
    await tell(mailing, request)
    [notice] = await told(mailing.sessions)
    assert (notice.account_id, notice.kind, notice.subject_id) == (kilo.account, "MATCHING_REQUEST", request)
    assert notice.title == "A beat request for you: Something for a late drive home."
    assert notice.body == (
        "“Tape delay” fits best: BPM 142 is inside 138\N{EN DASH}146 · C major is the relative of A minor."
        " Also “Second” (A minor is the key asked for) and “Third”. And 2 more of your tracks."
    )
    assert notice.path == f"/requests/{request}"
    assert (notice.in_app, notice.live, notice.email) == (True, True, EmailTiming.AT_ONCE)
    assert await untold(mailing) == set()


async def test_a_request_that_is_told_twice_and_by_two_at_once_is_told_once(mailing: Stage) -> None:
    request, people = await wanted(mailing), [await a_verified_producer(mailing.sessions) for _ in range(3)]
    await answered(mailing, request, *people)
    await tell(mailing, request, request)
    await tell(mailing, request)
    assert sorted(one.account_id for one in await told(mailing.sessions)) == sorted(
        one.account for one in people
    )
    async with mailing.sessions.reading() as session:
        mails = select(Job).where(col(Job.kind) == JobKind.SEND_EMAIL)
        assert len(list(await session.scalars(mails))) == 3


async def test_a_track_that_answers_it_later_is_not_told_and_waits_no_more(mailing: Stage) -> None:
    request, kilo = await wanted(mailing), await a_verified_producer(mailing.sessions)
    await answered(mailing, request, kilo)
    await tell(mailing, request)
    await answered(mailing, request, kilo)
    await tell(mailing, request)
    assert len(await told(mailing.sessions)) == 1
    assert await untold(mailing) == set()


async def test_only_who_is_verified_at_this_moment_is_told_and_the_others_when_they_are(stage: Stage) -> None:
    request, uma = await wanted(stage), await a_producer(stage.sessions, "Uma")
    lost, kilo = await a_verified_producer(stage.sessions, "Lost"), await a_verified_producer(stage.sessions)
    async with stage.sessions.writing() as session:
        badge = col(RoleGrant.account_id) == lost.account, col(RoleGrant.role) == Role.VERIFIED_PRODUCER
        await session.execute(update(RoleGrant).where(*badge).values(withdrawn_at=now()))
    theirs = await answered(stage, request, uma, lost, kilo)
    await tell(stage, request)
    assert [one.account_id for one in await told(stage.sessions)] == [kilo.account]
    assert await untold(stage) == set(theirs[:2])
    async with stage.sessions.writing() as session:
        session.add(RoleGrant(account_id=uma.account, role=Role.VERIFIED_PRODUCER, grant_reason="Test"))
    await tell(stage, request)
    assert [one.account_id for one in await told(stage.sessions)] == [kilo.account, uma.account]


@on_sqlite
@pytest.mark.parametrize(
    "closed",
    [
        {"status": BeatRequestStatus.EXPIRED},
        {"status": BeatRequestStatus.DELETED},
        {"expires_at": now() - timedelta(seconds=1)},
    ],
)
async def test_of_a_request_that_is_over_nobody_is_told(stage: Stage, closed: dict[str, Any]) -> None:
    request, kilo = await wanted(stage), await a_verified_producer(stage.sessions)
    tracks = await answered(stage, request, kilo)
    await change_request(stage.sessions, request, **closed)
    await tell(stage, request)
    assert (await told(stage.sessions), await untold(stage)) == ([], set(tracks))


@on_sqlite
async def test_tracks_that_are_hidden_or_offered_since_are_not_named(stage: Stage) -> None:
    request, kilo = await wanted(stage), await a_verified_producer(stage.sessions)
    hidden, given = await answered(stage, request, kilo, kilo)
    await change_track(stage.sessions, hidden, TrackStatus.HIDDEN)
    await offered(stage, kilo, request, given)
    before = await told(stage.sessions)
    await tell(stage, request)
    assert [one.id for one in await told(stage.sessions)] == [one.id for one in before]
    assert await untold(stage) == {hidden, given}
    await change_track(stage.sessions, hidden, TrackStatus.PUBLISHED)
    await tell(stage, request)
    [*_, notice] = await told(stage.sessions)
    assert (notice.kind, notice.body) == (
        "MATCHING_REQUEST",
        "“Night Drive” fits.",
    )
    assert await untold(stage) == set()


@pytest.mark.parametrize(
    ("muted", "asked", "tells"),
    [
        ("UK Drill", "UK Drill", False),
        ("Drill", "UK Drill", False),
        ("UK Drill", "Drill", True),
        ("fast FOLK", "Fast Folk", False),
        ("Hip-Hop", "hip hop", False),
        ("hip hop", "Hip-Hop", False),
        ("rnb", "Alternative R&B", False),
        ("Alt R&B", "R&B", True),
        ("Trap", "Trap Soul", True),
        ("Trap", None, True),
    ],
)
@on_sqlite
async def test_of_a_muted_genre_and_of_what_is_within_it_nothing_is_told(
    stage: Stage, muted: str, asked: str | None, tells: bool
) -> None:
    kilo, vera = await a_verified_producer(stage.sessions), await a_verified_producer(stage.sessions, "Vera")
    await mute(stage, kilo, muted)
    request = await wanted(stage, genre=asked, genre_folded=asked and asked.casefold())
    await answered(stage, request, kilo, vera)
    await tell(stage, request)
    heard = {one.account_id for one in await told(stage.sessions)}
    assert heard == ({kilo.account, vera.account} if tells else {vera.account})
    assert await untold(stage) == set()


async def test_beyond_the_days_number_a_request_comes_quietly(mailing: Stage) -> None:
    kilo, vera = (
        await a_verified_producer(mailing.sessions),
        await a_verified_producer(mailing.sessions, "Vera"),
    )
    await told_before(mailing, kilo, 5)
    await told_before(mailing, vera, 5, ago=timedelta(days=1))
    request = await wanted(mailing)
    await answered(mailing, request, kilo, vera)
    await tell(mailing, request)
    ways = {
        one.account_id: (one.in_app, one.live, one.email)
        for one in await told(mailing.sessions)
        if one.subject_id == request
    }
    assert ways == {
        kilo.account: (True, False, EmailTiming.DIGEST),
        vera.account: (True, True, EmailTiming.AT_ONCE),
    }


async def test_two_requests_told_at_once_cannot_both_be_the_last_of_the_day(mailing: Stage) -> None:
    kilo = await a_verified_producer(mailing.sessions)
    await told_before(mailing, kilo, 4)
    two = [await wanted(mailing) for _ in range(2)]
    for request in two:
        await answered(mailing, request, kilo)
    await tell(mailing, *two)
    news = [one for one in await told(mailing.sessions) if one.subject_id in two]
    assert sorted((one.live, one.email) for one in news) == [
        (False, EmailTiming.DIGEST),
        (True, EmailTiming.AT_ONCE),
    ]


@on_sqlite
async def test_the_number_is_a_setting(mailing: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        mailing, "settings", mailing.settings.model_copy(update={"matching_notices_a_day": 0})
    )
    request, kilo = await wanted(mailing), await a_verified_producer(mailing.sessions)
    await answered(mailing, request, kilo)
    await tell(mailing, request)
    assert [one.live for one in await told(mailing.sessions)] == [False]


async def test_many_producers_are_told_some_at_a_time(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.requests.telling._AT_ONCE", 2)
    request = await wanted(stage)
    people = [await a_verified_producer(stage.sessions, f"P{number}") for number in range(3)]
    mixed = [await a_producer(stage.sessions, "Uma"), *people, await a_producer(stage.sessions, "Una")]
    await answered(stage, request, *mixed)
    await tell(stage, request)
    assert {one.account_id for one in await told(stage.sessions)} == {one.account for one in people}


@on_sqlite
async def test_a_digest_leaves_out_requests_that_are_over_and_offers_that_are_gone(mailing: Stage) -> None:
    kilo, ari = await a_verified_producer(mailing.sessions), await a_listener(mailing.sessions, "Ari")
    await told_before(mailing, kilo, 5)
    requests = [await wanted(mailing, of=ari, text=f"Request {number}.") for number in range(2)]
    for request in requests:
        await answered(mailing, request, kilo)
        await tell(mailing, request)
    tracks = [await a_track(mailing.sessions, kilo, title=f"Offer {number}") for number in range(2)]
    for track in tracks:
        await offered(mailing, kilo, requests[1], track)
    await change_request(mailing.sessions, requests[0], expires_at=now())
    await change_track(mailing.sessions, tracks[0], TrackStatus.HIDDEN)
    async with mailing.sessions.writing() as session:
        await session.execute(update(Notification).values(created_at=now() - timedelta(days=1, hours=1)))
        await jobs.add(session, JobKind.START_DIGESTS, key="an hour")
    await work(mailing, JobKind.START_DIGESTS, "an hour")
    async with mailing.sessions.reading() as session:
        begun = select(col(Job.key)).where(col(Job.kind) == JobKind.SEND_DIGEST)
        keys = [key.partition(":")[2] for key in await session.scalars(begun)]
    for key in keys:
        await work(mailing, JobKind.SEND_DIGEST, key)
    mails = [path.read_text() for path in sorted((mailing.settings.data_dir.parent / "mail").iterdir())]
    assert len(mails) == 2
    whole = "".join(mails)
    assert ["Request 1." in whole, "Request 0." in whole] == [True, False]
    assert ["Offer 1" in whole, "Offer 0" in whole] == [True, False]
    assert ["1 matching request" in whole, "1 beat submission" in whole] == [True, True]


@on_sqlite
@pytest.mark.parametrize("over", [{"status": BeatRequestStatus.DELETED}, {"expires_at": now()}, None])
async def test_a_mail_of_a_request_that_is_over_since_is_not_sent(
    mailing: Stage, over: dict[str, Any] | None
) -> None:
    kilo, ari = await a_verified_producer(mailing.sessions), await a_listener(mailing.sessions, "Ari")
    request = await wanted(mailing, of=ari)
    await answered(mailing, request, kilo)
    await tell(mailing, request)
    if over:
        await change_request(mailing.sessions, request, **over)
    [notice] = await told(mailing.sessions)
    await work(mailing, JobKind.SEND_EMAIL, notice.id)
    mails = mailing.settings.data_dir.parent / "mail"
    assert len(list(mails.iterdir()) if mails.exists() else []) == (0 if over else 1)
    [kept] = await told(mailing.sessions)
    assert (kept.email, kept.emailed_at is None) == ((None, True) if over else (EmailTiming.AT_ONCE, False))


async def test_of_a_request_that_is_deleted_nobody_is_shown_what_they_were_told(mailing: Stage) -> None:
    kilo, ari = await a_verified_producer(mailing.sessions), await a_listener(mailing.sessions, "Ari")
    made = await posted(mailing, ari)
    kept, gone = await wanted(mailing), BeatRequestId(made["id"])
    for request in (kept, gone):
        await answered(mailing, request, kilo)
        await tell(mailing, request)
    seen = "{ me { unreadNotificationCount notifications { nodes { subject { id } } } } }"
    assert (await mailing.ask(kilo, seen))["me"]["unreadNotificationCount"] == 2
    await delete(mailing, ari, gone)
    left = {"unreadNotificationCount": 1, "notifications": {"nodes": [{"subject": {"id": kept}}]}}
    assert (await mailing.ask(kilo, seen))["me"] == left
    async with mailing.sessions.reading() as session:
        count = await notices.counts_since(
            session, [kilo.account], NotificationKind.MATCHING_REQUEST, since=now() - timedelta(days=1)
        )
    assert count == {kilo.account: 2}  # deleting and asking again gets nobody past the day's number


@pytest.mark.parametrize(
    ("fits", "more", "words"),
    [
        ([("A", _NO_REASONS)], 0, "“A” fits."),
        ([("A", [a_reason("BPM", "One")])], 0, "“A” fits: One."),
        ([("A", [a_reason("BPM", "One")])], 1, "“A” fits best: One. And 1 more of your tracks."),
        ([("A", _NO_REASONS), ("B", _NO_REASONS)], 0, "“A” fits best. Also “B”."),
    ],
)
def test_a_fit_is_put_in_words(fits: Sequence[Any], more: int, words: str) -> None:
    assert fit_in_words(fits, more=more) == words


def test_the_most_telling_reason_gave_most_to_the_score() -> None:
    reasons = [a_reason("KEY", "b", score=0.5, weight=3), a_reason("BPM", "a", weight=2)]
    assert telling([*reasons, a_reason("MOOD", "c", score=0)]) == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("a\n b", "a b"),
        ("x" * 120, "x" * 120),
        ("x" * 121, "x" * 119 + "…"),
        ("ab " * 41, "ab " * 38 + "ab…"),
    ],
)
def test_a_text_is_cut_to_a_line(text: str, short: str) -> None:
    assert in_short(text) == short
    assert len(short) <= 120
