"""How a track is offered, and on what terms."""

from datetime import datetime
from decimal import Decimal

import strawberry

from db.ids import TrackId
from db.vocabulary import AudioFormat, ExclusiveAvailability, LicencePermission, LicensingModel
from schema.context import Info
from schema.ground import Money, MoneyInput, SignedUrl, absent


@strawberry.type
class LicenceTerms:
    """Rights and duties."""

    producer_share_percent: Decimal | None
    """Of publishing; null where it is not shared."""
    licensee_share_percent: Decimal | None
    """The rest."""
    royalty_percent: Decimal | None
    """Of the licensee's income, for the producer; null where none is due."""
    territory: str
    """Where it holds, such as worldwide."""
    governing_law: str
    """Whose law decides."""
    permissions: list[LicencePermission]
    """Uses that are granted."""
    delivered_files: list[AudioFormat]
    """Files that the licensee gets."""
    conditions: list[str]
    """The rest, one sentence each."""


@strawberry.type
class Agreement:
    """The contract as it would be signed."""

    markdown: str
    """All of it, with the licence terms it stands on."""
    pdf: SignedUrl
    """The same to print; the same bytes each time."""
    sha256: str
    """Names this very text."""


@strawberry.type
class ExclusiveQuote:
    """What a buyer would pay."""

    track_id: strawberry.Private[TrackId]
    price: Money
    """For the producer, whole."""
    fee: Money
    """Platform fee: 12 % of the price, and 3.00."""
    total: Money
    """Price and fee."""

    @strawberry.field
    async def agreement(self, info: Info) -> Agreement:
        """What the viewer would sign."""
        found = await info.context.loaders.agreements.load(self.track_id)
        assert found  # who sees the offer sees the track
        return found


@strawberry.type
class ExclusiveOffer:
    """An exclusive offer."""

    track_id: strawberry.Private[TrackId]
    availability: ExclusiveAvailability
    """Whether it can be bought now."""
    price: Money | None
    """Null when private."""
    terms: LicenceTerms
    """What the buyer would get."""
    quote: ExclusiveQuote | None
    """Price, fee and total for the viewer; null unless it is on sale."""
    contact_email: str | None
    """For private offers and the owner."""
    accepted_terms_version: str | None
    """For the owner."""

    @strawberry.field
    async def reserved_until(self, info: Info) -> datetime | None:
        """Another buyer is paying until then, at least."""
        return await info.context.loaders.reserved_until.load(self.track_id)

    @strawberry.field
    async def standard_licence_count(self, info: Info) -> int:
        """Standard licences that stay valid after a sale."""
        return await info.context.loaders.standard_counts.load(self.track_id)


@strawberry.type
class Licensing:
    """A track's offer."""

    model: LicensingModel
    """Which licences can be had."""
    standard_terms: LicenceTerms | None
    """Of a download by plan; null where there is none."""
    exclusive: ExclusiveOffer | None
    """Null where the track is not sold."""


@strawberry.input
class LicenceTermsInput:
    """Changes to default terms; shares sum to 100."""

    producer_share_percent: Decimal | None = absent()
    """Of publishing; 20 unless given."""
    licensee_share_percent: Decimal | None = absent()
    """The rest; 80 unless given."""
    royalty_percent: Decimal | None = absent()
    """Of the licensee's income, for the producer; 3 unless given."""
    territory: str | None = absent()
    """Worldwide unless given."""
    governing_law: str | None = absent()
    """Ontario, Canada unless given."""
    permissions: list[LicencePermission] | None = absent()
    """All unless given."""
    delivered_files: list[AudioFormat] | None = absent()
    """All unless given."""


@strawberry.input
class ExclusiveLicensingInput:
    """Exclusive offer."""

    price: MoneyInput | None = absent()
    """Needed unless PRIVATE."""
    availability: ExclusiveAvailability = ExclusiveAvailability.AVAILABLE
    """AVAILABLE or PRIVATE; SOLD is the system's."""
    contact_email: str
    """Where buyers can ask."""
    accepted_terms_version: str
    """Version of `licenceTerms` that was reviewed."""
    preset_id: strawberry.ID | None = absent()
    """Own preset whose terms are copied now; `terms` go before them."""
    terms: LicenceTermsInput | None = absent()
    """What differs from the defaults."""


@strawberry.input
class TrackLicensingInput:
    """Offer of a track."""

    model: LicensingModel
    """Exactly one."""
    exclusive: ExclusiveLicensingInput | None = absent()
    """Needed unless STANDARD."""
