"""Pictures of what staff may keep back (D-83)."""

from db.ids import PictureId
from schema.context import Info
from schema.ground import Image


async def picture_of(info: Info, picture: PictureId, *, withheld: bool) -> Image | None:
    """A picture, for who sees what it belongs to.

    Args:
        withheld: Staff keep that back: the lasting addresses answer nobody, so others work for a while.
    """
    loaders = info.context.loaders
    return await (loaders.withheld_pictures if withheld else loaders.pictures).load(picture)
