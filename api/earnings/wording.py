"""What the lines of a producer's account are called. Pure."""

from collections.abc import Mapping
from typing import Final

from db.money import Amount
from db.vocabulary import JournalSource, StatementLineKind

_KINDS: Final[Mapping[JournalSource, StatementLineKind]] = {
    JournalSource.EXCLUSIVE_SALE: StatementLineKind.EXCLUSIVE_SALE,
    JournalSource.EXCLUSIVE_REFUND: StatementLineKind.REFUND,
    JournalSource.DISPUTE_OPENED: StatementLineKind.DISPUTE,
    JournalSource.DISPUTE_WON: StatementLineKind.DISPUTE,
    JournalSource.POOL_SHARE: StatementLineKind.POOL_SHARE,
    JournalSource.PAYOUT_BEGUN: StatementLineKind.PAYOUT,
    JournalSource.PAYOUT_REJECTED: StatementLineKind.PAYOUT_RETURNED,
    JournalSource.PAYOUT_RETURNED: StatementLineKind.PAYOUT_RETURNED,
}
"""Of what comes to a producer's account, or leaves it; anything else is a correction."""
_SENTENCES: Final = {
    StatementLineKind.EXCLUSIVE_SALE: ("Exclusive sale", " of {}"),
    StatementLineKind.REFUND: ("Refund of the exclusive sale", " of {}"),
    StatementLineKind.POOL_SHARE: ("Share of what subscribers paid", " in {}"),
    StatementLineKind.ADJUSTMENT: ("Adjustment", " of your share for {}"),
    StatementLineKind.PAYOUT: ("Payout", ""),
    StatementLineKind.PAYOUT_RETURNED: ("Payout that came back", ""),
}
"""What a line is, and how it says what it is about."""
_DISPUTED: Final = ("A buyer's bank disputes the exclusive sale", " of {}")
_WON: Final = ("Decided for you: the disputed exclusive sale", " of {}")


def line_kind(source: JournalSource) -> StatementLineKind:
    return _KINDS.get(source, StatementLineKind.ADJUSTMENT)


def line_text(kind: StatementLineKind, amount: Amount, about: str | None) -> str:
    """A line as a sentence without a stop.

    Args:
        about: A quoted title, or a month; null where that is not known.
    """
    if kind is StatementLineKind.DISPUTE:
        sentence, of = _DISPUTED if amount.minor < 0 else _WON
    else:
        sentence, of = _SENTENCES[kind]
    return sentence + (of.format(about) if about else "")
