"""Loaders of takedown notices, as the viewer may see them."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from api.loaders.reading import Reader, aligned, grouped
from api.takedowns.seeing import sees_takedown
from db.ids import TakedownId, TrackId
from db.queries import takedowns as queries
from db.queries import tracks
from db.queries.takedowns import TakedownRow
from schema.takedowns import Takedown, TakedownStep


class TakedownLoaders(Reader):
    """One that the viewer may not see is like none."""

    async def takedowns(self, ids: list[TakedownId]) -> Sequence[Takedown | None]:
        async with self._sessions.reading() as session:
            rows = await self._seen(session, await queries.takedowns(session, ids))
        return aligned(ids, {row.id: Takedown.of(row) for row in rows})

    async def takedowns_of_tracks(self, ids: list[TrackId]) -> Sequence[list[Takedown]]:
        """The latest first."""
        async with self._sessions.reading() as session:
            rows = await self._seen(session, await queries.takedowns_of_tracks(session, ids))
        found = grouped((row.track_id, Takedown.of(row)) for row in rows)
        return [found[track] for track in ids]

    async def takedown_steps(self, ids: list[TakedownId]) -> Sequence[list[TakedownStep]]:
        """Of notices that the viewer sees."""
        rows = await self._read(queries.steps_of, ids)
        found = grouped((row.takedown_id, TakedownStep.of(row)) for row in rows)
        return [found[takedown] for takedown in ids]

    async def _seen(self, session: AsyncSession, rows: Sequence[TakedownRow]) -> list[TakedownRow]:
        owners = await tracks.uploaders(session, {row.track_id for row in rows})
        return [
            row
            for row in rows
            if sees_takedown(self._viewer, status=row.status, producer=owners[row.track_id])
        ]
