"""Plans bought as people do: by GraphQL, in a checkout, and by the webhooks that follow."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import httpx
from pydantic import SecretStr
from sqlalchemy import select
from sqlmodel import col
from starlette.applications import Starlette

from api.http.stripe import stripe_routes
from db.ids import JobId, new_id
from db.models.jobs import Job
from db.models.plans import PlanSubscription
from db.queries.plans import plans_on_sale
from db.vocabulary import JobKind, JobState
from tests.factories import Person
from tests.stage import Json, Stage
from tests.tools.stripe_sandbox import Seller
from tests.working import tools_of
from workers.actors.payments import read_payment_event
from workers.transaction import perform

PLAN = """id status periodEndsAt graceEndsAt plan { name } nextPlan { name }
  invoices { number paidAt total { amount currency } pdf { url } }"""
SECRET: Final = "whsec_of_the_tests"
"""What webhooks are signed with."""
MINE = f"{{ me {{ plan {{ {PLAN} }} requestTokens {{ allowance remaining }} }} }}"


@dataclass(frozen=True)
class Shop:
    """An installation, and the account at the payment provider that is its own."""

    stage: Stage
    seller: Seller
    secrets: str = SECRET

    async def plan(self, name: str) -> str:
        """A plan's id."""
        async with self.stage.sessions.reading() as session:
            return next(row.id for row in await plans_on_sale(session) if row.name == name)

    async def begin(self, who: Person, name: str, **different: Any) -> Json:
        """The payload of beginning a plan."""
        given = {"planId": await self.plan(name), "idempotencyKey": new_id("key")} | different
        payload: Json = await self.stage.mutate(
            who, "subscribeToPlan", f"checkoutUrl subscription {{ {PLAN} }}", input=given
        )
        return payload

    async def move(self, who: Person, name: str, **different: Any) -> Json:
        given = {"planId": await self.plan(name), "idempotencyKey": new_id("key")} | different
        payload: Json = await self.stage.mutate(who, "changePlan", f"subscription {{ {PLAN} }}", input=given)
        return payload

    async def renew(self, who: Person, *, renews: bool) -> Json:
        payload: Json = await self.stage.mutate(
            who, "setPlanRenewal", f"subscription {{ {PLAN} }}", input={"renews": renews}
        )
        return payload

    async def pay(self, who: Person, card: str = "works") -> None:
        """In the checkout that is open, as its page does."""
        async with self.stage.sessions.reading() as session:
            own = col(PlanSubscription.account_id) == who.account
            chosen = select(col(PlanSubscription.checkout_reference)).where(own)
            [*_, checkout] = await session.scalars(chosen.order_by(col(PlanSubscription.created_at)))
        self.seller.pay(str(checkout), card)

    async def subscribed(self, who: Person, name: str) -> None:
        """Somebody who has a plan, and its first bill."""
        payload = await self.begin(who, name)
        assert payload["errors"] == []
        await self.pay(who)
        await self.hear()

    async def mine(self, who: Person) -> Json:
        """What somebody has, and request tokens."""
        me: Json = (await self.stage.ask(who, MINE))["me"]
        return me

    async def hear(self, letters: Sequence[Json] | None = None) -> list[int]:
        """Take the webhooks that wait, and do the jobs that follow; the answers that the provider got."""
        given = self.seller.letters() if letters is None else letters
        statuses = [(await self.post(letter)).status_code for letter in given]
        await self.work()
        return statuses

    def with_secrets(self, secrets: str) -> "Shop":
        """The same shop, whose endpoint takes what is signed with any of these."""
        return replace(self, secrets=secrets)

    async def post(self, letter: Json) -> httpx.Response:
        """A webhook, to the endpoint itself."""
        settings = self.stage.settings.model_copy(update={"stripe_webhook_secret": SecretStr(self.secrets)})
        app = Starlette(routes=list(stripe_routes(settings, self.stage.sessions)))
        url = "https://api.beatpass.test/stripe/webhooks"
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
            return await client.post(url, content=letter["body"], headers=letter["headers"])

    async def work(self) -> None:
        """Read every event that waits."""
        async with self.stage.sessions.reading() as session:
            waits = col(Job.kind) == JobKind.READ_PAYMENT_EVENT, col(Job.state) == JobState.READY
            waiting = list(await session.scalars(select(col(Job.id)).where(*waits)))
        for job in waiting:
            await perform(tools_of(self.stage), JobId(job), read_payment_event)
