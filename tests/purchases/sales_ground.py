"""Where exclusive sales are played: one installation with its people, and the provider's account that is its own, put back
before each example.
"""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from db.ids import TrackId
from db.vocabulary import CurrencyCode
from tests.factories import Beatmaker, Person, a_producer, staff
from tests.installations import PaidInstallation, a_paid_installation
from tests.licences.licensed import a_subscriber
from tests.plans.shop import SECRET
from tests.purchases.market import Market
from tests.purchases.sales_truths import Seen, seen_in
from tests.purchases.sales_workers import Workers
from tests.tools.databases import PostgresTemplate, SqliteTemplate
from tests.tools.stripe_sandbox import Sandbox

PRICES: Final = {CurrencyCode.USD: 29_900, CurrencyCode.EUR: 4_999, CurrencyCode.CAD: 100_001}
_HOOK: Final = "https://api.beatpass.test/stripe/webhooks"


@dataclass(frozen=True)
class People:
    """Who is there, and what is on sale.

    Attributes:
        owners: Of each of the tracks.
        sam: Of the staff.
    """

    owners: tuple[Beatmaker, ...]
    tracks: tuple[TrackId, ...]
    buyers: tuple[Person, ...]
    sam: Person


@dataclass
class Ground:
    """The installation with two producers who have three tracks, three buyers, and staff."""

    place: PaidInstallation
    market: Market
    workers: Workers
    people: People

    def look(self) -> Seen:
        """At everything that sales touch, beside the product's own way to the database."""
        return seen_in(self.place.engine)

    def renew(self) -> None:
        """Put everything back."""
        self.place.put_back()


@contextmanager
def a_ground(
    template: SqliteTemplate | PostgresTemplate, folder: Path, valkey_url: str, sandbox: Sandbox
) -> Generator[Ground]:
    with (
        pytest.MonkeyPatch.context() as patch,
        a_paid_installation(template, folder, valkey_url, sandbox, stripe_webhook_secret=SECRET) as place,
    ):
        place.seller.control("POST", "/webhooks/endpoints", url=_HOOK, secret=SECRET)
        market = Market(place.stage, place.seller)
        people = place.runner.run(_people(market))
        place.keep()
        yield Ground(place, market, Workers(market, patch), people)


async def _people(market: Market) -> People:
    sessions = market.stage.sessions
    nova, echo = await a_producer(sessions), await a_producer(sessions, "Echo")
    buyers = tuple([await a_subscriber(sessions, name) for name in ("Ari", "Bo", "Cleo")])
    owners = nova, nova, echo
    offers = zip(owners, PRICES.items(), strict=True)
    tracks = [
        await market.on_sale(owner, exclusive_price_minor=minor, exclusive_currency=currency)
        for owner, (currency, minor) in offers
    ]
    return People(owners, tuple(tracks), buyers, await staff(sessions))
