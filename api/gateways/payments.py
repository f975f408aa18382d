"""The one door to Stripe, and to the sandbox that stands in for it: the same SDK, over HTTP (MONEY 1, 2).

What comes of a call stands in `payment_answers`; what sales need of it in `sale_payments`, payouts in `payout_payments`, the
platform's own balance in `balance_payments`. Nothing is called in a transaction.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import stripe
from stripe import HTTPXClient, StripeClient
from stripe.params import EventListParams

from api.gateways.balance_payments import BalancePayments
from api.gateways.payment_answers import (
    NOT_THERE,
    SUBJECT,
    PaymentRefused,
    id_of,
    moment_of,
    told_apart,
)
from api.gateways.payment_facts import (
    CheckoutFacts,
    EventFacts,
    InvoiceFacts,
    PlanOrder,
    PriceOnSale,
    SubscriptionFacts,
)
from api.gateways.payout_payments import PayoutPayments
from api.gateways.sale_payments import SalePayments
from api.settings import Settings
from db.vocabulary import CurrencyCode

_RETRIES: Final = 2
"""Of the SDK's own, with the same key; it makes none unless told."""
_TIMEOUT_S: Final = 10
"""Stripe answers within a second; the SDK alone would wait 80."""
_EVENTS_AT_ONCE: Final = 100


class Payments:
    """Stripe, or the sandbox, as one installation reaches it.

    Args:
        api_url: Of the sandbox; empty: Stripe's own.
        taxes: Have the provider reckon taxes on bills.
    """

    def __init__(self, secret_key: str, *, api_url: str = "", taxes: bool = False) -> None:
        self._http = HTTPXClient(timeout=_TIMEOUT_S)
        self._client = StripeClient(
            secret_key,
            max_network_retries=_RETRIES,
            http_client=self._http,
            base_addresses={"api": api_url} if api_url else {},
        )
        self._taxes = taxes
        self.sales = SalePayments(self._client, taxes=taxes)
        self.balance = BalancePayments(self._client)
        self.payouts = PayoutPayments(self._client)

    async def add_payer(self, key: str, *, account: str, email: str, name: str) -> str:
        """Have the provider know who pays."""
        async with told_apart():
            made = await self._client.v1.customers.create_async(
                {"email": email, "name": name, "metadata": {SUBJECT: account}}, {"idempotency_key": key}
            )
        return made.id

    async def remove_payer(self, key: str, reference: str) -> None:
        """Have the provider delete what it knows of who pays, and end their plans at once; again changes nothing."""
        try:
            async with told_apart():
                await self._client.v1.customers.delete_async(reference, {}, {"idempotency_key": key})
        except PaymentRefused as refused:
            if refused.code != NOT_THERE:
                raise

    async def add_price(self, key: str, price: PriceOnSale) -> str:
        """A monthly price, with the product that it is of; the one that is there, where there is one."""
        async with told_apart():
            known = await self._client.v1.prices.list_async({"lookup_keys": [price.lookup_key]})
            if known.data:
                return known.data[0].id
            made = await self._client.v1.prices.create_async(
                {
                    "currency": price.currency.lower(),
                    "unit_amount": price.minor,
                    "recurring": {"interval": "month"},
                    "lookup_key": price.lookup_key,
                    "tax_behavior": "exclusive",
                    "product_data": {"name": f"BeatPass {price.name}", "metadata": {SUBJECT: price.id}},
                },
                {"idempotency_key": key},
            )
        return made.id

    async def open_plan_checkout(self, key: str, order: PlanOrder) -> CheckoutFacts:
        """A hosted page on which a plan is paid."""
        async with told_apart():
            made = await self._client.v1.checkout.sessions.create_async(
                {
                    "mode": "subscription",
                    "customer": order.payer,
                    "client_reference_id": order.subject,
                    "line_items": [{"price": order.price, "quantity": 1}],
                    "subscription_data": {"metadata": {SUBJECT: order.subject}},
                    "success_url": order.success_url,
                    "cancel_url": order.cancel_url,
                    "automatic_tax": {"enabled": self._taxes},
                    "customer_update": {"address": "auto" if self._taxes else "never"},
                },
                {"idempotency_key": key},
            )
        return _checkout(made)

    async def checkout(self, reference: str) -> CheckoutFacts:
        async with told_apart():
            return _checkout(await self._client.v1.checkout.sessions.retrieve_async(reference))

    async def close_checkout(self, key: str, reference: str) -> None:
        """Let nobody pay on it any more.

        Raises:
            PaymentRefused: It is over already, paid or not.
        """
        async with told_apart():
            await self._client.v1.checkout.sessions.expire_async(reference, {}, {"idempotency_key": key})

    async def subscription(self, reference: str) -> SubscriptionFacts:
        async with told_apart():
            found = await self._client.v1.subscriptions.retrieve_async(
                reference, {"expand": ["schedule", "schedule.phases.items.price"]}
            )
        return _subscription(found)

    async def move_plan_now(self, key: str, reference: str, price: str, *, minor: int) -> None:
        """Have a subscription cost another price at once; what differs for the rest of the period is billed and paid now.

        Args:
            minor: What the price is: it must be dearer than that of now, whatever was known when it was chosen.

        Raises:
            PaymentRefused: It could not be paid, or is not dearer, and all is as it was.
        """
        async with told_apart():
            now = await self._client.v1.subscriptions.retrieve_async(reference)
            current = _item(now)["price"]
            if current.id == price:
                return
            if (current.unit_amount or 0) >= minor:
                raise PaymentRefused("not_dearer", "The plan is another one by now.")
            await self._client.v1.subscriptions.update_async(
                reference,
                {
                    "items": [{"id": _item(now)["id"], "price": price}],
                    "proration_behavior": "always_invoice",
                    "payment_behavior": "error_if_incomplete",
                    "cancel_at_period_end": False,
                },
                {"idempotency_key": key},
            )

    async def move_plan_later(self, key: str, reference: str, price: str) -> None:
        """Have it cost another price from the next period on; one that was to end goes on."""
        async with told_apart():
            found = await self._client.v1.subscriptions.retrieve_async(reference)
            if found.cancel_at_period_end:
                await self._client.v1.subscriptions.update_async(
                    reference, {"cancel_at_period_end": False}, {"idempotency_key": f"{key}:resume"}
                )
            schedule = await self._schedule_of(key, reference)
            current = schedule.phases[0]
            await self._client.v1.subscription_schedules.update_async(
                schedule.id,
                {
                    "end_behavior": "release",
                    "proration_behavior": "none",
                    "phases": [
                        {
                            "items": [{"price": id_of(current.items[0].price), "quantity": 1}],
                            "start_date": current.start_date,
                            "end_date": current.end_date,
                        },
                        {"items": [{"price": price, "quantity": 1}], "start_date": current.end_date},
                    ],
                },
                {"idempotency_key": key},
            )

    async def _schedule_of(self, key: str, reference: str) -> stripe.SubscriptionSchedule:
        """The one that it has, or a new one, where it has none or is past the first phase of it: the first phase is now."""
        schedules = self._client.v1.subscription_schedules
        known = (await self._client.v1.subscriptions.retrieve_async(reference)).schedule
        if known is not None:
            found = await schedules.retrieve_async(id_of(known))
            if found.current_phase and found.current_phase.start_date == found.phases[0].start_date:
                return found
            await schedules.release_async(found.id, {}, {"idempotency_key": f"{key}:release"})
        return await schedules.create_async(
            {"from_subscription": reference}, {"idempotency_key": f"{key}:schedule"}
        )

    async def stay(self, key: str, reference: str) -> None:
        """Forget what was to be in its place at the period's end."""
        async with told_apart():
            found = await self._client.v1.subscriptions.retrieve_async(reference)
            if found.schedule is not None:
                await self._client.v1.subscription_schedules.release_async(
                    id_of(found.schedule), {}, {"idempotency_key": key}
                )

    async def renew(self, key: str, reference: str, *, renews: bool) -> None:
        """Have it end with its period, or go on."""
        async with told_apart():
            await self._client.v1.subscriptions.update_async(
                reference, {"cancel_at_period_end": not renews}, {"idempotency_key": key}
            )

    async def portal(self, payer: str, *, return_url: str) -> str:
        """Address of a hosted page for cards and bills, good for some minutes."""
        async with told_apart():
            made = await self._client.v1.billing_portal.sessions.create_async(
                {"customer": payer, "return_url": return_url}
            )
        return made.url

    async def invoice(self, reference: str) -> InvoiceFacts:
        async with told_apart():
            found = await self._client.v1.invoices.retrieve_async(reference, {"expand": ["payments"]})
        return _invoice(found)

    async def bill_behind(self, payment: str) -> str | None:
        """The bill that a payment was made for; null where it was for something else."""
        async with told_apart():
            found = await self._client.v1.invoice_payments.list_async(
                {"payment": {"type": "payment_intent", "payment_intent": payment}, "limit": 1}
            )
        return id_of(found.data[0].invoice) if found.data else None

    async def events_since(self, moment: datetime, *, after: str | None = None) -> list[EventFacts]:
        """What has happened from a moment on, the newest first; some at a time, on from the one named."""
        asked: EventListParams = {"created": {"gte": int(moment.timestamp())}, "limit": _EVENTS_AT_ONCE}
        if after:
            asked["starting_after"] = after
        async with told_apart():
            found = await self._client.v1.events.list_async(asked)
        return [event_of(one.to_dict()) for one in found.data]

    async def close(self) -> None:
        """Give the connections back."""
        await self._http.close_async()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped


def open_payments(settings: Settings) -> Payments | None:
    """Null where this installation takes no money."""
    if not settings.takes_payments:
        return None
    key = settings.stripe_secret_key.get_secret_value()
    return Payments(key, api_url=settings.stripe_api_url, taxes=settings.stripe_taxes)


def is_signed(body: bytes, signature: str, secret: str, *, tolerance_s: int, at: datetime) -> bool:
    """Whether a webhook is the provider's, and neither older nor, by its own word, from later than the tolerance."""
    if not signature.isascii():  # which cannot be compared in constant time
        return False
    try:
        stripe.WebhookSignature.verify_header(body, signature, secret)  # pyright: ignore[reportUnknownMemberType] -- one of its parameters has no type
    except (stripe.SignatureVerificationError, UnicodeDecodeError):
        return False
    said = next(part for part in signature.split(",") if part.startswith("t="))
    return abs(at.timestamp() - int(said[2:])) <= tolerance_s


def event_of(said: Mapping[str, Any]) -> EventFacts:
    """What a webhook's body, or an entry of the list of events, points at: of both forms that Stripe sends.

    Raises:
        KeyError, TypeError, ValueError, AttributeError, OverflowError: It is no event.
    """
    thin = said.get("object") == "v2.core.event"
    of: Any = said["related_object"] if thin else said["data"]["object"]
    created: Any = said["created"]
    happened_at = datetime.fromisoformat(created) if thin else datetime.fromtimestamp(created, UTC)
    return EventFacts(str(said["id"]), str(said["type"]), str(of.get("id", "") if of else ""), happened_at)


def _checkout(made: stripe.checkout.Session) -> CheckoutFacts:
    return CheckoutFacts(
        reference=made.id,
        subject=made.client_reference_id,
        status=made.status or "open",
        url=made.url,
        expires_at=moment_of(made.expires_at),
        subscription=id_of(made.subscription) if made.subscription else None,
        payment=id_of(made.payment_intent) if made.payment_intent else None,
    )


def _subscription(found: stripe.Subscription) -> SubscriptionFacts:
    item = _item(found)
    return SubscriptionFacts(
        reference=found.id,
        subject=found.metadata.to_dict().get(SUBJECT),
        status=found.status,
        plan=_plan_of(item["price"]),
        next_plan=_scheduled(found),
        period_ends_at=moment_of(item["current_period_end"]),
        ends=found.cancel_at_period_end or found.cancel_at is not None,
        ended_at=moment_of(found.ended_at) if found.ended_at else None,
    )


def _item(found: stripe.Subscription) -> Any:
    return found["items"].data[0]  # `items` is a method of what the SDK's objects are made of


def _scheduled(found: stripe.Subscription) -> str | None:
    schedule = found.schedule
    if not isinstance(schedule, stripe.SubscriptionSchedule) or schedule.current_phase is None:
        return None
    end = schedule.current_phase.end_date
    following = [phase for phase in schedule.phases if phase.start_date >= end]
    return _plan_of(following[0]["items"][0].price) if following else None


def _plan_of(price: Any) -> str | None:
    key = None if isinstance(price, str) else price.lookup_key
    return key.partition(":")[0] if key else None


def _invoice(found: stripe.Invoice) -> InvoiceFacts:
    if found.currency.upper() not in set(CurrencyCode):
        raise PaymentRefused(NOT_THERE, f"No plan of ours is paid in {found.currency}.")
    details = found.parent.subscription_details if found.parent else None
    base = found.total if found.total_excluding_tax is None else found.total_excluding_tax
    paid = found.status_transitions.paid_at if found.status == "paid" else None
    return InvoiceFacts(
        reference=found.id or "",
        subscription=id_of(details.subscription) if details else None,
        number=found.number or "",
        currency=CurrencyCode(found.currency.upper()),
        total=found.total,
        base=base,
        tax=found.total - base,
        issued_at=moment_of(found.created),
        paid_at=moment_of(paid) if paid else None,
        pdf_url=found.invoice_pdf,
        paid=found.amount_paid if paid else 0,
        payment=_paid_by(found),
    )


def _paid_by(invoice: stripe.Invoice) -> str | None:
    paid = [one for one in invoice.payments.data if one.status == "paid"] if invoice.payments else []
    intent = paid[0].payment.payment_intent if paid else None
    return id_of(intent) if intent else None
