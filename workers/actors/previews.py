"""Makes the 30 s that anyone may hear."""

import tempfile
from pathlib import Path
from typing import Final

from api.catalog.edit import preview_key
from api.catalog.previews import master_of, record_preview
from db.ids import TrackId
from db.vocabulary import JobKind
from workers.tools import Tools
from workers.transaction import Job, does

_TIMEOUT_S: Final = 60


@does(JobKind.MAKE_PREVIEW)
async def make_preview(tools: Tools, job: Job) -> None:
    """Running twice is safe: the same bytes are written under the same key."""
    track = TrackId(job["track"])
    async with tools.sessions.reading() as session:
        master = await master_of(session, track)
    if master is not None:
        await _cut(tools, track, master)
    async with tools.sessions.writing() as session:
        await record_preview(session, track)
        await job.settle(session)


async def _cut(tools: Tools, track: TrackId, master: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "preview.mp3"
        async with tools.storage.local_copy(master) as path:
            await tools.child.run("make_preview", path, made, timeout_s=_TIMEOUT_S)
        await tools.storage.put(preview_key(track), made.read_bytes(), content_type="audio/mpeg")
