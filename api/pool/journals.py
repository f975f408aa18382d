"""What sharing out a pool does to the books (D-52, D-53, MONEY 1). Pure."""

from dataclasses import dataclass
from datetime import datetime

from api.pool.dividing import Share
from db.bookkeeping import BAD_DEBT, NewJournal, Source, payable_to, pool_of, some
from db.ids import PoolRunId
from db.money import Amount
from db.vocabulary import CurrencyCode, JournalSource


@dataclass(frozen=True)
class Payer:
    """A run that shares out.

    Attributes:
        frozen_at: When the money became the producers': the same however often it is entered.
        closes: It closes the month; else it adjusts one that is closed.
    """

    run: PoolRunId
    period: str
    currency: CurrencyCode
    frozen_at: datetime
    closes: bool


def share_paid(payer: Payer, share: Share) -> NewJournal:
    """From the pool to the producer; what is taken back goes to bad debt, which has advanced it."""
    kind = JournalSource.POOL_SHARE if payer.closes else JournalSource.POOL_ADJUSTMENT
    owner, amount = payable_to(share.producer_id), Amount(abs(share.amount_minor), payer.currency)
    given = share.amount_minor >= 0
    moves = some(pool_of(payer.period), owner, amount) if given else some(owner, BAD_DEBT, amount)
    source = Source(kind, source_id(payer.run, share.producer_id))
    return NewJournal(source, payer.frozen_at, moves, about=payer.run)


def source_id(run: PoolRunId, producer: str) -> str:
    """What a share is called in the books."""
    return f"{run}:{producer}"
