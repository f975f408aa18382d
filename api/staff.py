"""Makes an account staff, from the machine itself: `python -m api.staff EMAIL`. Further ones are made over the API."""

import asyncio
import sys
from typing import Final

from api.auth.inboxes import credentials_of
from api.auth.roles import grant
from api.deeds import Outsider, note_deed
from api.settings import Settings
from db.queries import accounts
from db.session import Sessions
from db.vocabulary import Role, StaffAction

_BY: Final = Outsider("The command line")
_REASON: Final = "Given on the command line"


async def make_staff(sessions: Sessions, email: str) -> bool:
    """Give the role to the account of an e-mail, and write that down; false if there is none."""
    async with sessions.writing() as session:
        found = await credentials_of(session, email)
        if found and Role.STAFF not in await accounts.roles_held(session, found.account_id):
            account, given = found.account_id, f"{Role.STAFF.value}: {_REASON}"
            await note_deed(session, _BY, StaffAction.GIVE_ROLE, account, given)
            await grant(session, account, Role.STAFF, by=None, reason=_REASON)
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
