"""Producer profiles, and the cases that staff decide about them."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from db.clock import now
from db.columns import BYTEWISE_100, id_of, instant, one_of, own_id, word
from db.ids import AboutPhotoId, AccountId, PictureId, ProducerId, ProducerRequestId, UploadId, XpAwardId
from db.table import Table
from db.vocabulary import ProducerLabelKind, ProducerRequestKind, ReviewStatus, XpCause

FOLLOWS = text("ended_at IS NULL")
"""Written out, for a planner takes a partial index only where it can prove that the rows are in it."""


class Producer(Table, table=True):
    """A public profile. Lists are stored in the row, as a track's are."""

    id: ProducerId = own_id("pro")
    account_id: AccountId | None = id_of(default=None, foreign_key="account.id", unique=True)
    """Null: staff made the profile for known beats, and it is open to a claim (D-2)."""
    handle: str = Field(max_length=40)
    """As shown; `handle_key` finds it whatever its case (D-6)."""
    handle_key: str = Field(max_length=40, unique=True)
    name: str = Field(max_length=60)
    bio: str | None = None
    city: str | None = Field(default=None, max_length=100)
    roles: list[str] = Field(default_factory=list[str], sa_type=JSON)
    """What somebody does, such as producer, engineer, writer."""
    links: list[dict[str, str]] = Field(default_factory=list[dict[str, str]], sa_type=JSON)
    """Accounts elsewhere, in order: `network` and `url`."""
    picture_id: PictureId | None = id_of(default=None, foreign_key="picture.id", index=True)
    xp: int = Field(default=0, sa_type=BigInteger)
    """The sum of the profile's `XpAward`s, kept with them in one transaction (D-57)."""
    withheld_since: datetime | None = instant(default=None)
    """Since then staff keep it from everybody but its owner; null: they do not."""
    created_at: datetime = instant(default_factory=now)


class ProducerHandle(Table, table=True):
    """A handle that a profile has or had: a former one leads on, and is nobody else's for ever (D-6)."""

    __table_args__ = (Index("producer_handle_of", "producer_id", "since"),)

    handle_key: str = Field(primary_key=True, max_length=40)
    producer_id: ProducerId = id_of(foreign_key="producer.id", ondelete="CASCADE")
    since: datetime = instant(default_factory=now)


class AboutPhoto(Table, table=True):
    """A picture with words in a profile's about section, in the order of `position`."""

    __table_args__ = (Index("about_photo_of", "producer_id", "position"),)

    id: AboutPhotoId = own_id("pho")
    producer_id: ProducerId = id_of(foreign_key="producer.id", ondelete="CASCADE")
    picture_id: PictureId = id_of(foreign_key="picture.id", index=True)
    caption: str | None = Field(default=None, max_length=200)
    position: int


class Follow(Table, table=True):
    """That an account follows a profile, or did; who comes back keeps the day of the first time."""

    __table_args__ = (
        Index("follow_of", "producer_id", "followed_at"),
        Index(
            "follow_live",
            "producer_id",
            "account_id",
            "ended_at",
            sqlite_where=FOLLOWS,
            postgresql_where=FOLLOWS,
        ),
    )

    account_id: AccountId = id_of(foreign_key="account.id", primary_key=True)
    producer_id: ProducerId = id_of(foreign_key="producer.id", ondelete="CASCADE", primary_key=True)
    followed_at: datetime = instant(default_factory=now)
    ended_at: datetime | None = instant(default=None)


class Referral(Table, table=True):
    """That an account was made by somebody who came along a share link of a producer (D-70)."""

    account_id: AccountId = id_of(foreign_key="account.id", primary_key=True)
    producer_id: ProducerId = id_of(foreign_key="producer.id", ondelete="CASCADE", index=True)
    came_at: datetime = instant(default_factory=now)


class XpAward(Table, table=True):
    """Experience given once for one cause (D-57); never taken back. What plays of a day are given for grows with them."""

    __table_args__ = (
        UniqueConstraint("producer_id", "cause", "subject_id", name="xp_award_once"),
        Index("xp_award_of", "producer_id", "at", "id"),
        CheckConstraint("points > 0", name="points_positive"),
        one_of("cause", XpCause),
    )

    id: XpAwardId = own_id("xpa")
    producer_id: ProducerId = id_of(foreign_key="producer.id")
    cause: XpCause = word(XpCause)
    subject_id: str = Field(max_length=40)
    """The track it was given for, and of plays the day; no foreign key: what was given stays."""
    points: int
    at: datetime = instant(default_factory=now)


class ProducerTerm(Table, table=True):
    """A word that a producer is found by; derived from name and handle and rewritten with them."""

    __table_args__ = ({"sqlite_with_rowid": False},)

    term: str = Field(primary_key=True, sa_type=BYTEWISE_100)
    producer_id: ProducerId = id_of(foreign_key="producer.id", ondelete="CASCADE", primary_key=True)


class ProducerLabel(Table, table=True):
    """What a producer is sorted and filtered by in the directory; derived from the profile and rewritten with it (D-72)."""

    __table_args__ = (
        Index("producer_label_word", "kind", "folded", "producer_id"),
        one_of("kind", ProducerLabelKind),
        {"sqlite_with_rowid": False},
    )

    producer_id: ProducerId = id_of(foreign_key="producer.id", ondelete="CASCADE", primary_key=True)
    kind: ProducerLabelKind = word(ProducerLabelKind, primary_key=True)
    folded: str = Field(primary_key=True, sa_type=BYTEWISE_100)


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
    claimed_producer_id: ProducerId | None = id_of(default=None, foreign_key="producer.id")
    """The profile to take over; CLAIM_PROFILE only (D-2)."""
    submitted_at: datetime = instant(default_factory=now)
    reviewed_at: datetime | None = instant(default=None)
    review_reason: str | None = None
    code: str | None = Field(default=None, max_length=20)
    """What to type on Discord; GET_VERIFIED only (D-4)."""
    code_expires_at: datetime | None = instant(default=None)
    code_typed_at: datetime | None = instant(default=None)
    discord_user_id: str | None = Field(default=None, max_length=32)
    """Who typed it there."""


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
