"""What a payment comes to: what it is of a purchase, and what it does to the books. Pure."""

from dataclasses import replace

from api.earnings import sale_journals
from api.earnings.reckoning import Trade, journals_of_payment
from api.earnings.sale_journals import Sale, Vain
from api.gateways.sale_facts import DisputeState, SaleFacts
from db.bookkeeping import NewJournal
from db.vocabulary import JournalSource, PurchaseStatus


def standing(facts: SaleFacts) -> PurchaseStatus:
    """What became of a purchase whose payment was taken, and whose licence was granted.

    What went back is refunded, also where the buyer's bank sends it here again: it is the buyer's.
    """
    states = {one.state for one in facts.disputes}
    if sum(one.amount.minor for one in facts.refunds) >= facts.amount.minor:
        return PurchaseStatus.REFUNDED
    if DisputeState.LOST in states:
        return PurchaseStatus.RESCINDED
    return PurchaseStatus.DISPUTED if DisputeState.OPEN in states else PurchaseStatus.COMPLETED


def is_given_back(facts: SaleFacts) -> bool:
    """Whether the whole payment went back, or was sent back and came back, or the buyer's bank has it for good."""
    lost = sum(one.amount.minor for one in facts.disputes if one.state is DisputeState.LOST)
    return lost + sum(one.amount.minor for one in facts.refunds) >= facts.amount.minor


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
