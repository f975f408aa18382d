"""Loaders of pictures."""

from collections.abc import Sequence

from api.addresses import RequestAddresses
from api.covers.presets import CoverPresets
from api.loaders.reading import Reader, aligned
from api.viewer import Viewer
from db.ids import PictureId
from db.queries import uploads
from db.session import Sessions
from schema.ground import Image


class PictureLoaders(Reader):
    """Own ones and presets."""

    def __init__(
        self,
        sessions: Sessions,
        viewer: Viewer | None,
        *,
        addresses: RequestAddresses,
        presets: CoverPresets,
    ) -> None:
        super().__init__(sessions, viewer)
        self._addresses = addresses
        self._presets = presets

    async def pictures(self, ids: list[PictureId]) -> Sequence[Image | None]:
        rows = await self._read(uploads.pictures, ids)
        return aligned(ids, {row.id: self._addresses.picture_image(row) for row in rows})

    async def withheld_pictures(self, ids: list[PictureId]) -> Sequence[Image | None]:
        """Of what staff keep back, for who sees it all the same."""
        rows = await self._read(uploads.pictures, ids)
        return aligned(ids, {row.id: await self._addresses.withheld_image(row) for row in rows})

    async def presets(self, ids: list[str]) -> Sequence[Image | None]:
        known = await self._presets.presets(ids)
        return aligned(ids, {preset: self._addresses.preset_image(known[preset]) for preset in known})
