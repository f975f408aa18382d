"""Keeping true which tracks answer which open requests (D-62, D-63).

For each request and producer the best three of their tracks have rows: what a producer is told of, and a requester
shown (D-64). A row goes when its track fits no more, or three others fit better. The rows of a track that is hidden, or
was offered, stay as they are and count for nothing; lists show none of a hidden track, and a producer is told once.

No pair is missed by both ways when a request and a track appear at the same moment. MATCH_TRACK commits the traits, and
reads the open requests in a later transaction; MATCH_REQUEST begins after its request was committed, and reads traits.
If the first did not see the request, the request was committed after the traits were, so the second sees the traits.

Nothing stale is written either: rows are computed from what is read in the transaction that writes them, with the
request and then the tracks held. An edit comes before it, and is seen, or after it, and has a MATCH_TRACK of its own.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.requests.describing import Described, HeardTrack, heard_track, traits_of, wanted_of, write_traits
from api.requests.finding import requests_for, tracks_for
from api.requests.fit import fit
from api.requests.wanted import seek
from db import jobs
from db.clock import now
from db.ids import AccountId, BeatRequestId, ProducerId, TrackId
from db.queries import answers, requests, tracks, traits
from db.queries.answers import AnswerRow, AskedRow, NewAnswer
from db.queries.matching import KEPT_OF_A_PRODUCER
from db.queries.traits import HeldAgainstRow
from db.seeking import TRAITS_VERSION
from db.session import Sessions, announce
from db.vocabulary import JobKind, TrackStatus

Step = Callable[[AsyncSession], Awaitable[None]]
"""Part of a job in the transaction that holds what was done: keep it, or settle it."""

_TRACKS_AT_ONCE: Final = 1000
"""Read, weighed and written in one transaction: some 40 ms."""
_REQUESTS_AT_ONCE: Final = 100
_MISSING_AT_ONCE: Final = 500
"""Each turn of the sweep, a quarter of an hour: 100,000 tracks in two days."""
_ADDED_AT_ONCE: Final = 50
"""Jobs of one transaction, some 10 ms."""
_APART: Final = timedelta(minutes=15) / _MISSING_AT_ONCE
"""So that a catalogue from before the matching is caught up with beside live jobs, not before them."""


def matches_topic(account: AccountId) -> str:
    """Announced when tracks of a producer answer something new."""
    return f"matches:{account}"


async def match_request(
    sessions: Sessions, request: BeatRequestId, *, of: ProducerId | None = None, keep: Step, settle: Step
) -> None:
    """Find the tracks that answer a request, some producers at a time; one that is over is left as it is.

    Args:
        of: Only this producer's, whose best three may be others now.
        keep: Makes sure that the job is still this worker's.
        settle: Ends the job.
    """
    found = await tracks_for(sessions, request, of=of)
    for some in _some_at_a_time(found):
        async with sessions.writing() as session:
            lost = await _weigh(session, request, some)
            await have_filled(session, [] if of else [(request, producer) for producer in lost])
            await keep(session)
    async with sessions.writing() as session:
        await settle(session)


async def match_track(sessions: Sessions, track: TrackId, *, keep: Step, settle: Step) -> None:
    """Write anew what a track is matched by, and find the open requests that it answers.

    Where it answers worse than before, another track of its producer may come in its place: a job looks for it. What
    follows of a change is added in the transaction that makes it, for afterwards nothing tells of it.

    Args:
        keep: Makes sure that the job is still this worker's.
        settle: Ends the job.
    """
    async with sessions.writing() as session:
        described = await write_traits(session, track)
        if described is not None and described.sounds_otherwise:
            await _have_alike_matched(session, described)
        await keep(session)
    if described is not None:
        await _match_described(sessions, described, keep)
    async with sessions.writing() as session:
        await settle(session)


async def match_tracks_of(sessions: Sessions, account: AccountId, *, cause: str, settle: Step) -> None:
    """Have all tracks of a producer matched, who has the badge now.

    Args:
        cause: Names the grant, so that each track has one job for it.
        settle: Ends the job.
    """
    async with sessions.writing() as session:
        own = await traits.published_of(session, account)
        payloads = {f"{track}:{cause}": {"track": track} for track in own}
        await jobs.add_all(session, JobKind.MATCH_TRACK, payloads)
        await settle(session)


def _some_at_a_time(found: Mapping[ProducerId, set[int]]) -> Iterator[dict[ProducerId, set[int]]]:
    """Whole producers, until there are enough of their tracks."""
    some: dict[ProducerId, set[int]] = {}
    for producer in sorted(found):
        some[producer] = found[producer]
        if sum(map(len, some.values())) >= _TRACKS_AT_ONCE:
            yield some
            some = {}
    if some:
        yield some


async def have_missing_matched(sessions: Sessions) -> None:
    """Have published tracks matched that were there before there was matching, or other words for it, some at a time."""
    async with sessions.reading() as session:
        missing = await traits.unmatched(session, limit=_MISSING_AT_ONCE)
    moment = now()
    for start in range(0, len(missing), _ADDED_AT_ONCE):
        some = missing[start : start + _ADDED_AT_ONCE]
        payloads = {f"{track}:v{TRAITS_VERSION}": {"track": track} for track in some}
        async with sessions.writing() as session:
            await jobs.add_all(session, JobKind.MATCH_TRACK, payloads, run_at=moment + start * _APART)


async def have_filled(session: AsyncSession, places: Collection[tuple[BeatRequestId, ProducerId]]) -> None:
    """Have the best three tracks of producers looked for anew, each for a request: one of them is theirs no more."""
    moment = now().isoformat()
    payloads = {
        f"{request}:{producer}:{moment}": {"request": request, "producer": producer}
        for request, producer in places
    }
    await jobs.add_all(session, JobKind.MATCH_REQUEST, payloads)


async def _weigh(
    session: AsyncSession, request: BeatRequestId, found: Mapping[ProducerId, set[int]]
) -> list[ProducerId]:
    """Keep the best three of each producer, out of these tracks and those that have rows.

    Returns:
        Producers of whose tracks one went out of the catalogue since it was found: another may come in its place.
    """
    opened = await answers.open_requests(session, [request], held=True)
    if not opened:
        return []
    there = await answers.answers_between(session, [request], found)
    numbers = {number for of in found.values() for number in of} | {row.number for row in there}
    offered = await answers.offered_to(session, request)
    rows = [row for row in await traits.matchable(session, numbers, held=True) if row.id not in offered]
    best = await _best(session, opened[0], rows)
    chosen = {row.id for row, _ in best}
    gone = [row.id for row in there if row.track_id not in chosen and not _stays(row)]
    told = {row.track_id for row in there if row.told_at}
    await answers.drop(session, gone)
    await answers.keep(session, [NewAnswer(request, row.id, row.producer_id, score) for row, score in best])
    await _tell(session, {request: [row.account_id for row, _ in best if row.id not in told]})
    numbers_here = {row.number for row in rows}
    return [producer for producer, of in found.items() if not of <= numbers_here]


async def _best(
    session: AsyncSession, request: AskedRow, rows: Sequence[HeldAgainstRow]
) -> list[tuple[HeldAgainstRow, float]]:
    """The best of each producer with their scores; among equals the newest tracks."""
    sought = seek(wanted_of(request))
    labels = await traits.labels_of(session, [row.number for row in rows], among=sought.words)
    ranked: dict[ProducerId, list[tuple[float, int, HeldAgainstRow]]] = defaultdict(list)
    for row in rows:
        score = fit(sought, traits_of(row, labels.get(row.number, ())))
        if score is not None and row.account_id != request.account_id:
            ranked[row.producer_id].append((score, row.number, row))
    return [
        (row, score)
        for of in ranked.values()
        for score, _, row in sorted(of, reverse=True)[:KEPT_OF_A_PRODUCER]
    ]


def _stays(row: AnswerRow) -> bool:
    """Whether a row is left as it is, and counts for nothing."""
    return row.offered or row.status is TrackStatus.HIDDEN


async def _tell(session: AsyncSession, new: Mapping[BeatRequestId, Sequence[AccountId]]) -> None:
    """Have producers told of rows that they were not told of, once the rows are there."""
    moment = now().isoformat()
    told = {request: accounts for request, accounts in new.items() if accounts}
    payloads = {
        f"{request}:{accounts[0]}:{moment}": {"request": request} for request, accounts in told.items()
    }
    await jobs.add_all(session, JobKind.TELL_MATCHES, payloads)
    for account in {account for accounts in told.values() for account in accounts}:
        announce(session, matches_topic(account))


async def _match_described(sessions: Sessions, track: Described, keep: Step) -> None:
    async with sessions.reading() as session:
        asked = sorted(await requests_for(session, track))
    for start in range(0, len(asked), _REQUESTS_AT_ONCE):
        async with sessions.writing() as session:
            await _weigh_track(session, track, asked[start : start + _REQUESTS_AT_ONCE])
            await keep(session)


async def _weigh_track(session: AsyncSession, track: Described, asked: Collection[BeatRequestId]) -> None:
    """Put a track among the best three of its producer for each of the requests, or take it from there."""
    opened = await answers.open_requests(session, asked, held=True)
    await tracks.hold(session, [track.id])
    heard = await heard_track(session, track.number)
    there: dict[BeatRequestId, list[AnswerRow]] = defaultdict(list)
    for answer in await answers.answers_between(session, [one.id for one in opened], [track.producer_id]):
        there[answer.request_id].append(answer)
    offered = await answers.offers_of(session, asked, track.id)
    free = [one for one in opened if one.id not in offered]
    placed = [_placed(one, track, heard, there[one.id]) for one in free]
    await answers.drop(session, [row.id for one in placed for row in one.gone])
    await answers.keep(session, [one.answer for one in placed if one.answer])
    untold = [one.request for one in placed if one.is_untold]
    await _tell(session, {one: [heard.account_id] for one in untold} if heard else {})
    await have_filled(session, [(one.request, track.producer_id) for one in placed if one.is_worse])


@dataclass(frozen=True)
class _Placed:
    """What becomes of a track's place among the rows of its producer for one request."""

    request: BeatRequestId
    answer: NewAnswer | None
    gone: Sequence[AnswerRow]
    is_untold: bool = False
    is_worse: bool = False


def _placed(
    request: AskedRow, track: Described, heard: HeardTrack | None, there: Sequence[AnswerRow]
) -> _Placed:
    own = next((one for one in there if one.track_id == track.id), None)
    others = sorted((one for one in there if one is not own and not _stays(one)), key=_place, reverse=True)
    score = heard.score_for(request) if heard else None
    if score is None:
        gone = [own] if own and not _stays(own) else []
        return _Placed(request.id, None, gone, is_worse=own is not None)
    is_worse = own is not None and score < own.score
    before = sum(_place(one) > (score, track.number) for one in others)
    if before >= KEPT_OF_A_PRODUCER:
        return _Placed(request.id, None, [own] if own else [], is_worse=is_worse)
    answer = NewAnswer(request.id, track.id, track.producer_id, score)
    is_untold = own is None or own.told_at is None
    return _Placed(
        request.id, answer, others[KEPT_OF_A_PRODUCER - 1 :], is_untold=is_untold, is_worse=is_worse
    )


def _place(row: AnswerRow) -> tuple[float, int]:
    return (row.score, row.number)


async def _have_alike_matched(session: AsyncSession, track: Described) -> None:
    """Have the open requests matched anew whose reference a track is, for it sounds otherwise now."""
    moment = now()
    asking = await requests.open_requests_like(session, track.upload_id, [track.id], moment=moment)
    cause = f"{track.id}:{moment.isoformat()}"
    payloads = {f"{request}:{cause}": {"request": request} for request in asking}
    await jobs.add_all(session, JobKind.MATCH_REQUEST, payloads)
