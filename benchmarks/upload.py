"""Upload speed and memory of the web process: `python -m benchmarks.upload [--megabytes 250] [--app MODULE:FACTORY]`.

A real uvicorn child on a loopback port, SQLite and a folder on this disk. The baseline is the least that any server
must do, in the same run: read a file, hash it, write it. Ratios travel between machines, MB/s do not.
"""

import argparse
import hashlib
import os
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from db.migrate import upgrade
from db.vocabulary import UploadStatus
from tests.uploads.house import House, WebProcess, a_wav, free_port, furnish, settings_for

_BLOCK = 1 << 20


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="beatpass-bench-", dir=options.directory) as name:
        folder = Path(name)
        wav = folder / "beat.wav"
        wav.write_bytes(a_wav(options.megabytes * 1_000_000))
        _run(folder, wav, options.app, options.rounds)


def _run(folder: Path, wav: Path, app: str, rounds: int) -> None:
    url = f"sqlite+aiosqlite:///{folder}/beatpass.db"
    upgrade(url)
    house = House(settings_for(url, folder / "data", free_port()))
    furnish(house)
    web = WebProcess(house.settings, app=app)
    pid = web.process.pid
    idle = _memory(pid, "VmRSS")
    try:
        for number in range(rounds):
            _round(house, wav, pid, number)
    finally:
        peak = _memory(pid, "VmHWM")
        web.end()
    _say(
        f"web process: {idle / 1e6:.0f} MB idle, {peak / 1e6:.0f} MB at most, {(peak - idle) / 1e6:.0f} MB more"
    )


def _round(house: House, wav: Path, pid: int, number: int) -> None:
    size = wav.stat().st_size
    copied = _timed(lambda: _hash_and_copy(wav, wav.with_name("copy")))
    upload = house.announce(size)
    before = _cpu_s(pid)
    sent = _timed(lambda: _send(upload.url, wav))
    cpu = _cpu_s(pid) - before
    row = house.row(upload)
    assert row.status is UploadStatus.COMPLETED
    house.delete_files()
    house.storage.path(f"masters/{upload.id}.wav").unlink()
    _say(
        f"round {number + 1}: upload {size / sent / 1e6:.0f} MB/s ({sent:.2f} s, web CPU {cpu:.2f} s), "
        f"read+sha256+write {size / copied / 1e6:.0f} MB/s ({copied:.2f} s), ratio {copied / sent:.2f}"
    )


def _send(url: str, wav: Path) -> None:
    """One PATCH through a bare socket: a Python HTTP client would cost as much as the server."""
    parsed = httpx.URL(url)
    with socket.create_connection((parsed.host, parsed.port or 80)) as line, wav.open("rb") as file:
        line.sendall(
            f"PATCH {parsed.raw_path.decode()} HTTP/1.1\r\nHost: bench\r\nTus-Resumable: 1.0.0\r\n"
            "Content-Type: application/offset+octet-stream\r\nUpload-Offset: 0\r\n"
            f"Content-Length: {wav.stat().st_size}\r\n\r\n".encode()
        )
        line.sendfile(file)
        answer = line.recv(4096)
    assert answer.startswith(b"HTTP/1.1 204"), answer


def _hash_and_copy(source: Path, target: Path) -> None:
    digest = hashlib.sha256()
    with source.open("rb") as file, target.open("wb") as copy:
        while block := file.read(_BLOCK):
            digest.update(block)
            copy.write(block)
    target.unlink()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _timed(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _memory(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith(name))
    return int(line.split()[1]) * 1024


def _cpu_s(pid: int) -> float:
    """Time of the process in user and system mode (proc(5), fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=250)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--app", default="tests.uploads.web:create")
    parser.add_argument("--directory", default=os.environ.get("TMPDIR"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
