"""Filter menus of a list of tracks: what stands in them, and how many tracks behind each line."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from db.keys import camelot, key_label
from db.queries import facets
from db.queries.facets import KeyBucket
from db.queries.tracks import TrackFilter
from db.session import Sessions
from db.vocabulary import LicensingModel, TrackFacetField
from schema.tracks import FacetBucket, TrackFacet

_MODELS: Final = {
    LicensingModel.STANDARD: "Standard",
    LicensingModel.STANDARD_AND_EXCLUSIVE: "Standard and exclusive",
    LicensingModel.EXCLUSIVE_ONLY: "Exclusive only",
}


async def menus_of(
    sessions: Sessions, chosen: TrackFilter, menus: Sequence[TrackFacetField]
) -> list[TrackFacet]:
    """The menus in the order asked for, each counted by one statement, all at one moment."""
    async with sessions.reading() as session:
        return [
            TrackFacet(field=menu, buckets=await _BUCKETS[menu](session, chosen, menu))
            for menu in dict.fromkeys(menus)
        ]


async def _labels(session: AsyncSession, chosen: TrackFilter, menu: TrackFacetField) -> list[FacetBucket]:
    rows = await facets.labels(session, chosen, menu)
    return [FacetBucket(value=row.label, label=row.label, count=row.matches) for row in rows]


async def _keys(session: AsyncSession, chosen: TrackFilter, menu: TrackFacetField) -> list[FacetBucket]:
    rows = await facets.keys(session, chosen)
    return [_key(row) for row in sorted(rows, key=lambda row: (-row.matches, _code(row)))]


async def _tempos(session: AsyncSession, chosen: TrackFilter, menu: TrackFacetField) -> list[FacetBucket]:
    rows = sorted(await facets.tempos(session, chosen), key=lambda row: (-row.matches, row.least_bpm))
    return [_tempo(row.least_bpm, row.matches) for row in rows]


async def _models(session: AsyncSession, chosen: TrackFilter, menu: TrackFacetField) -> list[FacetBucket]:
    rows = sorted(await facets.models(session, chosen), key=lambda row: (-row.matches, row.model))
    return [FacetBucket(value=row.model, label=_MODELS[row.model], count=row.matches) for row in rows]


def _key(row: KeyBucket) -> FacetBucket:
    code = _code(row)
    label = f"{code} · {key_label(row.pitch_class, row.scale)}"
    return FacetBucket(value=code, label=label, count=row.matches)


def _code(row: KeyBucket) -> str:
    return camelot(row.pitch_class, row.scale)


def _tempo(least_bpm: int, count: int) -> FacetBucket:
    label = f"{least_bpm} to {least_bpm + facets.BPM_STEP - 1} BPM"
    return FacetBucket(value=str(least_bpm), label=label, count=count)


_BUCKETS: Final[
    dict[
        TrackFacetField,
        Callable[[AsyncSession, TrackFilter, TrackFacetField], Awaitable[list[FacetBucket]]],
    ]
] = {
    TrackFacetField.GENRE: _labels,
    TrackFacetField.MOOD: _labels,
    TrackFacetField.TAG: _labels,
    TrackFacetField.CAMELOT: _keys,
    TrackFacetField.BPM: _tempos,
    TrackFacetField.LICENSING_MODEL: _models,
}
