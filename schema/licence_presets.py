"""Saved terms, and what clients send to offer a track."""

import strawberry

from schema.errors import UserError
from schema.ground import Node, absent
from schema.licensing import LicenceTerms, LicenceTermsInput
from schema.tracks import Track


@strawberry.type
class LicencePreset(Node):
    """Saved terms. Offers take a copy: changing a preset changes no track."""

    id: strawberry.ID
    name: str
    """One of a kind among its producer's."""
    terms: LicenceTerms
    """Complete, with the defaults where nothing else was said."""


@strawberry.input
class CreateLicencePresetInput:
    name: str
    """1 to 60 characters."""
    terms: LicenceTermsInput
    """What differs from the defaults."""


@strawberry.type
class CreateLicencePresetPayload:
    preset: LicencePreset | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class UpdateLicencePresetInput:
    name: str | None = absent()
    """1 to 60 characters."""
    terms: LicenceTermsInput | None = absent()
    """Replaces all terms: what is left out is the default."""


@strawberry.type
class UpdateLicencePresetPayload:
    preset: LicencePreset | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.type
class DeleteLicencePresetPayload:
    deleted_preset_id: strawberry.ID | None = None
    """Drop it from caches."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.type
class SetTrackLicensingPayload:
    track: Track | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)
