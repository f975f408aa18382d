"""The four packages are ours, whatever a registry has under their names (there is a `schema`)."""

import importlib
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", ["api", "workers", "schema", "db"])
def test_a_package_comes_from_this_checkout(name: str) -> None:
    file = importlib.import_module(name).__file__
    assert file is not None
    assert Path(file) == _ROOT / name / "__init__.py"


def test_there_is_no_fifth_package() -> None:
    packages = {path.parent.name for path in _ROOT.glob("*/__init__.py")}
    assert packages <= {"api", "workers", "schema", "db", "tests"}
