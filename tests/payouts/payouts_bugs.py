"""Payouts as they would be with one thing left out: what a check is worth is seen by what it finds."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

import pytest

from api.gateways.payout_facts import TransferOrder
from api.gateways.payout_payments import PayoutPayments
from api.payments.calls import Act, Find, Intent
from db.ids import new_id
from db.money import Amount
from db.queries.payout_accounts import PayoutAccountRow
from db.session import Sessions

PutIn = Callable[[pytest.MonkeyPatch], None]


def _no_dedupe(patch: pytest.MonkeyPatch) -> None:
    """Each attempt at a call of the provider has a key of its own, and nobody looks what an earlier one has done."""

    async def careless(sessions: Sessions, intent: Intent, act: Act, find: Find | None = None) -> str:
        return await act(new_id("key"))

    patch.setattr("api.payouts.settlement.carry_out", careless)


def _key_reuse(patch: pytest.MonkeyPatch) -> None:
    """One key for ever: where the provider has failed under it, it fails for ever."""

    async def stubborn(sessions: Sessions, intent: Intent, act: Act, find: Find | None = None) -> str:
        return await act(f"{intent.kind}:{intent.subject}")

    patch.setattr("api.payouts.settlement.carry_out", stubborn)


def _before_onboarding(patch: pytest.MonkeyPatch) -> None:
    """Whoever has begun the set-up is taken for ready."""
    patch.setattr(PayoutAccountRow, "ready", property(lambda row: row.reference is not None))


def _rounding(patch: pytest.MonkeyPatch) -> None:
    """Amounts go through a float, in whole units."""
    transfer = PayoutPayments.transfer

    async def rounded(gateway: PayoutPayments, key: str, order: TransferOrder) -> str:
        minor = max(round(float(order.amount.minor) / 100) * 100, 1)
        return await transfer(gateway, key, replace(order, amount=Amount(minor, order.amount.currency)))

    patch.setattr(PayoutPayments, "transfer", rounded)


BUGS: Final[Mapping[str, PutIn]] = {
    "no dedupe": _no_dedupe,
    "pay before onboarding": _before_onboarding,
    "rounding": _rounding,
    "key reuse": _key_reuse,
}
