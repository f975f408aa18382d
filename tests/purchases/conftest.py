"""A BeatPass that sells exclusives, and whose payment provider is the sandbox."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.plans.shop import SECRET
from tests.purchases.market import Market
from tests.stage import Stage, settings_of
from tests.tools.stripe_sandbox import Seller


@pytest.fixture
async def market(
    database_url: str, valkey_url: str, tmp_path: Path, seller: Seller
) -> AsyncGenerator[Market]:
    settings = settings_of(
        database_url,
        valkey_url,
        tmp_path,
        stripe_secret_key=seller.key,
        stripe_api_url=seller.url,
        stripe_webhook_secret=SECRET,
    )
    stage = Stage(settings)
    seller.control(
        "POST", "/webhooks/endpoints", url="https://api.beatpass.test/stripe/webhooks", secret=SECRET
    )
    yield Market(stage, seller)
    await stage.close()
