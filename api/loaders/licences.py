"""Loaders of licences and of what licensees download."""

from collections.abc import Sequence

from api.addresses import RequestAddresses
from api.licensing.downloads import File, files_of
from api.licensing.rules import is_party
from api.loaders.reading import Reader, aligned
from api.viewer import Viewer
from db.ids import LicenceId, TrackId
from db.queries import licences
from db.session import Sessions
from schema.licences import Download, Licence


class LicenceLoaders(Reader):
    """Licences as the viewer may see them."""

    def __init__(self, sessions: Sessions, viewer: Viewer | None, *, addresses: RequestAddresses) -> None:
        super().__init__(sessions, viewer)
        self._addresses = addresses

    async def licences(self, ids: list[LicenceId]) -> Sequence[Licence | None]:
        """One that the viewer is no party of is like none."""
        rows = await self._read(licences.licences, ids)
        seen = [
            row
            for row in rows
            if is_party(self._viewer, licensee=row.account_id, licensor=row.licensor_account)
        ]
        return aligned(ids, {row.id: Licence.of(row) for row in seen})

    async def viewer_licences(self, ids: list[TrackId]) -> Sequence[Licence | None]:
        """What the viewer holds on each track, the exclusive one where there are two."""
        if self._viewer is None:
            return [None for _ in ids]
        async with self._sessions.reading() as session:
            rows = await licences.held_on(session, self._viewer.account_id, ids)
        return aligned(ids, {row.track_id: Licence.of(row) for row in rows})

    async def downloads(self, ids: list[LicenceId]) -> Sequence[list[Download] | None]:
        """Of licences that are the viewer's own."""
        async with self._sessions.reading() as session:
            files = await files_of(session, await licences.licences(session, ids))
        return [[await self._download(file) for file in files.get(licence, [])] for licence in ids]

    async def _download(self, file: File) -> Download:
        return Download(
            format=file.format,
            filename=file.filename,
            byte_size=file.byte_size,
            file=await self._addresses.licensed_file(file),
        )
