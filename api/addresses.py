"""Where things can be fetched: lasting addresses of public files, signed ones of private files, share pages."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

from api.catalog.edit import preview_key
from api.catalog.rules import may_see
from api.covers.presets import preset_key
from api.earnings.links import FinanceLinks
from api.gateways.storage import Storage
from api.licensing.agreements import AgreementFacts, agreement_text, sha256_of
from api.licensing.downloads import MEDIA_TYPES, File
from api.licensing.links import CertificateLinks, FileLinks
from api.licensing.printing import AgreementAddresses
from api.pool.links import SheetLinks
from api.privacy.rules import archive_key, archive_name
from api.purchases.receipt_links import ReceiptLinks
from api.settings import Settings
from api.uploads.address import UploadAddresses
from api.uploads.rules import WAV, picture_key, stored_key, stream_key
from db.clock import now
from db.ids import PictureId, PoolRunId, ProducerId, TrackId, UploadId
from db.queries.exports import DataExportRow
from db.queries.plays import PlayRow
from db.queries.uploads import PictureRow
from db.vocabulary import AudioFormat, ImageSize, TrackStatus, UploadPurpose
from schema.context import PresetFacts
from schema.ground import Image, SignedUrl
from schema.licensing import Agreement
from schema.scalars import URL

_JPEG: Final = "image/jpeg"
_ANY: Final = "application/octet-stream"
_NOTED_FOR: Final = timedelta(minutes=1)
"""Enough to follow a redirect by, and too short to be passed on: whoever comes later is noted, and refused, anew."""


class RequestAddresses:
    """Addresses as one installation gives them out."""

    def __init__(self, settings: Settings, storage: Storage, uploads: UploadAddresses) -> None:
        self._settings = settings
        self._storage = storage
        self._uploads = uploads
        self._certificates = CertificateLinks(settings)
        self._files = FileLinks(settings)
        self._agreements = AgreementAddresses(settings)
        self._finances = FinanceLinks(settings)
        self._sheets = SheetLinks(settings)
        self._receipts = ReceiptLinks(settings)

    @property
    def community(self) -> str:
        return self._settings.community_url

    def picture(self, picture: PictureId, size: ImageSize) -> str:
        return self._storage.public_address(picture_key(picture, size))

    def picture_image(self, row: PictureRow) -> Image:
        return self._image(row, lambda size: self.picture(row.id, size))

    async def withheld_image(self, row: PictureRow) -> Image:
        """One that nobody gets by its lasting addresses."""
        signed = {
            size: await self._signed(picture_key(row.id, size), f"{row.id}.jpg", _JPEG) for size in ImageSize
        }
        return self._image(row, lambda size: signed[size].url)

    def _image(self, row: PictureRow, address: Callable[[ImageSize], str]) -> Image:
        return Image(
            address=address,
            width=row.width,
            height=row.height,
            dominant_color=row.dominant_color,
            blurhash=row.blurhash,
        )

    def preset_image(self, preset: PresetFacts) -> Image:
        return Image(
            address=lambda size: self._storage.public_address(preset_key(preset.id, size.lower())),
            width=preset.width,
            height=preset.height,
            dominant_color=preset.dominant_color,
            blurhash=preset.blurhash,
        )

    async def preview(
        self, track: TrackId, shown_as: TrackStatus, *, expires_at: datetime | None = None
    ) -> str:
        """Lasting where others see the track; else nobody gets it there, and it is signed.

        Args:
            expires_at: Until when that works; null: as long as any.
        """
        key = preview_key(track)
        if may_see(shown_as, own=False):
            return self._storage.public_address(key)
        until = expires_at or self._expiry()
        return await self._storage.address(
            key, expires_at=until, filename=f"{track}.mp3", content_type=MEDIA_TYPES[AudioFormat.MP3_320]
        )

    def agreement(self, facts: AgreementFacts) -> Agreement:
        """An agreement, and where it can be fetched on paper."""
        text, expires_at = agreement_text(facts), self._expiry()
        address = self._agreements.of(facts, expires_at=expires_at)
        pdf = SignedUrl(url=URL(address), expires_at=expires_at)
        return Agreement(markdown=text, pdf=pdf, sha256=sha256_of(text))

    def agreed(self, written: Mapping[str, Any]) -> Agreement:
        """One that was agreed, from what is kept of it."""
        return self.agreement(AgreementFacts.read(written))

    def share(self, path: str) -> str:
        return f"{self._settings.share_base}{quote(path)}"

    def upload(self, upload: str) -> str:
        return self._uploads.of(UploadId(upload))

    async def master(self, upload: str, filename: str) -> SignedUrl:
        key = stored_key(UploadPurpose.TRACK_AUDIO, UploadId(upload))
        return await self._signed(key, filename, WAV)

    async def stream(self, play: PlayRow) -> SignedUrl:
        """What is heard of a whole track; until its stream is made, the preview: the WAV is for licensees alone.

        It works longer than the track is, for players ask for the next part when they need it.
        """
        expires_at = self._expiry() + timedelta(milliseconds=play.duration_ms)
        if not play.streamed:
            heard = await self.preview(play.track_id, play.status, expires_at=expires_at)
            return SignedUrl(url=URL(heard), expires_at=expires_at)
        address = await self._storage.address(
            stream_key(play.upload_id),
            expires_at=expires_at,
            filename=f"{play.slug}.mp3",
            content_type=MEDIA_TYPES[AudioFormat.MP3_320],
        )
        return SignedUrl(url=URL(address), expires_at=expires_at)

    async def licensed_file(self, file: File) -> SignedUrl:
        """In storage; of an exclusive licence, at the door that notes who fetches it."""
        if not file.is_noted:
            return await self._signed(file.key, file.filename, MEDIA_TYPES[file.format])
        expires_at = self._expiry()
        return SignedUrl(
            url=URL(self._files.file(file.number, file.format, expires_at)), expires_at=expires_at
        )

    async def noted_file(self, file: File) -> str:
        """In storage, for whose download was noted a moment ago."""
        return await self._storage.address(
            file.key,
            expires_at=now() + _NOTED_FOR,
            filename=file.filename,
            content_type=MEDIA_TYPES[file.format],
        )

    def certificate(self, number: str) -> str:
        return self.share(f"/licences/{number}")

    def certificate_pdf(self, number: str) -> SignedUrl:
        expires_at = self._expiry()
        return SignedUrl(url=URL(self._certificates.pdf(number, expires_at)), expires_at=expires_at)

    def statement_pdf(self, statement: str) -> SignedUrl:
        expires_at = self._expiry()
        return SignedUrl(url=URL(self._finances.pdf(statement, expires_at)), expires_at=expires_at)

    def finances_csv(self, producer: str, days: tuple[date, date]) -> SignedUrl:
        expires_at = self._expiry()
        return SignedUrl(url=URL(self._finances.csv(producer, days, expires_at)), expires_at=expires_at)

    def pool_sheet(self, run: PoolRunId, producer: ProducerId) -> SignedUrl:
        expires_at = self._expiry()
        return SignedUrl(url=URL(self._sheets.sheet(run, producer, expires_at)), expires_at=expires_at)

    def receipt(self, purchase: str) -> SignedUrl:
        expires_at = self._expiry()
        return SignedUrl(url=URL(self._receipts.receipt(purchase, expires_at)), expires_at=expires_at)

    def credit_note(self, purchase: str, note: str) -> SignedUrl:
        expires_at = self._expiry()
        url = self._receipts.credit_note(purchase, note, expires_at)
        return SignedUrl(url=URL(url), expires_at=expires_at)

    async def attachment(self, upload: str, filename: str) -> SignedUrl:
        return await self._signed(stored_key(UploadPurpose.ATTACHMENT, UploadId(upload)), filename, _ANY)

    async def archive(self, row: DataExportRow) -> SignedUrl:
        return await self._signed(archive_key(row.id), archive_name(row.requested_at), "application/zip")

    async def _signed(self, key: str, filename: str, content_type: str) -> SignedUrl:
        expires_at = self._expiry()
        address = await self._storage.address(
            key, expires_at=expires_at, filename=filename, content_type=content_type
        )
        return SignedUrl(url=URL(address), expires_at=expires_at)

    def _expiry(self) -> datetime:
        """Of an address that is given out now."""
        return now() + timedelta(minutes=self._settings.signed_url_minutes)
