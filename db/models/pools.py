"""Pools of subscription money: closings of months, what they were reckoned from, and whose the money is (D-52, D-53).

What is frozen is never changed: triggers refuse it.
"""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, SmallInteger, UniqueConstraint
from sqlmodel import Field

from db.clock import now
from db.columns import BYTEWISE_100, id_of, instant, one_of, own_id, word
from db.ids import AccountId, PoolRunId, ProducerId, TrackId
from db.table import Table
from db.vocabulary import CurrencyCode, LicensingModel, PoolRunStatus


class PoolRun(Table, table=True):
    """A month that is closed, or adjusted later: sequence 0 is the closing."""

    __table_args__ = (
        UniqueConstraint("period", "sequence", name="pool_run_once"),
        CheckConstraint("pool_minor >= 0 OR sequence > 0", name="pool_not_negative"),
        CheckConstraint("(status = 'OPEN') = (frozen_at IS NULL)", name="frozen_since"),
        CheckConstraint("(status = 'OPEN') = (inputs_sha256 IS NULL)", name="inputs_hashed"),
        CheckConstraint("(status = 'POSTED') = (posted_at IS NOT NULL)", name="posted_since"),
        one_of("status", PoolRunStatus),
        one_of("currency", CurrencyCode),
    )

    id: PoolRunId = own_id("plr")
    period: str = Field(max_length=7)
    sequence: int = Field(sa_type=SmallInteger)
    status: PoolRunStatus = word(PoolRunStatus, default=PoolRunStatus.OPEN)
    pool_minor: int = Field(default=0, sa_type=BigInteger)
    """What is shared out; of an adjustment it may be below zero."""
    currency: CurrencyCode = word(CurrencyCode)
    total_weight: int = Field(default=0, sa_type=BigInteger)
    """Of all producers, in 1e-12."""
    reached: str = Field(default="", max_length=40)
    """How far the step has come that is going on: the last track, how many parts of shares and lines, or the last producer."""
    causes: list[list[Any]] = Field(default_factory=list[list[Any]], sa_type=JSON)
    """Of an adjustment: ids and minor units of what it takes account of."""
    inputs_sha256: str | None = Field(default=None, max_length=64)
    outputs_sha256: str | None = Field(default=None, max_length=64)
    begun_at: datetime = instant(default_factory=now)
    frozen_at: datetime | None = instant(default=None)
    posted_at: datetime | None = instant(default=None)


class PoolInput(Table, table=True):
    """A track as it was when a month was closed; never changed."""

    __table_args__: ClassVar[Any] = (
        CheckConstraint("plays >= 0", name="plays_not_negative"),
        one_of("licensing_model", LicensingModel),
        {"sqlite_with_rowid": False},  # so that the tracks of a closing are read along the key
    )

    run_id: PoolRunId = id_of(foreign_key="pool_run.id", primary_key=True)
    track_id: TrackId = id_of(foreign_key="track.id", primary_key=True)
    work: dict[str, Any] = Field(sa_type=JSON)
    """The recording by the names of that time."""
    published_at: datetime = instant()
    licensing_model: LicensingModel = word(LicensingModel)
    plays: int = Field(sa_type=BigInteger)
    """Counted ones, of twelve months."""
    producers: list[str] = Field(sa_type=JSON)
    """Who was credited, the uploader first."""


class PoolShare(Table, table=True):
    """What a producer has of a pool; never changed."""

    __table_args__: ClassVar[Any] = (
        Index("pool_share_of", "producer_id", "run_id"),
        CheckConstraint("weight > 0", name="weight_positive"),
        {"sqlite_with_rowid": False},
    )

    run_id: PoolRunId = id_of(foreign_key="pool_run.id", primary_key=True)
    producer_id: ProducerId = id_of(foreign_key="producer.id", primary_key=True)
    weight: int = Field(sa_type=BigInteger)
    amount_minor: int = Field(sa_type=BigInteger)


class PoolLine(Table, table=True):
    """What a producer has of a pool by one track; never changed."""

    __table_args__: ClassVar[Any] = (
        CheckConstraint("weight >= 0", name="weight_not_negative"),
        CheckConstraint("amount_minor >= 0", name="amount_not_negative"),
        {"sqlite_with_rowid": False},
    )

    run_id: PoolRunId = id_of(foreign_key="pool_run.id", primary_key=True)
    producer_id: ProducerId = id_of(foreign_key="producer.id", primary_key=True)
    track_id: TrackId = id_of(foreign_key="track.id", primary_key=True)
    weight: int = Field(sa_type=BigInteger)
    amount_minor: int = Field(sa_type=BigInteger)


class PoolLateReturn(Table, table=True):
    """What was given back of a bill whose month had been closed: the platform has advanced it."""

    __table_args__ = (
        Index("pool_late_return_open", "period", "run_id"),
        CheckConstraint("base_minor > 0", name="base_positive"),
        one_of("currency", CurrencyCode),
    )

    id: str = Field(primary_key=True, sa_type=BYTEWISE_100)
    """Of the refund or dispute."""
    period: str = Field(max_length=7)
    """The month that the bill was paid in."""
    base_minor: int = Field(sa_type=BigInteger)
    """Taken from bad debt, without the tax."""
    currency: CurrencyCode = word(CurrencyCode)
    happened_at: datetime = instant()
    run_id: PoolRunId | None = id_of(default=None, foreign_key="pool_run.id")
    """The adjustment that takes account of it."""


class PoolClosingAsked(Table, table=True):
    """That a member of staff asked for a month to be closed, under a key of theirs."""

    account_id: AccountId = id_of(foreign_key="account.id", primary_key=True)
    idempotency_key: str = Field(primary_key=True, max_length=100)
    period: str = Field(max_length=7)
    asked_at: datetime = instant(default_factory=now)
