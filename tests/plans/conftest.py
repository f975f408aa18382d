"""A BeatPass whose payment provider is the sandbox."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.plans.shop import SECRET, Shop
from tests.stage import Stage, settings_of
from tests.tools.stripe_sandbox import Seller


@pytest.fixture
async def shop(database_url: str, valkey_url: str, tmp_path: Path, seller: Seller) -> AsyncGenerator[Shop]:
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
    yield Shop(stage, seller)
    await stage.close()
