"""Loaders of payouts, of where they go, and of what there is to pay."""

from collections.abc import Sequence
from typing import Final

from api.loaders.reading import Reader, aligned
from api.payouts.balances import Money, money_of
from api.payouts.rules import what_it_waits_for
from api.payouts.till import Terms
from api.viewer import Viewer
from db.ids import PayoutId, ProducerId
from db.money import Amount
from db.queries import payout_accounts, payouts
from db.session import Sessions
from db.vocabulary import CurrencyCode, HoldReason, PayoutAccountStatus, Role
from schema.payouts import Balance, Payout, PayoutAccount

_MESSAGES: Final = {
    HoldReason.PAYOUT_ACCOUNT_NOT_READY: "{account}",
    HoldReason.REFUND_WINDOW: "Buyers can still undo these sales, within {hours} hours.",
    HoldReason.DISPUTE: "A buyer's bank disputes the payment, and decides whose it is.",
    HoldReason.BELOW_MINIMUM: "A payout has {minimum} at least. This is carried over.",
    HoldReason.REVIEW: "{review}",
}


class PayoutLoaders(Reader):
    """What producers are paid; whoever asks of a producer has been let in to their money before."""

    def __init__(self, sessions: Sessions, viewer: Viewer | None, *, terms: Terms) -> None:
        super().__init__(sessions, viewer)
        self._terms = terms

    async def accounts(self, ids: list[ProducerId]) -> Sequence[PayoutAccount]:
        """The set-up of each producer; of who has begun none, that."""
        rows = await self._read(payout_accounts.current, ids)
        return [PayoutAccount.of(producer, rows.get(producer)) for producer in ids]

    async def payouts(self, ids: list[PayoutId]) -> Sequence[Payout | None]:
        """As the viewer may see them: another's is like none."""
        rows = await self._read(payouts.payouts, ids)
        return aligned(ids, {row.id: Payout.of(row) for row in rows if self._sees(row.producer_id)})

    async def balances(self, ids: list[ProducerId]) -> Sequence[list[Balance]]:
        async with self._sessions.reading() as session:
            money = await money_of(session, ids, self._terms)
        return [self._shown(money[producer]) for producer in ids]

    def _shown(self, money: Money) -> list[Balance]:
        return [
            Balance.of(currency, holding, self._messages(currency, money))
            for currency, holding in money.by_currency.items()
        ]

    def _messages(self, currency: CurrencyCode, money: Money) -> dict[HoldReason, str]:
        facts = {
            "hours": int(self._terms.refundable_for.total_seconds() // 3600),
            "minimum": Amount(self._terms.minimum_minor, currency),
            "review": money.review or "",
            "account": what_it_waits_for(money.account.status if money.account else PayoutAccountStatus.NONE),
        }
        return {reason: sentence.format(**facts) for reason, sentence in _MESSAGES.items()}

    def _sees(self, producer: ProducerId) -> bool:
        viewer = self._viewer
        return viewer is not None and (viewer.producer_id == producer or viewer.has(Role.STAFF))
