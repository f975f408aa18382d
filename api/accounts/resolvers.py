"""What becomes of an account, over GraphQL."""

import strawberry

from api.accounts.accepting import accept_platform_terms
from api.accounts.changing import AccountChanges, NewPicture, update_account
from api.accounts.proving import send_email_proof, verify_email
from api.accounts.resetting import request_password_reset, reset_password
from api.asking import Info, in_person, mutation, signed_in
from api.auth.resolvers import device_of, shown
from api.terms import PLATFORM
from db.ids import UploadId
from schema.account_changes import (
    AcceptPlatformTermsInput,
    AcceptPlatformTermsPayload,
    RequestPasswordResetInput,
    RequestPasswordResetPayload,
    ResetPasswordInput,
    ResetPasswordPayload,
    SendEmailProofPayload,
    UpdateAccountInput,
    UpdateAccountPayload,
    VerifyEmailInput,
    VerifyEmailPayload,
)
from schema.ground import given
from schema.terms import TermsVersion


@strawberry.type
class AccountsQuery:
    @strawberry.field
    def platform_terms(self, version: str | None = strawberry.UNSET) -> TermsVersion | None:
        """Terms of use to review; the current ones unless a version is given.

        Args:
            version: Such as 2026-11-29.
        """
        found = PLATFORM.of(given(version))
        return TermsVersion.of(found) if found else None


@strawberry.type
class AccountsMutation:
    @mutation
    async def accept_platform_terms(
        self, info: Info, input: AcceptPlatformTermsInput
    ) -> AcceptPlatformTermsPayload:
        """Accept the current terms of use; again changes nothing. Codes: TERMS_CHANGED."""
        viewer = in_person(info)
        async with info.context.sessions.writing() as session:
            await accept_platform_terms(session, viewer, version=input.version)
        return AcceptPlatformTermsPayload(account=await info.context.loaders.accounts.load(viewer.account_id))

    @mutation
    async def update_account(self, info: Info, input: UpdateAccountInput) -> UpdateAccountPayload:
        """Change own name, picture, e-mail or password. The latter two need the present password, and no API token may.

        Codes: MALFORMED, WRONG_CREDENTIALS, TOO_MANY_ATTEMPTS, EMAIL_IS_OFF, UPLOAD_….
        """
        changes = _changes(input)
        viewer = in_person(info) if changes.touch_the_ways_in else signed_in(info)
        context = info.context
        await update_account(
            context.sessions,
            context.attempts,
            viewer,
            changes,
            peer=context.peer,
            mailing=context.settings.sends_email,
        )
        return UpdateAccountPayload(account=await context.loaders.accounts.load(viewer.account_id))

    @mutation
    async def send_email_proof(self, info: Info) -> SendEmailProofPayload:
        """Send the link again that confirms own e-mail. Codes: TOO_MANY_ATTEMPTS, EMAIL_IS_OFF."""
        viewer, context = in_person(info), info.context
        mailing, attempts = context.settings.sends_email, context.attempts
        sent = await send_email_proof(context.sessions, attempts, viewer, peer=context.peer, mailing=mailing)
        return SendEmailProofPayload(sent=sent)

    @mutation
    async def verify_email(self, info: Info, input: VerifyEmailInput) -> VerifyEmailPayload:
        """Confirm an e-mail by the token of its link, signed in or not; a new one takes the old one's place.

        Codes: LINK_EXPIRED, EMAIL_TAKEN, TOO_MANY_ATTEMPTS.
        """
        viewer, context = info.context.viewer, info.context
        account = await verify_email(context.sessions, context.attempts, token=input.token, peer=context.peer)
        own = viewer is not None and viewer.account_id == account
        return VerifyEmailPayload(account=await context.loaders.accounts.load(account) if own else None)

    @mutation
    async def request_password_reset(
        self, info: Info, input: RequestPasswordResetInput
    ) -> RequestPasswordResetPayload:
        """Send a reset link; answers alike whether the e-mail is known. Codes: MALFORMED, TOO_MANY_ATTEMPTS, EMAIL_IS_OFF."""
        await request_password_reset(
            info.context.sessions,
            info.context.attempts,
            email=input.email,
            peer=info.context.peer,
            mailing=info.context.settings.sends_email,
        )
        return RequestPasswordResetPayload(sent=True)

    @mutation
    async def reset_password(self, info: Info, input: ResetPasswordInput) -> ResetPasswordPayload:
        """Set a password by a link; ends all sessions and API tokens, and signs in.

        A link that says that the e-mail was changed brings the old one back as well.
        Codes: LINK_EXPIRED, EMAIL_TAKEN, TOO_SHORT, TOO_LONG, TOO_MANY_ATTEMPTS.
        """
        entered = await reset_password(
            info.context.sessions,
            info.context.attempts,
            token=input.token,
            password=input.password,
            device=device_of(info, input.transport),
        )
        token, account = await shown(info, entered, input.transport)
        return ResetPasswordPayload(token=token, account=account)


def _changes(input: UpdateAccountInput) -> AccountChanges:
    """A picture that is null goes; everything else that is null stays."""
    upload = input.picture_upload_id
    picture = (
        None if upload is strawberry.UNSET else NewPicture(UploadId(upload) if upload is not None else None)
    )
    return AccountChanges(
        display_name=given(input.display_name),
        picture=picture,
        email=given(input.email),
        new_password=given(input.new_password),
        current_password=given(input.current_password),
    )
