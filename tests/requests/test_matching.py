"""Which tracks answer which open requests, whichever of the two comes first, and whatever changes (D-62, D-63)."""

import asyncio
import random
from collections import defaultdict
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from api.requests import finding, matching
from api.requests.describing import traits_of, wanted_of
from api.requests.explaining import explained
from api.requests.fit import fit
from api.requests.matching import have_missing_matched, match_tracks_of, matches_topic
from api.requests.wanted import seek
from db.clock import now
from db.ids import BeatRequestId, TrackId
from db.models.requests import BeatMatch, BeatRequest, TrackTraits
from db.queries import answers, traits
from db.session import Committed, Sessions
from db.sound import pack
from db.vocabulary import BeatRequestStatus, JobKind, Scale, TrackStatus, WantedLicence
from tests.factories import (
    a_listener,
    a_producer,
    a_track,
    a_verified_producer,
    an_analysis,
    an_exclusive,
    the_upload_of,
)
from tests.requests.worked import (
    a_matched_track,
    a_sounding_track,
    a_wish,
    an_offer,
    answers_to,
    change,
    jobs_of,
    match_request,
    match_track,
    nothing,
    rows_of,
    settle_telling,
    some_track,
    some_wish,
)
from tests.tools.databases import on_postgres, on_sqlite

pytestmark = pytest.mark.anyio
TRAP = {"genre": "Trap", "bpm_min": 138, "bpm_max": 146}


async def test_a_request_finds_the_tracks_of_the_catalogue_and_a_track_the_open_requests(
    sessions: Sessions,
) -> None:
    artist, kilo = await a_listener(sessions), await a_verified_producer(sessions)
    before = await a_matched_track(sessions, kilo)
    request = await a_wish(sessions, artist, **TRAP)
    assert await answers_to(sessions, request) == {}
    await match_request(sessions, request)
    assert await answers_to(sessions, request) == {before: 1.0}
    after = await a_matched_track(sessions, kilo, bpm=70)
    assert await answers_to(sessions, request) == {before: 1.0, after: 0.9318}
    [first, _] = await rows_of(sessions, request)
    async with sessions.reading() as session:
        why = await explained(session, [(request, before), (request, TrackId("trk_none"))])
    assert [(pair, reason.text) for pair, reasons in why.items() for reason in reasons] == [
        ((request, before), "Trap is what was asked for"),
        ((request, before), "BPM 140 is inside 138\N{EN DASH}146"),
    ]
    assert (first.producer_id, first.request_status, first.told_at) == (
        kilo.producer,
        BeatRequestStatus.ACTIVE,
        None,
    )


async def test_done_twice_it_changes_nothing_and_tells_nobody_again(sessions: Sessions) -> None:
    artist, kilo = await a_listener(sessions), await a_verified_producer(sessions)
    track = await a_matched_track(sessions, kilo)
    request = await a_wish(sessions, artist, **TRAP)
    await match_request(sessions, request)
    assert await jobs_of(sessions, JobKind.TELL_MATCHES, request=request) == 1
    await settle_telling(sessions)
    [row] = await rows_of(sessions, request)
    for _ in range(2):
        await match_request(sessions, request)
        await match_track(sessions, track)
    [again] = await rows_of(sessions, request)
    assert again.model_dump() == row.model_dump()
    assert await jobs_of(sessions, JobKind.TELL_MATCHES, request=request) == 1


@on_sqlite
async def test_whose_tracks_answer_hears_of_it_live(database_url: str) -> None:
    heard: list[Committed] = []

    async def listen(committed: Committed) -> None:
        heard.append(committed)

    sessions = Sessions(database_url, after_commit=listen)
    artist, kilo = await a_listener(sessions), await a_verified_producer(sessions)
    await a_matched_track(sessions, kilo)
    heard.clear()
    await match_request(sessions, await a_wish(sessions, artist, **TRAP))
    assert [matches_topic(kilo.account)] == [topic for one in heard for topic in one.topics]
    await sessions.close()


@on_sqlite
async def test_the_best_three_of_a_producer_answer_and_the_next_best_moves_up(sessions: Sessions) -> None:
    artist, kilo = await a_listener(sessions), await a_verified_producer(sessions)
    nova = await a_verified_producer(sessions, "Nova")
    inside, near, half, double = [
        await a_matched_track(sessions, kilo, bpm=bpm) for bpm in (140, 148, 70, 71)
    ]
    another = await a_matched_track(sessions, nova)
    request = await a_wish(sessions, artist, **TRAP)
    await match_request(sessions, request)
    assert set(await answers_to(sessions, request)) == {inside, half, double, another}
    better = await a_matched_track(sessions, kilo, bpm=142)
    assert set(await answers_to(sessions, request)) == {inside, better, double, another}
    await change(sessions, inside, bpm=100)
    await match_track(sessions, inside)
    assert set(await answers_to(sessions, request)) == {better, half, double, another}
    await change(sessions, better, bpm=149)
    await match_track(sessions, better)
    assert set(await answers_to(sessions, request)) == {near, half, double, another}


@pytest.mark.parametrize("way", ["request", "track"])
async def test_what_fits_no_more_loses_its_row_and_what_fits_otherwise_keeps_its_history(
    sessions: Sessions, way: str
) -> None:
    artist, kilo = await a_listener(sessions), await a_verified_producer(sessions)
    track = await a_matched_track(sessions, kilo)
    request = await a_wish(sessions, artist, **TRAP)
    await match_request(sessions, request)
    told = now() - timedelta(hours=1)
    async with sessions.writing() as session:
        await session.execute(update(BeatMatch).values(told_at=told, matched_at=told))

    async def match_again() -> None:
        await match_track(sessions, track)
        if way == "request":
            await match_request(sessions, request)

    await change(sessions, track, bpm=147)
    await match_again()
    [row] = await rows_of(sessions, request)
    assert (row.told_at, row.matched_at, round(row.score, 3)) == (told, told, 0.948)
    await change(sessions, track, bpm=100)
    await match_again()
    assert await rows_of(sessions, request) == []


async def test_only_published_tracks_of_verified_producers_answer_others_open_requests(
    sessions: Sessions,
) -> None:
    artist, nova = await a_listener(sessions), await a_producer(sessions)
    kilo = await a_verified_producer(sessions)
    tracks = [await a_matched_track(sessions, nova)]
    tracks += [
        await a_track(sessions, kilo, status) for status in TrackStatus if status is not TrackStatus.PUBLISHED
    ]
    wishes = [
        await a_wish(sessions, artist, **TRAP),
        await a_wish(sessions, artist, **TRAP, opened_at=now() - timedelta(hours=25)),
        await a_wish(sessions, artist, **TRAP, status=BeatRequestStatus.DELETED),
        await a_wish(sessions, kilo, **TRAP),
    ]
    own = await a_matched_track(sessions, kilo)
    await match_request(sessions, *wishes)
    await match_track(sessions, *tracks)
    assert [set(await answers_to(sessions, wish)) for wish in wishes] == [{own}, set(), set(), set()]


@on_sqlite
async def test_a_hidden_tracks_row_stays_and_another_moves_up_a_sold_or_deleted_ones_goes(
    sessions: Sessions,
) -> None:
    artist, kilo = await a_listener(sessions), await a_verified_producer(sessions)
    tracks = [await a_matched_track(sessions, kilo, bpm=bpm) for bpm in (142, 141, 140, 70)]
    request = await a_wish(sessions, artist, **TRAP)
    await match_request(sessions, request)
    best, *others, fourth = tracks
    assert set(await answers_to(sessions, request)) == {best, *others}
    await change(sessions, best, status=TrackStatus.HIDDEN)
    await match_track(sessions, best)
    assert set(await answers_to(sessions, request)) == set(tracks)
    await change(sessions, best, status=TrackStatus.PUBLISHED)
    await match_track(sessions, best)
    assert set(await answers_to(sessions, request)) == {best, *others}
    for track, status in zip(others, (TrackStatus.REMOVED, TrackStatus.SOLD), strict=True):
        await change(sessions, track, status=status)
        await match_track(sessions, track)
    assert set(await answers_to(sessions, request)) == {best, fourth}


@on_sqlite
async def test_what_was_offered_is_not_matched_anew_and_keeps_the_row_that_it_had(sessions: Sessions) -> None:
    artist, kilo = await a_listener(sessions), await a_verified_producer(sessions)
    matched, offered = [await a_track(sessions, kilo) for _ in range(2)]
    request = await a_wish(sessions, artist, **TRAP)
    await an_offer(sessions, request, offered, kilo)
    await match_track(sessions, matched, offered)
    await match_request(sessions, request)
    assert set(await answers_to(sessions, request)) == {matched}
    await an_offer(sessions, request, matched, kilo)
    await change(sessions, matched, bpm=100)
    await match_track(sessions, matched)
    await match_request(sessions, request)
    assert set(await answers_to(sessions, request)) == {matched}


@on_sqlite
async def test_who_wants_an_exclusive_gets_those_on_sale_within_the_budget(sessions: Sessions) -> None:
    artist, kilo = await a_listener(sessions), await a_verified_producer(sessions)
    wish = TRAP | {
        "wanted_licence": WantedLicence.EXCLUSIVE,
        "budget_minor": 30_000,
        "budget_currency": "USD",
    }
    request = await a_wish(sessions, artist, **wish)
    dear = an_exclusive(exclusive_price_minor=30_001)
    private = an_exclusive(exclusive_availability="PRIVATE", exclusive_price_minor=100)
    fits, _, _, _ = [
        await a_matched_track(sessions, kilo, **one) for one in (an_exclusive(), dear, private, {})
    ]
    assert set(await answers_to(sessions, request)) == {fits}
    async with sessions.writing() as session:
        await session.execute(update(BeatMatch).values(score=0.7))
    await match_request(sessions, request)
    assert await answers_to(sessions, request) == {fits: 1.0}


@on_sqlite
async def test_measured_facts_stand_in_for_declared_ones_that_they_contradict(sessions: Sessions) -> None:
    artist, kilo = await a_listener(sessions), await a_verified_producer(sessions)
    request = await a_wish(sessions, artist, bpm_min=138, bpm_max=146, pitch_class=9, scale=Scale.MINOR)
    track = await a_track(sessions, kilo, bpm=95, pitch_class=3)
    await an_analysis(sessions, await the_upload_of(sessions, track), bpm=140.3, pitch_class=9)
    await match_track(sessions, track)
    assert await answers_to(sessions, request) == {track: 1.0}
    async with sessions.reading() as session:
        [row] = await session.scalars(select(TrackTraits))
    assert (row.bpm, row.pitch_class, row.scale) == (140, 9, Scale.MINOR)


def vector(first: int, second: int = 0) -> bytes:
    return pack([first, second, *[0] * 14])


async def test_a_reference_finds_what_sounds_like_it_and_is_matched_anew_when_it_sounds_otherwise(
    sessions: Sessions,
) -> None:
    artist, kilo = await a_listener(sessions), await a_verified_producer(sessions)
    nova = await a_producer(sessions)
    reference = await a_sounding_track(sessions, nova, vector(0))
    near = await a_sounding_track(sessions, kilo, vector(20))
    far = await a_sounding_track(sessions, kilo, vector(100, 100))
    request = await a_wish(sessions, artist, reference_track_id=reference)
    await match_request(sessions, request)
    assert await answers_to(sessions, request) == {near: 0.832}
    async with sessions.writing() as session:
        row = (
            await session.scalars(select(TrackTraits).where(col(TrackTraits.producer_id) == nova.producer))
        ).one()
        row.sound = vector(1)
    await match_track(sessions, reference)
    assert await jobs_of(sessions, JobKind.MATCH_REQUEST, request=request) == 1
    assert far not in await answers_to(sessions, request)


@on_sqlite
async def test_a_request_that_gives_nothing_to_be_matched_by_is_answered_by_nothing(
    sessions: Sessions,
) -> None:
    artist, kilo = await a_listener(sessions), await a_verified_producer(sessions)
    request = await a_wish(sessions, artist)
    await match_track(sessions, await a_track(sessions, kilo))
    await match_request(sessions, request)
    assert await answers_to(sessions, request) == {}


@on_sqlite
async def test_whoever_gets_the_badge_has_all_published_tracks_matched(sessions: Sessions) -> None:
    nova = await a_producer(sessions)
    published = [await a_track(sessions, nova) for _ in range(2)]
    hidden = await a_track(sessions, nova, TrackStatus.HIDDEN)
    for _ in range(2):
        await match_tracks_of(sessions, nova.account, cause="rol_x", settle=nothing)
    counted = [await jobs_of(sessions, JobKind.MATCH_TRACK, track=track) for track in (*published, hidden)]
    assert counted == [1, 1, 0]


async def test_tracks_from_before_there_was_matching_are_matched_by_and_by(sessions: Sessions) -> None:
    nova = await a_producer(sessions)
    missing, hidden = await a_track(sessions, nova), await a_track(sessions, nova, TrackStatus.HIDDEN)
    matched = await a_matched_track(sessions, nova)
    for _ in range(2):
        await have_missing_matched(sessions)
    assert [
        await jobs_of(sessions, JobKind.MATCH_TRACK, track=one) for one in (missing, hidden, matched)
    ] == [1, 0, 0]
    async with sessions.writing() as session:
        await session.execute(update(TrackTraits).values(version=0))
    await have_missing_matched(sessions)
    assert await jobs_of(sessions, JobKind.MATCH_TRACK, track=matched) == 1


async def answers_of_all(sessions: Sessions, request: BeatRequestId) -> dict[TrackId, float]:
    """What `fit` says of the whole catalogue: the best three of each producer."""
    async with sessions.reading() as session:
        [row] = await answers.open_requests(session, [request])
        every = await traits.every_matchable(session)
        labels = await traits.labels_of(session)
    ranked: dict[str, list[tuple[float, int, TrackId]]] = defaultdict(list)
    for track in every:
        score = fit(seek(wanted_of(row)), traits_of(track, labels[track.number]))
        if score is not None:
            ranked[track.producer_id].append((score, track.number, track.id))
    best = [one for of in ranked.values() for one in sorted(of, reverse=True)[:3]]
    return {track: round(score, 4) for score, _, track in best}


async def test_narrowing_loses_nothing_that_the_score_would_take(sessions: Sessions) -> None:
    """Random tracks and requests of every combination of parts, both ways."""
    chance = random.Random(5)
    artist = await a_listener(sessions)
    people = [await a_verified_producer(sessions, f"P{number}") for number in range(6)]

    async def a_random_track() -> TrackId:
        sound = pack([chance.randint(-12, 12) for _ in range(16)])
        return await a_sounding_track(sessions, chance.choice(people), sound, **some_track(chance))

    known = [await a_random_track() for _ in range(45)]
    wishes: list[BeatRequestId] = []
    for number in range(40):
        like = {"reference_track_id": chance.choice(known)} if number % 3 == 0 else {}
        wishes.append(await a_wish(sessions, artist, **some_wish(chance), **like))
    wishes.append(await a_wish(sessions, artist, reference_track_id=known[0]))
    await match_request(sessions, *wishes)
    found = [await answers_to(sessions, wish) for wish in wishes]
    assert found == [await answers_of_all(sessions, wish) for wish in wishes]
    assert sum(map(len, found)) > 40
    for _ in range(15):
        await a_random_track()
    found = [await answers_to(sessions, wish) for wish in wishes]
    assert found == [await answers_of_all(sessions, wish) for wish in wishes]


async def test_a_track_that_appears_while_a_request_is_matched_is_missed_by_neither(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The request has read the catalogue; then the track comes, whose job sees the request."""
    artist, kilo = await a_listener(sessions), await a_verified_producer(sessions)
    request = await a_wish(sessions, artist, **TRAP)
    arrived: list[TrackId] = []
    read = finding.tracks_for

    async def read_and_wait(*given: Any, **named: Any) -> Any:
        found = await read(*given, **named)
        if not arrived:
            arrived.append(await a_track(sessions, kilo))
            await match_track(sessions, arrived[0])
        return found

    monkeypatch.setattr(matching, "tracks_for", read_and_wait)
    await match_request(sessions, request)
    assert await answers_to(sessions, request) == {arrived[0]: 1.0}


async def test_a_request_that_appears_while_a_track_is_matched_is_missed_by_neither(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The track has read the open requests, after its traits were there; then the request comes, whose job sees them."""
    artist, kilo = await a_listener(sessions), await a_verified_producer(sessions)
    opened: list[BeatRequestId] = []
    read = finding.requests_for

    async def read_and_wait(*given: Any) -> Any:
        found = await read(*given)
        opened.append(await a_wish(sessions, artist, **TRAP))
        await match_request(sessions, opened[0])
        return found

    monkeypatch.setattr(matching, "requests_for", read_and_wait)
    track = await a_track(sessions, kilo)
    await match_track(sessions, track)
    assert await answers_to(sessions, opened[0]) == {track: 1.0}


@on_sqlite
async def test_an_edit_between_the_look_and_the_row_leaves_nothing_stale(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    artist, kilo = await a_listener(sessions), await a_verified_producer(sessions)
    track = await a_matched_track(sessions, kilo)
    request = await a_wish(sessions, artist, **TRAP)
    read = finding.tracks_for

    async def read_and_edit(*given: Any, **named: Any) -> Any:
        found = await read(*given, **named)
        await change(sessions, track, bpm=100)
        await match_track(sessions, track)
        return found

    monkeypatch.setattr(matching, "tracks_for", read_and_edit)
    await match_request(sessions, request)
    assert await answers_to(sessions, request) == {}


@on_sqlite
async def test_a_request_that_ends_meanwhile_gets_no_row(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    artist, kilo = await a_listener(sessions), await a_verified_producer(sessions)
    await a_matched_track(sessions, kilo)
    request = await a_wish(sessions, artist, **TRAP)
    read = finding.tracks_for

    async def read_and_end(*given: Any, **named: Any) -> Any:
        found = await read(*given, **named)
        async with sessions.writing() as session:
            await session.execute(update(BeatRequest).values(status=BeatRequestStatus.DELETED))
        return found

    monkeypatch.setattr(matching, "tracks_for", read_and_end)
    await match_request(sessions, request)
    assert await answers_to(sessions, request) == {}


@on_postgres
async def test_at_once_both_ways_and_beside_edits_three_of_each_producer_are_left(sessions: Sessions) -> None:
    artist = await a_listener(sessions)
    people = [await a_verified_producer(sessions, f"P{number}") for number in range(2)]
    tracks = [await a_track(sessions, people[n % 2], bpm=138 + n) for n in range(8)]
    wishes = [await a_wish(sessions, artist, **TRAP) for _ in range(3)]
    works = [match_track(sessions, track) for track in tracks] + [
        match_request(sessions, wish) for wish in wishes
    ]
    works += [change(sessions, track, bpm=140) for track in tracks]
    await asyncio.gather(*works)
    await match_track(sessions, *tracks)
    best = {track for person in range(2) for track in sorted(tracks[person::2])[-3:]}
    assert [set(await answers_to(sessions, wish)) for wish in wishes] == [best] * 3
