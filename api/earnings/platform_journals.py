"""What moves the platform's balance for nobody but the platform: its own bank, fees of the provider (MONEY 1). Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from db.bookkeeping import PLATFORM_FEE, STRIPE_CASH, STRIPE_FEES, LedgerAccount, Move, NewJournal, Source
from db.money import Amount
from db.vocabulary import JournalSource

_OWN: Final[Mapping[str, tuple[JournalSource, LedgerAccount]]] = {
    "payout": (JournalSource.PLATFORM_PAYOUT, PLATFORM_FEE),
    "payout_cancel": (JournalSource.PLATFORM_PAYOUT, PLATFORM_FEE),
    "payout_failure": (JournalSource.PLATFORM_PAYOUT, PLATFORM_FEE),
    "topup": (JournalSource.PLATFORM_PAYOUT, PLATFORM_FEE),
    "topup_reversal": (JournalSource.PLATFORM_PAYOUT, PLATFORM_FEE),
    "stripe_fee": (JournalSource.PROVIDER_FEE, STRIPE_FEES),
}
"""By the provider's word: what it is, and whose money it is."""


def own_movement(movement: str, kind: str, net: Amount, at: datetime) -> NewJournal | None:
    """The journal of a movement that concerns nobody else; null for any other kind.

    Args:
        movement: What the provider calls it.
        net: By what it changed the balance.
    """
    if kind not in _OWN or not net.minor:
        return None
    source, account = _OWN[kind]
    drawn = net.minor < 0
    ways = (account, STRIPE_CASH) if drawn else (STRIPE_CASH, account)
    return NewJournal(Source(source, movement), at, (Move(*ways, Amount(abs(net.minor), net.currency)),))
