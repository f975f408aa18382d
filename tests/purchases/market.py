"""Exclusives bought as people do: by GraphQL, in a checkout, and by the webhooks that follow."""

import json
from dataclasses import dataclass
from typing import Any, Final

import httpx
from sqlalchemy import select, update
from sqlmodel import col
from starlette.applications import Starlette

from api.http.licensed_files import LicensedFileDoor
from api.licensing.links import FileLinks
from db.clock import now
from db.ids import JobId, TrackId, new_id
from db.models.jobs import Job
from db.models.ledger import Entry, Journal
from db.models.licences import Licence
from db.models.purchases import Purchase
from db.models.tracks import Track
from db.vocabulary import JobKind, JobState
from tests.factories import EXCLUSIVE, Beatmaker, Person, a_producer, a_track
from tests.plans.shop import SECRET, Shop
from tests.stage import Json
from tests.tools.stripe_sandbox import signature
from tests.working import tools_of
from workers.actors.payments import read_payment_event
from workers.actors.purchases import settle_purchase
from workers.transaction import Actor, perform

MONEY: Final = "{ minorUnits amount currency }"
PURCHASE: Final = f"""id status checkoutUrl expiresAt completedAt standardLicenceCount
  work {{ title producerName }} price {MONEY} fee {MONEY} total {MONEY} tax {MONEY} agreement {{ sha256 }}
  licence {{ id kind status certificate {{ number }} }} refund {{ allowed code }}"""
OFFER: Final = f"""query($id: ID!) {{ track(id: $id) {{ status versionsToDelist {{ id }}
  viewerCan {{ buyExclusive {{ allowed code retryAt }} license {{ allowed code }} }}
  licensing {{ model exclusive {{ availability price {MONEY} reservedUntil standardLicenceCount
    quote {{ price {MONEY} fee {MONEY} total {MONEY} agreement {{ sha256 markdown }} }} }} }} }} }}"""
_ACTORS: Final[dict[JobKind, Actor]] = {
    JobKind.READ_PAYMENT_EVENT: read_payment_event,
    JobKind.SETTLE_PURCHASE: settle_purchase,
}
REFUND: Final = {"reason": "The wrong track.", "idempotencyKey": "refund-1"}


@dataclass(frozen=True)
class Market(Shop):
    """A shop that sells exclusives too."""

    async def on_sale(self, of: Beatmaker | None = None, **different: Any) -> TrackId:
        """A published track that can be bought: for 299.00 USD unless it says otherwise."""
        producer = of or await a_producer(self.stage.sessions)
        return await a_track(self.stage.sessions, producer, **(EXCLUSIVE | different))

    async def offer(self, who: Person | None, track: TrackId) -> Json:
        """A track's offer as somebody sees it."""
        found: Json = (await self.stage.ask(who, OFFER, id=track))["track"]
        return found

    async def buy(self, who: Person, track: TrackId, **different: Any) -> Json:
        """The payload of beginning to buy."""
        given = {"trackId": track, "idempotencyKey": new_id("key")} | different
        answer = f"purchase {{ {PURCHASE} }}"
        payload: Json = await self.stage.mutate(who, "buyExclusive", answer, input=given)
        return payload

    async def begun(self, who: Person, track: TrackId, **different: Any) -> str:
        """The id of a purchase whose checkout is open."""
        payload = await self.buy(who, track, **different)
        assert payload["errors"] == []
        return str(payload["purchase"]["id"])

    async def bought(self, who: Person, track: TrackId, **different: Any) -> str:
        """The id of a purchase that is paid, and of which everything is heard."""
        purchase = await self.begun(who, track, **different)
        await self.pay_for(purchase)
        await self.hear()
        return purchase

    async def pay_for(self, purchase: str, card: str = "works") -> None:
        """In its checkout, as the page does."""
        self.seller.pay(await self.checkout_of(purchase), card)

    async def checkout_of(self, purchase: str) -> str:
        return str((await self.row(purchase)).checkout_reference)

    async def purchase(self, who: Person | None, purchase: str) -> Any:
        """As somebody sees it."""
        query = f"query($id: ID!) {{ purchase(id: $id) {{ {PURCHASE} }} }}"
        return (await self.stage.ask(who, query, id=purchase))["purchase"]

    async def status(self, purchase: str) -> str:
        return (await self.row(purchase)).status.value

    async def cancel(self, who: Person, purchase: str) -> Json:
        payload: Json = await self.stage.mutate(
            who, "cancelPurchase", f"purchase {{ {PURCHASE} }}", id=purchase
        )
        return payload

    async def refund(self, who: Person, purchase: str, **different: Any) -> Json:
        answer = f"purchase {{ {PURCHASE} }}"
        payload: Json = await self.stage.mutate(
            who, "refundPurchase", answer, id=purchase, input=REFUND | different
        )
        return payload

    async def fetch(self, url: str) -> int:
        """The status that an address of a file is answered with."""
        services = self.stage.services
        door = LicensedFileDoor(services.sessions, FileLinks(services.settings), services.addresses)
        app = Starlette(routes=door.routes)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
            return (await client.get(url)).status_code

    def letter(self, type: str, of: str) -> list[Json]:
        """A webhook about something, signed, whether it has happened or not."""
        said = {"id": new_id("evt"), "type": type, "created": 1_780_315_200, "data": {"object": {"id": of}}}
        body = json.dumps(said)
        return [{"body": body, "headers": {"stripe-signature": signature(body.encode(), SECRET)}}]

    def charge(self) -> str:
        """The provider's name of the latest payment's charge."""
        return str(self.seller.stripe.v1.charges.list().data[0].id)

    async def row(self, purchase: str) -> Purchase:
        async with self.stage.sessions.reading() as session:
            return await session.get_one(Purchase, purchase)

    async def track(self, track: TrackId) -> Track:
        async with self.stage.sessions.reading() as session:
            return await session.get_one(Track, track)

    async def licences(self) -> list[Licence]:
        async with self.stage.sessions.reading() as session:
            return list(await session.scalars(select(Licence).order_by(col(Licence.granted_at))))

    async def change(self, purchase: str, **columns: Any) -> None:
        """As if time had passed, or something else had happened."""
        async with self.stage.sessions.writing() as session:
            await session.execute(update(Purchase).where(col(Purchase.id) == purchase).values(**columns))

    async def entries(self, *kinds: str) -> list[tuple[str, str, str, int, str]]:
        """What is in the books: source, from, to, how much; of these sources, or of all."""
        columns: Any = (
            col(Journal.source_kind),
            col(Entry.from_account),
            col(Entry.to_account),
            col(Entry.amount_minor),
            col(Entry.currency),
        )
        chosen = select(*columns).join(Entry, col(Entry.journal_id) == col(Journal.id))
        if kinds:
            chosen = chosen.where(col(Journal.source_kind).in_(kinds))
        async with self.stage.sessions.reading() as session:
            rows = [tuple(row) for row in await session.execute(chosen)]
        return sorted(
            (str(kind), came, went, minor, str(currency)) for kind, came, went, minor, currency in rows
        )

    def payments(self) -> list[tuple[str, int]]:
        """Every payment at the provider: its state, and what was taken."""
        found = self.seller.stripe.v1.payment_intents.list({"limit": 100}).data
        return sorted((one.status, one.amount_received) for one in found)

    def money(self) -> dict[str, int]:
        """What the provider has of ours, by currency."""
        balance = self.seller.stripe.v1.balance.retrieve()
        sums: dict[str, int] = {}
        parts: list[Any] = [*balance.available, *balance.pending]
        for one in parts:
            sums[one.currency.upper()] = sums.get(one.currency.upper(), 0) + one.amount
        return {currency: minor for currency, minor in sums.items() if minor}

    async def work(self) -> None:
        """Do every job of payments and purchases that waits, and those that follow; what failed is not tried again."""
        done: set[JobId] = set()
        while waiting := [(job, kind) for job, kind in await self._waiting() if job not in done]:
            for job, kind in waiting:
                await perform(tools_of(self.stage), job, _ACTORS[kind])
                done.add(job)

    async def _waiting(self) -> list[tuple[JobId, JobKind]]:
        waits = col(Job.kind).in_(list(_ACTORS)), col(Job.state) == JobState.READY, col(Job.run_at) <= now()
        async with self.stage.sessions.reading() as session:
            rows = await session.execute(select(col(Job.id), col(Job.kind)).where(*waits))
            return [(JobId(job), kind) for job, kind in rows]
