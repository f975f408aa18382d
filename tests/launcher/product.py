"""A product for the launcher to run: the real launcher, Valkey, uvicorn and dramatiq around modules of a few lines."""

import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil  # type: ignore[import-untyped] # mypy wants a stubs package; pyright reads its own

_ROOT = Path(__file__).parents[2]
_MODULES = {
    "db/migrate.py": "print('migrated')",
    "api/sandbox/__main__.py": """
        import asyncio, os
        from urllib.parse import urlsplit
        async def answer(reader, writer):
            await reader.readuntil(b"\\r\\n\\r\\n")
            writer.write(b"HTTP/1.1 200 OK\\r\\ncontent-length: 0\\r\\nconnection: close\\r\\n\\r\\n")
            writer.close()
        async def main():
            where = urlsplit(os.environ["BEATPASS_STRIPE_API_URL"])
            async with await asyncio.start_server(answer, where.hostname, where.port) as server:
                await server.serve_forever()
        asyncio.run(main())
    """,
    "workers/relay.py": "import time; print('relaying', flush=True); time.sleep(1000)",
    "workers/demo/seed.py": "print('seeded')",
    # The audio worker's own child, in a session of its own: no signal to a group or parent reaches it.
    "workers/main.py": """
        import os, subprocess, sys
        import dramatiq
        from dramatiq.brokers.redis import RedisBroker
        dramatiq.set_broker(RedisBroker(url=os.environ["BEATPASS_BROKER_URL"]))
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"], start_new_session=True)
    """,
    "api/demo/app.py": """
        import os
        def create_demo_app():
            async def app(scope, receive, send):
                if scope["type"] != "http":
                    return
                if scope["path"] == "/crash":
                    os.kill(os.getpid(), 9)
                await send({"type": "http.response.start", "status": 200, "headers": []})
                await send({"type": "http.response.body", "body": str(os.getpid()).encode()})
            return app
    """,
}


def make(directory: Path, **instead: str) -> Path:
    """A checkout with the launcher and such modules; `instead` replaces some, dots written as `__`."""
    shutil.copytree(_ROOT / "workers" / "launcher", directory / "workers" / "launcher", dirs_exist_ok=True)
    modules = {**_MODULES, **{f"{name.replace('__', '/')}.py": text for name, text in instead.items()}}
    for name, text in modules.items():
        file = directory / name
        file.parent.mkdir(parents=True, exist_ok=True)
        lines = text.strip("\n").splitlines()
        margin = len(lines[0]) - len(lines[0].lstrip())
        file.write_text("\n".join(line[margin:] for line in lines) + "\n")
    return directory


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Start:
    """A launcher that was started."""

    process: subprocess.Popen[str]
    port: int
    lines: list[str] = field(default_factory=list[str])
    _incoming: queue.Queue[str | None] = field(default_factory=queue.Queue[str | None])

    def read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self._incoming.put(line.rstrip("\n"))
        self._incoming.put(None)

    def until(self, words: str, *, seconds: float = 30) -> str:
        """The next line that holds these words."""
        deadline = time.monotonic() + seconds
        while True:
            line = self._incoming.get(timeout=max(0.01, deadline - time.monotonic()))
            assert line is not None, "\n".join(["it ended; it had said:", *self.lines])
            self.lines.append(line)
            if words in line:
                return line

    def family(self) -> list[psutil.Process]:
        """Everything that runs because of it, found by a path in its environment."""
        return [process for process in psutil.process_iter() if self._is_ours(process)]

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            return bool(process.pid != self.process.pid and process.environ().get("PORT") == str(self.port))
        except (psutil.AccessDenied, psutil.NoSuchProcess, psutil.ZombieProcess):
            return False

    def named(self, words: str) -> psutil.Process:
        """The oldest of the family whose command holds these words."""
        found = [process for process in self.family() if words in _command(process)]
        return min(found, key=lambda process: process.create_time())

    def children_of(self, words: str, *, seconds: float = 10) -> list[psutil.Process]:
        """What the oldest of these has started; it comes up after the banner."""
        deadline = time.monotonic() + seconds
        found: list[psutil.Process] = []
        while not found:
            assert time.monotonic() < deadline, self.family()
            time.sleep(0.02)
            found = self.named(words).children(recursive=True)
        return found

    def has_grown_to(self, members: int, *, seconds: float = 10) -> None:
        """Wait until so many processes run: workers and their children come up after the banner."""
        deadline = time.monotonic() + seconds
        while len(self.family()) < members:
            assert time.monotonic() < deadline, self.family()
            time.sleep(0.02)

    def is_gone(self, *, seconds: float = 5) -> bool:
        """Whether nothing of the family is left, after a moment."""
        deadline = time.monotonic() + seconds
        while self.family() and time.monotonic() < deadline:
            time.sleep(0.02)
        return not self.family()

    def interrupt(self) -> int:
        """Ctrl-C; the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)


def environment(port: int | str, data: Path | None = None, **more: str) -> dict[str, str]:
    given = {} if data is None else {"BEATPASS_DATA_DIR": str(data)}
    return {"PATH": os.environ["PATH"], "PORT": str(port), **given, **more}


@contextmanager
def started(checkout: Path, *, data: Path | None = None, **more: str) -> Generator[Start]:
    """A launcher for the length of the block; its whole family is killed with it."""
    port = free_port()
    command = [sys.executable, "-m", "workers.launcher"]
    process = subprocess.Popen(
        command,
        cwd=checkout,
        env=environment(port, data, **more),
        stdout=-1,
        stderr=-2,
        text=True,
        start_new_session=True,
    )
    start = Start(process, port)
    reader = threading.Thread(target=start.read)
    reader.start()
    try:
        yield start
    finally:
        process.kill()
        process.wait()
        assert start.is_gone(), "the launcher left processes behind"
        reader.join()
        assert process.stdout
        process.stdout.close()


def refused(checkout: Path, given: Mapping[str, str]) -> str:
    """What a launcher that cannot start says; one line and exit code 1 are expected."""
    command = [sys.executable, "-m", "workers.launcher"]
    done = subprocess.run(
        command, cwd=checkout, env=dict(given), capture_output=True, text=True, check=False, timeout=30
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    return done.stderr.strip()


def _command(process: psutil.Process) -> str:
    """Of one that is gone already, nothing."""
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""
