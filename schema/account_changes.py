"""Changing an account: what it says of itself, what it is entered by, and what staff let it do."""

import strawberry

from db.vocabulary import Role, SessionTransport
from schema.accounts import Account
from schema.errors import UserError
from schema.ground import absent


@strawberry.input
class UpdateAccountInput:
    """What to change on the account."""

    display_name: str | None = absent()
    """Name shown to others."""
    picture_upload_id: strawberry.ID | None = absent()
    """Upload for PROFILE_PICTURE; null takes the picture away."""
    email: str | None = absent()
    """Takes the place of the present one once the link is opened that goes to it; the present one calls that off."""
    new_password: str | None = absent()
    """Ends the other sessions, and every change of e-mail and reset that was asked for before."""
    current_password: str | None = absent()
    """Needed with email or newPassword."""


@strawberry.type
class UpdateAccountPayload:
    account: Account | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class VerifyEmailInput:
    token: str
    """From the link."""


@strawberry.type
class VerifyEmailPayload:
    account: Account | None = None
    """As it is afterwards, for who is signed in as it; the link alone shows nobody an account."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.type
class SendEmailProofPayload:
    sent: bool | None = None
    """False: it is confirmed already."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class RequestPasswordResetInput:
    """Whom to send a link."""

    email: str
    """Sign-in name."""


@strawberry.type
class RequestPasswordResetPayload:
    sent: bool | None = None
    """True also for unknown e-mails."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class ResetPasswordInput:
    token: str
    """From the link."""
    password: str
    """10 to 200 characters, not one over and over."""
    transport: SessionTransport = SessionTransport.BEARER
    """Where the session lives."""


@strawberry.type
class ResetPasswordPayload:
    token: str | None = None
    """Bearer token of a new session, shown only here."""
    account: Account | None = None
    """Who it is."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.type
class EndOtherSessionsPayload:
    account: Account | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class AcceptPlatformTermsInput:
    version: str
    """The current one, as it was shown."""


@strawberry.type
class AcceptPlatformTermsPayload:
    account: Account | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class ChangeRoleInput:
    role: Role
    """Which."""
    granted: bool
    """True: give; false: take."""
    reason: str
    """Kept in the role's history."""


@strawberry.type
class ChangeRolePayload:
    account: Account | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)
