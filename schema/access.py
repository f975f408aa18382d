"""Ways into an account: signing up, in and out, and API tokens."""

from datetime import datetime

import strawberry

from db.vocabulary import ApiTokenScope, SessionTransport
from schema.accounts import Account, ApiToken
from schema.errors import UserError
from schema.ground import absent
from schema.scalars import URL


@strawberry.input
class SignUpInput:
    email: str
    """Unique, case ignored."""
    password: str
    """10 to 200 characters, not one over and over."""
    display_name: str
    """1 to 60 characters."""
    transport: SessionTransport = SessionTransport.BEARER
    """Where the session lives."""
    referred_by: URL | None = absent()
    """Share link that led here; one that leads nowhere is no reason not to sign up."""
    accepted_terms_version: str | None = absent()
    """Of the terms of use, where the form shows them: the current one."""


@strawberry.type
class SignUpPayload:
    token: str | None = None
    """Bearer token, shown only here."""
    account: Account | None = None
    """The new account."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class SignInInput:
    email: str
    """Sign-in name."""
    password: str
    """As set."""
    transport: SessionTransport = SessionTransport.BEARER
    """Where the session lives."""


@strawberry.type
class SignInPayload:
    token: str | None = None
    """Bearer token, shown only here."""
    account: Account | None = None
    """Who signed in."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.type
class SignOutPayload:
    session_id: strawberry.ID | None = None
    """The ended session."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class CreateApiTokenInput:
    name: str
    """Own note."""
    scope: ApiTokenScope
    """Its reach."""
    expires_at: datetime | None = absent()
    """End; left out: until revoked. A token gives what it makes its own end, and no later one."""


@strawberry.type
class CreateApiTokenPayload:
    secret: str | None = None
    """Bearer token, shown only here."""
    api_token: ApiToken | None = None
    """Its record."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.type
class RevokeAccessPayload:
    revoked_id: strawberry.ID | None = None
    """What ended."""
    errors: list[UserError] = strawberry.field(default_factory=list)
