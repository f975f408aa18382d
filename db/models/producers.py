"""Producer profiles, and the cases that staff decide about them."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from db.clock import now
from db.columns import BYTEWISE_100, id_of, instant, one_of, own_id, word
from db.ids import AccountId, ProducerId, ProducerRequestId, UploadId
from db.table import Table
from db.vocabulary import ProducerRequestKind, ReviewStatus


class Producer(Table, table=True):
    id: ProducerId = own_id("pro")
    account_id: AccountId = id_of(foreign_key="account.id", unique=True)
    handle: str = Field(max_length=40)
    """As shown; `handle_key` finds it whatever its case (D-6)."""
    handle_key: str = Field(max_length=40, unique=True)
    name: str = Field(max_length=60)
    bio: str | None = None
    created_at: datetime = instant(default_factory=now)


class ProducerTerm(Table, table=True):
    """A word that a producer is found by; derived from name and handle and rewritten with them."""

    __table_args__ = ({"sqlite_with_rowid": False},)

    term: str = Field(primary_key=True, sa_type=BYTEWISE_100)
    producer_id: ProducerId = id_of(foreign_key="producer.id", ondelete="CASCADE", primary_key=True)


class ProducerRequest(Table, table=True):
    """An application for producer access, or for the badge (D-2, D-4)."""

    __table_args__ = (
        Index(
            "producer_request_one_pending",
            "account_id",
            "kind",
            unique=True,
            sqlite_where=text("status = 'PENDING'"),
            postgresql_where=text("status = 'PENDING'"),
        ),
        Index("producer_request_queue", "status", "submitted_at", "id"),
        Index("producer_request_code", "code", unique=True),
        one_of("kind", ProducerRequestKind),
        one_of("status", ReviewStatus),
    )

    id: ProducerRequestId = own_id("req")
    account_id: AccountId = id_of(foreign_key="account.id")
    kind: ProducerRequestKind = word(ProducerRequestKind)
    status: ReviewStatus = word(ReviewStatus, default=ReviewStatus.PENDING)
    producer_name: str | None = Field(default=None, max_length=60)
    """Null for GET_VERIFIED, like the next three."""
    beats_url: str | None = Field(default=None, max_length=2000)
    first_name: str | None = Field(default=None, max_length=100)
    last_name: str | None = Field(default=None, max_length=100)
    instagram: str | None = Field(default=None, max_length=30)
    label: str | None = Field(default=None, max_length=100)
    submitted_at: datetime = instant(default_factory=now)
    reviewed_at: datetime | None = instant(default=None)
    review_reason: str | None = None
    code: str | None = Field(default=None, max_length=20)
    """What to type on Discord; GET_VERIFIED only (D-4)."""
    code_expires_at: datetime | None = instant(default=None)
    code_typed_at: datetime | None = instant(default=None)


class CaseStep(Table, table=True):
    """One state of a case, whatever its kind; never changed afterwards."""

    __table_args__ = (one_of("status", ReviewStatus), Index("case_step_of", "case_id", "id"))

    id: int | None = Field(default=None, primary_key=True)
    case_id: str = Field(max_length=40)
    status: ReviewStatus = word(ReviewStatus)
    at: datetime = instant(default_factory=now)
    by: AccountId | None = id_of(default=None, foreign_key="account.id")
    reason: str | None = None


class Attachment(Table, table=True):
    """A file added to a case, in the order given."""

    __table_args__ = (UniqueConstraint("case_id", "position"),)

    upload_id: UploadId = id_of(foreign_key="upload.id", primary_key=True)
    case_id: str = Field(max_length=40)
    position: int
