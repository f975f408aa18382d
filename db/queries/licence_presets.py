"""Saved terms of producers."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.dialects import inserting
from db.ids import LicencePresetId, ProducerId
from db.models.licence_presets import LicencePreset
from db.models.producers import Producer
from db.queries.rows import read, read_count, read_one, select_row


class LicencePresetRow(NamedTuple):
    id: LicencePresetId
    producer_id: ProducerId
    name: str
    terms: dict[str, Any]


_PRESETS = select_row(LicencePresetRow, LicencePreset)


async def presets_of(session: AsyncSession, producers: Collection[ProducerId]) -> list[LicencePresetRow]:
    """Those of producers, by name."""
    own = _PRESETS.where(col(LicencePreset.producer_id).in_(producers))
    return await read(session, LicencePresetRow, own.order_by(col(LicencePreset.name_key)))


async def presets(session: AsyncSession, ids: Collection[LicencePresetId]) -> list[LicencePresetRow]:
    return await read(session, LicencePresetRow, _PRESETS.where(col(LicencePreset.id).in_(ids)))


async def preset_for_change(session: AsyncSession, preset: LicencePresetId) -> LicencePresetRow | None:
    """Locked until the transaction ends."""
    chosen = _PRESETS.where(col(LicencePreset.id) == preset)
    return await read_one(session, LicencePresetRow, chosen.with_for_update())


async def hold_producer(session: AsyncSession, producer: ProducerId) -> None:
    """Who adds or names a preset takes turns with others of the same producer, or two could share the last place."""
    await session.execute(
        select(col(Producer.id)).where(col(Producer.id) == producer).with_for_update(key_share=True)
    )


async def count_of(session: AsyncSession, producer: ProducerId) -> int:
    own = select(func.count()).where(col(LicencePreset.producer_id) == producer)
    return await read_count(session, own)


async def add(session: AsyncSession, preset: LicencePreset) -> bool:
    """False: the producer has one of this name."""
    new = inserting(session, LicencePreset).values(preset.model_dump()).on_conflict_do_nothing()
    return (await session.execute(new.returning(col(LicencePreset.id)))).one_or_none() is not None


async def named(session: AsyncSession, producer: ProducerId, name_key: str) -> LicencePresetId | None:
    """Which preset has a name."""
    its = col(LicencePreset.producer_id) == producer, col(LicencePreset.name_key) == name_key
    found = await session.scalar(select(col(LicencePreset.id)).where(*its))
    return None if found is None else LicencePresetId(found)


async def change(session: AsyncSession, preset: LicencePresetId, columns: Mapping[str, Any]) -> None:
    if columns:
        await session.execute(update(LicencePreset).where(col(LicencePreset.id) == preset).values(**columns))


async def forget(session: AsyncSession, preset: LicencePresetId) -> None:
    await session.execute(delete(LicencePreset).where(col(LicencePreset.id) == preset))
