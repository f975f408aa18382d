"""What a payment comes to: what it is of a purchase, and what it does to the books. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from api.earnings import sale_journals
from api.earnings.reckoning import Trade, journals_of_payment
from api.earnings.sale_journals import Sale, Vain
from api.gateways.sale_facts import DisputeState, RefundFacts, SaleFacts
from db.bookkeeping import NewJournal
from db.vocabulary import JournalSource, PurchaseStatus


def standing(facts: SaleFacts) -> PurchaseStatus:
    """What became of a purchase whose payment was taken, and whose licence was granted.

    Refunded is what the buyer has got: what their bank has sent here again is theirs, but ends nothing while it lies here.
    """
    states = {one.state for one in facts.disputes}
    if _sum(one for one in facts.refunds if not one.came_back) >= facts.amount.minor:
        return PurchaseStatus.REFUNDED
    if DisputeState.LOST in states:
        return PurchaseStatus.RESCINDED
    return PurchaseStatus.DISPUTED if DisputeState.OPEN in states else PurchaseStatus.COMPLETED


def is_given_back(facts: SaleFacts) -> bool:
    """Whether the whole payment went back, or was sent back and came back, or the buyer's bank has it for good."""
    lost = sum(one.amount.minor for one in facts.disputes if one.state is DisputeState.LOST)
    return lost + sum(sent_first(facts)) >= facts.amount.minor


def sent_first(facts: SaleFacts) -> list[int]:
    """Of each refund, in minor units, what it did not send once more.

    What had come back of earlier ones lies here for the buyer, and the next refund sends that before anything else. What
    comes back later frees nothing of what was sent before, so whoever looks late finds what an early look has found.
    """
    found: list[int] = []
    for one in facts.refunds:
        earlier = facts.refunds[: len(found)]
        sent_again = _sum(earlier) - sum(found)
        lying = _sum(back for back in earlier if _was_here(back, one.at)) - sent_again
        found.append(max(0, one.amount.minor - lying))
    return found


def _was_here(refund: RefundFacts, moment: datetime) -> bool:
    """Whether a refund had come back by a moment; one of which nothing has moved was never away."""
    returned = [one.at for one in refund.movements if one.amount.minor > 0]
    return refund.came_back and min(returned, default=refund.at) <= moment


def _sum(refunds: Iterable[RefundFacts]) -> int:
    return sum(one.amount.minor for one in refunds)


def is_disputed(facts: SaleFacts) -> bool:
    """Whether a bank is yet to decide: nothing is given back meanwhile."""
    return any(one.state is DisputeState.OPEN for one in facts.disputes)


def journals_of(sale: Sale, facts: SaleFacts) -> list[NewJournal]:
    """All that a payment has done so far to the books, of a sale that was granted; the same facts give the same journals."""
    trade = Trade(sale.id, lambda _: sale, sale, JournalSource.EXCLUSIVE_REFUND, JournalSource.EXCLUSIVE_FEE)
    return [sale_journals.sold(sale), *journals_of_payment(trade, facts)]


def journals_in_vain(purchase: str, facts: SaleFacts) -> list[NewJournal]:
    """The same of a payment that nothing was granted for."""
    if facts.movement is None:
        return []
    payer = Vain(facts.amount)
    trade = Trade(purchase, lambda _: payer, payer, JournalSource.LATE_REFUND, JournalSource.EXCLUSIVE_FEE)
    taken = sale_journals.paid_in_vain(facts.reference, facts.amount, facts.movement.at)
    return [replace(taken, about=purchase), *journals_of_payment(trade, facts)]
