"""After the last byte: judge the whole file, give it its lasting place, say so in the row.

Each step can be done again, so a process killed anywhere leaves work for the next HEAD, PATCH or sweep, not damage.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.gateways.storage import ObjectMissing, Part
from api.uploads.dock import Dock, drop_files, forget_files, have_analysed
from api.uploads.errors import FileRefused
from api.uploads.inspection import Inspection, Verdict
from api.uploads.pictures import MadePicture, make_picture
from api.uploads.rules import ANALYSED_PURPOSES, RULES, UploadRule, picture_id_of, picture_key, stored_key
from db.queries import uploads
from db.queries.uploads import PictureRow, UploadRow
from db.vocabulary import UploadStatus

_PICTURES: Final = ThreadPoolExecutor(1, thread_name_prefix="pictures")
"""One at a time: a picture at the limit takes 100 MB while it is decoded."""


async def finish(dock: Dock, row: UploadRow, parts: Sequence[Part], inspection: Inspection) -> UploadRow:
    """Complete an upload whose bytes are all here.

    Returns:
        The upload as it is then.

    Raises:
        FileRefused: The file is not what its purpose needs; the row says so too.
        StorageFull: There is no room; trying again later will do.
    """
    try:
        verdict = inspection.finish()
        picture = await _settle_files(dock, row, parts, verdict)
    except FileRefused as refusal:
        await dock.reject(row, refusal)
        raise
    except ObjectMissing:
        return await _settled_elsewhere(dock, row)
    await _complete(dock, row, verdict, picture)
    return await dock.row(row.id)


async def _settle_files(
    dock: Dock, row: UploadRow, parts: Sequence[Part], verdict: Verdict
) -> MadePicture | None:
    rule = RULES[row.purpose]
    if rule.shape:
        return await _keep_picture(dock, row, parts, rule)
    await dock.storage.join(parts, into=stored_key(row.purpose, row.id), content_type=verdict.media_type)
    return None


async def _keep_picture(dock: Dock, row: UploadRow, parts: Sequence[Part], rule: UploadRule) -> MadePicture:
    pieces = [piece for part in parts async for piece in dock.storage.stream(part.key, end=part.byte_size)]
    assert rule.shape  # a picture's
    make = partial(make_picture, b"".join(pieces), rule.min_edge_px or 1, shape=rule.shape)
    made = await asyncio.get_running_loop().run_in_executor(_PICTURES, make)
    for size, jpeg in made.files.items():
        await dock.storage.put(picture_key(picture_id_of(row.id), size), jpeg, content_type="image/jpeg")
    return made


async def _complete(dock: Dock, row: UploadRow, verdict: Verdict, picture: MadePicture | None) -> None:
    picture_id = picture_id_of(row.id) if picture else None
    async with dock.sessions.writing() as session:
        if picture and picture_id:
            await uploads.add_picture(session, _picture_row(picture, row))
        done = await uploads.complete(
            session,
            row.id,
            sha256=verdict.sha256,
            media_type=verdict.media_type,
            audio=verdict.audio,
            picture_id=picture_id,
        )
        if done:
            await drop_files(session, row.id, cause="completed")
            if row.purpose in ANALYSED_PURPOSES:
                await have_analysed(session, row.id)
        elif not await _is_complete(session, row):
            await forget_files(session, row._replace(picture_id=picture_id), cause="ended-meanwhile")


def _picture_row(picture: MadePicture, row: UploadRow) -> PictureRow:
    return PictureRow(
        picture_id_of(row.id),
        width=picture.width,
        height=picture.height,
        dominant_color=picture.dominant_color,
        blurhash=picture.blurhash,
    )


async def _is_complete(session: AsyncSession, row: UploadRow) -> bool:
    settled = await uploads.upload(session, row.id)
    return settled is not None and settled.status is UploadStatus.COMPLETED


async def _settled_elsewhere(dock: Dock, row: UploadRow) -> UploadRow:
    """Another process joined the parts first; if it has not, a missing part is damage and stays loud."""
    settled = await dock.row(row.id)
    if settled.status is not UploadStatus.COMPLETED:
        raise ObjectMissing(row.id)
    return settled
