"""Whose an inbox is: the accounts that an e-mail finds, however it is written (D-1)."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.rules import known_keys
from db.clock import now
from db.ids import AccountId
from db.queries import accounts, proofs
from db.queries.accounts import Credentials


async def credentials_of(session: AsyncSession, email: str) -> Credentials | None:
    """The account of an e-mail, whose key may be of an earlier version."""
    return await accounts.credentials(session, *known_keys(email))


async def is_anothers(session: AsyncSession, email: str, account: AccountId) -> bool:
    """Whether another account may have this e-mail back, or has it under a key of an earlier version.

    For behind the write that takes the e-mail: an e-mail is free from the same commit on that keeps it. Of this
    version's key an index sees to that.
    """
    keys = known_keys(email)
    if await proofs.is_kept_for_another(session, keys, account, moment=now()):
        return True
    return await accounts.has_another(session, keys, account)
