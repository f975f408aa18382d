"""Changing profiles: their handles, about photos and owners."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.clock import now
from db.dialects import inserting
from db.ids import AboutPhotoId, AccountId, PictureId, ProducerId
from db.models.producers import AboutPhoto, Producer, ProducerHandle
from db.queries.producers import PRODUCERS, ProducerRow
from db.queries.rows import read, read_one, select_row


class AboutPhotoRow(NamedTuple):
    id: AboutPhotoId
    producer_id: ProducerId
    picture_id: PictureId
    caption: str | None


_PHOTOS = select_row(AboutPhotoRow, AboutPhoto)


async def profile_for_change(session: AsyncSession, producer: ProducerId) -> ProducerRow | None:
    """One profile, locked until the transaction ends.

    Whole, for a new handle changes a key: with less, rows that name the profile and then raise its experience would wait
    for this transaction while it waits for them.
    """
    chosen = PRODUCERS.where(col(Producer.id) == producer)
    return await read_one(session, ProducerRow, chosen.with_for_update(of=Producer))


async def change_profile(session: AsyncSession, producer: ProducerId, columns: Mapping[str, Any]) -> None:
    await session.execute(update(Producer).where(col(Producer.id) == producer).values(**columns))


async def give_profile(session: AsyncSession, producer: ProducerId, account: AccountId) -> bool:
    """Give a profile that nobody owns to an account; false if somebody does."""
    unowned = update(Producer).where(col(Producer.id) == producer, col(Producer.account_id).is_(None))
    given = unowned.values(account_id=account).returning(col(Producer.id))
    return (await session.execute(given)).one_or_none() is not None


async def take_handle(session: AsyncSession, producer: ProducerId, handle_key: str) -> bool:
    """Have a handle for a profile, for ever; false if it is or was another's."""
    taken = {"handle_key": handle_key, "producer_id": producer, "since": now()}
    await session.execute(inserting(session, ProducerHandle).values(taken).on_conflict_do_nothing())
    owner = select(col(ProducerHandle.producer_id)).where(col(ProducerHandle.handle_key) == handle_key)
    return (await session.execute(owner)).scalar_one() == producer


async def handles_of(session: AsyncSession, producer: ProducerId) -> dict[str, datetime]:
    """Handles that a profile has and had, and since when."""
    columns = (col(ProducerHandle.handle_key), col(ProducerHandle.since))
    taken = await session.execute(select(*columns).where(col(ProducerHandle.producer_id) == producer))
    return {str(key): since for key, since in taken}


async def photos(session: AsyncSession, ids: Collection[AboutPhotoId]) -> list[AboutPhotoRow]:
    return await read(session, AboutPhotoRow, _PHOTOS.where(col(AboutPhoto.id).in_(ids)))


async def photos_of(session: AsyncSession, producers: Collection[ProducerId]) -> list[AboutPhotoRow]:
    """About photos of these profiles, each in its order."""
    theirs = _PHOTOS.where(col(AboutPhoto.producer_id).in_(producers))
    return await read(session, AboutPhotoRow, theirs.order_by(col(AboutPhoto.position)))


async def set_photos(session: AsyncSession, producer: ProducerId, rows: Sequence[AboutPhotoRow]) -> None:
    """Put these in place of all about photos of a profile, in this order."""
    await session.execute(delete(AboutPhoto).where(col(AboutPhoto.producer_id) == producer))
    session.add_all(AboutPhoto(**row._asdict(), position=position) for position, row in enumerate(rows))
    await session.flush()
