"""Request tokens: what an opening costs, and what is left of a month (D-60)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from db.vocabulary import BeatRequestDuration

COSTS: Final = {
    BeatRequestDuration.HOURS_24: 1,
    BeatRequestDuration.HOURS_48: 2,
    BeatRequestDuration.HOURS_72: 3,
}
"""In tokens."""
CHEAPEST: Final = min(COSTS.values())
LENGTHS: Final = {
    BeatRequestDuration.HOURS_24: timedelta(hours=24),
    BeatRequestDuration.HOURS_48: timedelta(hours=48),
    BeatRequestDuration.HOURS_72: timedelta(hours=72),
}


@dataclass(frozen=True)
class Tokens:
    """An account's tokens of one month.

    Attributes:
        allowance: What the month began with.
        spent: On openings in it.
        refunded: In it, also of openings of the month before.
    """

    allowance: int
    spent: int = 0
    refunded: int = 0

    @property
    def remaining(self) -> int:
        return max(0, self._balance)

    def refund_of(self, tokens: int) -> int:
        """How many of these come back: never more than the month began with."""
        return max(0, min(tokens, self.allowance - self._balance))

    @property
    def _balance(self) -> int:
        """Below zero where the allowance was made smaller within the month."""
        return self.allowance - self.spent + self.refunded


def month_of(moment: datetime) -> str:
    """`2026-11`, in UTC."""
    return f"{moment.astimezone(UTC):%Y-%m}"


def next_month(moment: datetime) -> datetime:
    """When the next month begins, in UTC."""
    first = moment.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first + timedelta(days=32)).replace(day=1)
