"""A new password for who has forgotten the old one, or whose account somebody else has taken over (D-80)."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.accounts.proving import email_taken_since, take_address
from api.auth.accounts import Device, Entered, access_topic, open_session
from api.auth.errors import LinkHasExpired
from api.auth.inboxes import credentials_of
from api.auth.limiting import count
from api.auth.passwords import checked_password, hash_password
from api.auth.proofs import make_proof, may_send_again, use_proof
from api.auth.rules import ENDED_BY_A_PASSWORD, checked_email, email_key
from api.auth.tokens import stored_form
from api.gateways.attempts import Attempts
from api.notices import warn
from api.notifications.errors import NoEmailIsSent
from api.refusals import Problems
from db import jobs
from db.clock import now
from db.ids import AccountId, new_id
from db.queries import accounts, proofs
from db.queries.proofs import ProofRow
from db.session import Sessions, announce
from db.vocabulary import JobKind, ProofKind

RESETTING = (ProofKind.RESET_PASSWORD, ProofKind.RESTORE_EMAIL)
"""What a link that is opened by `reset_password` may be for."""


async def request_password_reset(
    sessions: Sessions, attempts: Attempts, *, email: str, peer: str, mailing: bool
) -> None:
    """Have a reset link sent to an e-mail, if an account has it: what is done here is the same if none has.

    The job that looks further is there for an unknown e-mail too, about an account that there is not. So neither
    answer nor time nor what is written tells of accounts, and no address stands in the job table.

    Raises:
        NoEmailIsSent: By this installation.
        TooManyAttempts: For this e-mail or from this network address, lately.
        ManyRefused: It is no e-mail.
    """
    problems = Problems()
    with problems.under("email"):
        email = checked_email(email)
    problems.refuse_any()
    if not mailing:
        raise NoEmailIsSent
    key = email_key(email)
    await count(attempts, f"reset:{key}:{peer}", f"reset:{peer}", f"reset:{key}")
    async with sessions.writing() as session:
        known = await credentials_of(session, email)
        account = known.account_id if known else AccountId(new_id("acc"))
        await jobs.add(session, JobKind.OFFER_RESET, key=new_id("evt"), account=account)


async def offer_reset(session: AsyncSession, account: AccountId) -> None:
    """Make the link, unless there is no such account, or it was sent enough of them: the last one still works."""
    await accounts.lock(session, account)
    for row in await accounts.accounts(session, [account]):
        if await may_send_again(session, account, ProofKind.RESET_PASSWORD) is None:
            await make_proof(session, account, ProofKind.RESET_PASSWORD, row.email)


async def reset_password(
    sessions: Sessions, attempts: Attempts, *, token: str, password: str, device: Device
) -> Entered:
    """Set a password by a link, and sign in; everything that was signed in is out, API tokens too.

    A token that a thief has made would outlive the reset otherwise, and who only forgot a password makes another one
    in a minute.

    Raises:
        TooManyAttempts: At this link or from this network address, lately.
        ManyRefused: The token opens nothing, for whatever reason; the password cannot be one.
        EmailIsTaken: Another account has the e-mail that should come back.
    """
    async with _reset(sessions, attempts, token, password, device.peer) as (session, account):
        return await open_session(session, account, device)


async def set_password(
    sessions: Sessions, attempts: Attempts, *, token: str, password: str, peer: str
) -> AccountId:
    """As `reset_password`, without signing in: for a page that keeps no session."""
    async with _reset(sessions, attempts, token, password, peer) as (_, account):
        return account


@asynccontextmanager
async def _reset(
    sessions: Sessions, attempts: Attempts, token: str, password: str, peer: str
) -> AsyncGenerator[tuple[AsyncSession, AccountId]]:
    """The transaction in which a password was set, before it commits."""
    await count(attempts, f"link:{stored_form(token)}", f"link:{peer}")
    await _refuse_wrong(sessions, token, password)
    hashed = await hash_password(password)
    try:
        async with sessions.writing() as session:
            proof = await use_proof(session, token, RESETTING)
            await _set(session, proof, hashed)
            yield session, proof.account_id
    except IntegrityError as error:
        raise email_taken_since() from error


async def _refuse_wrong(sessions: Sessions, token: str, password: str) -> None:
    """Before the work of a hash is done; whether the link still lives then is asked again."""
    problems = Problems()
    with problems.under("password"):
        checked_password(password)
    async with sessions.reading() as session:
        if await proofs.living(session, stored_form(token), RESETTING, moment=now()) is None:
            problems.note(LinkHasExpired())
    problems.refuse_any()


async def _set(session: AsyncSession, proof: ProofRow, hashed: str) -> None:
    account = proof.account_id
    if proof.kind is ProofKind.RESTORE_EMAIL:
        await take_address(session, proof)
        await proofs.end(session, account, [ProofKind.RESTORE_EMAIL], after=proof.created_at)
    else:
        await accounts.change_account(session, account, email_verified_at=now())
    await accounts.change_account(session, account, password_hash=hashed)
    await accounts.end_sessions(session, account)
    await accounts.revoke_api_tokens(session, account)
    await proofs.end(session, account, (*ENDED_BY_A_PASSWORD, ProofKind.PROVE_EMAIL))
    announce(session, access_topic(account))
    await _tell(session, proof)


async def _tell(session: AsyncSession, proof: ProofRow) -> None:
    out = "All browsers and apps were signed out, and all API tokens revoked."
    if proof.kind is ProofKind.RESTORE_EMAIL:
        sentence = f"You sign in with {proof.address} again, and with the new password. {out}"
        await warn(session, proof.account_id, "Your e-mail is back", sentence)
        return
    advice = "If it was not you, somebody else reads your e-mail: write to contact@beatpass.ca at once."
    sentence = f"It was set by a link that was sent to {proof.address}. {out} {advice}"
    await warn(session, proof.account_id, "You have a new password", sentence)
