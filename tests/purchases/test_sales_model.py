"""MONEY 5 and 6: whatever buyers, banks, webhooks and workers do, and whatever goes wrong, a track is sold once."""

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.purchases.sales_model import Sales
from tests.tools.stripe_sandbox import Sandbox

EXAMPLES = int(os.environ.get("BEATPASS_SALES_EXAMPLES", "15"))


@pytest.fixture
def place(
    database_engine: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    valkey_url: str,
    sandbox: Sandbox,
) -> dict[str, Any]:
    """Where examples are played."""
    template = request.getfixturevalue(f"{database_engine}_template")
    return {"template": template, "folder": tmp_path, "valkey_url": valkey_url, "sandbox": sandbox}


def test_whatever_happens_a_track_is_sold_once_and_the_books_agree(place: dict[str, Any]) -> None:
    few = settings(
        max_examples=EXAMPLES,
        stateful_step_count=12,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(type("Sales", (Sales,), place), settings=few)
