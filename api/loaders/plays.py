"""Loaders of plays, and of how much tracks are played."""

from collections.abc import Sequence

from api.addresses import RequestAddresses
from api.catalog.rules import may_see
from api.loaders.reading import Reader, aligned
from api.plays.rules import REPORTED_FOR
from api.viewer import Viewer
from db.clock import now
from db.ids import PlayId, TrackId
from db.queries import plays as queries
from db.queries.plays import PlayRow
from db.session import Sessions
from db.vocabulary import TrackStatus
from schema.plays import Play


class PlayLoaders(Reader):
    """Plays of the viewer: another's is like none."""

    def __init__(self, sessions: Sessions, viewer: Viewer | None, *, addresses: RequestAddresses) -> None:
        super().__init__(sessions, viewer)
        self._addresses = addresses

    async def plays(self, ids: list[PlayId]) -> Sequence[Play | None]:
        """With the address of what is heard: of a stream where it is made, else of the WAV."""
        rows = [
            row
            for row in await self._read(queries.plays, ids)
            if self._is_theirs(row) and self._is_heard(row)
        ]
        return aligned(ids, {row.id: Play.of(row, await self._addresses.stream(row)) for row in rows})

    async def counts(self, ids: list[TrackId]) -> Sequence[int]:
        """Counted plays of each track, ever."""
        totals = await self._read(queries.totals, ids)
        return [totals[track] for track in ids]

    def _is_theirs(self, row: PlayRow) -> bool:
        return self._viewer is not None and row.account_id == self._viewer.account_id

    def _is_heard(self, row: PlayRow) -> bool:
        """Who began to hear a track that was sold since hears it to its end."""
        own = self._viewer is not None and self._viewer.producer_id == row.producer_id
        goes_on = own or row.status is TrackStatus.PUBLISHED or now() - row.started_at <= REPORTED_FOR
        return goes_on and may_see(row.status, own=own)
