"""Loaders of plays, and of how much tracks are played."""

from collections.abc import Sequence

from api.addresses import RequestAddresses
from api.loaders.reading import Reader, aligned
from api.loaders.tracks import may_see
from api.plays.rules import REPORTED_FOR
from api.viewer import Viewer
from db.clock import now
from db.ids import PlayId, TrackId
from db.queries import plays as queries
from db.queries import streams, tracks
from db.queries.plays import PlayRow
from db.queries.tracks import TrackRow
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
        async with self._sessions.reading() as session:
            rows = [row for row in await queries.plays(session, ids) if self._is_theirs(row)]
            heard = {one.id: one for one in await tracks.tracks(session, {row.track_id for row in rows})}
            made = await streams.streamed(session, [one.upload_id for one in heard.values()])
        found: dict[PlayId, Play] = {}
        for row in rows:
            track = heard.get(row.track_id)
            if track is not None and self._is_heard(row, track):
                stream = await self._addresses.stream(track, made=track.upload_id in made)
                found[row.id] = Play.of(row, stream)
        return aligned(ids, found)

    async def counts(self, ids: list[TrackId]) -> Sequence[int]:
        """Counted plays of each track, ever."""
        totals = await self._read(queries.totals, ids)
        return [totals[track] for track in ids]

    def _is_theirs(self, row: PlayRow) -> bool:
        return self._viewer is not None and row.account_id == self._viewer.account_id

    def _is_heard(self, row: PlayRow, track: TrackRow) -> bool:
        """Who began to hear a track that was sold since hears it to its end."""
        viewer = self._viewer
        own = viewer is not None and viewer.producer_id == track.producer_id
        goes_on = own or track.status is TrackStatus.PUBLISHED or now() - row.started_at <= REPORTED_FOR
        return goes_on and may_see(viewer, track)
