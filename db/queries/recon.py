"""Reading and keeping what was found alike."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.dialects import inserting
from db.ids import ProducerId, ReconMatchId, ReconScanId, TrackId, UploadId
from db.models.fingerprints import Fingerprint
from db.models.producers import Producer
from db.models.recon import DuplicateAppeal, ReconMatch, ReconScanMatch
from db.models.tracks import Track
from db.queries.conditions import Bounds, one_of, within
from db.queries.eyes import Eyes, credited_tracks, match_is_there, sees_match
from db.queries.paging import Key, Page, Slice
from db.queries.rows import AnySelect, read, read_count, read_page, select_row
from db.vocabulary import (
    MatchClass,
    MatchRelation,
    MatchTriage,
    OrderDirection,
    ReconMatchOrderField,
    ReviewStatus,
)

_MEASURES = (
    "match_class",
    "relation",
    "similarity",
    "query_coverage",
    "reference_coverage",
    "speed_ratio",
    "pitch_shift_semitones",
    "segments",
    "model",
    "blocks",
    "other_fingerprinted_at",
)
"""Of the recordings as they are now: a track may have new audio since the pair was first seen."""


class WorkRow(NamedTuple):
    """A track as it is now: what the other side of a match keeps of it."""

    track_id: TrackId
    title: str
    artists: list[str]
    producer_name: str
    fingerprinted_at: datetime


class ReconMatchRow(NamedTuple):
    id: ReconMatchId
    track_id: TrackId | None
    upload_id: UploadId | None
    other_track_id: TrackId
    other_title: str
    other_artists: list[str]
    other_producer_name: str
    other_fingerprinted_at: datetime
    match_class: MatchClass
    relation: MatchRelation
    similarity: float
    query_coverage: float
    reference_coverage: float
    speed_ratio: float
    pitch_shift_semitones: float
    segments: list[dict[str, Any]]
    triage: MatchTriage
    first_seen_at: datetime


@dataclass(frozen=True)
class MatchFilter:
    """Which matches; null conditions hold for every match.

    Attributes:
        of: Only of this own track.
        crediting: Only of tracks that credit this producer.
        reported_by: Only those that this scan reported.
    """

    of: TrackId | None = None
    crediting: ProducerId | None = None
    reported_by: ReconScanId | None = None
    classes: frozenset[MatchClass] | None = None
    relations: frozenset[MatchRelation] | None = None
    triages: frozenset[MatchTriage] | None = None
    similarity: Bounds | None = None
    first_seen_at: Bounds | None = None


_MATCHES = select_row(ReconMatchRow, ReconMatch)


async def work(session: AsyncSession, track: TrackId) -> WorkRow:
    """A track that has been fingerprinted, as it is now."""
    names = {"title": col(Track.title), "artists": col(Track.artists), "producer_name": col(Producer.name)}
    statement = (
        select_row(WorkRow, Fingerprint, **names)
        .join(Track, col(Track.id) == col(Fingerprint.track_id))
        .join(Producer, col(Producer.id) == col(Track.producer_id))
    )
    rows = await read(session, WorkRow, statement.where(col(Fingerprint.track_id) == track))
    return rows[0]


class Recorded(NamedTuple):
    """One side of a pair as it is kept.

    Attributes:
        is_new: It was not known before.
    """

    id: ReconMatchId
    is_new: bool


async def record_match(session: AsyncSession, columns: Mapping[str, Any]) -> Recorded:
    """Keep one side of a pair; one that is known takes the new measures, and keeps everything else."""
    subject = "upload_id" if columns.get("upload_id") else "track_id"
    values = ReconMatch.model_validate(columns).model_dump()
    fresh = inserting(session, ReconMatch).values(**values)
    measured = {name: fresh.excluded[name] for name in _MEASURES if name in columns}
    kept = fresh.on_conflict_do_update(index_elements=[subject, "other_track_id"], set_=measured)
    match = ReconMatchId((await session.execute(kept.returning(col(ReconMatch.id)))).scalar_one())
    return Recorded(match, is_new=match == values["id"])


async def forget_blocks(session: AsyncSession, track: TrackId) -> None:
    """Nothing blocks the track for now: it is judged anew."""
    await session.execute(update(ReconMatch).where(col(ReconMatch.track_id) == track).values(blocks=False))


async def cleared_with(session: AsyncSession, track: TrackId) -> frozenset[TrackId]:
    """The others that never block this track, because staff granted an appeal."""
    cleared = select(col(ReconMatch.other_track_id)).where(
        col(ReconMatch.track_id) == track, col(ReconMatch.cleared)
    )
    return frozenset(await session.scalars(cleared))


async def blocking_matches(session: AsyncSession, tracks: Collection[TrackId]) -> list[ReconMatchRow]:
    """Why these tracks are duplicates, or were before an appeal was granted; most similar first."""
    appealed = select(col(DuplicateAppeal.id)).where(
        col(DuplicateAppeal.track_id) == col(ReconMatch.track_id),
        col(DuplicateAppeal.status) == ReviewStatus.APPROVED,
        col(DuplicateAppeal.submitted_at) >= col(ReconMatch.first_seen_at),  # else it was about another block
    )
    why = col(ReconMatch.blocks) | (col(ReconMatch.cleared) & appealed.exists())
    ordered = _MATCHES.where(col(ReconMatch.track_id).in_(tracks), why).order_by(
        col(ReconMatch.similarity).desc(), col(ReconMatch.id)
    )
    return await read(session, ReconMatchRow, ordered)


async def refused_for(session: AsyncSession, uploads: Collection[UploadId]) -> list[ReconMatchRow]:
    """Why these files did not become the audio of their tracks; most similar first."""
    why = col(ReconMatch.upload_id).in_(uploads), col(ReconMatch.blocks)
    ordered = _MATCHES.where(*why).order_by(col(ReconMatch.similarity).desc(), col(ReconMatch.id))
    return await read(session, ReconMatchRow, ordered)


async def forget_sample(session: AsyncSession, upload: UploadId) -> None:
    """Forget what a file is like that is gone."""
    await session.execute(delete(ReconMatch).where(col(ReconMatch.upload_id) == upload))


async def forget_own_side(session: AsyncSession, track: TrackId, *, but: Collection[TrackId]) -> None:
    """Forget what a track was like before it got new audio; the other sides keep what they have seen.

    Args:
        but: The other tracks that it is still like.
    """
    others = col(ReconMatch.track_id) == track, col(ReconMatch.other_track_id).not_in(but)
    await session.execute(delete(ReconMatch).where(*others))


async def match(session: AsyncSession, match_id: ReconMatchId) -> ReconMatchRow:
    [row] = await read(session, ReconMatchRow, _MATCHES.where(col(ReconMatch.id) == match_id))
    return row


async def seen_matches(
    session: AsyncSession, ids: Collection[ReconMatchId], *, seen_by: Eyes
) -> list[ReconMatchRow]:
    """Those of the matches that are there for who looks."""
    chosen = _MATCHES.where(col(ReconMatch.id).in_(ids), *sees_match(seen_by))
    return await read(session, ReconMatchRow, chosen)


async def page_of_matches(
    session: AsyncSession, order: list[Key], part: Slice, *, chosen: MatchFilter, seen_by: Eyes
) -> Page[ReconMatchRow]:
    return await read_page(session, ReconMatchRow, matching(_MATCHES, chosen, seen_by), order, part)


async def count_matches(session: AsyncSession, *, chosen: MatchFilter, seen_by: Eyes) -> int:
    counted: AnySelect = select(func.count()).select_from(ReconMatch)
    return await read_count(session, matching(counted, chosen, seen_by))


def matching(statement: AnySelect, chosen: MatchFilter, seen_by: Eyes) -> AnySelect:
    """The statement about matches, cut to the filter and to what is there for who looks."""
    theirs = chosen.crediting is not None and chosen.crediting == seen_by.producer_id
    seen = (
        [match_is_there()] if theirs else sees_match(seen_by)
    )  # asked twice, Postgres reads the whole table
    return statement.where(*_whose(chosen), *_measured(chosen), *seen)


def _whose(chosen: MatchFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if chosen.of is not None:
        conditions.append(col(ReconMatch.track_id) == chosen.of)
    if chosen.crediting is not None:
        conditions.append(col(ReconMatch.track_id).in_(credited_tracks(chosen.crediting)))
    if chosen.reported_by is not None:
        reported = select(col(ReconScanMatch.match_id)).where(
            col(ReconScanMatch.scan_id) == chosen.reported_by
        )
        conditions.append(col(ReconMatch.id).in_(reported))
    return conditions


def _measured(chosen: MatchFilter) -> list[ColumnElement[bool]]:
    return [
        *one_of(col(ReconMatch.match_class), chosen.classes),
        *one_of(col(ReconMatch.relation), chosen.relations),
        *one_of(col(ReconMatch.triage), chosen.triages),
        *within(col(ReconMatch.similarity), chosen.similarity),
        *within(col(ReconMatch.first_seen_at), chosen.first_seen_at),
    ]


def order_keys(by: ReconMatchOrderField, direction: OrderDirection) -> list[Key]:
    """The keys that a page of matches is cut by; ties by id."""
    descending = direction is OrderDirection.DESC
    return [Key(getattr(ReconMatch, by.lower()), descending), Key(col(ReconMatch.id), descending)]


def anchor_of(row: ReconMatchRow, by: ReconMatchOrderField) -> tuple[object, ...]:
    """The row's place in that order: what its cursor says."""
    return (getattr(row, by.lower()), row.id)


async def set_triage(session: AsyncSession, match: ReconMatchId, triage: MatchTriage) -> None:
    await session.execute(update(ReconMatch).where(col(ReconMatch.id) == match).values(triage=triage))
