"""Opening an account, entering it, leaving it, changing it (D-1)."""

from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.errors import CredentialsAreWrong, CurrentPasswordIsWrong, EmailIsTaken, TooManyAttempts
from api.auth.passwords import LONGEST, SHORTEST, hash_password, is_password
from api.auth.rules import LONGEST_NAME, checked_email, email_key
from api.auth.tokens import SESSION, new_token, stored_form
from api.gateways.attempts import Attempts
from api.notices import warn
from api.paths import PublicPath
from api.refusals import InvalidValue, Problems
from api.texts import checked_length, checked_text
from api.viewer import Viewer
from db.ids import AccountId, SessionId
from db.models.accounts import Account, Session
from db.queries import accounts as queries
from db.queries import referrals
from db.session import Sessions, announce
from db.vocabulary import ErrorCode, SessionTransport


class Entered(NamedTuple):
    """A session that was just made; its token is known only now."""

    account_id: AccountId
    session_id: SessionId
    token: str


@dataclass(frozen=True)
class Device:
    """Where a session lives.

    Attributes:
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
    """

    email: str
    password: str
    display_name: str
    referred_by: PublicPath | None = None


@dataclass(frozen=True)
class AccountChanges:
    """What to change on an account; null leaves it."""

    display_name: str | None = None
    new_password: str | None = None
    current_password: str | None = None


async def sign_up(sessions: Sessions, attempts: Attempts, new: NewAccount, *, device: Device) -> Entered:
    """Make an account and sign it in.

    Raises:
        TooManyAttempts: From this address, lately.
        ManyRefused: What is wrong with the input.
        EmailIsTaken: There is an account with it.
    """
    problems = Problems()
    with problems.under("email"):
        email = checked_email(new.email)
    with problems.under("password"):
        checked_length(new.password, shortest=SHORTEST, longest=LONGEST)
    with problems.under("display_name"):
        name = checked_text(new.display_name, longest=LONGEST_NAME)
    problems.refuse_any()
    await _count(attempts, f"sign-up:{email_key(email)}:{device.peer}", f"sign-up:{device.peer}")
    hashed = await hash_password(new.password)
    account = Account(email=email, email_key=email_key(email), password_hash=hashed, display_name=name)
    try:
        async with sessions.writing() as session:
            session.add(account)
            await session.flush()
            await _keep_referral(session, account.id, new.referred_by)
            return await open_session(session, account.id, device)
    except IntegrityError as error:
        raise EmailIsTaken from error


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
    names = (f"sign-in:{key}:{device.peer}", f"sign-in:{key}", f"sign-in:{device.peer}")
    await _count(attempts, *names)
    async with sessions.reading() as session:
        known = await queries.credentials(session, key)
    if not await is_password(known.password_hash if known else None, password[:LONGEST]) or known is None:
        raise CredentialsAreWrong
    await attempts.forgive(names[0], names[1])
    async with sessions.writing() as session:
        return await open_session(session, known.account_id, device)


async def sign_out(session: AsyncSession, viewer: Viewer) -> SessionId | None:
    """End the session that asks; null where it was no session, such as an API token."""
    ended = await queries.end_sessions(session, viewer.account_id, only=viewer.access)
    announce(session, access_topic(viewer.account_id))
    return ended[0] if ended else None


async def update_account(
    sessions: Sessions, attempts: Attempts, viewer: Viewer, changes: AccountChanges
) -> None:
    """Change name and password together or not at all; another password ends the other sessions.

    Raises:
        TooManyAttempts: At the present password, lately.
        ManyRefused: What is wrong with the input.
    """
    problems = Problems()
    columns: dict[str, str] = {}
    if changes.display_name is not None:
        with problems.under("display_name"):
            columns["display_name"] = checked_text(changes.display_name, longest=LONGEST_NAME)
    if changes.new_password is not None:
        await _count(attempts, f"password:{viewer.account_id}")
        await _check_passwords(sessions, viewer, problems, changes)
    problems.refuse_any()
    if changes.new_password is not None:
        columns["password_hash"] = await hash_password(changes.new_password)
    if columns:
        async with sessions.writing() as session:
            await _change(session, viewer, columns)


async def open_session(session: AsyncSession, account: AccountId, device: Device) -> Entered:
    """Sign an account in."""
    token = new_token(SESSION)
    opened = Session(
        account_id=account,
        token_sha256=stored_form(token),
        transport=device.transport,
        device=device.name[:200],
    )
    session.add(opened)
    await session.flush()
    return Entered(account, opened.id, token)


def access_topic(account: AccountId) -> str:
    """Announced when something that an account is signed in by has ended."""
    return f"access:{account}"


async def _check_passwords(
    sessions: Sessions, viewer: Viewer, problems: Problems, changes: AccountChanges
) -> None:
    with problems.under("new_password"):
        checked_length(changes.new_password or "", shortest=SHORTEST, longest=LONGEST)
    if not changes.current_password:
        problems.note(InvalidValue("Give your present password.", ("current_password",), ErrorCode.REQUIRED))
        return
    async with sessions.reading() as session:
        stored = await queries.password_hash(session, viewer.account_id)
    if not await is_password(stored, changes.current_password):
        problems.note(CurrentPasswordIsWrong())


async def _change(session: AsyncSession, viewer: Viewer, columns: dict[str, str]) -> None:
    await queries.change_account(session, viewer.account_id, **columns)
    if "password_hash" in columns:
        await queries.end_sessions(session, viewer.account_id, but=viewer.access)
        announce(session, access_topic(viewer.account_id))
        sentence = "Other browsers and apps were signed out. If it was not you, write to contact@beatpass.ca at once."
        await warn(session, viewer.account_id, "Your password was changed", sentence)


async def _count(attempts: Attempts, narrow: str, *wide: str) -> None:
    """Count an attempt: against one name alone, and against wider ones, which many people share."""
    if not await attempts.count(narrow, *wide):
        raise TooManyAttempts(limit=attempts.allowed, retry_at=await attempts.retry_at(narrow, *wide))
