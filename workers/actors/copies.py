"""Makes what licensees get beside the WAV, and what listeners hear of it."""

import tempfile
from pathlib import Path
from typing import Final

from api.catalog.streams import record_stream, wav_to_stream
from api.gateways.storage import ObjectMissing
from api.licensing.downloads import record_mp3, wav_to_copy
from api.uploads.rules import mp3_key, stream_key
from db.ids import UploadId
from db.vocabulary import JobKind
from workers.audio.mp3 import LICENSED_BIT_RATE, STREAM_BIT_RATE
from workers.tools import Tools
from workers.transaction import Job, does

_TIMEOUT_S: Final = 660
"""Longer than the encoder is given."""


@does(JobKind.MAKE_MP3)
async def make_mp3(tools: Tools, job: Job) -> None:
    """Running twice is safe: the same bytes are written under the same key, and the row says the same."""
    upload = UploadId(job["upload"])
    async with tools.sessions.reading() as session:
        wav = await wav_to_copy(session, upload)
    byte_size = await _make(tools, wav, mp3_key(upload), LICENSED_BIT_RATE) if wav else None
    async with tools.sessions.writing() as session:
        if byte_size:
            await record_mp3(session, upload, byte_size=byte_size)
        await job.settle(session)


@does(JobKind.MAKE_STREAM)
async def make_stream(tools: Tools, job: Job) -> None:
    """Running twice is safe: the same bytes are written under the same key, and the row says the same."""
    upload = UploadId(job["upload"])
    async with tools.sessions.reading() as session:
        wav = await wav_to_stream(session, upload)
    byte_size = await _make(tools, wav, stream_key(upload), STREAM_BIT_RATE) if wav else None
    async with tools.sessions.writing() as session:
        if byte_size:
            await record_stream(session, upload, byte_size=byte_size)
        await job.settle(session)


async def _make(tools: Tools, wav: str, key: str, bit_rate: str) -> int | None:
    """How long the MP3 is that stands in storage now; null if the WAV was deleted since."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "copy.mp3"
        try:
            async with tools.storage.local_copy(wav) as path:
                await tools.child.run("make_mp3", path, made, bit_rate, timeout_s=_TIMEOUT_S)
        except ObjectMissing:
            return None
        await tools.storage.put(key, made.read_bytes(), content_type="audio/mpeg")
        return made.stat().st_size
