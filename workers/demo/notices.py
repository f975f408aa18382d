"""Takedown notices of the demo: one that was upheld, answered and let go weeks ago, and one that waits for staff.

They are entered and not filed, for the link that confirms one goes to an inbox.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.inboxes import credentials_of
from api.demo.accounts import PRODUCER, STAFF, DemoAccount
from api.takedowns.deciding import answer_takedown, decide_takedown
from api.viewer import Viewer
from db.clock import now, set_back
from db.ids import SessionId, TakedownId, TrackId, new_id
from db.models.takedowns import Takedown
from db.queries import producers, takedowns, tracks
from db.session import Sessions
from db.vocabulary import ReviewDecision, Role, TakedownStatus

_HARBOUR: Final[dict[str, Any]] = {
    "name": "Harbour Records",
    "email": "rights@harbour.example",
    "work": "“Low Tide” by Rhea Harbour, released in March 2024.",
    "grounds": "The melody from 0:30 on is taken from our recording.",
    "signature": "Rhea Harbour",
}
_WEEKS_AGO: Final = timedelta(weeks=3)


async def remember_notices(sessions: Sessions, listened_to: Sequence[TrackId]) -> None:
    """About two beats of the first producer; once."""
    async with sessions.writing() as session:
        staff, nova = await _viewer(session, STAFF), await _viewer(session, PRODUCER)
        owners = await tracks.uploaders(session, listened_to)
        own = [one for one in listened_to if owners[one] == nova.producer_id]
        if len(own) < 2 or await takedowns.count_takedowns(session, frozenset(TakedownStatus)):
            return
        with set_back(_WEEKS_AGO):
            old = await _entered(session, own[0])
            settled = ReviewDecision.APPROVE, ReviewDecision.DENY
            await decide_takedown(session, staff, old, decision=settled[0], reason="They sound the same.")
            statement = "I wrote it in 2023; the project file is attached to my ticket."
            await answer_takedown(session, nova, old, statement=statement)
            await decide_takedown(
                session, staff, old, decision=settled[1], reason="The project file is older."
            )
        await _entered(session, own[1])


async def _entered(session: AsyncSession, track: TrackId) -> TakedownId:
    """As if its e-mail had been proved just now."""
    notice = Takedown(
        track_id=track,
        status=TakedownStatus.OPEN,
        proved_at=now(),
        expires_at=now(),
        created_at=now(),
        **_HARBOUR,
    )
    session.add(notice)
    await session.flush()
    session.add(takedowns.new_step(notice.id, TakedownStatus.OPEN))
    return notice.id


async def _viewer(session: AsyncSession, who: DemoAccount) -> Viewer:
    known = await credentials_of(session, who.email)
    assert known  # demo accounts are there from the beginning
    profiles = await producers.producers_of(session, [known.account_id])
    roles = frozenset({Role.LISTENER, *who.roles})
    profile = profiles[0].id if profiles else None
    return Viewer(known.account_id, SessionId(new_id("ses")), roles, producer_id=profile)
