"""What a payment comes to in the books, whatever was paid for: what the provider kept, gave back, and disputes. Pure.

The same facts give the same journals, so all of a payment's can be entered again whenever it is looked at.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from api.earnings.return_journals import (
    Moved,
    Payees,
    Return,
    came_in,
    dispute_moved,
    dispute_opened,
    dispute_won,
    refund_moved,
    refund_returned,
    refunded,
)
from api.gateways.sale_facts import DisputeFacts, DisputeState, Movement, RefundFacts, SaleFacts
from db.bookkeeping import NewJournal
from db.money import Amount, CurrenciesDiffer
from db.vocabulary import JournalSource


@dataclass(frozen=True)
class Trade:
    """What was paid for.

    Attributes:
        about: Its id.
        payees: Whom the payment has gone to, as a refund or dispute of this name finds it.
        winner: Whose it is when a bank gives it back.
        refund: What money that was given back of it is called in the books.
        fee: And what the provider kept of it.
    """

    about: str | None
    payees: Callable[[str], Payees]
    winner: Payees
    refund: JournalSource
    fee: JournalSource


def journals_of_payment(trade: Trade, facts: SaleFacts) -> list[NewJournal]:
    """What the provider has kept of a payment, and all that has gone back of it, so far."""
    return [*_about(trade, _came_in(trade, facts)), *journals_of_returns(trade, facts)]


def journals_of_returns(trade: Trade, facts: SaleFacts) -> list[NewJournal]:
    """All that has gone back of a payment so far, and all that a bank has taken."""
    refunds = [journal for one in facts.refunds for journal in _refund(trade, facts, one)]
    disputes = [journal for one in facts.disputes for journal in _dispute(trade, facts, one)]
    return _about(trade, [*refunds, *disputes])


def _about(trade: Trade, journals: Iterable[NewJournal]) -> list[NewJournal]:
    return [replace(one, about=trade.about) for one in journals]


def returns_of(facts: SaleFacts) -> list[Return]:
    """The same as facts: refunds, then disputes for which a bank has taken money."""
    return [
        *(_refund_back(facts, one) for one in facts.refunds),
        *(_dispute_back(facts, one) for one in facts.disputes if one.movements),
    ]


def _came_in(trade: Trade, facts: SaleFacts) -> list[NewJournal]:
    if facts.movement is None:  # the provider says it later
        return []
    return came_in(_moved(facts.movement, facts.amount), trade.fee)


def _refund(trade: Trade, facts: SaleFacts, refund: RefundFacts) -> list[NewJournal]:
    back = _refund_back(facts, refund)
    came_back = [refund_returned(back)] if refund.came_back else []
    moved = [_moved(one, refund.amount) for one in refund.movements]
    return [
        refunded(trade.payees(back.id), back, trade.refund),
        *came_back,
        *(journal for one in moved for journal in refund_moved(one, trade.fee)),
    ]


def _refund_back(facts: SaleFacts, refund: RefundFacts) -> Return:
    before = Amount(_sum(facts.refunds[: facts.refunds.index(refund)]), facts.amount.currency)
    return Return(refund.reference, refund.amount, before, refund.at)


def _dispute(trade: Trade, facts: SaleFacts, dispute: DisputeFacts) -> list[NewJournal]:
    """Nothing where the bank only asks.

    Raises:
        CurrenciesDiffer: It is of another currency than the payment: a person has to say whose it is.
    """
    if not dispute.movements:
        return []
    if dispute.amount.currency is not facts.amount.currency:
        raise CurrenciesDiffer(f"{dispute.reference} is {dispute.amount} of a payment of {facts.amount}")
    back = _dispute_back(facts, dispute)
    moved = [_moved(one, dispute.amount) for one in dispute.movements]
    return [
        dispute_opened(trade.payees(back.id), back),
        *(journal for one in moved for journal in dispute_moved(one)),
        *_won(trade.winner, dispute, back),
    ]


def _dispute_back(facts: SaleFacts, dispute: DisputeFacts) -> Return:
    earlier = tuple(one for one in facts.refunds if one.at <= dispute.at)
    before = Amount(_sum(earlier), facts.amount.currency)
    returned = _sum(tuple(one for one in earlier if _is_here(one, dispute.at)))
    return Return(dispute.reference, dispute.amount, before, dispute.at, returned)


def _won(winner: Payees, dispute: DisputeFacts, back: Return) -> list[NewJournal]:
    """Once the money is here again."""
    given_back = [one for one in dispute.movements if one.amount.minor > 0]
    if dispute.state is not DisputeState.WON or not given_back:
        return []
    return [dispute_won(winner, back, given_back[-1].at)]


def _sum(refunds: tuple[RefundFacts, ...]) -> int:
    return sum(one.amount.minor for one in refunds)


def _is_here(refund: RefundFacts, moment: datetime) -> bool:
    """Whether a refund had come back by a moment; what comes back later changes nothing of what was entered."""
    return any(one.amount.minor > 0 and one.at <= moment for one in refund.movements)


def _moved(movement: Movement, said: Amount) -> Moved:
    return Moved(movement.reference, movement.amount, said, movement.fee, movement.at)
