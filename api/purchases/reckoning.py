"""What a payment comes to: what it is of a purchase, and what it does to the books. Pure."""

from datetime import datetime

from api.earnings import sale_journals
from api.earnings.sale_journals import Moved, Return, Sale, Vain
from api.gateways.sale_facts import DisputeFacts, DisputeState, Movement, RefundFacts, SaleFacts
from db.bookkeeping import NewJournal
from db.money import Amount, CurrenciesDiffer
from db.vocabulary import PurchaseStatus


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
    return [
        sale_journals.sold(sale),
        *_came_in(facts),
        *(journal for one in facts.refunds for journal in _refund(sale, facts, one)),
        *(journal for one in facts.disputes for journal in _dispute(sale, facts, one)),
    ]


def journals_in_vain(facts: SaleFacts) -> list[NewJournal]:
    """The same of a payment that nothing was granted for."""
    if facts.movement is None:
        return []
    return [
        sale_journals.paid_in_vain(facts.reference, facts.amount, facts.movement.at),
        *_came_in(facts),
        *(journal for one in facts.refunds for journal in _refund_in_vain(facts, one)),
        *(journal for one in facts.disputes for journal in _dispute(Vain(facts.amount), facts, one)),
    ]


def _came_in(facts: SaleFacts) -> list[NewJournal]:
    if facts.movement is None:  # the provider says it later
        return []
    return sale_journals.came_in(_moved(facts.movement, facts.amount))


def _refund(sale: Sale, facts: SaleFacts, refund: RefundFacts) -> list[NewJournal]:
    before = _before(facts, refund)
    back = Return(refund.reference, refund.amount, before, refund.at)
    return [sale_journals.refunded(sale, back), *_refund_moved(refund, back)]


def _refund_in_vain(facts: SaleFacts, refund: RefundFacts) -> list[NewJournal]:
    back = Return(refund.reference, refund.amount, _before(facts, refund), refund.at)
    return [sale_journals.given_back_in_vain(back), *_refund_moved(refund, back)]


def _refund_moved(refund: RefundFacts, back: Return) -> list[NewJournal]:
    came_back = [sale_journals.refund_returned(back)] if refund.came_back else []
    moved = [_moved(one, refund.amount) for one in refund.movements]
    return [*came_back, *(journal for one in moved for journal in sale_journals.refund_moved(one))]


def _dispute(sale: Sale | Vain, facts: SaleFacts, dispute: DisputeFacts) -> list[NewJournal]:
    """Nothing where the bank only asks.

    Raises:
        CurrenciesDiffer: It is of another currency than the payment: a person has to say whose it is.
    """
    if not dispute.movements:
        return []
    if dispute.amount.currency is not facts.amount.currency:
        raise CurrenciesDiffer(f"{dispute.reference} is {dispute.amount} of a payment of {facts.amount}")
    earlier = [one for one in facts.refunds if one.at <= dispute.at]
    before = Amount(sum(one.amount.minor for one in earlier), facts.amount.currency)
    returned = sum(one.amount.minor for one in earlier if _is_here(one, dispute.at))
    back = Return(dispute.reference, dispute.amount, before, dispute.at, returned)
    moved = [_moved(one, dispute.amount) for one in dispute.movements]
    return [
        sale_journals.dispute_opened(sale, back),
        *(journal for one in moved for journal in sale_journals.dispute_moved(one)),
        *_won(sale, dispute, back),
    ]


def _won(sale: Sale | Vain, dispute: DisputeFacts, back: Return) -> list[NewJournal]:
    """Once the money is here again."""
    given_back = [one for one in dispute.movements if one.amount.minor > 0]
    if dispute.state is not DisputeState.WON or not given_back:
        return []
    return [sale_journals.dispute_won(sale, back, given_back[-1].at)]


def _is_here(refund: RefundFacts, moment: datetime) -> bool:
    """Whether a refund had come back by a moment; what comes back later changes nothing of what was entered."""
    return any(one.amount.minor > 0 and one.at <= moment for one in refund.movements)


def _moved(movement: Movement, said: Amount) -> Moved:
    return Moved(movement.reference, movement.amount, said, movement.fee, movement.at)


def _before(facts: SaleFacts, refund: RefundFacts) -> Amount:
    """What had gone back of a payment before a refund."""
    earlier = facts.refunds[: facts.refunds.index(refund)]
    return Amount(sum(one.amount.minor for one in earlier), facts.amount.currency)
