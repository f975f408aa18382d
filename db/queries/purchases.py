"""Purchases of exclusives, and which tracks are kept for a buyer (D-43)."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.dialects import inserting
from db.ids import AccountId, LicenceId, ProducerId, PurchaseId, TrackId, UploadId
from db.models.purchases import LIVING, REFUNDING, Purchase
from db.queries.paging import Key, Page, Slice, sliced
from db.queries.rows import AnySelect, read, read_count, read_one, read_page, select_row
from db.transitions import PURCHASE, before
from db.vocabulary import CurrencyCode, PurchaseStatus


class PurchaseRow(NamedTuple):
    id: PurchaseId
    account_id: AccountId
    producer_id: ProducerId
    track_id: TrackId
    upload_id: UploadId
    audio_sha256: str
    status: PurchaseStatus
    input_sha256: str
    return_path: str
    price_minor: int
    fee_minor: int
    tax_minor: int
    currency: CurrencyCode
    standard_licences: int
    offer: dict[str, Any]
    agreement: dict[str, Any]
    agreement_sha256: str
    grant: dict[str, Any]
    checkout_reference: str | None
    checkout_url: str | None
    payment_reference: str | None
    licence_id: LicenceId | None
    expires_at: datetime
    refund_key: str | None
    refund_reason: str | None
    refund_asked_at: datetime | None
    version: int
    created_at: datetime
    completed_at: datetime | None
    ended_at: datetime | None

    @property
    def total_minor(self) -> int:
        """What the buyer was shown: without taxes, which the payment provider adds where it reckons them."""
        return self.price_minor + self.fee_minor


class Reservation(NamedTuple):
    """Who a track is kept for, and until when."""

    track_id: TrackId
    purchase_id: PurchaseId
    account_id: AccountId
    expires_at: datetime


_PURCHASES = select_row(PurchaseRow, Purchase)
_NEWEST_FIRST = [Key(col(Purchase.created_at), descending=True), Key(col(Purchase.id), descending=True)]


# ---- reading -------------------------------------------------------------------------------------


async def purchases(session: AsyncSession, ids: Collection[PurchaseId]) -> list[PurchaseRow]:
    return await read(session, PurchaseRow, _PURCHASES.where(col(Purchase.id).in_(ids)))


async def purchases_of_licences(session: AsyncSession, licences: Collection[LicenceId]) -> list[PurchaseRow]:
    """What licences were bought by."""
    return await read(session, PurchaseRow, _PURCHASES.where(col(Purchase.licence_id).in_(licences)))


async def begun_with(session: AsyncSession, account: AccountId, key: str) -> PurchaseRow | None:
    """What an account has begun under a client's key."""
    named = col(Purchase.account_id) == account, col(Purchase.idempotency_key) == key
    return await read_one(session, PurchaseRow, _PURCHASES.where(*named))


async def held_purchase(session: AsyncSession, purchase: PurchaseId) -> PurchaseRow | None:
    """One, locked until the transaction ends; whoever locks its track too has done so before."""
    return await read_one(
        session, PurchaseRow, _PURCHASES.where(col(Purchase.id) == purchase).with_for_update()
    )


async def living_on(session: AsyncSession, track: TrackId) -> PurchaseRow | None:
    """The one purchase that a track is kept for."""
    return await read_one(session, PurchaseRow, _PURCHASES.where(col(Purchase.track_id) == track, LIVING))


async def is_reserved(session: AsyncSession, track: TrackId) -> bool:
    """Whether a track is kept for a buyer."""
    kept = select(col(Purchase.id)).where(col(Purchase.track_id) == track, LIVING)
    return await session.scalar(kept) is not None


async def reservations(session: AsyncSession, tracks: Collection[TrackId]) -> dict[TrackId, Reservation]:
    """Which of these tracks are kept for a buyer."""
    columns: Any = (
        col(Purchase.track_id),
        col(Purchase.id).label("purchase_id"),
        col(Purchase.account_id),
        col(Purchase.expires_at),
    )
    rows = await read(
        session, Reservation, select(*columns).where(col(Purchase.track_id).in_(tracks), LIVING)
    )
    return {row.track_id: row for row in rows}


async def count_living(session: AsyncSession, account: AccountId) -> int:
    """How many tracks are kept for an account."""
    counted = select(func.count()).select_from(Purchase).where(col(Purchase.account_id) == account, LIVING)
    return await read_count(session, counted)


async def tries_on(
    session: AsyncSession, account: AccountId, tracks: Collection[TrackId], *, since: datetime
) -> dict[TrackId, list[datetime]]:
    """When an account has begun to buy each of these tracks, from a moment on, the earliest first."""
    columns = col(Purchase.track_id), col(Purchase.created_at)
    own = col(Purchase.account_id) == account, col(Purchase.track_id).in_(tracks)
    chosen = select(*columns).where(*own, col(Purchase.created_at) >= since).order_by(columns[1])
    found: dict[TrackId, list[datetime]] = {track: [] for track in tracks}
    for track, moment in await session.execute(chosen):
        found[TrackId(track)].append(moment)
    return found


async def due(session: AsyncSession, *, before: datetime, limit: int) -> list[PurchaseId]:
    """Living ones whose time was over before a moment, and refunds that were asked for before it and not made."""
    over = select(col(Purchase.id)).where(LIVING, col(Purchase.expires_at) <= before)
    asked = select(col(Purchase.id)).where(REFUNDING, col(Purchase.refund_asked_at) <= before)
    found = [*await session.scalars(over.order_by(col(Purchase.expires_at)).limit(limit))]
    found += await session.scalars(asked.order_by(col(Purchase.refund_asked_at)).limit(limit))
    return [PurchaseId(one) for one in found]


def page_statement(account: AccountId, part: Slice) -> AnySelect:
    """The statement of `page_of_purchases`."""
    return sliced(_PURCHASES.where(col(Purchase.account_id) == account), _NEWEST_FIRST, part)


async def page_of_purchases(session: AsyncSession, account: AccountId, part: Slice) -> Page[PurchaseRow]:
    """All that an account has begun to buy, newest first."""
    own = _PURCHASES.where(col(Purchase.account_id) == account)
    return await read_page(session, PurchaseRow, own, _NEWEST_FIRST, part)


async def count_purchases(session: AsyncSession, account: AccountId) -> int:
    counted = select(func.count()).select_from(Purchase).where(col(Purchase.account_id) == account)
    return await read_count(session, counted)


def anchor_of(row: PurchaseRow) -> tuple[object, ...]:
    return (row.created_at, row.id)


# ---- writing -------------------------------------------------------------------------------------


async def add(session: AsyncSession, purchase: Purchase) -> bool:
    """Keep a purchase; false: the track is kept for another."""
    fresh = inserting(session, Purchase).values(purchase.model_dump()).on_conflict_do_nothing()
    return await session.scalar(fresh.returning(col(Purchase.id))) is not None


async def change(session: AsyncSession, purchase: PurchaseId, values: Mapping[str, Any]) -> None:
    """Write what was learnt of a purchase, but for its state."""
    changed = update(Purchase).where(col(Purchase.id) == purchase)
    await session.execute(changed.values(**values, version=col(Purchase.version) + 1))


async def move(session: AsyncSession, purchase: PurchaseId, status: PurchaseStatus, **values: Any) -> bool:
    """Bring a purchase into another state; false: that cannot follow of the one that it is in."""
    chosen = col(Purchase.id) == purchase, col(Purchase.status).in_(before(PURCHASE, status))
    moved = update(Purchase).where(*chosen).values(status=status, **values, version=col(Purchase.version) + 1)
    return await session.scalar(moved.returning(col(Purchase.id))) is not None
