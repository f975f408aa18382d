"""The payment provider's side of sales: what it has, and what is done at its desk and at banks."""

from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

import stripe

from tests.tools.stripe_sandbox import Seller

_ALL: Final = 100
"""On one page: an example makes fewer of anything."""


@dataclass(frozen=True)
class Back:
    """A refund, or a dispute.

    Attributes:
        at: The second of its making.
        returned_at: The second in which the buyer's bank sent a refund back; null where it did not.
    """

    reference: str
    minor: int
    status: str
    at: int
    returned_at: int | None


@dataclass(frozen=True)
class Paid:
    """A payment with all that became of it, in the provider's own words."""

    reference: str
    purchase: str
    status: str
    currency: str
    amount: int
    received: int
    refunds: tuple[Back, ...]
    disputes: tuple[Back, ...]

    @property
    def sent_back(self) -> int:
        """By refunds, whether they arrived or not."""
        return sum(one.minor for one in self.refunds)

    @property
    def bounced(self) -> int:
        """Of refunds that did not arrive: the buyer's, and here."""
        return sum(one.minor for one in self.refunds if one.status == "failed")

    @property
    def sent_again(self) -> int:
        """Of what was sent back, what had come back before: it lay here when the next refund was made."""
        moves = [(one.at, 1, one.minor) for one in self.refunds]
        moves += [(one.returned_at, 0, one.minor) for one in self.refunds if one.returned_at is not None]
        lying = again = 0
        for _, is_sent, minor in sorted(moves):
            more = min(lying, minor) if is_sent else 0
            lying, again = lying + (-more if is_sent else minor), again + more
        return again

    @property
    def taken_back(self) -> int:
        """By the buyer's bank, for good or until it decides."""
        return sum(one.minor for one in self.disputes if one.status != "won")

    @property
    def lost(self) -> int:
        """What the buyer's bank took for good."""
        return sum(one.minor for one in self.disputes if one.status == "lost")

    @property
    def kept(self) -> int:
        """What the buyer is without, in the end."""
        return self.received - (self.sent_back - self.bounced) - self.taken_back


@dataclass(frozen=True)
class Moved:
    """A movement of the balance."""

    reference: str
    kind: str
    source: str


@dataclass(frozen=True)
class Provider:
    """What the provider has, read without disturbing anything."""

    payments: tuple[Paid, ...]
    open_checkouts: tuple[str, ...]
    """Purchases, once for each."""
    movements: tuple[Moved, ...]


def provider_of(seller: Seller) -> Provider:
    """All that the provider has of a seller whose faults are disarmed."""
    v1 = seller.stripe.v1
    intents = _whole(v1.payment_intents.list({"limit": _ALL}))
    refunds = _whole(v1.refunds.list({"limit": _ALL, "expand": ["data.failure_balance_transaction"]}))
    disputes = _whole(v1.disputes.list({"limit": _ALL}))
    sessions = _whole(v1.checkout.sessions.list({"limit": _ALL, "status": "open"}))
    moved = _whole(v1.balance_transactions.list({"limit": _ALL}))
    return Provider(
        tuple(_paid(one, _of(refunds, one.id), _of(disputes, one.id)) for one in intents),
        tuple(sorted(str(one.client_reference_id) for one in sessions)),
        tuple(Moved(one.id, one.type, str(one.source)) for one in moved),
    )


def _whole(page: Any) -> list[Any]:
    assert not page.has_more
    return list(page.data)


def _of(backs: list[Any], payment: str) -> tuple[Back, ...]:
    return tuple(_back(one) for one in backs if one.payment_intent == payment)


def _back(one: stripe.Refund | stripe.Dispute) -> Back:
    returned = one.failure_balance_transaction if isinstance(one, stripe.Refund) else None
    returned_at = returned.created if isinstance(returned, stripe.BalanceTransaction) else None
    return Back(one.id, one.amount, str(one.status), one.created, returned_at)


def _paid(intent: stripe.PaymentIntent, refunds: tuple[Back, ...], disputes: tuple[Back, ...]) -> Paid:
    return Paid(
        intent.id,
        str(intent.metadata.to_dict().get("subject")),
        intent.status,
        intent.currency.upper(),
        intent.amount,
        intent.amount_received,
        refunds,
        disputes,
    )


@dataclass
class Desk:
    """Whatever is done without BeatPass: by buyers in checkouts, by banks, by a person at the provider's desk.

    Attributes:
        has_refunds, has_disputes: Some were made here, which can fail, or be decided.
    """

    seller: Seller
    has_refunds: bool = False
    has_disputes: bool = False

    @contextmanager
    def undisturbed(self) -> Generator[stripe.StripeClient]:
        """The provider, for who is not to meet the faults that are armed for others."""
        armed = self.seller.control("GET", "/faults")
        self.seller.control("DELETE", "/faults")
        yield self.seller.stripe
        for fault in armed:
            self.seller.control("POST", "/faults", **{name: fault[name] for name in fault if name != "id"})

    def checkouts(self) -> list[str]:
        """Open ones, the oldest first; where there is none, those that were."""
        with self.undisturbed() as provider:
            found = _whole(provider.v1.checkout.sessions.list({"limit": _ALL}))
        opened = [one.id for one in found if one.status == "open"]
        return (opened or [one.id for one in found])[::-1]

    def charges(self) -> list[stripe.Charge]:
        """Such as were taken, the oldest first."""
        with self.undisturbed() as provider:
            return [one for one in _whole(provider.v1.charges.list({"limit": _ALL})) if one.captured][::-1]

    def disputes(self) -> list[str]:
        with self.undisturbed() as provider:
            return [one.id for one in _whole(provider.v1.disputes.list({"limit": _ALL}))][::-1]

    def refunds(self) -> list[str]:
        with self.undisturbed() as provider:
            return [one.id for one in _whole(provider.v1.refunds.list({"limit": _ALL}))][::-1]

    def held(self) -> list[str]:
        """Payments that are put aside and not taken."""
        with self.undisturbed() as provider:
            found = _whole(provider.v1.payment_intents.list({"limit": _ALL}))
        return [one.id for one in found if one.status == "requires_capture"][::-1]

    def ask(self, path: str, **given: Any) -> bool:
        """Whether the control did it, a second later than all before; where it refused, it says why."""
        self.seller.advance(seconds=1)
        try:
            self.seller.control("POST", path, **given)
        except AssertionError as refused:
            if '"error"' in str(refused):
                return False
            raise
        return True

    def dispute(self, charge: stripe.Charge) -> None:
        if self.ask("/disputes", charge=charge.id):
            self.has_disputes = True

    def capture(self, payment: str) -> None:
        with self.undisturbed() as provider:
            provider.v1.payment_intents.capture(payment)

    def cancel(self, payment: str) -> None:
        with self.undisturbed() as provider:
            provider.v1.payment_intents.cancel(payment)

    def refund(self, charge: stripe.Charge, minor: int) -> None:
        """A part of a charge, where the provider gives it back, a second later than all before."""
        self.seller.advance(seconds=1)
        with self.undisturbed() as provider, suppress(stripe.InvalidRequestError):
            provider.v1.refunds.create({"charge": charge.id, "amount": minor})
            self.has_refunds = True
