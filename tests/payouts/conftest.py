"""A BeatPass that pays producers, and whose payment provider is the sandbox."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import stripe

from tests.payouts.payroll import CONNECT_SECRET, Payroll, register
from tests.plans.shop import SECRET
from tests.stage import Stage, settings_of
from tests.tools.stripe_sandbox import Seller


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK tries again at once: between its tries it would sleep for half a second and more."""
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0)


@pytest.fixture
async def payroll(
    database_url: str, valkey_url: str, tmp_path: Path, seller: Seller, impatient: None
) -> AsyncGenerator[Payroll]:
    settings = settings_of(
        database_url,
        valkey_url,
        tmp_path,
        stripe_secret_key=seller.key,
        stripe_api_url=seller.url,
        stripe_webhook_secret=SECRET,
        stripe_connect_webhook_secret=CONNECT_SECRET,
    )
    stage = Stage(settings)
    register(seller)
    yield Payroll(stage, seller)
    await stage.close()
