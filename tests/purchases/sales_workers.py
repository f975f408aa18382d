"""Workers and relay of one installation, a step at a time, and what time does to their work."""

from typing import Final

import pytest
from sqlalchemy import update
from sqlmodel import col

from api.licensing.downloads import hand_out
from db.clock import now
from db.models.licences import Licence
from db.models.purchases import Purchase
from db.vocabulary import AudioFormat, JobKind
from tests.purchases.market import Market
from tests.stepping import A_WHILE, SteppedWorkers
from workers.actors.payments import catch_up_on_payments, read_payment_event
from workers.actors.purchases import expire_purchases, settle_purchase
from workers.transaction import Actor

_ACTORS: Final[dict[JobKind, Actor]] = {
    JobKind.READ_PAYMENT_EVENT: read_payment_event,
    JobKind.SETTLE_PURCHASE: settle_purchase,
    JobKind.CATCH_UP_ON_PAYMENTS: catch_up_on_payments,
    JobKind.EXPIRE_PURCHASES: expire_purchases,
}


class Workers(SteppedWorkers):
    """What relay and its workers do; moments of theirs are over when somebody says so."""

    def __init__(self, market: Market, patch: pytest.MonkeyPatch) -> None:
        super().__init__(market.stage, _ACTORS, patch)
        self._market = market

    async def catch_up(self) -> None:
        """As relay has it done each ten minutes."""
        await self.routine(JobKind.CATCH_UP_ON_PAYMENTS)

    async def expire(self, purchase: str | None = None) -> None:
        """The time of one, or of all, is over, and relay has noticed."""
        over = update(Purchase).values(expires_at=now() - A_WHILE)
        async with self._sessions.writing() as session:
            await session.execute(over.where(col(Purchase.id) == purchase) if purchase else over)
        await self.forget_settled()  # or a minute would have to pass
        await self.routine(JobKind.EXPIRE_PURCHASES)

    async def download(self, purchase: Purchase) -> None:
        """A file of its licence, if it has one, by the door that notes it."""
        if purchase.licence_id is None:
            return
        async with self._sessions.writing() as session:
            licence = await session.get_one(Licence, purchase.licence_id)
            await hand_out(session, licence.number, AudioFormat.WAV)

    async def forget_keys(self) -> int:
        """The provider has forgotten the keys of calls without an answer, as it does after a day; how many."""
        keys = await self.age_calls(1)
        for key in keys:
            self._market.seller.control("DELETE", f"/idempotency/{key}")
        return len(keys)
