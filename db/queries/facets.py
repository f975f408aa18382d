"""How many tracks stand behind each line of a filter menu."""

from dataclasses import replace
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.models.tracks import Track, TrackLabel
from db.queries.hits import hits
from db.queries.rows import AnySelect, read
from db.queries.tracks import TrackFilter, conditions
from db.vocabulary import LabelKind, LicensingModel, Scale, TrackFacetField

MOST_BUCKETS: Final = 50
BPM_STEP: Final = 10
_KINDS: Final = {
    TrackFacetField.GENRE: LabelKind.GENRE,
    TrackFacetField.MOOD: LabelKind.MOOD,
    TrackFacetField.TAG: LabelKind.TAG,
}


class LabelBucket(NamedTuple):
    label: str
    matches: int


class KeyBucket(NamedTuple):
    pitch_class: int
    scale: Scale
    matches: int


class TempoBucket(NamedTuple):
    least_bpm: int
    matches: int


class ModelBucket(NamedTuple):
    model: LicensingModel
    matches: int


async def labels(session: AsyncSession, chosen: TrackFilter, menu: TrackFacetField) -> list[LabelBucket]:
    """Genres, moods or tags. A track counts for each of its labels; spellings that fold alike are one."""
    return await read(session, LabelBucket, labels_of_matches(chosen, _KINDS[menu]))


def labels_of_matches(chosen: TrackFilter, kind: LabelKind) -> AnySelect:
    """The statement behind `labels`: along the index of labels where nothing but the status is asked for."""
    kept = replace(chosen, labels=tuple(one for one in chosen.labels if one[0] is not kind))
    label, count = func.min(col(TrackLabel.label)), func.count()
    statement: AnySelect = select(label, count).where(col(TrackLabel.kind) == kind)
    grouped = _of_matches(statement, kept).group_by(col(TrackLabel.folded))
    return grouped.order_by(count.desc(), label).limit(MOST_BUCKETS)


async def keys(session: AsyncSession, chosen: TrackFilter) -> list[KeyBucket]:
    kept = replace(chosen, pitch_classes=None, scales=None, keys=None)
    return await read(session, KeyBucket, facts_of_matches(kept, col(Track.pitch_class), col(Track.scale)))


async def tempos(session: AsyncSession, chosen: TrackFilter) -> list[TempoBucket]:
    """By steps of 10 BPM, each called by its lower bound."""
    bpm: Any = col(Track.bpm)
    kept = replace(chosen, bpm=None, bpm_any_of=None)
    return await read(session, TempoBucket, facts_of_matches(kept, bpm - bpm % BPM_STEP))


async def models(session: AsyncSession, chosen: TrackFilter) -> list[ModelBucket]:
    kept = replace(chosen, licensing_models=None)
    return await read(session, ModelBucket, facts_of_matches(kept, col(Track.licensing_model)))


def facts_of_matches(chosen: TrackFilter, *facts: Any) -> AnySelect:
    """Tracks of the filter counted by columns of their row."""
    count: ColumnElement[int] = func.count()
    statement: AnySelect = select(*facts, count)
    if chosen.search is None:
        return statement.select_from(Track).where(*conditions(chosen)).group_by(*facts)
    found = hits(chosen.search, chosen.statuses)
    joined = statement.join_from(found, Track, col(Track.number) == found.c.number)
    return joined.where(*conditions(chosen)).group_by(*facts)


def _of_matches(statement: AnySelect, chosen: TrackFilter) -> AnySelect:
    """A statement about labels, cut to those of the filter's tracks."""
    if chosen.by_status_alone:
        return statement.where(col(TrackLabel.status).in_(chosen.statuses))
    if chosen.search is None:
        tracks = statement.join_from(Track, TrackLabel, col(TrackLabel.number) == col(Track.number))
        return tracks.where(*conditions(chosen))
    found = hits(chosen.search, chosen.statuses)
    labelled = statement.join_from(found, TrackLabel, col(TrackLabel.number) == found.c.number)
    if chosen.by_search_alone:
        return labelled
    return labelled.join(Track, col(Track.number) == found.c.number).where(*conditions(chosen))
