"""Makes the demo accounts; those that are there stay as they are."""

import secrets

from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.passwords import hash_password
from api.auth.roles import grant
from api.demo.accounts import EVERYONE, NEWCOMER, DemoAccount
from api.producers.making import make_profile
from db.clock import now
from db.models.accounts import Account
from db.queries import accounts as queries
from db.session import Sessions


async def seed_accounts(sessions: Sessions) -> None:
    """Make the demo accounts that are missing. Their passwords are random: words sign them in, nothing else."""
    for account in EVERYONE:
        async with sessions.reading() as session:
            known = await queries.credentials(session, account.email)
        if known is None:
            hashed = await hash_password(secrets.token_urlsafe(24))
            async with sessions.writing() as session:
                await _make(session, account, hashed)


async def _make(session: AsyncSession, account: DemoAccount, hashed: str) -> None:
    made = Account(
        email=account.email,
        email_key=account.email,
        password_hash=hashed,
        display_name=account.display_name,
        email_verified_at=None if account is NEWCOMER else now(),
    )
    session.add(made)
    await session.flush()
    for role in account.roles:
        await grant(session, made.id, role, by=None, reason="Demo account")
    if account.producer:
        await make_profile(session, {"account_id": made.id, "name": account.producer})
