"""Loaders of payouts, and of where they go."""

from collections.abc import Sequence

from api.loaders.reading import Reader
from db.ids import ProducerId
from db.queries import payout_accounts
from schema.payouts import PayoutAccount


class PayoutLoaders(Reader):
    """What producers are paid; whoever asks of a producer has been let in to their money before."""

    async def accounts(self, ids: list[ProducerId]) -> Sequence[PayoutAccount]:
        """The set-up of each producer; of who has begun none, that."""
        rows = await self._read(payout_accounts.current, ids)
        return [PayoutAccount.of(producer, rows.get(producer)) for producer in ids]
