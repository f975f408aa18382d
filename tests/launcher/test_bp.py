"""The shell script `bp`: what it says on a machine that lacks something."""

import shutil
import subprocess
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_TOOLS = ("sh", "dirname", "readlink", "cat", "cut", "sha256sum", "mkdir", "grep", "mktemp", "rm", "mv")
_OLD_PYTHON = 'case "$*" in *platform*) echo 3.9.2 ;; *) exit 1 ;; esac'
_WITHOUT_VENV = 'case "$*" in *ensurepip*) exit 1 ;; esac'


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A fresh checkout in a path with a space, on a machine with nothing but the tools of a shell."""
    checkout = tmp_path / "a checkout"
    checkout.mkdir()
    for name in ("bp", "pyproject.toml", "uv.lock"):
        shutil.copy(_ROOT / name, checkout / name)
    shutil.copytree(_ROOT / ".ci", checkout / ".ci")
    (tmp_path / "bin").mkdir()
    for tool in _TOOLS:
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool) or tool)
    return checkout


def give_python(bare: Path, script: str) -> None:
    python = bare.parent / "bin" / "python3"
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)


def bp(bare: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": str(bare.parent / "bin")}
    return subprocess.run(
        [bare / "bp", *arguments],
        cwd="/",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def test_help_needs_nothing_at_all(bare: Path) -> None:
    done = bp(bare, "help")
    assert (done.returncode, done.stderr) == (0, "")
    for command in ("run", "demo", "test", "check", "bench", "audit", "help"):
        assert f"./bp {command} " in done.stdout


def test_an_unknown_command_is_one_sentence(bare: Path) -> None:
    done = bp(bare, "fly")
    assert (done.returncode, done.stderr) == (2, "bp: there is no command named fly; ./bp help lists them.\n")


def test_a_missing_python_is_one_sentence(bare: Path) -> None:
    done = bp(bare, "run")
    assert done.returncode == 1
    assert done.stderr == "bp: python3 is missing; install it with: apt install python3 python3-venv\n"


def test_an_old_python_is_one_sentence(bare: Path) -> None:
    give_python(bare, _OLD_PYTHON)
    done = bp(bare, "run")
    assert done.returncode == 1
    assert done.stderr == "bp: Python 3.11, 3.12 or 3.13 is needed, and python3 is 3.9.2.\n"


def test_a_missing_venv_is_one_sentence(bare: Path) -> None:
    give_python(bare, _WITHOUT_VENV)
    done = bp(bare, "run")
    assert done.returncode == 1
    assert done.stderr == "bp: python3-venv is missing; install it with: apt install python3-venv\n"
