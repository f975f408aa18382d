"""Makes an account staff, from the machine itself: `python -m api.staff EMAIL`. Further ones are made over the API."""

import asyncio
import sys

from api.auth.roles import grant
from api.auth.rules import email_key
from api.settings import Settings
from db.queries import accounts
from db.session import Sessions
from db.vocabulary import Role


async def make_staff(sessions: Sessions, email: str) -> bool:
    """Give the role to the account of an e-mail; false if there is none."""
    async with sessions.writing() as session:
        found = await accounts.credentials(session, email_key(email))
        if found:
            reason = "Given on the command line"
            await grant(session, found.account_id, Role.STAFF, by=None, reason=reason)
    return found is not None


async def _main(email: str) -> int:
    sessions = Sessions(Settings().database_url)  # type: ignore[call-arg]  # from the environment
    try:
        if await make_staff(sessions, email):
            return 0
        sys.stderr.write(f"There is no account with the e-mail {email}: sign up first.\n")
        return 1
    finally:
        await sessions.close()


if __name__ == "__main__":
    sys.exit(asyncio.run(_main(sys.argv[1])))
