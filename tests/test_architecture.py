"""Every import contract catches the violation that it is there for."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[1]
_PACKAGES = ("api", "workers", "schema", "db")


@dataclass(frozen=True)
class Planted:
    """A line that breaks one contract."""

    contract: str
    file: str
    line: str


_VIOLATIONS = (
    Planted("workers finish, api acts, schema names, db remembers", "db/keys.py", "import schema.ground"),
    Planted("inside api", "api/auth/rules.py", "import api.catalog.titles"),
    Planted("inside workers", "workers/audio/pcm.py", "import workers.tools"),
    Planted("inside db", "db/models/jobs.py", "import db.queries.accounts"),
    Planted("rules and DSP are pure", "api/catalog/titles.py", "import sqlalchemy"),
    Planted("only resolvers speak GraphQL", "api/catalog/upload.py", "import strawberry"),
    Planted("workers never load the web", "workers/tools.py", "import starlette"),
    Planted("the web never loads the workshop", "api/texts.py", "import numpy"),
    Planted("demo mode is no part of production", "api/app.py", "import api.demo.accounts"),
    Planted("the sandbox is no part of production", "api/app.py", "import api.sandbox.cards"),
    Planted("the sandbox knows nothing of BeatPass", "api/sandbox/cards.py", "import db.ids"),
    Planted("one door to Stripe", "api/texts.py", "import stripe"),
    Planted("one door to stored objects", "api/uploads/sweep.py", "import obstore"),
    Planted("one door to Redis", "api/app.py", "import redis"),
    Planted("one door to SMTP", "api/notifications/mailing.py", "import aiosmtplib"),
    Planted("one door to paper", "api/catalog/upload.py", "import fpdf"),
    Planted("the web never loads what prints", "api/licensing/document.py", "import api.documents.sheet"),
    Planted("one door to the broker", "workers/tools.py", "import dramatiq"),
    Planted("one door to Chromaprint", "workers/listening.py", "import acoustid"),
    Planted("no cycles", "api/viewer.py", "import api.auth.tokens"),
)


def test_every_contract_has_a_planted_violation() -> None:
    names = {line.split('"')[1] for line in _settings().splitlines() if line.startswith('name = "')}
    assert names - {"beatpass"} == {planted.contract for planted in _VIOLATIONS}


@pytest.mark.parametrize("planted", _VIOLATIONS, ids=lambda planted: planted.contract)
def test_a_planted_violation_is_caught(planted: Planted, tmp_path: Path) -> None:
    _copy(tmp_path)
    file = tmp_path / planted.file
    file.write_text(f"{file.read_text('utf-8')}\n{planted.line}\n", "utf-8")
    done = _lint(tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{planted.contract} BROKEN" in done.stdout


def test_a_file_without_a_place_is_caught(tmp_path: Path) -> None:
    _copy(tmp_path)
    (tmp_path / "api" / "helpers.py").write_text('"""No layer has it."""\n')
    assert "inside api BROKEN" in _lint(tmp_path).stdout


def _settings() -> str:
    return (_ROOT / "pyproject.toml").read_text("utf-8")


def _copy(folder: Path) -> None:
    for package in _PACKAGES:
        shutil.copytree(
            _ROOT / package, folder / package, ignore=shutil.ignore_patterns("*.jpg", "assets", "__pycache__")
        )
    (folder / "pyproject.toml").write_text(_settings(), "utf-8")


def _lint(folder: Path) -> "subprocess.CompletedProcess[str]":
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
