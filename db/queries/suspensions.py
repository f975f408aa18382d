"""Suspensions of accounts, and what is kept back by them (D-83)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.clock import now
from db.dialects import inserting
from db.ids import AccountId, ProducerId, SuspensionId, TrackId
from db.models.accounts import Account
from db.models.moderation import Suspension, Withholding
from db.models.producers import Producer
from db.models.requests import BeatRequest
from db.models.tracks import Track
from db.queries.moderation import WithholdingRow
from db.queries.rows import AnySelect, read, select_row
from db.vocabulary import TrackStatus, WithholdingCause


class SuspensionRow(NamedTuple):
    id: SuspensionId
    account_id: AccountId
    reason: str
    placed_by: AccountId
    placed_at: datetime
    lifted_by: AccountId | None
    lifted_at: datetime | None
    lift_reason: str | None


_AT_ONCE = 500
"""Parameters of a statement: SQLite takes 32,766."""
_SUSPENSIONS = select_row(SuspensionRow, Suspension)
_SHOWN = case((col(Track.status) == TrackStatus.PUBLISHED, TrackStatus.HIDDEN), else_=col(Track.status))
_KEPT_AS = case(
    (
        col(Track.status).in_((TrackStatus.PROCESSING, TrackStatus.CHECK_FAILED, TrackStatus.DUPLICATE)),
        TrackStatus.PUBLISHED,
    ),
    else_=col(Track.status),
)
_FREED = case((col(Track.status) == TrackStatus.HIDDEN, col(Track.withheld_as)), else_=col(Track.status))
"""What `api.moderation.rules` makes of one track, for all of a producer's at once; a test holds them against each other."""
_IN_FORCE = col(Suspension.lifted_at).is_(None)


async def suspensions_of(session: AsyncSession, accounts: Collection[AccountId]) -> list[SuspensionRow]:
    """All that accounts ever had, the latest first."""
    theirs = _SUSPENSIONS.where(col(Suspension.account_id).in_(accounts))
    return await read(session, SuspensionRow, theirs.order_by(col(Suspension.placed_at).desc()))


async def place(session: AsyncSession, suspension: Suspension) -> bool:
    """Suspend an account; false: it is."""
    added = inserting(session, Suspension).values(suspension.model_dump()).on_conflict_do_nothing()
    if (await session.execute(added.returning(col(Suspension.id)))).one_or_none() is None:
        return False
    account = update(Account).where(col(Account.id) == suspension.account_id)
    await session.execute(account.values(suspended_at=suspension.placed_at))
    return True


async def lift(
    session: AsyncSession, account: AccountId, *, by: AccountId, reason: str
) -> SuspensionId | None:
    """End the suspension of an account; null: there is none."""
    lifted = update(Suspension).where(col(Suspension.account_id) == account, _IN_FORCE)
    ended = lifted.values(lifted_at=now(), lifted_by=by, lift_reason=reason).returning(col(Suspension.id))
    found = (await session.execute(ended)).scalar_one_or_none()
    await session.execute(update(Account).where(col(Account.id) == account).values(suspended_at=None))
    return None if found is None else SuspensionId(found)


async def withhold_tracks(session: AsyncSession, producer: ProducerId) -> list[TrackId]:
    """Keep back all tracks of a producer that are not kept back yet; which they were."""
    free = col(Track.withheld_as).is_(None)
    return await _change(session, producer, free, status=_SHOWN, withheld_as=_KEPT_AS)


async def release_tracks(session: AsyncSession, producer: ProducerId) -> list[TrackId]:
    """Let all tracks of a producer go that nothing else keeps back; which they were."""
    held = exists().where(col(Withholding.object_id) == col(Track.id), col(Withholding.lifted_at).is_(None))
    freed = and_(col(Track.withheld_as).is_not(None), ~held)
    return await _change(session, producer, freed, status=_FREED, withheld_as=None)


async def _change(
    session: AsyncSession, producer: ProducerId, which: ColumnElement[bool], **columns: Any
) -> list[TrackId]:
    """All are locked, in the order of ids as by everybody who locks several, and only then looked at.

    Who has one at that moment has kept it back, or let it go: a condition in the same statement would not see that.
    """
    own = col(Track.producer_id) == producer, col(Track.status) != TrackStatus.REMOVED
    all_of_them = select(col(Track.id)).where(*own).order_by(col(Track.id))
    await session.execute(all_of_them.with_for_update())
    ids = [TrackId(one) for one in await session.scalars(all_of_them.where(which))]
    for some in (ids[at : at + _AT_ONCE] for at in range(0, len(ids), _AT_ONCE)):
        await session.execute(update(Track).where(col(Track.id).in_(some)).values(**columns))
    return ids


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
