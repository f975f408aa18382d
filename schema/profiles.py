"""Changing, making and following profiles: inputs and answers."""

import strawberry

from db.vocabulary import SocialNetwork
from schema.errors import UserError
from schema.ground import absent
from schema.producers import Producer
from schema.scalars import URL


@strawberry.input
class SocialLinkInput:
    """An account elsewhere; the address must belong to the network."""

    network: SocialNetwork
    """Where it is; one link for each, and up to three websites."""
    url: URL
    """Address of the account: https is added, tracking and pages behind the name are dropped."""


@strawberry.input(one_of=True)
class AboutPhotoSource:
    """One of them."""

    photo_id: strawberry.ID | None = absent()
    """A photo that stays."""
    upload_id: strawberry.ID | None = absent()
    """Completed upload for ABOUT_PHOTO."""


@strawberry.input
class AboutPhotoInput:
    """A kept photo or a new upload."""

    source: AboutPhotoSource
    """Which."""
    caption: str | None = absent()
    """At most 200 characters; left out: none."""


@strawberry.input
class UpdateProducerInput:
    """Changes to a profile."""

    handle: str | None = absent()
    """3 to 30 letters, digits, - and _; the old one still leads here. At most 4 in 30 days."""
    name: str | None = absent()
    """1 to 60 characters."""
    bio: str | None = absent()
    """At most 2,000 characters."""
    city: str | None = absent()
    """At most 100 characters."""
    roles: list[str] | None = absent()
    """Such as producer, engineer, writer; at most 5."""
    picture_upload_id: strawberry.ID | None = absent()
    """Completed upload for PROFILE_PICTURE; null takes the picture away."""
    links: list[SocialLinkInput] | None = absent()
    """In this order."""
    about_photos: list[AboutPhotoInput] | None = absent()
    """In this order, at most 12; those left out are deleted."""


@strawberry.type
class UpdateProducerPayload:
    producer: Producer | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class CreateProducerInput:
    """A profile for known beats, which nobody owns until it is claimed."""

    name: str
    """1 to 60 characters."""
    handle: str | None = absent()
    """3 to 30 letters, digits, - and _; left out: one like the name."""
    bio: str | None = absent()
    """At most 2,000 characters."""
    city: str | None = absent()
    """At most 100 characters."""
    roles: list[str] | None = absent()
    """Such as producer, engineer, writer; at most 5."""
    picture_upload_id: strawberry.ID | None = absent()
    """Completed upload for PROFILE_PICTURE."""
    links: list[SocialLinkInput] | None = absent()
    """In this order."""


@strawberry.type
class CreateProducerPayload:
    producer: Producer | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.type
class FollowProducerPayload:
    producer: Producer | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.type
class UnfollowProducerPayload:
    producer: Producer | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)
