"""What an account is told while it listens (D-71)."""

from datetime import datetime
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from api.news import News
from db.ids import AccountId
from db.queries import notices
from db.queries.notices import NotificationRow
from db.queries.paging import Anchor, Page


def news_of(account: AccountId, after: tuple[datetime, str] | None) -> News[NotificationRow]:
    """What one subscription sends.

    Args:
        after: Moment and id of what the client saw last; null: nothing of what is there already is sent.
    """
    return News(partial(_look, account), lambda row: (row.created_at, row.id), after)


async def _look(
    account: AccountId, session: AsyncSession, after: Anchor, limit: int
) -> Page[NotificationRow]:
    return await notices.live_notifications(session, account, after=after, limit=limit)
