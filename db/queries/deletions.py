"""Deletions of accounts, and what stands in their way (D-81)."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.clock import now
from db.ids import AccountDeletionId, AccountId, LicenceId, ProducerId, TrackId
from db.models.licences import Licence
from db.models.payouts import Payout
from db.models.privacy import UNDONE, AccountDeletion
from db.models.purchases import LIVING, Purchase
from db.models.tracks import Track, TrackCredit
from db.queries.personal import Person
from db.queries.rows import read, read_one, select_row
from db.transitions import DELETION, IN_TRANSIT, before
from db.vocabulary import (
    AccountDeletionStatus,
    CurrencyCode,
    DeletionObstacleKind,
    PayoutStatus,
    PurchaseStatus,
)


class DeletionRow(NamedTuple):
    id: AccountDeletionId
    account_id: AccountId
    status: AccountDeletionStatus
    requested_at: datetime
    due_at: datetime
    ended_at: datetime | None
    waits_for: DeletionObstacleKind | None
    told: dict[CurrencyCode, int]
    told_again_at: datetime | None
    left_at: datetime | None


class UnderWay(NamedTuple):
    """How many things of a person are not settled."""

    purchases: int
    sales: int
    refunds: int
    disputes: int
    payouts: int
    fresh: int


_RUNNING = AccountDeletionStatus.RUNNING
_DELETIONS = select_row(DeletionRow, AccountDeletion)


async def deletions(session: AsyncSession, ids: Collection[AccountDeletionId]) -> list[DeletionRow]:
    return await read(session, DeletionRow, _DELETIONS.where(col(AccountDeletion.id).in_(ids)))


async def undone_of(session: AsyncSession, accounts: Collection[AccountId]) -> dict[AccountId, DeletionRow]:
    """The deletion of each account that was asked for, and is neither called off nor done."""
    chosen = _DELETIONS.where(col(AccountDeletion.account_id).in_(accounts), UNDONE)
    return {row.account_id: row for row in await read(session, DeletionRow, chosen)}


async def held_deletion(session: AsyncSession, deletion: AccountDeletionId) -> DeletionRow | None:
    """One, locked until the transaction ends."""
    chosen = _DELETIONS.where(col(AccountDeletion.id) == deletion).with_for_update()
    return await read_one(session, DeletionRow, chosen)


async def move(
    session: AsyncSession,
    deletion: AccountDeletionId,
    status: AccountDeletionStatus,
) -> bool:
    """Bring it into another state; false: that cannot follow of the one that it is in."""
    ended_at = None if DELETION[status] else now()
    values = {"status": status, "waits_for": None, "ended_at": ended_at}
    chosen = col(AccountDeletion.id) == deletion, col(AccountDeletion.status).in_(before(DELETION, status))
    moved = update(AccountDeletion).where(*chosen).values(values)
    return await session.scalar(moved.returning(col(AccountDeletion.id))) is not None


async def note_waiting(
    session: AsyncSession, deletion: AccountDeletionId, reason: DeletionObstacleKind
) -> None:
    """Keep what it waits for."""
    chosen = update(AccountDeletion).where(col(AccountDeletion.id) == deletion)
    await session.execute(chosen.values(waits_for=reason))


async def put_off(
    session: AsyncSession, deletion: AccountDeletionId, *, until: datetime, told: Mapping[CurrencyCode, int]
) -> None:
    """Wait some days more, for its owner is told of more money that stays."""
    chosen = update(AccountDeletion).where(col(AccountDeletion.id) == deletion)
    known = {"told": dict(told), "told_again_at": now()}
    await session.execute(chosen.values(due_at=until, waits_for=None, **known))


async def note_left(session: AsyncSession, deletion: AccountDeletionId) -> None:
    """Keep that what is shared with others was left."""
    chosen = update(AccountDeletion).where(col(AccountDeletion.id) == deletion)
    await session.execute(chosen.values(left_at=now()))


async def is_running(session: AsyncSession, account: AccountId) -> bool:
    """Whether an account is on its way out, and nobody signs in any more."""
    running = col(AccountDeletion.account_id) == account, col(AccountDeletion.status) == _RUNNING
    return await session.scalar(select(col(AccountDeletion.id)).where(*running)) is not None


async def under_way(session: AsyncSession, person: Person, *, refundable_since: datetime) -> UnderWay:
    """What of a person's is not settled: bought, sold, given back, disputed, on its way to the bank, sold a moment ago.

    Args:
        refundable_since: Sales since then can be undone by their buyers.
    """
    bought, sold = col(Purchase.account_id) == person.account, col(Purchase.producer_id) == person.producer
    status = col(Purchase.status)
    refunding = and_(status == PurchaseStatus.COMPLETED, col(Purchase.refund_asked_at).is_not(None))
    disputed = status == PurchaseStatus.DISPUTED
    living = select(func.count()).select_from(Purchase).where(LIVING)
    either = select(func.count()).select_from(Purchase).where(or_(bought, sold))
    on_its_way = or_(
        col(Payout.status).in_([*IN_TRANSIT, PayoutStatus.REQUESTED]),
        and_(col(Payout.status) == PayoutStatus.FAILED, col(Payout.returned_at).is_(None)),
    )
    paid = select(func.count()).select_from(Payout).where(col(Payout.producer_id) == person.producer)
    counts = [
        living.where(bought),
        living.where(sold),
        either.where(refunding),
        either.where(disputed),
        paid.where(on_its_way),
        either.where(sold, status == PurchaseStatus.COMPLETED, col(Purchase.completed_at) > refundable_since),
    ]
    return UnderWay(*[(await session.execute(count)).scalar_one() for count in counts])


async def credited_on_others(session: AsyncSession, producer: ProducerId) -> list[TrackId]:
    """Tracks of others that credit a producer."""
    chosen = (
        select(col(TrackCredit.track_id))
        .join(Track, col(Track.id) == col(TrackCredit.track_id))
        .where(col(TrackCredit.producer_id) == producer, col(TrackCredit.removed_at).is_(None))
        .where(col(Track.producer_id) != producer)
    )
    return list(await session.scalars(chosen.order_by(col(TrackCredit.track_id))))


async def rename_licensee(
    session: AsyncSession, licence: LicenceId, licensee: dict[str, str], signature: str
) -> None:
    """Have a licence name somebody else, under a signature of that."""
    named = update(Licence).where(col(Licence.id) == licence)
    await session.execute(named.values(licensee=licensee, signature=signature))


async def forget_offers(session: AsyncSession, producer: ProducerId) -> None:
    """Of what others bought, or tried to: where the producer was to be reached, and what they wrote of their terms."""
    columns = col(Purchase.id), col(Purchase.offer)
    for purchase, offer in await session.execute(
        select(*columns).where(col(Purchase.producer_id) == producer)
    ):
        nothing = {name: None for name in ("contact_email", "exclusive_terms") if name in offer}
        forgotten = update(Purchase).where(col(Purchase.id) == purchase)
        await session.execute(forgotten.values(offer={**offer, **nothing}))


async def rename_buyer(session: AsyncSession, account: AccountId, licensee: dict[str, str]) -> None:
    """Have what an account agreed to name somebody else; the hash of what was agreed stays."""
    columns = col(Purchase.id), col(Purchase.agreement), col(Purchase.grant)
    for purchase, agreement, grant in await session.execute(
        select(*columns).where(col(Purchase.account_id) == account)
    ):
        renamed = {
            "agreement": agreement | {"licensee": licensee["name"]},
            "grant": grant | {"licensee": licensee},
        }
        await session.execute(update(Purchase).where(col(Purchase.id) == purchase).values(renamed))
