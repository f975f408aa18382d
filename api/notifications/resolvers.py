"""Notifications over GraphQL."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime

import strawberry

from api.asking import Info, mutation, signed_in
from api.notices import notices_topic
from api.notifications.live import news_of
from api.notifications.preferences import Switch, update_preferences
from api.notifications.reading import mark_read, mark_read_up_to
from api.viewer import Viewer
from db.ids import prefix_of
from db.queries import notices as queries
from db.vocabulary import RequestErrorCode
from schema.faults import RequestFault
from schema.ground import given
from schema.notifications import (
    MarkNotificationsReadInput,
    MarkNotificationsReadPayload,
    Notification,
    UpdateNotificationPreferencesInput,
    UpdateNotificationPreferencesPayload,
)
from schema.paging import PageRequest


@strawberry.type
class NotificationsMutation:
    @mutation
    async def mark_notifications_read(
        self, info: Info, input: MarkNotificationsReadInput
    ) -> MarkNotificationsReadPayload:
        """Mark as read; what is read already keeps its moment. Codes: NOT_FOUND, WRONG_ID_TYPE."""
        viewer, ids, moment = signed_in(info), given(input.ids), given(input.up_to)
        if moment is not None:
            await mark_read_up_to(info.context.sessions, viewer, moment=moment)
        if ids is not None:
            async with info.context.sessions.writing() as session:
                await mark_read(session, viewer, ids=ids)
        return MarkNotificationsReadPayload(
            account=await info.context.loaders.accounts.load(viewer.account_id)
        )

    @mutation
    async def update_notification_preferences(
        self, info: Info, input: UpdateNotificationPreferencesInput
    ) -> UpdateNotificationPreferencesPayload:
        """Set switches and muted genres.

        Codes: CANNOT_BE_SWITCHED, VERIFIED_PRODUCER_REQUIRED, EMAIL_IS_OFF, REPEATED.
        """
        viewer = signed_in(info)
        muted = None if input.muted_genres is strawberry.UNSET else input.muted_genres or []
        switches = [Switch(one.kind, one.channel, one.enabled) for one in given(input.preferences) or ()]
        async with info.context.sessions.writing() as session:
            await update_preferences(session, viewer, switches=switches, muted=muted)
        return UpdateNotificationPreferencesPayload(
            account=await info.context.loaders.accounts.load(viewer.account_id)
        )


@strawberry.type
class NotificationsSubscription:
    @strawberry.subscription
    async def notification_added(
        self, info: Info, after: str | None = strawberry.UNSET
    ) -> AsyncGenerator[Notification]:
        """Live news; `after` replays what a lost connection missed, and may repeat some seconds before it: compare ids.

        Each comes at least once: after a reconnect, what came within ten seconds before `after` comes again. Know it
        by its id.

        Args:
            after: Id or cursor of the last one that was seen; left out: what comes from now on.
        """
        viewer, seen = signed_in(info), given(after)
        news = news_of(viewer.account_id, None if seen is None else await _place(info, viewer, seen))
        async for _ in info.context.watch(notices_topic(viewer.account_id)):
            while rows := await news.read(info.context.sessions):
                for row in rows:
                    yield Notification.of(row)


async def _place(info: Info, viewer: Viewer, seen: str) -> tuple[datetime, str]:
    """Moment and id of the last notification that was seen.

    Raises:
        RequestFault: It is neither the id nor the cursor of one of the viewer's (BAD_CURSOR).
    """
    notification = seen if prefix_of(seen) == "ntf" else _id_in(seen)
    async with info.context.sessions.reading() as session:
        row = await queries.notification(session, notification)
    if row is None or row.account_id != viewer.account_id:
        sentence = "`after` is not the id or cursor of a notification of yours."
        raise RequestFault(sentence, RequestErrorCode.BAD_CURSOR, argument="after")
    return row.created_at.astimezone(UTC), row.id


def _id_in(cursor: str) -> str:
    anchor = PageRequest(after=cursor).slice("notifications").after or ("", "")
    return str(anchor[-1])
