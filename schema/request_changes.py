"""What clients send to post, renew and delete beat requests, and what they are answered."""

import strawberry

from db.vocabulary import BeatRequestDuration, MusicalKey, Scale, WantedLicence
from schema.errors import UserError
from schema.ground import MoneyInput, absent
from schema.request_tokens import RequestTokens
from schema.requests import BeatRequest
from schema.scalars import URL


@strawberry.input(one_of=True)
class BeatReferenceInput:
    """What it should sound like; one of them."""

    url: URL | None = absent()
    """Of a public page; at most 2,000 characters, and never fetched."""
    track_id: strawberry.ID | None = absent()
    """A track that you can see."""
    upload_id: strawberry.ID | None = absent()
    """Completed upload for REQUEST_SAMPLE."""


@strawberry.input
class OpenBeatRequestInput:
    text: str
    """10 to 500 characters."""
    reference: BeatReferenceInput
    """What it should sound like."""
    duration: BeatRequestDuration
    """How long it is open, and what it costs."""
    idempotency_key: str
    """Your own name for this request, 1 to 100 characters, such as a UUID: sent again, nothing is opened twice."""
    genre: str | None = absent()
    """Known or own."""
    bpm_min: int | None = absent()
    """60 to 200; left out beside `bpmMax`: 60."""
    bpm_max: int | None = absent()
    """60 to 200; left out beside `bpmMin`: 200."""
    key: MusicalKey | None = absent()
    """Pitch class; with `scale`."""
    scale: Scale | None = absent()
    """Mode; with `key`."""
    moods: list[str] | None = absent()
    """At most 3 known moods."""
    tags: list[str] | None = absent()
    """At most 20."""
    budget: MoneyInput | None = absent()
    """What you have in mind."""
    wanted_licence: WantedLicence = WantedLicence.ANY
    """Which licence."""


@strawberry.type
class OpenBeatRequestPayload:
    request: BeatRequest | None = None
    """As it is afterwards; null where errors are."""
    tokens: RequestTokens | None = None
    """What is left of the month; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class RenewBeatRequestInput:
    idempotency_key: str
    """Your own name for this renewal, 1 to 100 characters: sent again, nothing is renewed twice."""


@strawberry.type
class RenewBeatRequestPayload:
    request: BeatRequest | None = None
    """As it is afterwards; null where errors are."""
    tokens: RequestTokens | None = None
    """What is left of the month; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.type
class DeleteBeatRequestPayload:
    request: BeatRequest | None = None
    """DELETED, and seen by nobody else; null where errors are."""
    tokens: RequestTokens | None = None
    """What is left of the month; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)
