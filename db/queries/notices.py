"""Keeping notifications, and who is to be told."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.ids import AccountId, TrackId
from db.models.accounts import RoleGrant
from db.models.notices import Notification
from db.models.producers import Producer
from db.models.tracks import TrackCredit
from db.queries.credits import CREDITED
from db.vocabulary import Role


async def add(session: AsyncSession, notifications: Sequence[Notification]) -> None:
    """New notifications; one that the account has already, of this kind and subject, stays as it is."""
    rows: list[dict[str, Any]] = [one.model_dump() for one in notifications]
    if rows:
        insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        await session.execute(insert(Notification).on_conflict_do_nothing(), rows)


async def verified_accounts_credited(session: AsyncSession, track: TrackId) -> list[AccountId]:
    """Accounts of the verified producers who are credited on a track, the uploader first."""
    credited = (
        select(col(RoleGrant.account_id))
        .select_from(Producer)
        .join(TrackCredit, col(TrackCredit.producer_id) == col(Producer.id))
        .join(RoleGrant, col(RoleGrant.account_id) == col(Producer.account_id))
        .where(col(TrackCredit.track_id) == track, CREDITED)
        .where(col(RoleGrant.role) == Role.VERIFIED_PRODUCER, col(RoleGrant.withdrawn_at).is_(None))
    )
    return list(await session.scalars(credited.order_by(col(TrackCredit.position))))
