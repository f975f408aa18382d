"""What the payment provider was asked, and what it has told (MONEY 1)."""

from datetime import datetime

from sqlalchemy import Index, SmallInteger, UniqueConstraint
from sqlmodel import Field

from db.clock import now
from db.columns import BYTEWISE_100, id_of, instant, one_of, own_id, word
from db.ids import AccountId, PaymentCallId
from db.table import Table
from db.vocabulary import CallOutcome, PaymentCallKind, PaymentEventState, PaymentSource


class Payer(Table, table=True):
    """By what name the provider knows an account that pays."""

    account_id: AccountId = id_of(foreign_key="account.id", primary_key=True)
    reference: str = Field(sa_type=BYTEWISE_100, unique=True)


class PaymentCall(Table, table=True):
    """Something the provider was asked to do: kept before it is asked, so that the same key is used again.

    A call that was refused, or whose key the provider has forgotten, is followed by the next attempt.
    """

    __table_args__ = (
        UniqueConstraint("kind", "subject", "attempt", name="payment_call_once"),
        one_of("kind", PaymentCallKind),
        one_of("outcome", CallOutcome),
    )

    id: PaymentCallId = own_id("pcl")
    """The idempotency key."""
    kind: PaymentCallKind = word(PaymentCallKind)
    subject: str = Field(sa_type=BYTEWISE_100)
    """About what of ours."""
    attempt: int = Field(sa_type=SmallInteger)
    outcome: CallOutcome = word(CallOutcome, default=CallOutcome.UNSURE)
    reference: str | None = Field(default=None, max_length=2000)
    """What the provider called what it made."""
    problem: str | None = Field(default=None, max_length=500)
    """Why it refused."""
    called_at: datetime = instant(default_factory=now)
    answered_at: datetime | None = instant(default=None)


class PaymentEvent(Table, table=True):
    """An event of the provider, as it came in: what it is about is read anew, so that order and copies do not matter."""

    __table_args__ = (
        Index("payment_event_by_moment", "happened_at", "id"),
        one_of("source", PaymentSource),
        one_of("state", PaymentEventState),
    )

    id: str = Field(primary_key=True, sa_type=BYTEWISE_100)
    source: PaymentSource = word(PaymentSource)
    type: str = Field(max_length=100)
    object_id: str = Field(max_length=100)
    happened_at: datetime = instant()
    received_at: datetime = instant(default_factory=now)
    state: PaymentEventState = word(PaymentEventState, default=PaymentEventState.RECEIVED)
