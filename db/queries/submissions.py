"""Tracks offered to beat requests: who offered what, and whether a recording was offered before (D-61)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from db.ids import AccountId, BeatRequestId, ProducerId, SubmissionId, TrackId
from db.models.fingerprints import Fingerprint
from db.models.recon import ReconMatch
from db.models.requests import BeatMatch, BeatRequest, Submission
from db.models.tracks import Track
from db.queries.conditions import one_of
from db.queries.fingerprints import same_sound
from db.queries.paging import Key, Page, Slice
from db.queries.rows import AnySelect, read, read_count, read_one, read_page, select_row
from db.queries.standing import SHOWN_AS
from db.vocabulary import BeatRequestStatus, MatchRelation, SubmissionStatus, TrackStatus

OFFERED = exists().where(
    col(Submission.request_id) == col(BeatMatch.request_id),
    col(Submission.track_id) == col(BeatMatch.track_id),
)
"""Of a row of `BeatMatch`: its track was offered to its request."""


class SubmissionRow(NamedTuple):
    """An offer, with what decides who sees it."""

    id: SubmissionId
    request_id: BeatRequestId
    track_id: TrackId
    producer_id: ProducerId
    note: str | None
    status: SubmissionStatus
    submitted_at: datetime
    requester: AccountId
    request_status: BeatRequestStatus
    track_status: TrackStatus


_SUBMISSIONS = (
    select_row(
        SubmissionRow,
        Submission,
        requester=col(BeatRequest.account_id),
        request_status=col(BeatRequest.status),
        track_status=SHOWN_AS,
    )
    .join(BeatRequest, col(BeatRequest.id) == col(Submission.request_id))
    .join(Track, col(Track.id) == col(Submission.track_id))
)
_NEWEST_FIRST = [
    Key(col(Submission.submitted_at), descending=True),
    Key(col(Submission.id), descending=True),
]


# ---- reading -------------------------------------------------------------------------------------


async def submissions(session: AsyncSession, ids: Collection[SubmissionId]) -> list[SubmissionRow]:
    return await read(session, SubmissionRow, _SUBMISSIONS.where(col(Submission.id).in_(ids)))


async def submission_for_change(session: AsyncSession, submission: SubmissionId) -> SubmissionRow | None:
    """One of them, locked until the transaction ends; its request and its track are not."""
    chosen = _SUBMISSIONS.where(col(Submission.id) == submission)
    return await read_one(session, SubmissionRow, chosen.with_for_update(of=Submission, key_share=True))


async def submission_of(
    session: AsyncSession, request: BeatRequestId, track: TrackId
) -> SubmissionRow | None:
    """The track's, if it was offered to the request."""
    chosen = col(Submission.request_id) == request, col(Submission.track_id) == track
    return await read_one(session, SubmissionRow, _SUBMISSIONS.where(*chosen))


async def submissions_of(
    session: AsyncSession, requests: Collection[BeatRequestId], producer: ProducerId
) -> list[SubmissionRow]:
    """What a producer offered to these requests, oldest first; what was deleted since is left out."""
    there = col(Track.status) != TrackStatus.REMOVED
    chosen = _SUBMISSIONS.where(*_offers(requests, producer), there)
    return await read(
        session, SubmissionRow, chosen.order_by(col(Submission.submitted_at), col(Submission.id))
    )


async def counts_of(
    session: AsyncSession, requests: Collection[BeatRequestId], producer: ProducerId
) -> dict[BeatRequestId, int]:
    """How many tracks a producer offered to each of these requests, whatever became of them; none: not named."""
    counted = select(col(Submission.request_id), func.count()).where(*_offers(requests, producer))
    found = await session.execute(counted.group_by(col(Submission.request_id)))
    return {BeatRequestId(request): int(count) for request, count in found}


def _offers(requests: Collection[BeatRequestId], producer: ProducerId) -> tuple[ColumnElement[bool], ...]:
    return col(Submission.producer_id) == producer, col(Submission.request_id).in_(requests)


def offered_to(
    statement: AnySelect,
    request: BeatRequestId,
    *,
    statuses: Collection[SubmissionStatus] | None,
    tracks: Collection[TrackStatus],
) -> AnySelect:
    """The statement about submissions, cut to those to a request.

    Args:
        tracks: States of tracks that are there for who looks.
    """
    chosen = [*one_of(col(Submission.status), statuses), col(Track.status).in_(tracks)]
    return statement.where(col(Submission.request_id) == request, *chosen)


async def page_of_submissions(
    session: AsyncSession,
    request: BeatRequestId,
    part: Slice,
    *,
    statuses: Collection[SubmissionStatus] | None,
    tracks: Collection[TrackStatus],
) -> Page[SubmissionRow]:
    """Newest first."""
    chosen = offered_to(_SUBMISSIONS, request, statuses=statuses, tracks=tracks)
    return await read_page(session, SubmissionRow, chosen, _NEWEST_FIRST, part)


async def count_submissions(
    session: AsyncSession,
    request: BeatRequestId,
    *,
    statuses: Collection[SubmissionStatus] | None,
    tracks: Collection[TrackStatus],
) -> int:
    counted: AnySelect = (
        select(func.count()).select_from(Submission).join(Track, col(Track.id) == col(Submission.track_id))
    )
    return await read_count(session, offered_to(counted, request, statuses=statuses, tracks=tracks))


def anchor_of(row: SubmissionRow) -> tuple[object, ...]:
    return (row.submitted_at, row.id)


# ---- is it the same recording? -------------------------------------------------------------------


def same_audio_in(request: BeatRequestId, track: TrackId, *, least_coverage: float) -> AnySelect:
    """The statement of `audio_is_offered`."""
    own, theirs = aliased(Fingerprint), aliased(Fingerprint)
    offered = (
        select(col(Submission.id))
        .join(theirs, col(theirs.track_id) == col(Submission.track_id))
        .join(own, col(own.track_id) == track)
        .where(col(Submission.request_id) == request, col(Submission.track_id) != track)
        .where(or_(same_sound(own, theirs), _known_alike(track, least_coverage)))
    )
    return select(exists(offered))


async def audio_is_offered(
    session: AsyncSession, request: BeatRequestId, track: TrackId, *, least_coverage: float
) -> bool:
    """Whether a track's recording was offered to the request by another track that sounds today as it does.

    The same file, the same words, or a pair that Audio Recon knows. What has been deleted has no sound any more.

    Args:
        least_coverage: Share of either side from which a pair is one recording (D-31).
    """
    asked = same_audio_in(request, track, least_coverage=least_coverage)
    return bool((await session.execute(asked)).scalar_one())


def _known_alike(track: TrackId, least_coverage: float) -> ColumnElement[bool]:
    """A known pair of one recording, also one that an appeal cleared: this is about sound, not about right.

    Of a pair that is alike now both sides have a row, for they are written together. One that has lost a side was
    alike before that side got new audio (`recon.forget_own_side`).
    """
    here, there = aliased(ReconMatch), aliased(ReconMatch)
    both = or_(col(here.query_coverage) >= least_coverage, col(here.reference_coverage) >= least_coverage)
    mirror = exists().where(
        col(there.track_id) == col(Submission.track_id), col(there.other_track_id) == track
    )
    return exists().where(
        col(here.track_id) == track,
        col(here.other_track_id) == col(Submission.track_id),
        col(here.relation) == MatchRelation.SAME_RECORDING,
        both,
        mirror,
    )


# ---- writing -------------------------------------------------------------------------------------


async def add(session: AsyncSession, offer: Submission) -> None:
    """Keep an offer, and count it. Needs the request's lock."""
    session.add(offer)
    await session.flush()
    counted = update(BeatRequest).where(col(BeatRequest.id) == offer.request_id)
    await session.execute(counted.values(submission_count=col(BeatRequest.submission_count) + 1))


async def change(session: AsyncSession, submission: SubmissionId, **values: Any) -> None:
    await session.execute(update(Submission).where(col(Submission.id) == submission).values(**values))
