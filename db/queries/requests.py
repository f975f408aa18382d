"""Reading beat requests (D-60)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.ids import AccountId, BeatRequestId, TrackId, UploadId
from db.models.requests import BeatRequest, BeatRequestTerm
from db.queries.rows import AnySelect, read, read_one, select_row
from db.searching import words_of_request
from db.vocabulary import BeatRequestDuration, BeatRequestStatus, CurrencyCode, Scale, WantedLicence


class BeatRequestRow(NamedTuple):
    id: BeatRequestId
    account_id: AccountId
    text: str
    reference_url: str | None
    reference_track_id: TrackId | None
    reference_upload_id: UploadId | None
    genre: str | None
    genre_folded: str | None
    bpm_min: int | None
    bpm_max: int | None
    pitch_class: int | None
    scale: Scale | None
    moods: list[str]
    tags: list[str]
    budget_minor: int | None
    budget_currency: CurrencyCode | None
    wanted_licence: WantedLicence
    duration: BeatRequestDuration
    status: BeatRequestStatus
    withheld_as: BeatRequestStatus | None
    submission_count: int
    opened_at: datetime
    expires_at: datetime

    def status_at(self, moment: datetime) -> BeatRequestStatus:
        """Its state: over is over, also before a job has said so."""
        over = self.status is BeatRequestStatus.ACTIVE and self.expires_at <= moment
        return BeatRequestStatus.EXPIRED if over else self.status

    @property
    def unhidden(self) -> "BeatRequestRow":
        """As it would be if staff did not keep it back."""
        return self._replace(status=self.withheld_as or self.status, withheld_as=None)


REQUESTS = select_row(BeatRequestRow, BeatRequest)


async def requests(session: AsyncSession, ids: Collection[BeatRequestId]) -> list[BeatRequestRow]:
    return await read(session, BeatRequestRow, REQUESTS.where(col(BeatRequest.id).in_(ids)))


async def request_for_change(session: AsyncSession, request: BeatRequestId) -> BeatRequestRow | None:
    """One request, locked until the transaction ends."""
    chosen = REQUESTS.where(col(BeatRequest.id) == request)
    return await read_one(session, BeatRequestRow, chosen.with_for_update())


async def change_request(session: AsyncSession, request: BeatRequestId, **columns: Any) -> None:
    await session.execute(update(BeatRequest).where(col(BeatRequest.id) == request).values(**columns))


async def index_request(session: AsyncSession, request: BeatRequest) -> None:
    """Write what a request is found by; it is never edited, so this is done once."""
    terms = words_of_request(request.text, request.genre, request.tags, request.moods)
    rows = [{"term": term, "request_id": request.id} for term in sorted(terms)]
    if rows:
        await session.execute(insert(BeatRequestTerm), rows)


async def expire(session: AsyncSession, *, until: datetime, limit: int) -> list[BeatRequestId]:
    """Close some requests whose time was over by then; those that somebody else has in hand are left to them."""
    over = due(until=until, limit=limit).with_for_update(skip_locked=True)
    change = update(BeatRequest).where(col(BeatRequest.id).in_(over)).values(status=BeatRequestStatus.EXPIRED)
    return list(await session.scalars(change.returning(col(BeatRequest.id))))


def due(*, until: datetime, limit: int) -> AnySelect:
    """Open requests whose time was over by then, the longest over first."""
    over = col(BeatRequest.status) == BeatRequestStatus.ACTIVE, col(BeatRequest.expires_at) <= until
    chosen: AnySelect = select(col(BeatRequest.id)).where(*over)
    return chosen.order_by(col(BeatRequest.expires_at), col(BeatRequest.id)).limit(limit)


async def hold_request(session: AsyncSession, request: BeatRequestId) -> BeatRequestRow | None:
    """One request, which nobody else holds or changes until the transaction ends; rows that name it may still be added."""
    chosen = REQUESTS.where(col(BeatRequest.id) == request)
    return await read_one(session, BeatRequestRow, chosen.with_for_update(key_share=True))


async def open_requests_like(
    session: AsyncSession, upload: UploadId, tracks: Collection[TrackId], *, moment: datetime
) -> list[BeatRequestId]:
    """Those that are open and whose reference is the file, or one of the tracks."""
    reference = or_(
        col(BeatRequest.reference_upload_id) == upload, col(BeatRequest.reference_track_id).in_(tracks)
    )
    is_open = col(BeatRequest.status) == BeatRequestStatus.ACTIVE, col(BeatRequest.expires_at) > moment
    return list(await session.scalars(select(col(BeatRequest.id)).where(reference, *is_open)))


async def requests_shown_of(session: AsyncSession, account: AccountId) -> list[BeatRequestId]:
    """Those of an account that are not deleted."""
    shown = col(BeatRequest.account_id) == account, col(BeatRequest.status) != BeatRequestStatus.DELETED
    return list(
        await session.scalars(select(col(BeatRequest.id)).where(*shown).order_by(col(BeatRequest.id)))
    )


async def requests_withheld_of(session: AsyncSession, account: AccountId) -> list[BeatRequestId]:
    """Those of an account that staff keep back."""
    kept = col(BeatRequest.account_id) == account, col(BeatRequest.withheld_as).is_not(None)
    return list(await session.scalars(select(col(BeatRequest.id)).where(*kept).order_by(col(BeatRequest.id))))
