"""An installation with somebody's data in it, and workers that write it out."""

import io
import json
from dataclasses import dataclass
from typing import Any, Final
from zipfile import ZipFile

from sqlalchemy import select, update
from sqlmodel import col

from api.privacy.rules import archive_key
from db.clock import now
from db.ids import DataExportId, JobId
from db.models.jobs import Job
from db.models.privacy import DataExport
from db.session import Sessions
from db.vocabulary import JobKind, JobState
from tests.factories import Person
from tests.stage import Json, Stage
from tests.working import tools_of
from workers.actors import files, privacy
from workers.transaction import perform

EXPORT: Final = "id status progress requestedAt readyAt expiresAt byteSize download { url expiresAt }"
_ACTORS: Final = {actor.kind: actor for actor in (privacy.export_data, files.delete_files)}


@dataclass(frozen=True)
class House:
    """What tests of exports work with."""

    stage: Stage

    @property
    def sessions(self) -> Sessions:
        return self.stage.sessions

    async def ask(self, who: Person) -> Json:
        """Have one's data written; the payload's export."""
        payload = await self.stage.mutate(who, "requestDataExport", f"export {{ {EXPORT} }}")
        assert payload["errors"] == []
        shown: Json = payload["export"]
        return shown

    async def look(self, who: Person) -> list[Json]:
        asked = await self.stage.ask(who, f"{{ me {{ dataExports {{ {EXPORT} }} }} }}")
        shown: list[Json] = asked["me"]["dataExports"]
        return shown

    async def work(self, *kinds: JobKind) -> None:
        """Do all jobs of some kinds, or of all that are known here, that are ready."""
        chosen = col(Job.kind).in_(kinds or list(_ACTORS)), col(Job.state) == JobState.READY
        async with self.sessions.reading() as session:
            ready = list(await session.scalars(select(Job).where(*chosen).order_by(col(Job.id))))
        for job in ready:
            await perform(tools_of(self.stage), JobId(job.id), _ACTORS[job.kind])

    async def hand_back(self) -> None:
        """Leases have run out, and waits are over."""
        async with self.sessions.writing() as session:
            back = {"state": JobState.READY, "run_at": now()}
            await session.execute(update(Job).where(col(Job.state) == JobState.LEASED).values(back))
            ready = col(Job.state) == JobState.READY
            await session.execute(update(Job).where(ready).values(run_at=now()))

    async def rows(self) -> list[DataExport]:
        async with self.sessions.reading() as session:
            return list(await session.scalars(select(DataExport).order_by(col(DataExport.id))))

    async def archive(self, export: str) -> "Archive":
        return Archive(await self.stage.services.storage.get(archive_key(DataExportId(export))))

    async def archive_of(self, who: Person) -> "Archive":
        """What somebody gets who asks now."""
        export = await self.ask(who)
        await self.work(JobKind.EXPORT_DATA)
        return await self.archive(export["id"])


class Archive:
    """A ZIP as it was written."""

    def __init__(self, data: bytes) -> None:
        self._zip = ZipFile(io.BytesIO(data))

    @property
    def names(self) -> list[str]:
        return self._zip.namelist()

    def is_sound(self) -> bool:
        """Whether every file has the checksum that stands with it."""
        return self._zip.testzip() is None

    def read(self, name: str) -> bytes:
        return self._zip.read(name)

    def rows(self, name: str) -> list[dict[str, Any]]:
        read: list[dict[str, Any]] = json.loads(self.read(name))
        return read

    def holds(self, text: str) -> list[str]:
        """Files in which a text stands."""
        return [name for name in self.names if text.encode() in self.read(name)]
