"""A BeatPass with nothing but uploads: a web process on a real port, its database and its folder."""

import asyncio
import io
import os
import resource
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import httpx
import uvicorn
from PIL import Image
from pydantic import SecretStr
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from api.gateways.storage import LocalStorage, Storage, open_storage
from api.settings import Settings
from api.uploads.address import UploadAddresses
from api.uploads.announce import create_upload
from api.uploads.sweep import delete_files, sweep_uploads
from api.viewer import Viewer
from db import jobs
from db.clock import now
from db.ids import AccountId, JobId, SessionId, UploadId, new_id
from db.models.accounts import Account
from db.models.jobs import Job
from db.models.uploads import Picture, Upload, UploadPart
from db.queries import uploads
from db.queries.uploads import UploadRow
from db.session import Committed, Sessions
from db.vocabulary import JobKind, Role, UploadPurpose
from tests.uploads.web import create

T = TypeVar("T")
TUS = {"Tus-Resumable": "1.0.0"}
PRODUCER = frozenset({Role.LISTENER, Role.PRODUCER})


@dataclass
class Announced:
    id: UploadId
    url: str
    size: int


@dataclass
class House:
    settings: Settings
    account_id: AccountId = field(default_factory=lambda: AccountId(new_id("acc")))
    heard: list[str] = field(default_factory=list[str])

    def run(self, work: Callable[[Sessions, Storage], Awaitable[T]]) -> T:
        async def main() -> T:
            sessions = Sessions(self.settings.database_url, after_commit=self._hear)
            try:
                return await work(sessions, self.storage)
            finally:
                await sessions.close()

        return asyncio.run(main())

    async def _hear(self, committed: Committed) -> None:
        self.heard.extend(committed.topics)

    @property
    def storage(self) -> LocalStorage:
        storage = open_storage(self.settings)
        assert isinstance(storage, LocalStorage)
        return storage

    @property
    def keep_for(self) -> timedelta:
        return timedelta(hours=self.settings.upload_hours)

    def viewer(self, *roles: Role) -> Viewer:
        return Viewer(self.account_id, SessionId("ses_x"), roles=frozenset(roles) or PRODUCER)

    def write(self, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
        async def main(sessions: Sessions, storage: Storage) -> T:
            async with sessions.writing() as session:
                return await work(session)

        return self.run(main)

    def announce(
        self, size: int, purpose: UploadPurpose = UploadPurpose.TRACK_AUDIO, *, filename: str = "beat.wav"
    ) -> Announced:
        async def work(session: AsyncSession) -> UploadRow:
            return await create_upload(
                session,
                self.viewer(),
                purpose=purpose,
                filename=filename,
                byte_size=size,
                keep_for=self.keep_for,
            )

        row = self.write(work)
        return Announced(row.id, UploadAddresses(self.settings).of(row.id), size)

    def row(self, upload: Announced) -> UploadRow:
        row = self.write(lambda session: uploads.upload(session, upload.id))
        assert row is not None
        return row

    def age(self, upload: Announced, **ago: float) -> None:
        """Its time is over since then."""

        async def work(session: AsyncSession) -> None:
            late = update(Upload).where(col(Upload.id) == upload.id)
            await session.execute(late.values(expires_at=now() - timedelta(**ago)))

        self.write(work)

    def counts(self) -> dict[str, int]:
        async def work(session: AsyncSession) -> dict[str, int]:
            tables = (Upload, UploadPart, Picture)
            return {table.__name__: len((await session.execute(select(table))).all()) for table in tables}

        return self.write(work)

    def files(self) -> dict[str, bytes]:
        """All that is stored, by its key."""
        root = self.settings.data_dir / "objects"
        found = (path for path in root.rglob("*") if path.is_file())
        return {str(path.relative_to(root)): path.read_bytes() for path in found}

    def delete_files(self) -> None:
        """Do what a worker does with the DELETE_FILES jobs."""

        async def work(sessions: Sessions, storage: Storage) -> None:
            async with sessions.writing() as session:
                waiting = [
                    JobId(job) for job, kind in await jobs.due(session) if kind is JobKind.DELETE_FILES
                ]
                claims = [await jobs.claim(session, job) for job in waiting]
            for claim in filter(None, claims):
                await delete_files(storage, **claim.payload)
                async with sessions.writing() as session:
                    await jobs.settle(session, claim)

        self.run(work)

    def sweep(self) -> None:
        self.run(lambda sessions, storage: sweep_uploads(sessions, storage, keep_for=self.keep_for))

    def jobs(self) -> int:
        return len(self.job_keys())

    def job_keys(self) -> list[str]:
        """What the jobs were added for, settled or not."""

        async def work(session: AsyncSession) -> list[str]:
            return list(await session.scalars(select(col(Job.key))))

        return self.write(work)


def furnish(house: House) -> None:
    """Give the house its one account."""

    async def work(session: AsyncSession) -> None:
        name = house.account_id
        session.add(
            Account(id=name, email=f"{name}@x.test", email_key=name, password_hash="x", display_name="X")
        )

    house.write(work)


def settings_for(database_url: str, data_dir: Path, port: int) -> Settings:
    return Settings(
        mode="demo",
        database_url=database_url,
        redis_url="redis://unused",
        broker_url="redis://unused",
        secret_key=SecretStr("k" * 40),
        data_dir=data_dir,
        public_url=f"http://127.0.0.1:{port}",
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(settings: Settings) -> Generator[None]:
    """A web process in a thread of this one."""
    port = int(settings.public_url.rpartition(":")[2])
    server = uvicorn.Server(uvicorn.Config(create(settings), port=port, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.005)
        yield
    finally:
        server.should_exit = True
        thread.join()


class WebProcess:
    """A web process of its own, to be killed."""

    def __init__(
        self,
        settings: Settings,
        *,
        app: str = "tests.uploads.web:create",
        largest_file: int = resource.RLIM_INFINITY,
    ) -> None:
        self._url = settings.public_url
        port = self._url.rpartition(":")[2]
        environment = {
            "BEATPASS_MODE": settings.mode,
            "BEATPASS_DATABASE_URL": settings.database_url,
            "BEATPASS_REDIS_URL": settings.redis_url,
            "BEATPASS_BROKER_URL": settings.broker_url,
            "BEATPASS_SECRET_KEY": settings.secret_key.get_secret_value(),
            "BEATPASS_DATA_DIR": str(settings.data_dir),
            "BEATPASS_PUBLIC_URL": settings.public_url,
        }
        command = [
            sys.executable,
            "-m",
            "uvicorn",
            "--factory",
            app,
            "--port",
            port,
            "--log-level",
            "warning",
        ]
        self.process = subprocess.Popen(command, env={**os.environ, **environment})
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (largest_file, largest_file))
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                httpx.options(f"{self._url}/uploads")
            except httpx.TransportError:
                time.sleep(0.02)
            else:
                return
        raise TimeoutError(self._url)

    def end(self, by: signal.Signals = signal.SIGTERM) -> None:
        self.process.send_signal(by)
        self.process.wait()


class Line:
    """A connection whose every byte the test decides."""

    def __init__(self, upload: Announced, *, offset: int = 0, length: int | None = None) -> None:
        url = httpx.URL(upload.url)
        self.socket = socket.create_connection((url.host, url.port or 80), timeout=10)
        length = upload.size - offset if length is None else length
        self.socket.sendall(
            f"PATCH {url.raw_path.decode()} HTTP/1.1\r\nHost: x\r\nTus-Resumable: 1.0.0\r\n"
            f"Content-Type: application/offset+octet-stream\r\nUpload-Offset: {offset}\r\n"
            f"Content-Length: {length}\r\n\r\n".encode()
        )

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def status(self) -> int:
        return int(self.answer().split(b" ")[1])

    def answer(self) -> bytes:
        """What has come back once something has."""
        return self.socket.recv(65536)

    def cut(self) -> None:
        self.socket.close()


def until(true: Callable[[], bool], *, seconds: float = 5) -> None:
    """Wait for something that a server does in its own time."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def head(upload: Announced) -> httpx.Response:
    return httpx.head(upload.url, headers=TUS)


def patch(upload: Announced, data: bytes, *, offset: int = 0, **headers: str) -> httpx.Response:
    usual = {**TUS, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
    return httpx.patch(upload.url, content=data, headers={**usual, **headers}, timeout=30)


def a_wav(size: int = 300_000, *, rate: int = 44_100, seed: int = 1) -> bytes:
    """A 16-bit stereo WAV of about `size` bytes, noise all through."""
    frames = (size - 44) // 4
    sound = (os.urandom(1 << 16) if seed else bytes(1 << 16)) * (frames * 4 // (1 << 16) + 1)
    data = sound[: frames * 4]
    header = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 1, 2, rate, rate * 4, 4, 16, b"data", len(data))  # fmt: skip
    return header + data


def a_picture(width: int = 800, height: int = 600, *, form: str = "JPEG", **options: object) -> bytes:
    file = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(file, form, **options)
    return file.getvalue()
