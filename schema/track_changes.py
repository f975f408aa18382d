"""What clients send to make and change tracks, and what they are answered."""

import strawberry

from db.vocabulary import MusicalKey, Scale
from schema.errors import UserError
from schema.ground import absent
from schema.licensing import TrackLicensingInput
from schema.tracks import Track
from schema.uploads import CoverInput


@strawberry.input
class CreateTrackInput:
    audio_upload_id: strawberry.ID
    """Completed upload for TRACK_AUDIO."""
    title: str
    """1 to 100 characters, not a file name."""
    artists: list[str] | None = absent()
    """At least one; may be left out with `collectionId`."""
    bpm: int
    """As felt, 60 to 200."""
    key: MusicalKey
    """Pitch class."""
    scale: Scale
    """Mode."""
    cover: CoverInput
    """Cover art."""
    licensing: TrackLicensingInput
    """How it can be licensed."""
    genres: list[str] | None = absent()
    """At most 3, known or own."""
    tags: list[str] | None = absent()
    """At most 20."""
    moods: list[str] | None = absent()
    """At most 3 known moods."""
    description: str | None = absent()
    """At most 5,000 characters."""
    credited_producer_ids: list[strawberry.ID] | None = absent()
    """Further producers."""
    collection_id: strawberry.ID | None = absent()
    """Lends its artists, genres and tags where left out here; copied once."""


@strawberry.type
class CreateTrackPayload:
    track: Track | None = None
    """PROCESSING at first."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class UpdateTrackInput:
    """Changes to a beat. A sold one takes `cover` only."""

    title: str | None = absent()
    """1 to 100 characters."""
    artists: list[str] | None = absent()
    """At least one."""
    bpm: int | None = absent()
    """60 to 200."""
    key: MusicalKey | None = absent()
    """Pitch class."""
    scale: Scale | None = absent()
    """Mode."""
    cover: CoverInput | None = absent()
    """Cover art."""
    genres: list[str] | None = absent()
    """At most 3."""
    tags: list[str] | None = absent()
    """At most 20."""
    moods: list[str] | None = absent()
    """At most 3."""
    description: str | None = absent()
    """Null clears it."""
    credited_producer_ids: list[strawberry.ID] | None = absent()
    """The uploader always stays."""


@strawberry.type
class UpdateTrackPayload:
    track: Track | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class SetTrackVisibilityInput:
    visible: bool
    """True: PUBLISHED; false: HIDDEN."""


@strawberry.type
class SetTrackVisibilityPayload:
    track: Track | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.type
class RemoveOwnCreditPayload:
    track: Track | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.type
class DeleteTrackPayload:
    deleted_track_id: strawberry.ID | None = None
    """Drop it from caches."""
    errors: list[UserError] = strawberry.field(default_factory=list)
