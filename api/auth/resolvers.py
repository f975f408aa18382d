"""Accounts over GraphQL."""

import strawberry

from api.asking import Info, id_given, in_person, mutation, signed_in
from api.auth.access import end_other_sessions, make_api_token, revoke_access, viewer_behind
from api.auth.accounts import Device, Entered, NewAccount, sign_in, sign_out, sign_up
from api.auth.devices import device_name
from api.auth.limiting import count
from api.auth.roles import change_role
from api.paths import PublicPath, public_path
from api.refusals import IdOfAnotherType
from db.ids import AccountId, prefix_of
from db.vocabulary import SessionTransport
from schema.access import (
    CreateApiTokenInput,
    CreateApiTokenPayload,
    RevokeAccessPayload,
    SignInInput,
    SignInPayload,
    SignOutPayload,
    SignUpInput,
    SignUpPayload,
)
from schema.account_changes import ChangeRoleInput, ChangeRolePayload, EndOtherSessionsPayload
from schema.accounts import Account
from schema.ground import given
from schema.scalars import URL


@strawberry.type
class AuthQuery:
    @strawberry.field
    async def me(self, info: Info) -> Account | None:
        """The signed-in account; null for a visitor."""
        viewer = info.context.viewer
        return await info.context.loaders.accounts.load(viewer.account_id) if viewer else None


@strawberry.type
class AuthMutation:
    @mutation
    async def sign_up(self, info: Info, input: SignUpInput) -> SignUpPayload:
        """Make an account and sign it in; a link goes to its e-mail. Codes: MALFORMED, EMAIL_TAKEN, TOO_SHORT, TERMS_CHANGED, TOO_MANY_ATTEMPTS."""
        entered = await sign_up(
            info.context.sessions,
            info.context.attempts,
            NewAccount(
                input.email,
                input.password,
                input.display_name,
                _referred_by(info, input.referred_by),
                given(input.accepted_terms_version),
            ),
            device=device_of(info, input.transport),
        )
        token, account = await shown(info, entered, input.transport)
        return SignUpPayload(token=token, account=account)

    @mutation
    async def sign_in(self, info: Info, input: SignInInput) -> SignInPayload:
        """Sign in. Unknown e-mail and wrong password answer alike: WRONG_CREDENTIALS."""
        entered = await sign_in(
            info.context.sessions,
            info.context.attempts,
            email=input.email,
            password=input.password,
            device=device_of(info, input.transport),
        )
        token, account = await shown(info, entered, input.transport)
        return SignInPayload(token=token, account=account)

    @mutation
    async def sign_out(self, info: Info) -> SignOutPayload:
        """End the session that asks. An API token has none: it is ended with revokeAccess."""
        viewer = in_person(info)
        async with info.context.sessions.writing() as session:
            ended = await sign_out(session, viewer)
        info.context.keep_in_cookie(None)
        return SignOutPayload(session_id=strawberry.ID(ended) if ended else None)

    @mutation
    async def create_api_token(self, info: Info, input: CreateApiTokenInput) -> CreateApiTokenPayload:
        """Make an API token. Codes: REQUIRED, TOO_LONG, OUT_OF_RANGE, NOT_YOURS, API_TOKEN_LIMIT, TOO_MANY_ATTEMPTS."""
        viewer = signed_in(info)
        await count(info.context.attempts, f"api-token:{viewer.account_id}")
        async with info.context.sessions.writing() as session:
            made = await make_api_token(
                session, viewer, name=input.name, scope=input.scope, expires_at=given(input.expires_at)
            )
        tokens = await info.context.loaders.api_tokens.load(viewer.account_id)
        record = next((token for token in tokens if str(token.id) == made.id), None)
        return CreateApiTokenPayload(secret=made.secret, api_token=record)

    @mutation
    async def revoke_access(self, info: Info, id: strawberry.ID) -> RevokeAccessPayload:
        """End a session or an API token at once; a session by who is signed in, not by a program.

        Args:
            id: Of a Session or ApiToken.
        """
        if prefix_of(id) not in {None, "ses", "tok"}:
            raise IdOfAnotherType("This is not the id of a session or token.", ("id",))
        viewer = signed_in(info) if prefix_of(id) == "tok" else in_person(info)
        async with info.context.sessions.writing() as session:
            ended = await revoke_access(session, viewer, id)
        return RevokeAccessPayload(revoked_id=strawberry.ID(ended))

    @mutation
    async def end_other_sessions(self, info: Info) -> EndOtherSessionsPayload:
        """End every session but the one that asks; API tokens go on."""
        viewer = in_person(info)
        async with info.context.sessions.writing() as session:
            await end_other_sessions(session, viewer)
        return EndOtherSessionsPayload(account=await info.context.loaders.accounts.load(viewer.account_id))

    @mutation
    async def change_role(self, info: Info, id: strawberry.ID, input: ChangeRoleInput) -> ChangeRolePayload:
        """Give or take a role (staff), such as the badge.

        Args:
            id: Of an Account.
        """
        viewer = signed_in(info)
        account = AccountId(id_given("id", id, "acc", "account"))
        async with info.context.sessions.writing() as session:
            await change_role(
                session, viewer, account=account, role=input.role, granted=input.granted, reason=input.reason
            )
        return ChangeRolePayload(account=await info.context.loaders.accounts.load(account))


def _referred_by(info: Info, link: URL | None) -> PublicPath | None:
    return public_path(str(link), info.context.settings.sites) if given(link) else None


def device_of(info: Info, transport: SessionTransport) -> Device:
    """What a session is opened on."""
    return Device(device_name(info.context.device), transport, info.context.peer)


async def shown(
    info: Info, entered: Entered, transport: SessionTransport
) -> tuple[str | None, Account | None]:
    """The token, unless it goes into a cookie, and the account as its owner now sees it."""
    context = info.context
    days = context.settings.session_days
    viewer = await viewer_behind(context.sessions, entered.token, session_days=days)
    assert viewer  # made a moment ago
    context.became(viewer)
    account = await info.context.loaders.accounts.load(entered.account_id)
    if transport is SessionTransport.COOKIE:
        info.context.keep_in_cookie(entered.token)
        return None, account
    return entered.token, account
