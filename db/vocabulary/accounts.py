"""Words of accounts, and of the cases that staff decide."""

from enum import StrEnum


class Role(StrEnum):
    """What an account may do; several are held at once."""

    LISTENER = "LISTENER"
    """Everyone."""
    PRODUCER = "PRODUCER"
    """Uploads, licenses, earns."""
    VERIFIED_PRODUCER = "VERIFIED_PRODUCER"
    """Badge, Recon, matching, network."""
    STAFF = "STAFF"
    """Reviews and moderates."""


class ApiTokenScope(StrEnum):
    """Reach of an API token."""

    READ = "READ"
    """Queries and subscriptions."""
    WRITE = "WRITE"
    """Mutations too, except money."""
    FULL = "FULL"
    """All the account may."""

    def reaches(self, other: "ApiTokenScope") -> bool:
        """Whether it includes the other."""
        scopes = list(ApiTokenScope)
        return scopes.index(self) >= scopes.index(other)


class SessionTransport(StrEnum):
    """Where a session lives."""

    BEARER = "BEARER"
    """Bearer token, in the answer."""
    COOKIE = "COOKIE"
    """HttpOnly cookie; token is null. Requests must carry the header `X-BeatPass-CSRF`, of any value."""


class TermsDocument(StrEnum):
    """What people accept."""

    PLATFORM = "PLATFORM"
    """Terms of use: what everybody agrees to who uses BeatPass."""
    LICENCE = "LICENCE"
    """Licence terms: what every licence stands on, for who grants it and for who gets it."""


class ProofKind(StrEnum):
    """What a letter to an e-mail address is about; all but the last carry a link that works once."""

    PROVE_EMAIL = "PROVE_EMAIL"
    """The address is that of the account."""
    RESET_PASSWORD = "RESET_PASSWORD"  # noqa: S105 -- a word, and no secret
    """Whoever reads it may choose a new password."""
    CHANGE_EMAIL = "CHANGE_EMAIL"
    """The address becomes that of the account."""
    RESTORE_EMAIL = "RESTORE_EMAIL"
    """The address was that of the account until now, and may be so again, with a new password."""
    EMAIL_LEFT = "EMAIL_LEFT"
    """The address was that of the account, which nobody ever proved: there is no way back."""


class ReviewStatus(StrEnum):
    """State of a case."""

    PENDING = "PENDING"
    """Waiting for staff."""
    APPROVED = "APPROVED"
    """Decided in favour."""
    DENIED = "DENIED"
    """Decided against; a new one may be opened."""


class ReviewDecision(StrEnum):
    """Decision on a case."""

    APPROVE = "APPROVE"
    """In favour."""
    DENY = "DENY"
    """Against."""


class ProducerRequestKind(StrEnum):
    """What is asked for."""

    BECOME_PRODUCER = "BECOME_PRODUCER"
    """Producer access with a new profile."""
    CLAIM_PROFILE = "CLAIM_PROFILE"
    """Producer access with an unowned profile."""
    GET_VERIFIED = "GET_VERIFIED"
    """The badge; for producers, completed on Discord."""


class CaseKind(StrEnum):
    """Kinds of cases."""

    PRODUCER_REQUEST = "PRODUCER_REQUEST"
    """An application for producer access or the badge."""
    DUPLICATE_APPEAL = "DUPLICATE_APPEAL"
    """A producer's objection to a block."""
