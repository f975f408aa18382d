"""Opening an account, entering it, leaving it (D-1)."""

from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.errors import CredentialsAreWrong, EmailIsTaken
from api.auth.inboxes import credentials_of, is_anothers
from api.auth.limiting import count
from api.auth.passwords import LONGEST, checked_password, hash_password, is_password
from api.auth.proofs import make_proof
from api.auth.rules import LONGEST_NAME, checked_email, email_key
from api.auth.terms import check_platform_terms
from api.auth.tokens import SESSION, new_token, stored_form
from api.channels import MAILING
from api.gateways.attempts import Attempts
from api.notices import warn
from api.paths import PublicPath
from api.refusals import Problems
from api.texts import checked_text
from api.viewer import Viewer
from db.ids import AccountId, SessionId
from db.models.accounts import Account, Session
from db.queries import accounts as queries
from db.queries import referrals, terms
from db.queries.accounts import Credentials
from db.session import Sessions, announce
from db.vocabulary import ProofKind, SessionTransport, TermsDocument


class Entered(NamedTuple):
    """A session that was just made; its token is known only now."""

    account_id: AccountId
    session_id: SessionId
    token: str


@dataclass(frozen=True)
class Device:
    """Where a session lives.

    Attributes:
        name: As `device_name` makes it.
        peer: Network address that the request came from.
    """

    name: str
    transport: SessionTransport
    peer: str


@dataclass(frozen=True)
class NewAccount:
    """An account as somebody entered it.

    Attributes:
        referred_by: Page of the site that led here; whose it is is kept.
        accepted_terms: Version of the terms of use; null where the form did not show them.
    """

    email: str
    password: str
    display_name: str
    referred_by: PublicPath | None = None
    accepted_terms: str | None = None


async def sign_up(sessions: Sessions, attempts: Attempts, new: NewAccount, *, device: Device) -> Entered:
    """Make an account, sign it in, and send the letter that proves its e-mail.

    Raises:
        TooManyAttempts: From this address, lately.
        ManyRefused: What is wrong with the input.
        EmailIsTaken: There is an account with it, or was until lately.
    """
    problems = Problems()
    with problems.under("email"):
        email = checked_email(new.email)
    with problems.under("password"):
        checked_password(new.password)
    with problems.under("display_name"):
        name = checked_text(new.display_name, longest=LONGEST_NAME)
    with problems.under("accepted_terms_version"):
        check_platform_terms(new.accepted_terms)
    problems.refuse_any()
    await count(attempts, f"sign-up:{email_key(email)}:{device.peer}", f"sign-up:{device.peer}")
    hashed = await hash_password(new.password)
    account = Account(email=email, email_key=email_key(email), password_hash=hashed, display_name=name)
    try:
        async with sessions.writing() as session:
            await _add(session, account)
            await _keep_referral(session, account.id, new.referred_by)
            if new.accepted_terms is not None:
                await terms.accept(session, account.id, TermsDocument.PLATFORM, new.accepted_terms)
            return await open_session(session, account.id, device)
    except IntegrityError as error:
        raise EmailIsTaken from error


async def _add(session: AsyncSession, account: Account) -> None:
    session.add(account)
    await session.flush()
    if await is_anothers(session, account.email, account.id):
        raise EmailIsTaken
    if session.info.get(MAILING):
        await make_proof(session, account.id, ProofKind.PROVE_EMAIL, account.email)


async def _keep_referral(session: AsyncSession, account: AccountId, page: PublicPath | None) -> None:
    producer = await referrals.producer_of_path(session, page.kind, page.name) if page else None
    if producer:
        await referrals.refer(session, account, producer)


async def sign_in(
    sessions: Sessions, attempts: Attempts, *, email: str, password: str, device: Device
) -> Entered:
    """Sign in; an unknown e-mail is answered like a wrong password, after the same time.

    Raises:
        TooManyAttempts: For this e-mail or from this address, lately.
        CredentialsAreWrong: No such account, or another password.
    """
    key = email_key(email)[:254]
    here, everywhere = f"sign-in:{key}:{device.peer}", f"sign-in:{key}"
    await count(attempts, here, f"sign-in:{device.peer}", everywhere)
    async with sessions.reading() as session:
        known = await credentials_of(session, email)
    if not await is_password(known.password_hash if known else None, password[:LONGEST]) or known is None:
        raise CredentialsAreWrong
    await attempts.forgive(here, everywhere)
    async with sessions.writing() as session:
        return await _enter(session, known, device)


async def _enter(session: AsyncSession, known: Credentials, device: Device) -> Entered:
    """Sign in by a password that was right a moment ago, and is still: else it might pass by a reset."""
    await queries.lock(session, known.account_id)
    if await queries.password_hash(session, known.account_id) != known.password_hash:
        raise CredentialsAreWrong
    is_new = not await queries.has_been_on(session, known.account_id, device.name)
    entered = await open_session(session, known.account_id, device)
    if is_new:
        sentence = (
            f"Somebody signed in with your password on “{device.name}”, where you have not been before."
        )
        advice = "If it was not you, change your password at once: that signs out everybody else."
        await warn(
            session, known.account_id, "New sign-in", f"{sentence} {advice}", subject=entered.session_id
        )
    return entered


async def sign_out(session: AsyncSession, viewer: Viewer) -> SessionId | None:
    """End the session that asks; null where it was none."""
    ended = await queries.end_sessions(session, viewer.account_id, only=viewer.access)
    announce(session, access_topic(viewer.account_id))
    return ended[0] if ended else None


async def open_session(session: AsyncSession, account: AccountId, device: Device) -> Entered:
    """Sign an account in."""
    token = new_token(SESSION)
    opened = Session(
        account_id=account,
        token_sha256=stored_form(token),
        transport=device.transport,
        device=device.name,
    )
    session.add(opened)
    await session.flush()
    return Entered(account, opened.id, token)


def access_topic(account: AccountId) -> str:
    """Announced when something that an account is signed in by has ended."""
    return f"access:{account}"
