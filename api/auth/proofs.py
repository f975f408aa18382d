"""Proofs: letters with a link that works once (D-80). They are made here; what a link does is its own verb.

No letter is kept and no token: the token is made of the proof's id, by who writes the letter (`api.accounts.letters`),
so a letter that is sent twice has one and the same link.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.errors import LinkHasExpired, TooManyAttempts
from api.auth.rules import LIVES, MOST_LETTERS, email_key
from api.auth.tokens import stored_form
from db import jobs
from db.clock import now
from db.ids import AccountId
from db.models.accounts import AccountProof
from db.queries import accounts
from db.queries import proofs as queries
from db.queries.proofs import ProofRow
from db.vocabulary import JobKind, ProofKind

_SIDE_BY_SIDE: Final = frozenset({ProofKind.RESTORE_EMAIL, ProofKind.EMAIL_LEFT})
"""Each is about an address of its own; and who has taken an account over would end the owner's way back by another
change."""


async def make_proof(session: AsyncSession, account: AccountId, kind: ProofKind, address: str) -> None:
    """Have a letter sent to an address; a new one ends the earlier one of its kind.

    The account is held by whoever calls this, or is new.
    """
    if kind not in _SIDE_BY_SIDE:
        await queries.end(session, account, [kind])
    made = now()
    proof = AccountProof(
        account_id=account,
        kind=kind,
        address=address,
        address_key=email_key(address),
        created_at=made,
        expires_at=made + LIVES[kind],
    )
    session.add(proof)
    await session.flush()
    await jobs.add(session, JobKind.SEND_PROOF, key=proof.id, proof=proof.id)


async def may_send_again(session: AsyncSession, account: AccountId, kind: ProofKind) -> datetime | None:
    """When the next letter of a kind may go to an account; null: now. The account is held by whoever calls this."""
    made = await queries.made_since(session, account, kind, now() - LIVES[kind])
    return made[-MOST_LETTERS] + LIVES[kind] if len(made) >= MOST_LETTERS else None


async def refuse_too_many(session: AsyncSession, account: AccountId, kind: ProofKind) -> None:
    """Raise if the account has been sent enough letters of a kind lately.

    Raises:
        TooManyAttempts: It has.
    """
    if retry_at := await may_send_again(session, account, kind):
        raise TooManyAttempts(limit=MOST_LETTERS, retry_at=retry_at)


async def use_proof(session: AsyncSession, token: str, kinds: Collection[ProofKind]) -> ProofRow:
    """Use the link that holds a token, and hold its account.

    Raises:
        LinkHasExpired: It was used, has ended, is for something else, or was never given out.
    """
    found = await queries.living(session, stored_form(token), kinds, moment=now())
    if found is None:
        raise LinkHasExpired
    await accounts.lock(session, found.account_id)  # the account first, as by everybody who makes one
    if not await queries.use(session, found.id):
        raise LinkHasExpired
    return found
