"""Lists of notifications."""

from api.lists.reading import Lister, chosen, page_info
from db.ids import AccountId
from db.queries import notices
from schema.context import PageSource
from schema.ground import given
from schema.notifications import Notification, NotificationConnection, NotificationWhere
from schema.paging import write_cursor

_NOTIFICATIONS = "notifications"


class NoticeLists(Lister):
    """What an account was told."""

    async def notifications(
        self, of: AccountId, where: NotificationWhere | None, page: PageSource
    ) -> NotificationConnection:
        part = page.slice(_NOTIFICATIONS)
        unread = given(where.unread) if where else None
        kinds = chosen(where.kind) if where else None
        async with self._sessions.reading() as session:
            found = await notices.page_of_notifications(session, of, part, unread=unread, kinds=kinds)
        cursors = [write_cursor(_NOTIFICATIONS, notices.anchor_of(row)) for row in found.rows]
        return NotificationConnection(
            nodes=[Notification.of(row) for row in found.rows],
            page_info=page_info(found, cursors),
            cursors=cursors,
            count=self._counted(
                lambda session: notices.count_notifications(session, of, unread=unread, kinds=kinds)
            ),
        )
