"""Versions of a track: what its producer has in the catalogue beside it that is like it today (D-44)."""

from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import exists, func, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from db.ids import TrackId
from db.models.fingerprints import Fingerprint
from db.models.recon import ReconMatch
from db.models.tracks import Track
from db.queries.fingerprints import same_sound
from db.queries.rows import AnySelect, read
from db.vocabulary import MatchClass, MatchRelation, TrackStatus

_SAME_SOUND_SIMILARITY = 1.0


class VersionRow(NamedTuple):
    """A track, and another one of its producer that is like it."""

    track_id: TrackId
    version_id: TrackId


def versions_statement(
    tracks: Collection[TrackId],
    *,
    classes: Collection[MatchClass],
    most: int,
) -> AnySelect:
    """The statement of `versions_of`."""
    track, version = aliased(Track), aliased(Track)
    by_one = [
        col(track.id).in_(tracks),
        col(version.producer_id) == col(track.producer_id),
        col(version.id) != col(track.id),
        col(version.status) == TrackStatus.PUBLISHED,
    ]
    known = _known_alike(track, version, classes).where(*by_one)
    found = union_all(known, _sounding_alike(track, version).where(*by_one)).subquery()
    best = func.max(found.c.similarity)
    place = func.row_number().over(partition_by=found.c.track_id, order_by=[best.desc(), found.c.version_id])
    ranked = (
        select(found.c.track_id, found.c.version_id, place.label("place"))
        .group_by(found.c.track_id, found.c.version_id)
        .subquery()
    )
    chosen = select(ranked.c.track_id, ranked.c.version_id).where(ranked.c.place <= most)
    return chosen.order_by(ranked.c.track_id, ranked.c.place)


async def versions_of(
    session: AsyncSession,
    tracks: Collection[TrackId],
    *,
    classes: Collection[MatchClass],
    most: int,
) -> list[VersionRow]:
    """Of each of these tracks the versions that are in the catalogue, most similar first.

    Args:
        classes: How much of a known pair must agree.
        most: Of one track.
    """
    asked = versions_statement(tracks, classes=classes, most=most)
    return await read(session, VersionRow, asked)


def _known_alike(track: Any, version: Any, classes: Collection[MatchClass]) -> AnySelect:
    """Pairs that Audio Recon knows as one recording.

    One that has lost a side was alike before that side got new audio (`recon.forget_own_side`): of what was sold, or is
    still on sale, nothing is like the other any more.
    """
    here, there = aliased(ReconMatch), aliased(ReconMatch)
    mirror = exists().where(col(there.track_id) == version.id, col(there.other_track_id) == track.id)
    return (
        _pairs(track, version, col(here.similarity))
        .join(here, col(here.track_id) == track.id)
        .join(version, version.id == col(here.other_track_id))
        .where(col(here.relation) == MatchRelation.SAME_RECORDING, col(here.match_class).in_(classes), mirror)
    )


def _sounding_alike(track: Any, version: Any) -> AnySelect:
    """Pairs of one file, or of the same words, whatever is known of them."""
    own, theirs = aliased(Fingerprint), aliased(Fingerprint)
    return (
        _pairs(track, version, literal(_SAME_SOUND_SIMILARITY))
        .join(own, col(own.track_id) == track.id)
        .join(version, version.producer_id == track.producer_id)
        .join(theirs, col(theirs.track_id) == version.id)
        .where(same_sound(own, theirs))
    )


def _pairs(track: Any, version: Any, similarity: Any) -> AnySelect:
    columns = track.id.label("track_id"), version.id.label("version_id"), similarity.label("similarity")
    return select(*columns).select_from(track)
