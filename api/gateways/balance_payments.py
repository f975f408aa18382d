"""The platform's balance at the payment provider, and every movement of it."""

from collections import Counter
from datetime import datetime
from typing import Any, Final

from stripe import StripeClient
from stripe.params import BalanceTransactionListParams

from api.gateways.balance_facts import BalanceMovementFacts
from api.gateways.payment_answers import id_of, moment_of, told_apart

_AT_ONCE: Final = 100


class BalancePayments:
    """What reconciliation asks of the provider."""

    def __init__(self, client: StripeClient) -> None:
        self._v1 = client.v1

    async def movements(
        self, since: datetime | None, *, after: str | None = None
    ) -> list[BalanceMovementFacts]:
        """Movements from a moment on, the newest first; some at a time, on from the one named."""
        asked: BalanceTransactionListParams = {"limit": _AT_ONCE, "expand": ["data.source"]}
        if since is not None:
            asked["created"] = {"gte": int(since.timestamp())}
        if after:
            asked["starting_after"] = after
        async with told_apart():
            found = await self._v1.balance_transactions.list_async(asked)
        return [_facts(one) for one in found.data]

    async def balances(self) -> dict[str, int]:
        """What is there in each currency, whether it can be moved yet or not, in minor units."""
        async with told_apart():
            found = await self._v1.balance.retrieve_async()
        sums = Counter[str]()
        for parts in (found.available, found.pending):
            for part in parts:
                sums[part.currency.upper()] += part.amount
        return dict(sums)


def _facts(found: Any) -> BalanceMovementFacts:
    source: Any = found.source
    return BalanceMovementFacts(
        reference=found.id,
        kind=found.type,
        net=found.net,
        currency=found.currency.upper(),
        at=moment_of(found.created),
        source=id_of(source) if source else None,
        payment=_named(source, "payment_intent"),
        parent=_named(source, "transfer"),
        group=getattr(source, "transfer_group", None),
    )


def _named(source: Any, what: str) -> str | None:
    """What an object names, whether by its id or whole."""
    named = getattr(source, what, None)
    return id_of(named) if named else None
