"""Producers who earn and are paid as people are: by GraphQL, on the hosted form, and by the webhooks that follow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import httpx
from pydantic import SecretStr
from sqlalchemy import select, update
from sqlmodel import col
from starlette.applications import Starlette

from api.earnings.auditing import audit
from api.earnings.ledger import post
from api.http.stripe import stripe_routes
from db import jobs
from db.bookkeeping import PLATFORM_FEE, STRIPE_CASH, STRIPE_FEES, Move, NewJournal, Source, payable_to
from db.clock import now
from db.ids import JobId, new_id
from db.models.jobs import Job
from db.models.ledger import Entry, Journal
from db.models.payouts import Payout, PayoutAccount
from db.money import Amount
from db.vocabulary import CurrencyCode, JobKind, JobState, JournalSource
from tests.factories import Beatmaker, Person, a_producer
from tests.plans.shop import SECRET
from tests.stage import Json, Stage
from tests.tools.stripe_sandbox import Seller
from tests.working import tools_of
from workers.actors.payments import catch_up_on_payments, read_payment_event
from workers.actors.payouts import follow_payouts, remind_of_payout_setup, settle_payout, start_payouts
from workers.transaction import Actor, perform

CONNECT_SECRET: Final = "whsec_of_connected_accounts"
PLATFORM: Final = "https://api.beatpass.test/stripe/webhooks"
CONNECTED: Final = "https://api.beatpass.test/stripe/connect/webhooks"
MONEY: Final = "{ minorUnits currency }"
BALANCE: Final = (
    f"available {MONEY} held {MONEY} inTransit {MONEY} owed {MONEY} holds {{ amount {MONEY} reason message }}"
)
PAYOUT: Final = f"id amount {MONEY} status failure requestedAt settledAt returnedAt"
ACCOUNT: Final = "id status country ready checkedAt requirements { message dueAt }"
CAD: Final = CurrencyCode.CAD
_OF_PAYOUTS: Final = tuple(kind.value for kind in JournalSource if kind.startswith("PAYOUT_"))
ACTORS: Final[dict[JobKind, Actor]] = {
    JobKind.READ_PAYMENT_EVENT: read_payment_event,
    JobKind.CATCH_UP_ON_PAYMENTS: catch_up_on_payments,
    JobKind.SETTLE_PAYOUT: settle_payout,
    JobKind.FOLLOW_PAYOUTS: follow_payouts,
    JobKind.START_PAYOUTS: start_payouts,
    JobKind.REMIND_OF_PAYOUT_SETUP: remind_of_payout_setup,
}


@dataclass(frozen=True)
class Payroll:
    """An installation, and the account at the payment provider that is its own."""

    stage: Stage
    seller: Seller

    # ---- the set-up ------------------------------------------------------------------------------

    async def onboard(self, who: Person, country: str = "CA", **different: Any) -> Json:
        """The payload of beginning, or going on with, the set-up."""
        given = {"country": country} | different
        answer = f"onboardingUrl payoutAccount {{ {ACCOUNT} }}"
        payload: Json = await self.stage.mutate(who, "startPayoutOnboarding", answer, input=given)
        return payload

    def fill_in(self, form: str, outcome: str = "complete") -> None:
        """The hosted form, as a person does."""
        filled = {"do": "finish", "outcome": outcome, "name": "Nova Keys"}
        done = self.seller.session.post(form, data=filled, allow_redirects=False, timeout=30)
        assert done.status_code == 303, done.text

    async def set_up(self, who: Person, outcome: str = "complete", country: str = "CA") -> str:
        """Somebody whose form is filled in and heard of; the provider's name of the account."""
        payload = await self.onboard(who, country)
        assert payload["errors"] == []
        self.fill_in(payload["onboardingUrl"], outcome)
        await self.hear()
        return await self.account_of(who)

    async def refresh(self, who: Person) -> Json:
        answer = f"payoutAccount {{ {ACCOUNT} }}"
        payload: Json = await self.stage.mutate(who, "refreshPayoutAccount", answer)
        return payload

    async def account(self, who: Person | None) -> Any:
        """The set-up as somebody sees it in their finances."""
        query = f"{{ finances {{ payoutAccount {{ {ACCOUNT} }} }} }}"
        found = (await self.stage.ask(who, query))["finances"]
        return found and found["payoutAccount"]

    async def account_of(self, who: Person) -> str:
        """What the provider calls somebody's present account."""
        [*_, row] = await self.accounts(who)
        return str(row.reference)

    async def accounts(self, who: Person) -> list[PayoutAccount]:
        """All that somebody had, the first one first."""
        assert isinstance(who, Beatmaker)
        own = select(PayoutAccount).where(col(PayoutAccount.producer_id) == who.producer)
        async with self.stage.sessions.reading() as session:
            return list(await session.scalars(own.order_by(col(PayoutAccount.created_at))))

    # ---- money -----------------------------------------------------------------------------------

    async def fund(self, minor: int = 1_000_000, currency: CurrencyCode = CAD) -> None:
        """Money of the platform's own, at the provider and in the books; the provider keeps a fee."""
        before = self.money().get(currency, 0)
        line: Any = {
            "currency": currency.lower(),
            "unit_amount": minor,
            "product_data": {"name": "Night Bus"},
        }
        sale: Any = {
            "mode": "payment",
            "customer_email": "noa@example.org",
            "line_items": [{"price_data": line, "quantity": 1}],
            "success_url": PLATFORM,
        }
        self.seller.pay(self.seller.stripe.v1.checkout.sessions.create(sale).id)
        kept = minor - (self.money()[currency] - before)
        await self._enter(
            Move(STRIPE_CASH, PLATFORM_FEE, Amount(minor, currency)),
            Move(STRIPE_FEES, STRIPE_CASH, Amount(kept, currency)),
        )

    async def earn(self, who: Beatmaker, minor: int, currency: CurrencyCode = CAD) -> None:
        """As if it had been earned long ago."""
        await self._enter(Move(PLATFORM_FEE, payable_to(who.producer), Amount(minor, currency)))

    async def take_back(self, who: Beatmaker, minor: int) -> None:
        """What was earned was not."""
        await self._enter(Move(payable_to(who.producer), PLATFORM_FEE, Amount(minor, CAD)))

    async def _enter(self, *moves: Move) -> None:
        source = Source(JournalSource.SUBSCRIPTION_INVOICE, new_id("inv"))
        async with self.stage.sessions.writing() as session:
            await post(session, NewJournal(source, now() - timedelta(days=40), moves, about=source.id))

    def money(self) -> dict[str, int]:
        """What the provider has of ours, by currency."""
        return self._balance()

    def _balance(self, account: str = "") -> dict[str, int]:
        options: Any = {"stripe_account": account} if account else {}
        balance = self.seller.stripe.v1.balance.retrieve(options=options)
        parts: list[Any] = [*balance.available, *balance.pending]
        sums: dict[str, int] = {}
        for one in parts:
            sums[one.currency.upper()] = sums.get(one.currency.upper(), 0) + one.amount
        return {currency: minor for currency, minor in sums.items() if minor}

    async def balance(self, who: Person, currency: CurrencyCode = CAD) -> Json:
        """Minor units of somebody's money in a currency: available, held by reason, on its way, owed."""
        query = f"{{ finances {{ balances {{ {BALANCE} }} }} }}"
        found = (await self.stage.ask(who, query))["finances"]["balances"]
        for one in found:
            if one["available"]["currency"] == currency:
                sums = {name: int(one[name]["minorUnits"]) for name in ("available", "inTransit", "owed")}
                return sums | {hold["reason"]: int(hold["amount"]["minorUnits"]) for hold in one["holds"]}
        return {"available": 0, "inTransit": 0, "owed": 0}

    async def holds(self, who: Person) -> list[Json]:
        """What is kept back of somebody's, in the first currency in which they have anything."""
        query = "{ finances { balances { holds { reason message } } } }"
        found: list[Json] = (await self.stage.ask(who, query))["finances"]["balances"][0]["holds"]
        return found

    async def ask_for(self, who: Person, currency: CurrencyCode = CAD, **different: Any) -> Json:
        """The payload of asking for a payout."""
        given = {"currency": currency.value, "idempotencyKey": new_id("key")} | different
        answer = f"payout {{ {PAYOUT} }}"
        payload: Json = await self.stage.mutate(who, "requestPayout", answer, input=given)
        return payload

    async def asked_for(self, who: Person, currency: CurrencyCode = CAD) -> str:
        """The id of a payout that is asked for."""
        payload = await self.ask_for(who, currency)
        assert payload["errors"] == []
        return str(payload["payout"]["id"])

    async def paid_out(self, who: Person) -> str:
        """The id of a payout that is at the bank, and heard of."""
        payout = await self.asked_for(who)
        await self.work()
        self.seller.advance(days=3)
        await self.hear()
        assert (await self.payout(payout)).status == "SETTLED"
        return payout

    async def earner(self, minor: int = 12_345, outcome: str = "complete", name: str = "Nova") -> Beatmaker:
        """A verified producer who has earned, and whose set-up is done."""
        who = await a_producer(self.stage.sessions, name, verified=True)
        await self.set_up(who, outcome)
        await self.fund()
        await self.earn(who, minor)
        return who

    async def entries(self, *kinds: str) -> list[tuple[str, str, str, int]]:
        """What is in the books of payouts: source, from, to, how much."""
        columns = (
            col(Journal.source_kind),
            col(Entry.from_account),
            col(Entry.to_account),
            col(Entry.amount_minor),
        )
        chosen = select(*columns).join(Entry, col(Entry.journal_id) == col(Journal.id))
        chosen = chosen.where(col(Journal.source_kind).in_(kinds or _OF_PAYOUTS))
        async with self.stage.sessions.reading() as session:
            rows = await session.execute(chosen.order_by(col(Journal.posted_at), col(Journal.id)))
            return [(str(kind), came, went, minor) for kind, came, went, minor in rows]

    async def broken(self) -> list[str]:
        """What breaks an invariant of the books."""
        findings = await audit(self.stage.sessions)
        return [f"{one.invariant.name}: {line}" for one in findings for line in one.broken_by]

    def transfers(self) -> list[tuple[int, str, bool]]:
        """Every transfer at the provider: amount, to whom, whether it went back; the oldest first."""
        found = self.seller.stripe.v1.transfers.list({"limit": 100}).data
        return [(one.amount, str(one.destination), one.reversed) for one in found[::-1]]

    def bank(self, account: str) -> list[tuple[int, str]]:
        """What went on to the bank of an account: amount and state, the oldest first."""
        found = self.seller.stripe.v1.payouts.list({"limit": 100}, {"stripe_account": account}).data
        return [(one.amount, one.status) for one in found[::-1]]

    # ---- webhooks and workers --------------------------------------------------------------------

    async def hear(self, letters: Sequence[Json] | None = None) -> list[int]:
        """Take the webhooks that wait, and do the jobs that follow; the answers that the provider got."""
        given = self.seller.letters() if letters is None else letters
        statuses = [(await self.post(letter)).status_code for letter in given]
        await self.work()
        return statuses

    async def post(self, letter: Json) -> httpx.Response:
        """A webhook, to the endpoint that it is addressed to."""
        settings = self.stage.settings.model_copy(
            update={
                "stripe_webhook_secret": SecretStr(SECRET),
                "stripe_connect_webhook_secret": SecretStr(CONNECT_SECRET),
            }
        )
        app = Starlette(routes=list(stripe_routes(settings, self.stage.sessions)))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
            return await client.post(letter["url"], content=letter["body"], headers=letter["headers"])

    async def routine(self, kind: JobKind) -> None:
        """As relay has it done, and all that follows."""
        async with self.stage.sessions.writing() as session:
            await jobs.add(session, kind, key=new_id("evt"))
        await self.work()

    async def work(self) -> None:
        """Do every job of payments that waits, and those that follow; what failed is not tried again."""
        done: set[JobId] = set()
        while waiting := [(job, kind) for job, kind in await self._waiting() if job not in done]:
            for job, kind in waiting:
                await perform(tools_of(self.stage), job, ACTORS[kind])
                done.add(job)

    async def work_again(self) -> None:
        """Those too that failed: the time that they wait is over."""
        async with self.stage.sessions.writing() as session:
            await session.execute(
                update(Job)
                .where(col(Job.state) == JobState.READY)
                .values(run_at=now() - timedelta(seconds=1))
            )
        await self.work()

    async def _waiting(self) -> list[tuple[JobId, JobKind]]:
        waits = col(Job.kind).in_(list(ACTORS)), col(Job.state) == JobState.READY, col(Job.run_at) <= now()
        async with self.stage.sessions.reading() as session:
            rows = await session.execute(select(col(Job.id), col(Job.kind)).where(*waits))
            return [(JobId(job), kind) for job, kind in rows]

    async def payout(self, payout: str) -> Payout:
        async with self.stage.sessions.reading() as session:
            return await session.get_one(Payout, payout)


def register(seller: Seller) -> None:
    """Both endpoints: news of payout accounts, and of what is in them, come to the same one."""
    seller.control("POST", "/webhooks/endpoints", url=PLATFORM, secret=SECRET)
    seller.control("POST", "/webhooks/endpoints", url=CONNECTED, secret=CONNECT_SECRET, payload="thin")
    seller.control("POST", "/webhooks/endpoints", url=CONNECTED, secret=CONNECT_SECRET, scope="connect")


def ago(**much: Any) -> datetime:
    return now() - timedelta(**much)
