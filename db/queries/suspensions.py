"""Suspensions of accounts, and what is kept back by them (D-83)."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.models.moderation import Suspension
from db.models.producers import Producer
from db.models.requests import BeatRequest
from db.models.tracks import Track
from db.queries.moderation import WithholdingRow
from db.queries.rows import AnySelect
from db.vocabulary import WithholdingCause

_IN_FORCE = col(Suspension.lifted_at).is_(None)


async def owners_suspended(session: AsyncSession, objects: Collection[str]) -> list[WithholdingRow]:
    """Tracks, profiles and requests of suspended accounts, with why they are suspended."""
    of_producers, of_requests = (
        col(Suspension.account_id) == col(Producer.account_id),
        col(Suspension.account_id) == col(BeatRequest.account_id),
    )
    owners = (
        _kept(Track)
        .join(Producer, col(Producer.id) == col(Track.producer_id))
        .join(Suspension, of_producers),
        _kept(Producer).join(Suspension, of_producers),
        _kept(BeatRequest).join(Suspension, of_requests),
    )
    tables: tuple[Any, ...] = (Track, Producer, BeatRequest)
    return [
        WithholdingRow(object_id, WithholdingCause.SUSPENSION, cause_id, reason, placed_at)
        for table, owned in zip(tables, owners, strict=True)
        for object_id, cause_id, reason, placed_at in await session.execute(
            owned.where(table.id.in_(objects), _IN_FORCE)
        )
    ]


def _kept(table: Any) -> AnySelect:
    facts = col(Suspension.id), col(Suspension.reason), col(Suspension.placed_at)
    return select(table.id, *facts).select_from(table)
