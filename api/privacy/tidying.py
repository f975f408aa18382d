"""Forgetting what was kept for long enough, by the rules (D-81): once a day, some rows in a transaction."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.privacy.retention import RULES, Kept
from db.clock import now
from db.queries import retention as queries
from db.queries import support, takedowns
from db.session import Sessions

_AT_ONCE: Final = 1000
Keep = Callable[[AsyncSession], Awaitable[None]]
_FORGETS: Final[Mapping[Kept, Callable[..., Awaitable[int]]]] = {
    Kept.NOTICES: queries.forget_words_of_notices,
    Kept.PLAYS: queries.forget_plays,
    Kept.CALLS: queries.forget_words_of_calls,
    Kept.EVENTS: queries.forget_events,
    Kept.APPLICATIONS: queries.forget_names_of_applicants,
    Kept.CONTACTS: support.forget_contacts,
    Kept.RIGHTS_HOLDERS: takedowns.forget_contacts,
}


async def forget_what_is_old(sessions: Sessions, *, keep: Keep, settle: Keep) -> None:
    """Follow every rule to its end; again finds nothing.

    Args:
        keep: Keeps the job, in the transaction that forgets some.
        settle: Ends the job.
    """
    moment = now()
    for rule in RULES:
        more = rule.about is not None
        while rule.about is not None and more:
            async with sessions.writing() as session:
                gone = await _FORGETS[rule.about](session, before=moment - rule.after, limit=_AT_ONCE)
                await keep(session)
            more = gone == _AT_ONCE
    async with sessions.writing() as session:
        await settle(session)
