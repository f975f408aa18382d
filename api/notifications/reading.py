"""Marking notifications as read."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.refusals import IdOfAnotherType, InvalidValue, NotFound, Problems
from api.viewer import Viewer
from db.ids import prefix_of
from db.queries import notices as queries
from db.session import Sessions
from db.vocabulary import ErrorCode

_MOST_IDS: Final = 100
_AT_ONCE: Final = 1000
"""Some 30 ms of writing, so that other writers need not wait longer."""


async def mark_read(session: AsyncSession, viewer: Viewer, *, ids: Sequence[str]) -> None:
    """Mark own notifications as read; one that is read already keeps its moment.

    Raises:
        ManyRefused: Ids that are none, or somebody else's; all of them are told, and nothing is marked.
    """
    problems = Problems()
    if not 1 <= len(ids) <= _MOST_IDS:
        code = ErrorCode.TOO_LONG if ids else ErrorCode.REQUIRED
        sentence = f"Give 1 to {_MOST_IDS} ids."
        problems.note(InvalidValue(sentence, ("ids",), code, maximum=Decimal(_MOST_IDS)))
        problems.refuse_any()
    own = await queries.owned(session, viewer.account_id, ids)
    for place, one in enumerate(ids):
        with problems.under("ids", str(place)):
            if prefix_of(one) not in {None, "ntf"}:
                raise IdOfAnotherType("This is the id of something else; that of a notification is needed.")
            if one not in own:
                raise NotFound("There is no such notification.")
    problems.refuse_any()
    await queries.mark_read(session, viewer.account_id, ids)


async def mark_read_up_to(sessions: Sessions, viewer: Viewer, *, moment: datetime) -> None:
    """Mark everything in the own list as read that came until then, some at a time."""
    unread = True
    while unread:
        async with sessions.writing() as session:
            unread = await queries.mark_read_up_to(session, viewer.account_id, moment, limit=_AT_ONCE)
