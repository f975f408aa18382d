"""Debian packages with all they depend on, unpacked without root and without installing anything.

apt gets directories of its own, so it neither needs the system's lists nor touches them. Packages count as installed
only if they are in the download: what is missing on a bare machine comes along.
"""

import hashlib
import os
import shutil
import subprocess
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.tools.locks import alone

_CACHE = Path(__file__).parents[2] / ".cache" / "debian"
_MADE_HERE = ("state/lists/partial", "cache/archives/partial", "packages", "root")
_NOT_WANTED = {"libc6", "libgcc-s1", "gcc-12-base"}
"""The machine's own loader only works with the machine's own C library."""


@dataclass(frozen=True)
class Unpacked:
    """A tree of files as the packages would have put it below `/`."""

    root: Path

    def environment(self, *extra_libraries: str) -> dict[str, str]:
        """For a process that uses the tree; `extra_libraries` are folders below its library directories."""
        libraries = [folder for name in ("", *extra_libraries) for folder in self._library_folders(name)]
        path = [self.root / "usr/bin", self.root / "bin"]
        return {
            **os.environ,
            "LD_LIBRARY_PATH": ":".join(map(str, libraries)),
            "PATH": ":".join([*map(str, path), os.environ.get("PATH", "")]),
        }

    def _library_folders(self, name: str) -> Iterable[Path]:
        parents = [
            *self.root.glob("usr/lib/*-linux-*"),
            *self.root.glob("lib/*-linux-*"),
            self.root / "usr/lib",
        ]
        return [parent / name for parent in parents if (parent / name).is_dir()]


def fetch(*packages: str) -> Unpacked:
    """The packages and their dependencies: from the cache, or by apt into it."""
    home = _CACHE / hashlib.sha256(" ".join(sorted(packages)).encode()).hexdigest()[:16]
    with alone(home.with_suffix(".lock")):
        if not home.exists():
            _fill(home, packages)
    return Unpacked(home)


def _fill(home: Path, packages: Sequence[str]) -> None:
    draft = home.with_name(f"{home.name}.{uuid.uuid4().hex[:8]}")
    _unpack(packages, draft)
    (draft / "root").rename(home)
    shutil.rmtree(draft)


def _unpack(packages: Sequence[str], draft: Path) -> None:
    for folder in _MADE_HERE:
        (draft / folder).mkdir(parents=True)
    (draft / "state" / "status").touch()
    options = _options(draft)
    _call(["apt-get", *options, "-q", "update"], draft)
    wanted = _closure(packages, options, draft)
    _call(["apt-get", *options, "-q", "download", *wanted], draft / "packages")
    for package in sorted((draft / "packages").glob("*.deb")):
        _call(["dpkg", "-x", str(package), str(draft / "root")], draft)


def _options(draft: Path) -> list[str]:
    settings = {
        "Dir::State": draft / "state",
        "Dir::State::status": draft / "state" / "status",
        "Dir::Cache": draft / "cache",
        "APT::Sandbox::User": "",
        "APT::Get::List-Cleanup": "false",
        "Debug::NoLocking": "true",
        "APT::Update::Post-Invoke": "",
        "DPkg::Post-Invoke": "",
    }
    return [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]


def _closure(packages: Sequence[str], options: Sequence[str], draft: Path) -> list[str]:
    """What apt would install on a machine that has nothing."""
    plan = _call(["apt-get", *options, "-s", "--no-install-recommends", "install", *packages], draft)
    named = [line.split()[1] for line in plan.splitlines() if line.startswith("Inst ")]
    return [name for name in named if name not in _NOT_WANTED]


def _call(command: Sequence[str], directory: Path) -> str:
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[:1])} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout
