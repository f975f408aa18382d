"""Licences that were granted, their files and their certificates, and what a stranger may know of one."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Self

import strawberry

from db.queries.licences import LicenceRow
from db.vocabulary import AudioFormat, LicenceKind, LicencePermission, LicenceStatus
from schema.accounts import Member
from schema.context import Info
from schema.errors import UserError
from schema.ground import Node, SignedUrl, absent
from schema.licensing import LicenceTerms
from schema.paging import Connection
from schema.producers import Producer
from schema.recon import RecordedWork
from schema.scalars import URL

if TYPE_CHECKING:
    from schema.purchases import Purchase
    from schema.tracks import Track


@strawberry.type
class Download:
    """A file to download."""

    format: AudioFormat
    """Which."""
    filename: str
    """What it is saved as."""
    byte_size: int
    """How long it is."""
    file: SignedUrl
    """Where it is. An exclusive licence of which anything was fetched is not refunded."""


@strawberry.type
class Certificate:
    """Proof of a licence."""

    number: str
    """UUID."""
    verify_url: URL
    """Where everybody can check it; the QR code leads there."""
    fingerprint_sha256: str
    """Of the licensed WAV, in hex."""
    signature: str
    """Ours, over all that was granted."""
    issued_at: datetime
    """When the licence was granted."""

    @classmethod
    def of(cls, row: LicenceRow, verify_url: str) -> Self:
        return cls(
            number=row.number,
            verify_url=URL(verify_url),
            fingerprint_sha256=row.audio_sha256,
            signature=row.signature,
            issued_at=row.granted_at,
        )

    @strawberry.field
    async def pdf(self, info: Info) -> SignedUrl:
        """To print or to send on; made of the licence each time, to the same bytes."""
        return info.context.addresses.certificate_pdf(self.number)


@strawberry.type
class Licence(Node):
    """A right that was granted; seen by both parties, and by staff."""

    row: strawberry.Private[LicenceRow]
    kind: LicenceKind
    """What it allows."""
    status: LicenceStatus
    """Whether it holds."""
    work: RecordedWork
    """The track at that time."""
    terms: LicenceTerms
    """What was agreed."""
    granted_at: datetime
    """Since when it holds."""
    revoked_at: datetime | None
    """Since when it does not."""

    @classmethod
    def of(cls, row: LicenceRow) -> Self:
        return cls(
            id=strawberry.ID(row.id),
            row=row,
            kind=row.kind,
            status=row.status,
            work=recorded(row.work),
            terms=terms_granted(row.terms),
            granted_at=row.granted_at,
            revoked_at=row.revoked_at,
        )

    @strawberry.field
    async def track(self, info: Info) -> Annotated["Track", strawberry.lazy("schema.tracks")] | None:
        """The track, if it is still there for the viewer."""
        return await info.context.loaders.tracks.load(self.row.track_id)

    @strawberry.field
    async def producer(self, info: Info) -> Producer | None:
        """Who granted it."""
        return await info.context.loaders.producers.load(self.row.producer_id)

    @strawberry.field
    async def licensee(self, info: Info) -> Member:
        """Who has it."""
        member = await info.context.loaders.members.load(self.row.account_id)
        assert member  # a foreign key
        return member

    @strawberry.field
    async def downloads(self, info: Info) -> list[Download] | None:
        """For the licensee: the WAV at once, the MP3 as soon as it is made; none when revoked, refunded or disputed."""
        viewer = info.context.viewer
        own = viewer is not None and viewer.account_id == self.row.account_id
        return await info.context.loaders.downloads.load(self.row.id) if own else None

    @strawberry.field
    async def purchase(self, info: Info) -> Annotated["Purchase", strawberry.lazy("schema.purchases")] | None:
        """What an exclusive licence was bought by; for its buyer."""
        exclusive = self.row.kind is LicenceKind.EXCLUSIVE
        return await info.context.loaders.purchases_of_licences.load(self.row.id) if exclusive else None

    @strawberry.field
    def certificate(self, info: Info) -> Certificate:
        """Proof of it."""
        return Certificate.of(self.row, info.context.addresses.certificate(self.row.number))


@strawberry.type
class LicenceVerification:
    """What a stranger may know of a licence."""

    number: str
    """UUID."""
    status: LicenceStatus
    """Whether it holds."""
    kind: LicenceKind
    """What it allows."""
    work: RecordedWork
    """The track at the time of the grant."""
    licensee_name: str
    """Who has it, by the name of that time."""
    masked_email: str
    """Enough of the licensee's address to know it by."""
    terms: LicenceTerms
    """What was agreed."""
    fingerprint_sha256: str
    """Of the licensed WAV, in hex."""
    signature_valid: bool
    """Whether what was granted is still as we signed it."""
    issued_at: datetime
    """When the licence was granted."""
    revoked_at: datetime | None
    """Since when it does not hold."""
    verification_count: int
    """How often this was asked, this time included."""

    @classmethod
    def of(cls, row: LicenceRow, *, masked_email: str, signature_valid: bool) -> Self:
        return cls(
            number=row.number,
            status=row.status,
            kind=row.kind,
            work=recorded(row.work),
            licensee_name=row.licensee["name"],
            masked_email=masked_email,
            terms=terms_granted(row.terms),
            fingerprint_sha256=row.audio_sha256,
            signature_valid=signature_valid,
            issued_at=row.granted_at,
            revoked_at=row.revoked_at,
            verification_count=row.verification_count,
        )


def recorded(work: Mapping[str, Any]) -> RecordedWork:
    """The recording that a licence keeps."""
    return RecordedWork(
        title=work["title"],
        artists=work["artists"],
        producer_name=work["producer_name"],
        fingerprinted_at=datetime.fromisoformat(work["fingerprinted_at"]),
    )


def terms_granted(terms: Mapping[str, Any]) -> LicenceTerms:
    """The terms that a licence keeps."""
    return LicenceTerms(
        producer_share_percent=_percent(terms["producer_share_percent"]),
        licensee_share_percent=_percent(terms["licensee_share_percent"]),
        royalty_percent=_percent(terms["royalty_percent"]),
        territory=terms["territory"],
        governing_law=terms["governing_law"],
        permissions=[LicencePermission(one) for one in terms["permissions"]],
        delivered_files=[AudioFormat(one) for one in terms["delivered_files"]],
        conditions=terms["conditions"],
    )


def _percent(stored: str | None) -> Decimal | None:
    return None if stored is None else Decimal(stored)


@strawberry.type
class LicenceConnection(Connection[Licence]):
    """A page."""


@strawberry.input
class LicenceKindFilter:
    eq: LicenceKind | None = absent()
    any_of: list[LicenceKind] | None = strawberry.field(name="in", default_factory=absent)


@strawberry.input
class LicenceWhere:
    kind: LicenceKindFilter | None = absent()
    """By what they allow."""


@strawberry.type
class LicenseTrackPayload:
    licence: Licence | None = None
    """As it is afterwards; null where errors are."""
    download_url: URL | None = None
    """The WAV; all files are in `licence.downloads`."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class RevokeLicenceInput:
    reason: str
    """Told to the licensee, and kept; at most 1,000 characters."""


@strawberry.type
class RevokeLicencePayload:
    licence: Licence | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)
