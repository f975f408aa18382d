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
}
"""Of what comes to a producer's account, or leaves it; anything else is a correction."""
_SENTENCES: Final = {
    StatementLineKind.EXCLUSIVE_SALE: "Exclusive sale{of}",
    StatementLineKind.REFUND: "Refund of the exclusive sale{of}",
    StatementLineKind.POOL_SHARE: "Share of what subscribers paid{of}",
    StatementLineKind.ADJUSTMENT: "Adjustment{of}",
    StatementLineKind.PAYOUT: "Payout",
    StatementLineKind.PAYOUT_RETURNED: "Payout that came back",
}
_DISPUTED: Final = "A buyer's bank disputes the exclusive sale{of}"
_WON: Final = "The dispute of the exclusive sale{of} was decided for you"


def line_kind(source: JournalSource) -> StatementLineKind:
    return _KINDS.get(source, StatementLineKind.ADJUSTMENT)


def line_text(kind: StatementLineKind, amount: Amount, of: str | None) -> str:
    """A line as a sentence without a stop.

    Args:
        of: What it is about, such as a quoted title; null where that is not known.
    """
    if kind is StatementLineKind.DISPUTE:
        sentence = _DISPUTED if amount.minor < 0 else _WON
    else:
        sentence = _SENTENCES[kind]
    return sentence.format(of=f" {of}" if of else "")
