"""What stands in the way of deleting an account, and what becomes of its money (D-81). Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from api.payouts.holding import Holding
from db.vocabulary import BalanceFate, CurrencyCode, DeletionObstacleKind

_SENTENCES: Final[Mapping[DeletionObstacleKind, str]] = {
    DeletionObstacleKind.PURCHASE_UNDER_WAY: "You are buying an exclusive licence: pay for it, or let go of it first.",
    DeletionObstacleKind.SALE_UNDER_WAY: "Somebody is buying one of your tracks. It is over within the hour.",
    DeletionObstacleKind.REFUND_UNDER_WAY: "A purchase is being refunded. It is over within days.",
    DeletionObstacleKind.DISPUTE_UNDER_WAY: "A bank is deciding about a payment of yours.",
    DeletionObstacleKind.PAYOUT_UNDER_WAY: "A payout is on its way to your bank.",
    DeletionObstacleKind.PAYOUT_MAY_RETURN: "Your last payout is at your bank, which may still send it back for some days.",
    DeletionObstacleKind.SALE_IS_FRESH: "What you sold last may still be undone by its buyer, until tomorrow.",
    DeletionObstacleKind.ONLY_STAFF: "You are the only member of staff: make somebody else one first.",
}
_WAITED_FOR: Final = frozenset({DeletionObstacleKind.SALE_IS_FRESH})
"""Over long before the days of waiting are: no reason not to ask."""


class InTheWay(Exception):  # noqa: N818 -- a fact about the world, not a fault
    """Something has to be over first."""

    def __init__(self, kind: DeletionObstacleKind) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True)
class Obstacle:
    """Something that has to be over first."""

    kind: DeletionObstacleKind

    @property
    def message(self) -> str:
        return _SENTENCES[self.kind]

    @property
    def refuses(self) -> bool:
        """Whether nobody may even ask while it stands."""
        return self.kind not in _WAITED_FOR


@dataclass(frozen=True)
class Unsettled:
    """How many things of a person are under way.

    Attributes:
        fresh: Sales that their buyers can still undo.
    """

    purchases: int
    sales: int
    refunds: int
    disputes: int
    payouts: int
    fresh: int
    only_staff: bool


@dataclass(frozen=True)
class BalanceLeft:
    """What a producer has in one currency, and what becomes of it.

    Attributes:
        minor: Below zero: what is owed to the platform.
    """

    currency: CurrencyCode
    minor: int
    fate: BalanceFate


def obstacles(found: Unsettled) -> list[Obstacle]:
    """Everything that stands in the way now."""
    kinds = DeletionObstacleKind
    standing = {
        kinds.PURCHASE_UNDER_WAY: found.purchases,
        kinds.SALE_UNDER_WAY: found.sales,
        kinds.REFUND_UNDER_WAY: found.refunds,
        kinds.DISPUTE_UNDER_WAY: found.disputes,
        kinds.PAYOUT_UNDER_WAY: found.payouts,
        kinds.SALE_IS_FRESH: found.fresh,
        kinds.ONLY_STAFF: found.only_staff,
    }
    return [Obstacle(kind) for kind, count in standing.items() if count]


def balances_left(by_currency: Mapping[CurrencyCode, Holding]) -> list[BalanceLeft]:
    """What becomes of money: what can be paid out is, the rest stays owed under the pseudonym.

    Args:
        by_currency: As it is when all that ends by itself is over.
    """
    return [left for currency, held in sorted(by_currency.items()) for left in _left(currency, held)]


def _left(currency: CurrencyCode, held: Holding) -> list[BalanceLeft]:
    parts = [
        BalanceLeft(currency, held.available, BalanceFate.PAID_OUT),
        BalanceLeft(currency, held.held, BalanceFate.STAYS_OWED),
        BalanceLeft(currency, -held.owed, BalanceFate.WAIVED),
    ]
    return [part for part in parts if part.minor]


def left_for_good(left: Sequence[BalanceLeft]) -> list[BalanceLeft]:
    """What became of money once nothing is paid any more: what could have been, and was not, stays owed too."""
    owed: dict[CurrencyCode, int] = {}
    for one in left:
        if one.fate is not BalanceFate.WAIVED:
            owed[one.currency] = owed.get(one.currency, 0) + one.minor
    stays = [BalanceLeft(currency, minor, BalanceFate.STAYS_OWED) for currency, minor in owed.items()]
    return [*stays, *(one for one in left if one.fate is BalanceFate.WAIVED)]


def stays_owed(left: Sequence[BalanceLeft]) -> dict[CurrencyCode, int]:
    """Money that its owner would not get, in minor units."""
    return {one.currency: one.minor for one in left if one.fate is BalanceFate.STAYS_OWED}


def is_more_than_told(left: Mapping[CurrencyCode, int], told: Mapping[CurrencyCode, int]) -> bool:
    """Whether more would stay than what its owner was told of, in any currency."""
    return any(minor > told.get(currency, 0) for currency, minor in left.items())
