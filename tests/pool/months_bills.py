"""Bills as the payment provider has them: what it says of each, one answer after the other, and what that comes to.

The provider's answers are read here, for they are facts; what they come to is reckoned once more, by whole numbers alone.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import accumulate, pairwise
from typing import Final

from api.gateways.payment_facts import InvoiceFacts
from api.gateways.sale_facts import DisputeFacts, DisputeState, MoneyState, Movement, RefundFacts, SaleFacts
from db.ids import PlanSubscriptionId
from db.money import Amount
from db.vocabulary import CurrencyCode

CAD, USD = CurrencyCode.CAD, CurrencyCode.USD
_FEE_MINOR: Final = 59
_DISPUTE_FEE_MINOR: Final = 1500


@dataclass(frozen=True)
class Price:
    """What somebody is billed.

    Attributes:
        paid: In money; the rest was left over from bills before.
    """

    base: int
    tax: int
    paid: int
    currency: CurrencyCode = CAD


PRICES: Final = (
    Price(2900, 377, 3277),
    Price(4500, 0, 4500),
    Price(5900, 767, 4001),
    Price(7, 3, 10),
    Price(1, 0, 1),
    Price(2100, 0, 2100, USD),
    Price(2900, 435, 3335),
)


@dataclass
class Bill:
    """A bill that was paid.

    Attributes:
        said: What the provider has said of its payment, the latest last; each answer holds what the ones before held.
        told: The latest of them that a job has kept; -1: none.
    """

    subscription: PlanSubscriptionId
    facts: InvoiceFacts
    said: list[SaleFacts]
    told: int = -1

    @property
    def name(self) -> str:
        return self.facts.reference

    @property
    def currency(self) -> CurrencyCode:
        return self.facts.currency

    @property
    def period(self) -> str:
        assert self.facts.paid_at
        return f"{self.facts.paid_at:%Y-%m}"

    @property
    def left(self) -> int:
        """What can still be given back."""
        return self.facts.paid - sum(one.amount.minor for one in self.said[-1].refunds)

    @property
    def dispute(self) -> DisputeFacts | None:
        return next(iter(self.said[-1].disputes), None)

    @property
    def can_be_refunded(self) -> bool:
        """The provider refuses it while a bank decides, and once it has decided for the payer."""
        won = self.dispute is None or self.dispute.state is DisputeState.WON
        return won and self.left > 0

    @property
    def can_be_disputed(self) -> bool:
        return self.dispute is None and self.left > 0

    def refund(self, minor: int, at: datetime) -> None:
        number = len(self.said[-1].refunds) + 1
        amount = Amount(min(minor, self.left), self.currency)
        moved = Movement(f"txn_re_{number}_{self.name}", -amount, self._nothing, at)
        made = RefundFacts(f"re_{number}_{self.name}", amount, at, False, (moved,))
        self._say(refunds=(*self.said[-1].refunds, made))

    def be_disputed(self, at: datetime) -> None:
        """All that was not given back."""
        amount, fee = Amount(self.left, self.currency), Amount(_DISPUTE_FEE_MINOR, self.currency)
        taken = Movement(f"txn_dp_{self.name}", -amount, fee, at)
        self._say(disputes=(DisputeFacts(f"dp_{self.name}", amount, DisputeState.OPEN, at, (taken,)),))

    def decide(self, at: datetime, *, won: bool) -> None:
        open_one = self.dispute
        assert open_one
        back = Movement(f"txn_dw_{self.name}", open_one.amount, self._nothing, at)
        state = DisputeState.WON if won else DisputeState.LOST
        movements = (*open_one.movements, *((back,) if won else ()))
        self._say(disputes=(replace(open_one, state=state, movements=movements),))

    def base_told(self) -> int:
        """What its month has of it by what was told: without taxes, and without what has gone back."""
        if self.told < 0:
            return 0
        said, whole = self.said[self.told], self._base(self.facts.paid)
        ends = list(accumulate((one.amount.minor for one in said.refunds), initial=0))
        spans = list(pairwise(ends))
        for one in said.disputes:
            before = sum(earlier.amount.minor for earlier in said.refunds if earlier.at <= one.at)
            if one.state is not DisputeState.WON:
                spans.append((before, before + one.amount.minor))
        return whole - sum(self._base(end) - self._base(begin) for begin, end in spans)

    @property
    def _nothing(self) -> Amount:
        return Amount(0, self.currency)

    def _say(self, **news: object) -> None:
        self.said.append(replace(self.said[-1], **news))  # type: ignore[arg-type]  # fields of the facts

    def _base(self, minor: int) -> int:
        """Of the first so many minor units that were paid: in the proportion of the whole, a half is rounded up."""
        paid_base = _rounded(self.facts.paid * self.facts.base, self.facts.base + self.facts.tax)
        return _rounded(min(minor, self.facts.paid) * paid_base, self.facts.paid)


def _rounded(dividend: int, divisor: int) -> int:
    return (2 * dividend + divisor) // (2 * divisor)


def a_bill(number: int, subscription: PlanSubscriptionId, price: Price, paid_at: datetime) -> Bill:
    """Paid, and what the provider keeps of that is said a moment later."""
    name = f"in_{number}"
    facts = InvoiceFacts(
        reference=name,
        subscription=f"sub_{subscription}",
        number=f"BP-{number:04d}",
        currency=price.currency,
        total=price.base + price.tax,
        base=price.base,
        tax=price.tax,
        issued_at=paid_at,
        paid_at=paid_at,
        pdf_url=None,
        paid=price.paid,
        payment=f"pi_{number}",
    )
    amount, fee = Amount(price.paid, price.currency), Amount(min(_FEE_MINOR, price.paid), price.currency)
    paid = SaleFacts(f"pi_{number}", MoneyState.TAKEN, amount, None, (), ())
    return Bill(
        subscription, facts, [paid, replace(paid, movement=Movement(f"txn_{name}", amount, fee, paid_at))]
    )


def paid_in(bills: Iterable[Bill]) -> Counter[tuple[str, CurrencyCode]]:
    """What months have of these bills, by what was told."""
    sums: Counter[tuple[str, CurrencyCode]] = Counter()
    for one in bills:
        sums[one.period, one.currency] += one.base_told()
    return sums
