"""Where payouts are played: one installation with its producers, and the provider's account that is its own, put back before
each example.
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from db.clock import now
from tests.factories import Beatmaker, Person, a_producer, staff
from tests.installations import PaidInstallation, a_paid_installation
from tests.payouts.payouts_truths import Seen, seen_in
from tests.payouts.payouts_workers import Workers
from tests.payouts.payroll import CONNECT_SECRET, Payroll, register
from tests.plans.shop import SECRET
from tests.tools.databases import PostgresTemplate, SqliteTemplate
from tests.tools.stripe_sandbox import Sandbox

SECRETS: Final[Mapping[str, Any]] = {
    "stripe_webhook_secret": SECRET,
    "stripe_connect_webhook_secret": CONNECT_SECRET,
}
EARNED: Final = (12_345, 5_001, 7_777)


@dataclass
class Ground:
    """The installation with three producers, two of whom have set their payouts up, and staff; all have earned something."""

    place: PaidInstallation
    payroll: Payroll
    workers: Workers
    producers: tuple[Beatmaker, ...]
    sam: Person

    def look(self) -> Seen:
        """At everything that payouts touch, beside the product's own way to the database."""
        return seen_in(self.place.engine)

    def renew(self) -> None:
        """Put everything back; today is the day on which everybody is paid."""
        self.place.put_back()
        stage = self.place.stage
        stage.settings = stage.settings.model_copy(update={"payout_weekday": now().weekday()})


@contextmanager
def a_ground(
    template: SqliteTemplate | PostgresTemplate, folder: Path, valkey_url: str, sandbox: Sandbox
) -> Generator[Ground]:
    with (
        pytest.MonkeyPatch.context() as patch,
        a_paid_installation(template, folder, valkey_url, sandbox, **SECRETS) as place,
    ):
        payroll = Payroll(place.stage, place.seller)
        producers, sam = place.runner.run(_begun(payroll))
        place.keep()
        yield Ground(place, payroll, Workers(payroll, patch), producers, sam)


async def _begun(payroll: Payroll) -> tuple[tuple[Beatmaker, ...], Person]:
    sessions = payroll.stage.sessions
    register(payroll.seller)
    producers = tuple([await a_producer(sessions, name) for name in ("Nova", "Echo", "Kilo")])
    for who in producers[:2]:
        payload = await payroll.onboard(who)
        payroll.fill_in(payload["onboardingUrl"])
        await payroll.refresh(who)
    await payroll.fund(40_000)
    payroll.seller.letters()  # what they tell is known
    for who, minor in zip(producers, EARNED, strict=True):
        await payroll.earn(who, minor)
    return producers, await staff(sessions)
