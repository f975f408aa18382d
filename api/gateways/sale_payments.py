"""Payments for one thing: a checkout that puts money aside, then taking it or letting it go, and giving it back (MONEY 4)."""

from typing import Any, Final

import stripe
from stripe import StripeClient

from api.gateways.payment_answers import (
    NOT_THERE,
    SUBJECT,
    PaymentRefused,
    PaymentUnsure,
    id_of,
    moment_of,
    told_apart,
)
from api.gateways.sale_facts import (
    DisputeFacts,
    DisputeState,
    MoneyState,
    Movement,
    RefundFacts,
    SaleFacts,
    SaleOrder,
)
from db.money import Amount
from db.vocabulary import CurrencyCode

_STATES: Final = {
    "requires_capture": MoneyState.HELD,
    "succeeded": MoneyState.TAKEN,
    "canceled": MoneyState.LET_GO,
}
"""Of a payment, by the provider's word; the others come before."""
_DISPUTES: Final = {
    "warning_needs_response": DisputeState.ASKED,
    "warning_under_review": DisputeState.ASKED,
    "warning_closed": DisputeState.ASKED,
    "needs_response": DisputeState.OPEN,
    "under_review": DisputeState.OPEN,
    "appeal_needs_response": DisputeState.OPEN,
    "appeal_under_review": DisputeState.OPEN,
    "won": DisputeState.WON,
    "lost": DisputeState.LOST,
    "prevented": DisputeState.LOST,
}
"""Of a dispute, by the provider's word."""
_CAME_BACK: Final = frozenset({"failed", "canceled"})
_LATEST: Final = 100


class SalePayments:
    """What sales ask of the provider.

    Args:
        taxes: Have the provider reckon taxes, on top.
    """

    def __init__(self, client: StripeClient, *, taxes: bool) -> None:
        self._v1 = client.v1
        self._taxes = taxes

    async def open_checkout(self, key: str, order: SaleOrder) -> str:
        """A hosted page on which something is paid: the money is put aside, and not taken yet; answers its name."""
        async with told_apart():
            made = await self._v1.checkout.sessions.create_async(
                {
                    "mode": "payment",
                    "customer": order.payer,
                    "client_reference_id": order.subject,
                    "line_items": [_line(name, amount) for name, amount in order.lines],
                    "payment_intent_data": {
                        "capture_method": "manual",
                        "metadata": {SUBJECT: order.subject},
                        "transfer_group": order.subject,
                        "description": order.lines[0][0],
                    },
                    "success_url": order.success_url,
                    "cancel_url": order.cancel_url,
                    "automatic_tax": {"enabled": self._taxes},
                    "customer_update": {"address": "auto" if self._taxes else "never"},
                },
                {"idempotency_key": key},
            )
        return made.id

    async def checkout_of(self, payer: str, subject: str) -> str | None:
        """The checkout that was opened for something; the latest one, if there are several."""
        async with told_apart():
            found = await self._v1.checkout.sessions.list_async({"customer": payer, "limit": _LATEST})
        return next((one.id for one in found.data if one.client_reference_id == subject), None)

    async def payment(self, reference: str) -> SaleFacts:
        """A payment, with everything that became of it."""
        async with told_apart():
            found = await self._v1.payment_intents.retrieve_async(
                reference, {"expand": ["latest_charge.balance_transaction"]}
            )
            charge = found.latest_charge if isinstance(found.latest_charge, stripe.Charge) else None
            refunds = await self._refunds(found.id) if charge and charge.captured else []
            disputes = await self._disputes(found.id) if charge and charge.disputed else []
        taken = charge.balance_transaction if charge and charge.captured else None
        state = _STATES.get(found.status, MoneyState.WAITING)
        return SaleFacts(
            reference=found.id,
            state=state,
            amount=_amount(
                found.amount_received if state is MoneyState.TAKEN else found.amount, found.currency
            ),
            movement=_movement(taken) if isinstance(taken, stripe.BalanceTransaction) else None,
            refunds=tuple(refunds[::-1]),
            disputes=tuple(disputes),
        )

    async def subject_of(self, reference: str) -> str | None:
        """Our id of what a payment is for; null: it is for nothing of ours."""
        async with told_apart():
            found = await self._v1.payment_intents.retrieve_async(reference)
        return found.metadata.to_dict().get(SUBJECT)

    async def take(self, key: str, reference: str) -> None:
        """Take the money that is put aside.

        Raises:
            PaymentRefused: It is taken already, or let go, or the bank will not.
        """
        async with told_apart():
            await self._v1.payment_intents.capture_async(reference, {}, {"idempotency_key": key})

    async def let_go(self, key: str, reference: str) -> None:
        """Take nothing.

        Raises:
            PaymentRefused: It is taken already, or let go.
        """
        async with told_apart():
            await self._v1.payment_intents.cancel_async(reference, {}, {"idempotency_key": key})

    async def give_back(self, key: str, reference: str) -> str:
        """Refund the whole of a payment; answers what the provider calls the refund.

        Raises:
            PaymentRefused: It is given back already, or disputed.
        """
        async with told_apart():
            made = await self._v1.refunds.create_async(
                {"payment_intent": reference, "reason": "requested_by_customer"}, {"idempotency_key": key}
            )
        return made.id

    async def payment_behind(self, type: str, reference: str) -> str | None:
        """The payment that a charge, a refund or a dispute is of; null where there is none."""
        async with told_apart():
            if type.startswith("charge.dispute."):
                of: Any = await self._v1.disputes.retrieve_async(reference)
            elif type.startswith(("refund.", "charge.refund.")):
                of = await self._v1.refunds.retrieve_async(reference)
            else:
                of = await self._v1.charges.retrieve_async(reference)
        return id_of(of.payment_intent) if of.payment_intent else None

    async def _refunds(self, payment: str) -> list[RefundFacts]:
        """The newest first, as the provider lists them."""
        expand = ["data.balance_transaction", "data.failure_balance_transaction"]
        found = await self._v1.refunds.list_async(
            {"payment_intent": payment, "limit": _LATEST, "expand": expand}
        )
        return [_refund(one) for one in found.data]

    async def _disputes(self, payment: str) -> list[DisputeFacts]:
        found = await self._v1.disputes.list_async({"payment_intent": payment, "limit": _LATEST})
        return [_dispute(one) for one in found.data]


def _line(name: str, amount: Amount) -> Any:
    price = {
        "currency": amount.currency.lower(),
        "unit_amount": amount.minor,
        "tax_behavior": "exclusive",
        "product_data": {"name": name},
    }
    return {"price_data": price, "quantity": 1}


def _refund(found: stripe.Refund) -> RefundFacts:
    moved = (found.balance_transaction, found.failure_balance_transaction)
    return RefundFacts(
        reference=found.id,
        amount=_amount(found.amount, found.currency),
        at=moment_of(found.created),
        came_back=found.status in _CAME_BACK,
        movements=tuple(_movement(one) for one in moved if isinstance(one, stripe.BalanceTransaction)),
    )


def _dispute(found: stripe.Dispute) -> DisputeFacts:
    moved = tuple(_movement(one) for one in found.balance_transactions)
    return DisputeFacts(
        reference=found.id,
        amount=_amount(found.amount, found.currency),
        state=_dispute_state(found.status) if moved else DisputeState.ASKED,
        at=moment_of(found.created),
        movements=moved,
    )


def _dispute_state(word: str) -> DisputeState:
    if word not in _DISPUTES:
        raise PaymentUnsure(f"A dispute is {word!r}, and nobody here knows what that means.")
    return _DISPUTES[word]


def _movement(found: stripe.BalanceTransaction) -> Movement:
    return Movement(
        reference=found.id,
        amount=_amount(found.amount, found.currency),
        fee=_amount(found.fee, found.currency),
        at=moment_of(found.created),
    )


def _amount(minor: int, currency: str) -> Amount:
    if currency.upper() not in set(CurrencyCode):
        raise PaymentRefused(NOT_THERE, f"Nothing of ours is paid in {currency}.")
    return Amount(minor, CurrencyCode(currency.upper()))
