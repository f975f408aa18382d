"""The Stripe sandbox as a process of its own, and the sellers in it: every test has one with a key of its own."""

import hashlib
import hmac
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import requests
import stripe

from tests.tools.server import Launch, running
from tests.tools.web import free_port

_ROOT = Path(__file__).parents[2]
_FIRST_KEY = "sk_test_of_the_tests"
START = 1_780_315_200
"""Where clocks of the tests stand: 2026-06-01T12:00:00Z."""
DAY = 86_400


@dataclass(frozen=True)
class Seller:
    """A platform of the sandbox, with a clock that stands until it is moved."""

    url: str
    key: str
    id: str
    session: requests.Session = field(default_factory=requests.Session)

    @property
    def stripe(self) -> stripe.StripeClient:
        """The real SDK, pointed at the sandbox; it does nothing again by itself."""
        return stripe.StripeClient(
            self.key,
            base_addresses={"api": self.url},
            http_client=stripe.RequestsClient(session=self.session, timeout=10),
            max_network_retries=0,
        )

    def control(self, method: str, path: str, /, **given: Any) -> Any:
        """What the control answers."""
        headers = {"authorization": f"Bearer {self.key}"}
        url = f"{self.url}/_sandbox{path}"
        answer = self.session.request(method, url, headers=headers, json=given, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def advance(self, *, days: float = 0, seconds: int = 0) -> None:
        """Move the clock, past all that falls due on the way."""
        self.control("POST", "/clock", advance=int(days * DAY) + seconds)

    def arm(self, kind: str, /, **facts: Any) -> None:
        """Have the next call or webhook that fits go wrong."""
        self.control("POST", "/faults", kind=kind, **facts)

    def pay(self, session_id: str, card: str = "works", **facts: Any) -> Any:
        """Pay in a checkout as its page does."""
        return self.control("POST", f"/checkout/{session_id}/pay", card=card, **facts)

    def events(self) -> list[str]:
        """The types of all events so far, oldest first."""
        found = self.stripe.v1.events.list({"limit": 100})
        return [str(event.type) for event in found.auto_paging_iter()][::-1]

    def letters(self, **order: Any) -> list[dict[str, Any]]:
        """The webhooks that wait, signed, in place of being sent."""
        taken: list[dict[str, Any]] = self.control("POST", "/webhooks/take", **order)
        return taken


@dataclass(frozen=True)
class Sandbox:
    """A sandbox that runs.

    Attributes:
        file: Where it keeps everything.
    """

    url: str
    file: Path

    def first(self) -> Seller:
        """The platform that the sandbox was started with; its clock runs."""
        return Seller(self.url, _FIRST_KEY, "")

    @contextmanager
    def seller(self, **facts: Any) -> Generator[Seller]:
        """A platform that has nothing yet, and whose webhooks wait to be taken."""
        first = self.first()
        usual = {"frozen_at": START, "deliveries": "manual"}
        made = first.control("POST", "/platforms", **(usual | facts))
        seller = Seller(self.url, made["secret_key"], made["id"])
        try:
            yield seller
        finally:
            seller.session.close()
            first.session.close()


@contextmanager
def stripe_sandbox(file: Path | None = None) -> Generator[Sandbox]:
    """Run a sandbox for the length of the block, on a file of its own or on one that is kept."""
    url = f"http://127.0.0.1:{free_port()}"
    directory = Path(tempfile.mkdtemp(prefix="bp-sandbox-"))
    kept = file or directory / "sandbox.db"
    settings = {
        "PYTHONPATH": str(_ROOT),
        "BEATPASS_SANDBOX_FILE": str(kept),
        "BEATPASS_STRIPE_API_URL": url,
        "BEATPASS_STRIPE_SECRET_KEY": _FIRST_KEY,
    }
    given = [f"{name}={value}" for name, value in settings.items()]
    command = ["env", *given, sys.executable, "-m", "api.sandbox"]
    with running(Launch("the Stripe sandbox", directory, command), answers=lambda: _answers(url)):
        yield Sandbox(url, kept)


def signature(body: bytes, secret: str) -> str:
    """What the provider sends along with a webhook of this moment."""
    at = int(time.time())
    mac = hmac.new(secret.encode(), b"%d.%s" % (at, body), hashlib.sha256).hexdigest()
    return f"t={at},v1={mac}"


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False
