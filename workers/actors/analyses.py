"""Measures tempo, key, loudness, waveform and sound of uploaded beats and samples."""

from dataclasses import asdict
from typing import Any, Final

from api.catalog.analyses import Measurement, audio_of, record_analysis
from api.gateways.storage import ObjectMissing
from api.requests.rematching import after_analysis
from db.ids import UploadId
from db.vocabulary import JobKind, Scale
from workers.audio.measured import Measured
from workers.tools import Tools
from workers.transaction import Job, does

_TIMEOUT_S: Final = 180
"""256 MB, the largest file, take some 10 s of CPU here; a machine may be ten times slower."""


@does(JobKind.ANALYSE)
async def analyse_audio(tools: Tools, job: Job) -> None:
    """Running twice is safe: the same facts are written to the same row, and what follows has keys that name the cause."""
    upload = UploadId(job["upload"])
    async with tools.sessions.reading() as session:
        key = await audio_of(session, upload)
    measured = await _measured(tools, key) if key else None
    async with tools.sessions.writing() as session:
        if measured and await record_analysis(session, upload, measured):
            await after_analysis(session, upload, model=measured.model)
        await job.settle(session)


async def _measured(tools: Tools, key: str) -> Measurement | None:
    """What is in the file; null if it was deleted since."""
    try:
        async with tools.storage.local_copy(key) as path:
            found: Measured = await tools.analyst.run("measure", path, timeout_s=_TIMEOUT_S)
    except ObjectMissing:
        return None
    facts: dict[str, Any] = asdict(found)
    return Measurement(scale=Scale.MINOR if facts.pop("minor") else Scale.MAJOR, **facts)
