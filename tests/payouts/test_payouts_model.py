"""MONEY 5 and 6: whatever producers, banks, webhooks and workers do, and whatever goes wrong, everybody is paid exactly once.

`BEATPASS_PAYOUT_EXAMPLES` has the model play more of them; `./bp bench payouts_model` plays many, and counts what went wrong.
"""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from hypothesis.stateful import run_state_machine_as_test

from tests.payouts.payouts_bugs import BUGS
from tests.payouts.payouts_ground import Ground, a_ground
from tests.payouts.payouts_model import Payouts
from tests.playing import some
from tests.purchases.sales_troubles import Fault
from tests.tools.databases import on_sqlite
from tests.tools.stripe_sandbox import Sandbox

_USUAL: Final = 4
"""The same ones each time; asked for others, the model draws anew."""
_EXAMPLES: Final = int(os.environ.get("BEATPASS_PAYOUT_EXAMPLES", _USUAL))
_STEPS: Final = 12
_SEND: Final = ("POST", "/v1/transfers")


@pytest.fixture
def ground(
    database_engine: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    valkey_url: str,
    sandbox: Sandbox,
) -> Generator[Ground]:
    """Where examples are played."""
    template = request.getfixturevalue(f"{database_engine}_template")
    with a_ground(template, tmp_path, valkey_url, sandbox) as made:
        yield made


def test_whatever_happens_everybody_is_paid_exactly_once(ground: Ground) -> None:
    played = some(_EXAMPLES, steps=_STEPS, fixed=_EXAMPLES == _USUAL)
    run_state_machine_as_test(type("Payouts", (Payouts,), {"ground": ground}), settings=played)


@contextmanager
def seeded(bug: str, ground: Ground) -> Generator[Payouts]:
    """The model with a bug put in, for steps that show it; then everything is drained."""
    with pytest.MonkeyPatch.context() as patch:
        BUGS[bug](patch)
        model: Payouts = type("Payouts", (Payouts,), {"ground": ground})()
        try:
            yield model
            model.what_is_always_true_is_true()
            model.drain()
        finally:
            model.close()


@on_sqlite
def test_the_model_finds_that_a_payout_is_sent_twice(ground: Ground) -> None:
    """A transfer behind an answer of 500 is made again."""
    with pytest.raises(AssertionError, match="was paid twice"), seeded("no dedupe", ground) as model:
        model.request(who=0, key=0, trouble=Fault("error_after", _SEND, 3))


@on_sqlite
def test_the_model_finds_a_key_that_is_used_for_ever(ground: Ground) -> None:
    """The provider failed under it, and says so again and again."""
    with (
        pytest.raises(AssertionError, match=r"is stuck as SENDING|jobs were given up"),
        seeded("key reuse", ground) as model,
    ):
        model.request(who=0, key=0, trouble=Fault("error_before", _SEND, 1))


@on_sqlite
def test_the_model_finds_that_somebody_is_paid_before_they_are_set_up(ground: Ground) -> None:
    with (
        pytest.raises(AssertionError, match="payouts-to-the-ready"),
        seeded("pay before onboarding", ground) as model,
    ):
        model.set_up(who=2, outcome="document", told=True)
        model.request(who=2, key=0, trouble=None)


@on_sqlite
def test_the_model_finds_that_cents_are_rounded_away(ground: Ground) -> None:
    """What the provider has is not what was asked of it."""
    with pytest.raises(AssertionError, match="PayoutDiffers"), seeded("rounding", ground) as model:
        model.request(who=0, key=0, trouble=None)
