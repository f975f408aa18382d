"""Cases that staff decide, and the applications among them."""

from datetime import datetime
from typing import Self

import strawberry

from db.queries.cases import CaseStepRow
from db.queries.producers import ProducerRequestRow
from db.vocabulary import ProducerRequestKind, ReviewDecision, ReviewStatus
from schema.accounts import Member
from schema.context import Info
from schema.errors import UserError
from schema.ground import Node, SignedUrl, absent
from schema.paging import Connection
from schema.producers import Producer
from schema.scalars import URL


@strawberry.type
class ReviewStep:
    """One change of a case."""

    status: ReviewStatus
    """State from then on."""
    at: datetime
    """When."""
    reason: str | None
    """Why."""

    @classmethod
    def of(cls, row: CaseStepRow) -> Self:
        return cls(status=row.status, at=row.at, reason=row.reason)


@strawberry.interface
class Reviewable(Node):
    """A case that staff decide: an application or an appeal."""

    status: ReviewStatus
    """Where it stands."""
    submitted_at: datetime
    """Opened."""
    reviewed_at: datetime | None
    """Decided."""
    review_reason: str | None
    """Staff's reason, for the person who asked."""

    @strawberry.field
    async def history(self, info: Info) -> list[ReviewStep]:
        """Every state so far, oldest first."""
        return await info.context.loaders.case_history.load(self.id)


@strawberry.type
class Attachment:
    """A file added to a case or ticket."""

    filename: str
    """As uploaded."""
    byte_size: int
    """In bytes."""
    file: SignedUrl
    """To open it."""


@strawberry.type
class VerificationChallenge:
    """Steps that prove who stands behind a profile."""

    command: str
    """The line to type there, one-time code included."""
    invite_url: URL
    """Way into the community."""
    expires_at: datetime
    """End of the code; asking again after it gives another."""
    confirmed_at: datetime | None
    """When it was typed; staff confirm next."""


@strawberry.type
class ProducerRequest(Reviewable):
    """An application for producer access or the badge; seen by the applicant and staff."""

    row: strawberry.Private[ProducerRequestRow]
    kind: ProducerRequestKind
    """What is asked for."""
    producer_name: str | None
    """Artist name; null for GET_VERIFIED, like the next four."""
    beats_url: URL | None
    """Public place with beats."""
    first_name: str | None
    """Legal first name."""
    last_name: str | None
    """Legal last name."""
    instagram: str | None
    """Instagram name."""
    label: str | None
    """Record label."""

    @classmethod
    def of(cls, row: ProducerRequestRow) -> Self:
        return cls(
            id=strawberry.ID(row.id),
            row=row,
            status=row.status,
            submitted_at=row.submitted_at,
            reviewed_at=row.reviewed_at,
            review_reason=row.review_reason,
            kind=row.kind,
            producer_name=row.producer_name,
            beats_url=URL(row.beats_url) if row.beats_url else None,
            first_name=row.first_name,
            last_name=row.last_name,
            instagram=row.instagram,
            label=row.label,
        )

    @strawberry.field
    async def applicant(self, info: Info) -> Member:
        """Who asks."""
        member = await info.context.loaders.members.load(self.row.account_id)
        assert member  # accounts are never deleted while a request names them
        return member

    @strawberry.field
    async def claimed_producer(self, info: Info) -> Producer | None:
        """Profile to take over; CLAIM_PROFILE only."""
        claimed = self.row.claimed_producer_id
        return await info.context.loaders.producers.load(claimed) if claimed else None

    @strawberry.field
    async def attachments(self, info: Info) -> list[Attachment]:
        """Proofs that were added."""
        return await info.context.loaders.attachments.load(self.id)

    @strawberry.field
    def verification(self, info: Info) -> VerificationChallenge | None:
        """What to type on Discord; GET_VERIFIED only, for the applicant."""
        viewer, row = info.context.viewer, self.row
        own = viewer is not None and viewer.account_id == row.account_id
        if not own or row.code is None or row.code_expires_at is None:
            return None
        return VerificationChallenge(
            command=f"/verify {row.code}",
            invite_url=URL(info.context.addresses.community),
            expires_at=row.code_expires_at,
            confirmed_at=row.code_typed_at,
        )

    @strawberry.field
    def discord_user_id(self, info: Info) -> str | None:
        """Who typed the code on Discord; GET_VERIFIED only, for the applicant and staff, who confirm next."""
        return self.row.discord_user_id


@strawberry.type
class ProducerRequestConnection(Connection[ProducerRequest]):
    """A page."""


@strawberry.input
class SubmitProducerRequestInput:
    """An application. BECOME_PRODUCER and CLAIM_PROFILE need name, link, first and last name; GET_VERIFIED nothing more."""

    kind: ProducerRequestKind
    """What is asked for."""
    producer_name: str | None = absent()
    """Artist name."""
    beats_url: URL | None = absent()
    """Public place with beats."""
    first_name: str | None = absent()
    """Legal first name."""
    last_name: str | None = absent()
    """Legal last name."""
    claimed_producer_id: strawberry.ID | None = absent()
    """CLAIM_PROFILE: which profile."""
    instagram: str | None = absent()
    """Without the @."""
    label: str | None = absent()
    """Record label."""
    attachment_upload_ids: list[strawberry.ID] | None = absent()
    """Uploads for ATTACHMENT; at most 5."""


@strawberry.type
class SubmitProducerRequestPayload:
    request: ProducerRequest | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class ReviewProducerRequestInput:
    decision: ReviewDecision
    """For or against."""
    reason: str | None = absent()
    """The applicant reads it; needed for DENY."""


@strawberry.type
class ReviewProducerRequestPayload:
    request: ProducerRequest | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)
