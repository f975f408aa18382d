"""Exclusive licences that somebody buys, or tried to (D-43)."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from db.clock import now
from db.columns import BYTEWISE_100, id_of, instant, one_of, own_id, word
from db.ids import AccountId, LicenceId, ProducerId, PurchaseId, TrackId, UploadId
from db.table import Table
from db.vocabulary import CurrencyCode, PurchaseStatus

LIVING = text("status IN ('RESERVED', 'CHECKOUT_OPEN', 'AUTHORISED')")
REFUNDING = text("status = 'COMPLETED' AND refund_asked_at IS NOT NULL")
"""Written out, for a planner takes a partial index only where it can prove that the rows are in it."""


class Purchase(Table, table=True):
    """The purchase of an exclusive: everything that was agreed is kept as it was when it began."""

    __table_args__ = (
        UniqueConstraint("account_id", "idempotency_key", name="purchase_once"),
        CheckConstraint("price_minor > 0", name="price_positive"),
        CheckConstraint("fee_minor >= 0 AND tax_minor >= 0", name="additions_not_negative"),
        CheckConstraint("(refund_asked_at IS NULL) = (refund_key IS NULL)", name="refund_has_a_key"),
        CheckConstraint(
            "(status IN ('COMPLETED', 'DISPUTED', 'RESCINDED')) <= (licence_id IS NOT NULL)",
            name="licence_where_bought",
        ),
        Index("purchase_living", "track_id", unique=True, sqlite_where=LIVING, postgresql_where=LIVING),
        Index("purchase_due", "expires_at", sqlite_where=LIVING, postgresql_where=LIVING),
        Index("purchase_refunding", "refund_asked_at", sqlite_where=REFUNDING, postgresql_where=REFUNDING),
        Index("purchase_of", "account_id", "created_at", "id"),
        Index("purchase_on", "track_id", "created_at"),
        Index("purchase_sold_by", "producer_id", "status", "completed_at"),
        one_of("status", PurchaseStatus),
        one_of("currency", CurrencyCode),
    )

    id: PurchaseId = own_id("pur")
    account_id: AccountId = id_of(foreign_key="account.id")
    """Who buys."""
    producer_id: ProducerId = id_of(foreign_key="producer.id")
    """Who sells, and gets the whole price."""
    track_id: TrackId = id_of(foreign_key="track.id")
    upload_id: UploadId = id_of(foreign_key="upload.id")
    """The audio that is sold."""
    audio_sha256: str = Field(max_length=64)
    status: PurchaseStatus = word(PurchaseStatus, default=PurchaseStatus.RESERVED)
    idempotency_key: str = Field(max_length=100)
    input_sha256: str = Field(max_length=64)
    """Of what the key came with."""
    return_path: str = Field(max_length=300)
    """Of our site, to come back to."""
    price_minor: int = Field(sa_type=BigInteger)
    fee_minor: int = Field(sa_type=BigInteger)
    tax_minor: int = Field(default=0, sa_type=BigInteger)
    """Added by the payment provider, where it reckons taxes; known once it is paid."""
    currency: CurrencyCode = word(CurrencyCode)
    standard_licences: int
    """How many there were, which stay valid; no more are granted meanwhile."""
    offer: dict[str, Any] = Field(sa_type=JSON)
    """The track's offer, by its columns."""
    agreement: dict[str, Any] = Field(sa_type=JSON)
    """What the agreement says; its text follows of that."""
    agreement_sha256: str = Field(max_length=64)
    grant: dict[str, Any] = Field(sa_type=JSON)
    """Work, parties and terms, as the licence will say them."""
    checkout_reference: str | None = Field(default=None, sa_type=BYTEWISE_100, unique=True)
    checkout_url: str | None = Field(default=None, max_length=2000)
    payment_reference: str | None = Field(default=None, sa_type=BYTEWISE_100, unique=True)
    """The provider's payment that it was, or is being, paid by."""
    licence_id: LicenceId | None = id_of(default=None, foreign_key="licence.id", unique=True)
    expires_at: datetime = instant()
    """Until then the track is kept for the buyer, and on until the provider has closed the checkout."""
    refund_key: str | None = Field(default=None, max_length=100)
    refund_reason: str | None = None
    refund_asked_at: datetime | None = instant(default=None)
    """Since then no file is delivered."""
    version: int = 0
    """Counts what was learnt of it: whoever asked the provider before the last time has old news."""
    created_at: datetime = instant(default_factory=now)
    completed_at: datetime | None = instant(default=None)
    """When the licence was granted."""
    ended_at: datetime | None = instant(default=None)
    """When nothing was left of it."""
