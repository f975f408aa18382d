"""A process of its own that has people come to an event: `python -m tests.events.rush URL EVENT ACCOUNT…`."""

import asyncio
import sys

from api.events.seating import rsvp
from api.viewer import Viewer
from db.ids import AccountId, EventId, SessionId
from db.session import Sessions
from db.vocabulary import Role

_ROLES = frozenset({Role.PRODUCER, Role.VERIFIED_PRODUCER})


async def main(url: str, event: str, accounts: list[str]) -> None:
    sessions = Sessions(url)
    sys.stdin.readline()  # until everybody is there
    await asyncio.gather(*(_come(sessions, EventId(event), AccountId(one)) for one in accounts))
    await sessions.close()


async def _come(sessions: Sessions, event: EventId, account: AccountId) -> None:
    viewer = Viewer(account, SessionId("ses_x"), _ROLES)
    async with sessions.writing() as session:
        await rsvp(session, viewer, event=event, going=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
