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
    """Running twice is safe: bytes are written under one key, and whoever writes last has cut them of what plays."""
    track, done = TrackId(job["track"]), False
    while not done:
        async with tools.sessions.reading() as session:
            master = await master_of(session, track)
        if master is not None:
            await _cut(tools, track, master.key)
        async with tools.sessions.writing() as session:
            done = await record_preview(session, track, cut_of=master.upload if master else None)
            if done:
                await job.settle(session)


async def _cut(tools: Tools, track: TrackId, master: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "preview.mp3"
        async with tools.storage.local_copy(master) as path:
            await tools.child.run("make_preview", path, made, timeout_s=_TIMEOUT_S)
        await tools.storage.put(preview_key(track), made.read_bytes(), content_type="audio/mpeg")
