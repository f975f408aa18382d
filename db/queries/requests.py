"""Reading beat requests (D-60)."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.ids import AccountId, BeatRequestId, TrackId, UploadId
from db.models.requests import BeatRequest
from db.queries.rows import read, select_row
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
    submission_count: int
    opened_at: datetime
    expires_at: datetime

    def status_at(self, moment: datetime) -> BeatRequestStatus:
        """Its state: over is over, also before a job has said so."""
        over = self.status is BeatRequestStatus.ACTIVE and self.expires_at <= moment
        return BeatRequestStatus.EXPIRED if over else self.status


REQUESTS = select_row(BeatRequestRow, BeatRequest)


async def requests(session: AsyncSession, ids: Collection[BeatRequestId]) -> list[BeatRequestRow]:
    return await read(session, BeatRequestRow, REQUESTS.where(col(BeatRequest.id).in_(ids)))


async def open_requests_like(
    session: AsyncSession, upload: UploadId, tracks: Collection[TrackId], *, moment: datetime
) -> list[BeatRequestId]:
    """Those that are open and whose reference is the file, or one of the tracks."""
    reference = or_(
        col(BeatRequest.reference_upload_id) == upload, col(BeatRequest.reference_track_id).in_(tracks)
    )
    is_open = col(BeatRequest.status) == BeatRequestStatus.ACTIVE, col(BeatRequest.expires_at) > moment
    return list(await session.scalars(select(col(BeatRequest.id)).where(reference, *is_open)))
