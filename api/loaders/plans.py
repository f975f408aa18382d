"""Loaders of plans, of who has one, and of its bills."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from api.gateways.payment_answers import PaymentRefused, PaymentUnsure
from api.gateways.payments import Payments
from api.loaders.reading import Reader, aligned
from api.viewer import Viewer
from db.clock import now
from db.ids import AccountId, PlanId, PlanSubscriptionId
from db.queries import payments as payment_queries
from db.queries import plans as queries
from db.session import Sessions
from db.vocabulary import Role
from schema.ground import SignedUrl
from schema.plans import Invoice, Plan, PlanSubscription
from schema.scalars import URL

_PORTAL_STAYS: Final = timedelta(minutes=5)
"""Stripe's portal addresses are good for about as long until they are opened."""
_PATIENCE_S: Final = 4
"""The rest of what was asked for does not wait longer."""
_PDF_STAYS: Final = timedelta(days=10)
"""Stripe's addresses of bills are good for 30 days from when they were last read."""


class PlanLoaders(Reader):
    """Plans, and what the viewer has; another's is like none."""

    def __init__(
        self, sessions: Sessions, viewer: Viewer | None, *, payments: Payments | None, site: str
    ) -> None:
        super().__init__(sessions, viewer)
        self._payments = payments
        self._site = site

    async def plans(self, ids: list[PlanId]) -> Sequence[Plan]:
        found = {row.id: Plan.of(row) for row in await self._read(queries.plans, ids)}
        return [found[plan] for plan in ids]

    async def plan_subscriptions(self, ids: list[PlanSubscriptionId]) -> Sequence[PlanSubscription | None]:
        rows = await self._read(queries.subscriptions, ids)
        return aligned(ids, {row.id: PlanSubscription.of(row) for row in rows if self._sees(row.account_id)})

    async def plans_of_accounts(self, ids: list[AccountId]) -> Sequence[PlanSubscription | None]:
        """What each account has, or is about to pay; else the last that it had."""
        async with self._sessions.reading() as session:
            rows = await queries.shown_of(session, [one for one in ids if self._sees(one)])
        return aligned(ids, {account: PlanSubscription.of(row) for account, row in rows.items()})

    async def invoices(self, ids: list[PlanSubscriptionId]) -> Sequence[list[Invoice]]:
        """Of subscriptions that the viewer sees."""
        until, rows = now() + _PDF_STAYS, await self._read(queries.invoices_of, ids)
        return [[Invoice.of(row, until=until) for row in rows if row.subscription_id == one] for one in ids]

    async def portals(self, ids: list[PlanSubscriptionId]) -> Sequence[SignedUrl | None]:
        """Addresses of hosted pages; of own plans that were paid."""
        rows = {row.id: row for row in await self._read(queries.subscriptions, ids)}
        return [
            await self._portal(rows[one].account_id)
            if one in rows and rows[one].reference and self._is_own(rows[one].account_id)
            else None
            for one in ids
        ]

    async def _portal(self, account: AccountId) -> SignedUrl | None:
        async with self._sessions.reading() as session:
            payer = await payment_queries.payer_of(session, account)
        if payer is None or self._payments is None:
            return None
        try:
            async with asyncio.timeout(_PATIENCE_S):
                url = await self._payments.portal(payer, return_url=self._site)
        except (PaymentRefused, PaymentUnsure, TimeoutError):
            return None
        return SignedUrl(url=URL(url), expires_at=now() + _PORTAL_STAYS)

    def _is_own(self, account: AccountId) -> bool:
        return self._viewer is not None and self._viewer.account_id == account

    def _sees(self, account: AccountId) -> bool:
        staff = self._viewer is not None and self._viewer.has(Role.STAFF)
        return staff or self._is_own(account)
