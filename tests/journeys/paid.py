"""A product that takes payments: by the sandbox, whose clock is that of the wall and whose webhooks come by themselves."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from tests.journeys.product import Product, a_product
from tests.tools.stripe_sandbox import Sandbox, Seller

_SECRET = "whsec_of_the_journey"


@contextmanager
def a_paid_product(
    database_url: str, valkey_url: str, folder: Path, sandbox: Sandbox
) -> Generator[tuple[Product, Seller]]:
    """The product, and its account at the provider."""
    with sandbox.seller(deliveries="automatic", frozen_at=None) as seller:
        payments = {
            "BEATPASS_STRIPE_SECRET_KEY": seller.key,
            "BEATPASS_STRIPE_API_URL": seller.url,
            "BEATPASS_STRIPE_WEBHOOK_SECRET": _SECRET,
        }
        with a_product(database_url, valkey_url, folder, settings=payments) as product:
            hook = f"{product.url}/stripe/webhooks"
            seller.control("POST", "/webhooks/endpoints", url=hook, secret=_SECRET)
            yield product, seller
