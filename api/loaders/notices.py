"""Loaders of what accounts have not read, and of their switches."""

from collections.abc import Sequence

from api.channels import VERIFIED_ONLY, Switches, is_on
from api.loaders.reading import Reader, ability, grouped
from api.notifications.errors import SwitchesAreAnothers
from api.notifications.rules import why_not_switched
from api.refusals import Refused
from api.viewer import Viewer
from db.ids import AccountId
from db.queries import notices
from db.session import Sessions
from db.vocabulary import NotificationChannel, NotificationKind
from schema.notifications import NotificationPreference


class NoticeLoaders(Reader):
    """Of accounts."""

    def __init__(self, sessions: Sessions, viewer: Viewer | None, *, mailing: bool) -> None:
        super().__init__(sessions, viewer)
        self._mailing = mailing

    async def unread_counts(self, ids: list[AccountId]) -> Sequence[int]:
        counts = await self._read(notices.unread_counts, ids)
        return [counts.get(account, 0) for account in ids]

    async def muted_genres(self, ids: list[AccountId]) -> Sequence[list[str]]:
        found = grouped(await self._read(notices.muted_genres, ids))
        return [found[account] for account in ids]

    async def preferences(self, ids: list[AccountId]) -> Sequence[list[NotificationPreference]]:
        """Every kind by every channel."""
        async with self._sessions.reading() as session:
            set_by = await notices.switches(session, ids)
            verified = await notices.verified_among(session, ids)
        return [self._switches(account, set_by[account], verified=account in verified) for account in ids]

    def _switches(
        self, account: AccountId, switches: Switches, *, verified: bool
    ) -> list[NotificationPreference]:
        own = self._viewer is not None and self._viewer.account_id == account
        return [
            self._switch(kind, channel, switches, own=own, verified=verified)
            for kind in NotificationKind
            for channel in NotificationChannel
        ]

    def _switch(
        self,
        kind: NotificationKind,
        channel: NotificationChannel,
        switches: Switches,
        *,
        own: bool,
        verified: bool,
    ) -> NotificationPreference:
        locked = why_not_switched(kind, channel, verified=verified, mailing=self._mailing)
        refused: Refused | None = locked if own else SwitchesAreAnothers()
        reaches = self._mailing or channel is not NotificationChannel.EMAIL
        told = verified or kind not in VERIFIED_ONLY
        return NotificationPreference(
            kind=kind,
            channel=channel,
            enabled=told and reaches and is_on(kind, channel, switches),
            change=ability(refused),
        )
