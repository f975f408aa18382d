"""Which papers are due that money of a sale went back (D-82). Pure.

One for each refund, in full or of a part, and for each dispute that the bank has decided for the buyer. A refund that the
buyer's bank sends here again has no other paper: it is the buyer's still, and what was credited stays credited; the next
refund sends that once more, and is credited of what is beyond it. A dispute that is won after it was lost puts its note
right, for the money is ours again.

What is credited is parts of the total counted from its first cent on, as in the books (`Sale.parts`): each part is rounded
once for all that has gone back so far. So all notes together are never more than the receipt, of price, fee and tax
each, and where everything went back they are the receipt, to the cent.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from api.earnings.sale_journals import Sale
from api.gateways.sale_facts import DisputeFacts, DisputeState, SaleFacts
from api.purchases.reckoning import sent_first
from db.bookkeeping import PLATFORM_FEE, TAX_PAYABLE, payable_to
from db.vocabulary import CreditCause


@dataclass(frozen=True)
class Credit:
    """What one paper says, in minor units of the sale's currency; below zero where money is here again.

    Attributes:
        reference: The provider's refund or dispute; the payment, where it is a paper of the whole from before there were any of
            parts.
    """

    cause: CreditCause
    reference: str
    happened_at: datetime
    price: int
    fee: int
    tax: int

    @property
    def minor(self) -> int:
        return self.price + self.fee + self.tax


@dataclass(frozen=True)
class _Happened:
    """Money that went back, or the decision that it did not."""

    cause: CreditCause
    reference: str
    at: datetime
    minor: int


def credits_due(sale: Sale, facts: SaleFacts, known: Sequence[Credit]) -> list[Credit]:
    """What is to be written besides what has been; the same payment again is due nothing.

    Looked through twice, for what had no room beside a note may have some once that is put right.

    Args:
        known: What has been written about the sale, in that order.
    """
    found, happened = list(known), _happened(facts)
    for one in (*happened, *happened):
        found += _credit(sale, facts, one, found)
    return found[len(known) :]


def _credit(sale: Sale, facts: SaleFacts, one: _Happened, found: Sequence[Credit]) -> list[Credit]:
    """Nothing where it is written already, or where nothing of the receipt is left to credit."""
    if (one.cause, one.reference) in {(credit.cause, credit.reference) for credit in found}:
        return []
    before = sum(credit.minor for credit in found)
    change = -_lost(facts, one, found) if one.cause is CreditCause.WON_DISPUTE else one.minor
    after = min(before + change, sale.total.minor)
    return [] if after == before else [_between(sale, one, before, after)]


def _lost(facts: SaleFacts, dispute: _Happened, found: Sequence[Credit]) -> int:
    """What was credited for a dispute that is won now.

    Also by a note of the whole, which names the payment: until the first correction, that puts it right altogether.
    """
    corrected = any(credit.cause is CreditCause.WON_DISPUTE for credit in found)
    names = {dispute.reference} if corrected else {dispute.reference, facts.reference}
    lost = (one for one in found if one.cause is CreditCause.LOST_DISPUTE and one.reference in names)
    return sum(one.minor for one in lost)


def _between(sale: Sale, one: _Happened, before: int, after: int) -> Credit:
    had, have = sale.parts(before), sale.parts(after)
    price, fee, tax = (
        (have[owner] - had[owner]).minor for owner in (payable_to(sale.producer), PLATFORM_FEE, TAX_PAYABLE)
    )
    return Credit(one.cause, one.reference, one.at, price, fee, tax)


def _happened(facts: SaleFacts) -> list[_Happened]:
    """In the order of their moments; of refunds in one second, in the order that they were made in."""
    refunds = [
        _Happened(CreditCause.REFUND, one.reference, one.at, minor)
        for one, minor in zip(facts.refunds, sent_first(facts), strict=True)
    ]
    decided = [happened for one in facts.disputes for happened in _decided(one)]
    return sorted([*refunds, *decided], key=lambda one: one.at)


def _decided(dispute: DisputeFacts) -> Iterator[_Happened]:
    """Nothing until money has moved for good."""
    given_back = [one.at for one in dispute.movements if one.amount.minor > 0]
    if dispute.state is DisputeState.LOST and dispute.movements:
        yield _Happened(CreditCause.LOST_DISPUTE, dispute.reference, dispute.at, dispute.amount.minor)
    elif dispute.state is DisputeState.WON and given_back:
        yield _Happened(CreditCause.WON_DISPUTE, dispute.reference, given_back[-1], -dispute.amount.minor)
