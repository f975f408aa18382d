"""Workers and relay of one installation that pays, a step at a time, and what time does to their work."""

import pytest
from sqlalchemy import update
from sqlmodel import col

from db.clock import now
from db.models.payouts import PayoutHold
from db.vocabulary import JobKind
from tests.payouts.payroll import ACTORS, Payroll
from tests.stepping import A_WHILE, LONG_AGO, SteppedWorkers


class Workers(SteppedWorkers):
    """What relay and its workers do; moments of theirs are over when somebody says so."""

    def __init__(self, payroll: Payroll, patch: pytest.MonkeyPatch) -> None:
        super().__init__(payroll.stage, ACTORS, patch)
        self._payroll = payroll
        patch.setattr("api.payouts.following.COMES_BACK_WITHIN", LONG_AGO)

    async def routine(self, kind: JobKind) -> None:
        """As relay has it done; its hour, or its day, is another one than before."""
        await self.forget_settled()
        await super().routine(kind)

    async def end_holds(self) -> None:
        """The days are over that payouts were held for by themselves."""
        over = update(PayoutHold).where(col(PayoutHold.until).is_not(None))
        async with self._sessions.writing() as session:
            await session.execute(over.values(until=now() - A_WHILE))

    async def forget_keys(self) -> int:
        """The provider has forgotten the keys of calls without an answer, as it does after a day; how many."""
        keys = await self.age_calls(1)
        for key in keys:
            for account in ("", *self._accounts()):
                facts = {"account": account} if account else {}
                self._payroll.seller.control("DELETE", f"/idempotency/{key}", **facts)
        return len(keys)

    def _accounts(self) -> list[str]:
        found = self._payroll.seller.stripe.v2.core.accounts.list({"limit": 20})
        return [one.id for one in found.data]
