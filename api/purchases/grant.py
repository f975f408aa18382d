"""Granting what was bought: licence, lock, books and news in one transaction (D-43 to D-46)."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog.answering import have_matched
from api.catalog.edit import drop_replacement
from api.licensing.certificate import Seal
from api.licensing.downloads import have_mp3_made
from api.purchases.telling import announce_offer, announce_purchase, tell_of_sale
from api.recon.rules import VERSION_CLASSES
from db.clock import now
from db.models.licences import Licence
from db.queries import licences, tracks, versions
from db.queries import purchases as queries
from db.queries.purchases import PurchaseRow
from db.vocabulary import AudioFormat, ExclusiveAvailability, LicenceKind, PurchaseStatus, TrackStatus


async def grant(session: AsyncSession, row: PurchaseRow, seal: Seal) -> None:
    """Grant the exclusive licence of a purchase that is paid, on the terms of when it began; none where another holds one.

    The track is sold from then on: locked, out of the catalogue, and its offer is the one that was bought. Needs the
    locks of track and purchase.
    """
    moment = now()
    licence = _licence(row, seal, moment)
    if not await licences.add(session, licence):
        return
    await queries.move(session, row.id, PurchaseStatus.COMPLETED, licence_id=licence.id, completed_at=moment)
    await _lock(session, row)
    if AudioFormat.MP3_320 in row.grant["terms"]["delivered_files"]:
        await have_mp3_made(session, row.upload_id, licence=licence.id)
    await tell_of_sale(session, row, licence, versions=await _has_versions(session, row))
    announce_purchase(session, row.id)


def _licence(row: PurchaseRow, seal: Seal, moment: datetime) -> Licence:
    licence = Licence(
        number=str(uuid4()),
        kind=LicenceKind.EXCLUSIVE,
        account_id=row.account_id,
        producer_id=row.producer_id,
        track_id=row.track_id,
        upload_id=row.upload_id,
        audio_sha256=row.audio_sha256,
        **row.grant,
        signature="",
        granted_at=moment,
    )
    licence.signature = seal.sign(licence)
    return licence


async def _has_versions(session: AsyncSession, row: PurchaseRow) -> bool:
    """Whether the producer has other tracks that are nearly the same."""
    sold = [row.track_id]
    return bool(await versions.versions_of(session, sold, classes=VERSION_CLASSES, most=1))


async def _lock(session: AsyncSession, row: PurchaseRow) -> None:
    """The track is what was sold, whatever its producer has made of its offer meanwhile (D-45)."""
    offer: dict[str, Any] = row.offer | {"exclusive_availability": ExclusiveAvailability.SOLD}
    await tracks.change_track(session, row.track_id, {"status": TrackStatus.SOLD, **offer})
    await drop_replacement(session, row.track_id)
    await have_matched(session, row.track_id)
    announce_offer(session, row)
