"""The payment provider's balance as it says it moved, and where our books say otherwise (MONEY 5.11)."""

from datetime import datetime

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from db.clock import now
from db.columns import BYTEWISE_100, id_of, instant
from db.table import Table


class BalanceMovement(Table, table=True):
    """One movement of the platform's balance, as the provider lists it."""

    __table_args__ = (
        Index("balance_movement_by_payment", "payment"),
        Index("balance_movement_by_source", "source"),
        Index("balance_movement_by_moment", "happened_at", "id"),
        Index("balance_movement_of", "about", "currency", "net_minor"),
    )

    id: str = Field(primary_key=True, sa_type=BYTEWISE_100)
    kind: str = Field(max_length=60)
    """By the provider's word."""
    source: str | None = Field(default=None, sa_type=BYTEWISE_100)
    """What moved it: a charge, a refund, a dispute, a transfer."""
    payment: str | None = Field(default=None, sa_type=BYTEWISE_100)
    """The payment that that is of."""
    parent: str | None = Field(default=None, sa_type=BYTEWISE_100)
    """What that takes back: the transfer of a reversal."""
    about: str | None = id_of(default=None)
    """What of ours it concerns; null while nobody knows."""
    net_minor: int = Field(sa_type=BigInteger)
    """What the balance changed by, what the provider kept taken off."""
    currency: str = Field(max_length=3)
    happened_at: datetime = instant()
    seen_at: datetime = instant(default_factory=now)


class LedgerBreak(Table, table=True):
    """Something of which the ledger and the provider say different sums."""

    __table_args__ = (Index("ledger_break_open", "ended_at", "found_at"),)

    reference: str = Field(primary_key=True, sa_type=BYTEWISE_100)
    """A purchase, an invoice, a payout; or a movement that nobody knows the reason of; or the balance itself."""
    currency: str = Field(primary_key=True, max_length=3)
    ledger_minor: int | None = Field(default=None, sa_type=BigInteger)
    """Null: the ledger knows nothing of it."""
    provider_minor: int | None = Field(default=None, sa_type=BigInteger)
    """Null: the provider knows nothing of it."""
    found_at: datetime = instant(default_factory=now)
    ended_at: datetime | None = instant(default=None)
    """When they agreed again."""
