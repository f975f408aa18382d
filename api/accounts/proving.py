"""Proving whose inbox an e-mail address is, and letting another one take its place (D-80)."""

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.errors import EmailIsTaken
from api.auth.inboxes import is_anothers
from api.auth.limiting import count
from api.auth.proofs import make_proof, refuse_too_many, use_proof
from api.auth.rules import ENDED_BY_AN_EMAIL, email_key
from api.auth.tokens import stored_form
from api.gateways.attempts import Attempts
from api.notices import warn
from api.notifications.errors import NoEmailIsSent
from api.viewer import Viewer
from db.clock import now
from db.ids import AccountId
from db.queries import accounts, proofs
from db.queries.proofs import ProofRow
from db.session import Sessions
from db.vocabulary import ProofKind

PROVING = (ProofKind.PROVE_EMAIL, ProofKind.CHANGE_EMAIL)
"""What a link that is opened by `verify_email` may be for."""


async def send_email_proof(
    sessions: Sessions, attempts: Attempts, viewer: Viewer, *, peer: str, mailing: bool
) -> bool:
    """Send the link again that proves the viewer's e-mail; false where it is proved, and nothing is sent.

    Raises:
        NoEmailIsSent: By this installation.
        TooManyAttempts: Lately.
    """
    if not mailing:
        raise NoEmailIsSent
    await count(attempts, f"email-proof:{viewer.account_id}", f"letters:{peer}")
    async with sessions.writing() as session:
        await accounts.lock(session, viewer.account_id)
        [account] = await accounts.accounts(session, [viewer.account_id])
        if account.email_verified_at is not None:
            return False
        await refuse_too_many(session, account.id, ProofKind.PROVE_EMAIL)
        await make_proof(session, account.id, ProofKind.PROVE_EMAIL, account.email)
    return True


async def verify_email(sessions: Sessions, attempts: Attempts, *, token: str, peer: str) -> AccountId:
    """Use a link that was sent to an address: it is proved, and takes the place of the one before if it is another.

    Raises:
        TooManyAttempts: At this link or from this network address, lately.
        LinkHasExpired: The token opens nothing, for whatever reason.
        EmailIsTaken: Another account has the e-mail by now; the link goes on living.
    """
    await count(attempts, f"link:{stored_form(token)}", f"link:{peer}")
    try:
        async with sessions.writing() as session:
            proof = await use_proof(session, token, PROVING)
            if proof.kind is ProofKind.CHANGE_EMAIL:
                await _move(session, proof)
            else:
                await _prove(session, proof)
    except IntegrityError as error:
        raise email_taken_since() from error
    return proof.account_id


def email_taken_since() -> EmailIsTaken:
    """What is said to who reads an inbox of another account's by now."""
    return EmailIsTaken("There is another account with this e-mail by now. Sign in to that one.", ("token",))


async def _prove(session: AsyncSession, proof: ProofRow) -> None:
    await accounts.change_account(session, proof.account_id, email_verified_at=now())
    sentence = f"E-mails about what you follow, sell and buy go to {proof.address} from now on."
    await warn(session, proof.account_id, "Your e-mail is confirmed", sentence)


async def _move(session: AsyncSession, proof: ProofRow) -> None:
    """The address of a proof becomes the account's; the one before is told, with a way back if it was proved."""
    [before] = await accounts.accounts(session, [proof.account_id])
    await take_address(session, proof)
    was_proved = before.email_verified_at is not None
    left = ProofKind.RESTORE_EMAIL if was_proved else ProofKind.EMAIL_LEFT
    await make_proof(session, before.id, left, before.email)
    sentence = f"You sign in with {proof.address} from now on, and no more with {before.email}."
    await warn(session, before.id, "Your e-mail was changed", sentence)


async def take_address(session: AsyncSession, proof: ProofRow) -> None:
    """Make the address of a proof that was just used that of its account; what went to the one before ends.

    Raises:
        EmailIsTaken: It is kept for another account, which may have it back. One that has it raises IntegrityError.
    """
    columns = {"email": proof.address, "email_key": email_key(proof.address), "email_verified_at": now()}
    await accounts.change_account(session, proof.account_id, **columns)
    if await is_anothers(session, proof.address, proof.account_id):
        raise email_taken_since()
    await proofs.end(session, proof.account_id, ENDED_BY_AN_EMAIL)
