"""A BeatPass that sells exclusives, and whose payment provider is the sandbox."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import stripe

from api.settings import Settings
from tests.plans.shop import SECRET
from tests.purchases.market import Market
from tests.stage import Stage, settings_of
from tests.tools.stripe_sandbox import Seller


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK tries again at once: between its tries it would sleep for half a second and more."""
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0)


@pytest.fixture
async def market(
    database_url: str, valkey_url: str, tmp_path: Path, seller: Seller, impatient: None
) -> AsyncGenerator[Market]:
    async with _a_market(
        settings_of(database_url, valkey_url, tmp_path, **_payments(seller)), seller
    ) as made:
        yield made


@pytest.fixture
async def taxed(
    database_url: str, valkey_url: str, tmp_path: Path, seller: Seller, impatient: None
) -> AsyncGenerator[Market]:
    """One whose payment provider reckons taxes: 13 %, wherever somebody lives."""
    settings = settings_of(database_url, valkey_url, tmp_path, stripe_taxes=True, **_payments(seller))
    async with _a_market(settings, seller) as made:
        yield made


def _payments(seller: Seller) -> dict[str, Any]:
    return {
        "stripe_secret_key": seller.key,
        "stripe_api_url": seller.url,
        "stripe_webhook_secret": SECRET,
    }


@asynccontextmanager
async def _a_market(settings: Settings, seller: Seller) -> AsyncGenerator[Market]:
    stage, hook = Stage(settings), "https://api.beatpass.test/stripe/webhooks"
    seller.control("POST", "/webhooks/endpoints", url=hook, secret=SECRET)
    yield Market(stage, seller)
    await stage.close()
