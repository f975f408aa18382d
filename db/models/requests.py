"""Beat requests: what is asked for, what it cost, what was offered, and what answers it (D-60 to D-64)."""

from datetime import datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    SmallInteger,
    UniqueConstraint,
)
from sqlmodel import Field

from db.clock import now
from db.columns import BYTEWISE_100, id_of, instant, one_of, own_id, word
from db.ids import (
    AccountId,
    BeatMatchId,
    BeatRequestId,
    ProducerId,
    RequestOpeningId,
    SubmissionId,
    TrackId,
    UploadId,
)
from db.table import Table
from db.vocabulary import (
    BeatRequestDuration,
    BeatRequestStatus,
    CurrencyCode,
    Scale,
    SubmissionStatus,
    TrackStatus,
    WantedLicence,
)


class BeatRequest(Table, table=True):
    """An artist's call for a beat; never edited. ACTIVE until its time is over, whether or not a job has said so yet."""

    __table_args__ = (
        CheckConstraint(
            "CASE WHEN reference_url IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN reference_track_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN reference_upload_id IS NULL THEN 0 ELSE 1 END = 1",
            name="one_reference",
        ),
        CheckConstraint("(bpm_min IS NULL) = (bpm_max IS NULL) AND bpm_min <= bpm_max", name="bpm_range"),
        CheckConstraint("(pitch_class IS NULL) = (scale IS NULL)", name="key_is_whole"),
        CheckConstraint("pitch_class BETWEEN 0 AND 11", name="wanted_pitch_class_known"),
        CheckConstraint("(budget_minor IS NULL) = (budget_currency IS NULL)", name="budget_has_a_currency"),
        CheckConstraint("budget_minor > 0", name="budget_positive"),
        CheckConstraint("submission_count >= 0", name="submissions_counted"),
        Index("beat_request_in_status", "id", "status", unique=True),
        Index("beat_request_by_opening", "status", "opened_at", "id"),
        Index("beat_request_by_expiry", "status", "expires_at", "id"),
        Index("beat_request_by_submissions", "status", "submission_count", "id"),
        Index("beat_request_by_budget", "status", "budget_minor", "id"),
        Index("beat_request_of", "account_id", "opened_at", "id"),
        one_of("scale", Scale),
        one_of("budget_currency", CurrencyCode),
        one_of("wanted_licence", WantedLicence),
        one_of("duration", BeatRequestDuration),
        one_of("status", BeatRequestStatus),
        one_of("withheld_as", BeatRequestStatus),
    )

    id: BeatRequestId = own_id("brq")
    account_id: AccountId = id_of(foreign_key="account.id")
    text: str
    reference_url: str | None = Field(default=None, max_length=2000)
    """As given; never fetched."""
    reference_track_id: TrackId | None = id_of(default=None, foreign_key="track.id", index=True)
    reference_upload_id: UploadId | None = id_of(default=None, foreign_key="upload.id", index=True)
    genre: str | None = Field(default=None, max_length=100)
    genre_folded: str | None = Field(default=None, sa_type=BYTEWISE_100)
    """As labels of tracks are folded."""
    bpm_min: int | None = None
    bpm_max: int | None = None
    pitch_class: int | None = None
    """0 is C."""
    scale: Scale | None = word(Scale, default=None)
    moods: list[str] = Field(sa_type=JSON)
    tags: list[str] = Field(sa_type=JSON)
    budget_minor: int | None = Field(default=None, sa_type=BigInteger)
    budget_currency: CurrencyCode | None = word(CurrencyCode, default=None)
    wanted_licence: WantedLicence = word(WantedLicence)
    duration: BeatRequestDuration = word(BeatRequestDuration)
    status: BeatRequestStatus = word(BeatRequestStatus, default=BeatRequestStatus.ACTIVE)
    withheld_as: BeatRequestStatus | None = word(BeatRequestStatus, default=None)
    """Staff keep it from everybody but its requester, as if it were deleted: what it is again when they let it go."""
    submission_count: int = 0
    opened_at: datetime = instant()
    """Last time; a renewal opens it again."""
    expires_at: datetime = instant()
    created_at: datetime = instant(default_factory=now)


class BeatRequestTerm(Table, table=True):
    """A word that a request is found by (`db.searching`)."""

    __table_args__ = ({"sqlite_with_rowid": False},)

    term: str = Field(primary_key=True, sa_type=BYTEWISE_100)
    request_id: BeatRequestId = id_of(foreign_key="beat_request.id", ondelete="CASCADE", primary_key=True)


class RequestOpening(Table, table=True):
    """One opening of a request, its first or a renewal, and the tokens it cost: the ledger of request tokens.

    What is left of a month is the allowance, less the tokens of its openings, plus what was refunded in it.
    """

    __table_args__ = (
        CheckConstraint("tokens > 0", name="tokens_positive"),
        CheckConstraint("refunded BETWEEN 0 AND tokens", name="refunded_within_tokens"),
        CheckConstraint("(refunded = 0) = (refund_month IS NULL)", name="refund_has_a_month"),
        UniqueConstraint("account_id", "idempotency_key", name="request_opening_once"),
        Index("request_opening_in", "account_id", "month"),
        Index("request_opening_refunded_in", "account_id", "refund_month"),
        Index("request_opening_of", "request_id", "opened_at"),
    )

    id: RequestOpeningId = own_id("opn")
    request_id: BeatRequestId = id_of(foreign_key="beat_request.id")
    account_id: AccountId = id_of(foreign_key="account.id")
    idempotency_key: str = Field(max_length=100)
    input_sha256: str = Field(max_length=64)
    """Of the input that opened it: the same key with another input is refused."""
    tokens: int
    month: str = Field(max_length=7)
    """`2026-11`, in UTC: whose allowance they are of."""
    refunded: int = 0
    refund_month: str | None = Field(default=None, max_length=7)
    opened_at: datetime = instant(default_factory=now)
    expires_at: datetime = instant()
    warned_at: datetime | None = instant(default=None)
    """When the requester was told that it closes soon."""


class Submission(Table, table=True):
    """A track offered to a request; seen by its producer and the requester alone (D-61)."""

    __table_args__ = (
        UniqueConstraint("request_id", "track_id", name="submission_once"),
        Index("submission_of_producer", "producer_id", "request_id", "submitted_at", "id"),
        Index("submission_to", "request_id", "status", "submitted_at", "id"),
        Index("submission_with", "track_id"),
        one_of("status", SubmissionStatus),
    )

    id: SubmissionId = own_id("sbm")
    request_id: BeatRequestId = id_of(foreign_key="beat_request.id")
    track_id: TrackId = id_of(foreign_key="track.id", ondelete="CASCADE")
    producer_id: ProducerId = id_of(foreign_key="producer.id")
    note: str | None = None
    status: SubmissionStatus = word(SubmissionStatus, default=SubmissionStatus.NEW)
    submitted_at: datetime = instant(default_factory=now)
    answered_at: datetime | None = instant(default=None)


class TrackTraits(Table, table=True):
    """What a track is matched by, in one short row: derived from the track and its analysis, rewritten with them.

    Tempo and key are the measured ones where those contradict the declared with confidence (D-63). What is no known
    genre, and all tags, stand in `TrackLabel`.
    """

    __table_args__ = (
        ForeignKeyConstraint(
            ["number", "status"], ["track.number", "track.status"], onupdate="CASCADE", ondelete="CASCADE"
        ),
        Index("track_traits_by_bpm", "status", "bpm", "number"),
        Index("track_traits_by_key", "status", "pitch_class", "number"),
        Index("track_traits_of", "producer_id", "status", "number"),
        one_of("status", TrackStatus),
        one_of("scale", Scale),
        one_of("exclusive_currency", CurrencyCode),
    )

    number: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    status: TrackStatus = word(TrackStatus)
    producer_id: ProducerId = id_of(foreign_key="producer.id")
    bpm: int = Field(sa_type=SmallInteger)
    pitch_class: int = Field(sa_type=SmallInteger)
    scale: Scale = word(Scale)
    genres: int = Field(sa_type=BigInteger)
    """A bit for each known genre (`db.seeking`)."""
    moods: int = Field(sa_type=BigInteger)
    """A bit for each mood, those among them that tags spell."""
    exclusive_price_minor: int | None = Field(default=None, sa_type=BigInteger)
    """Null: no exclusive is on sale, or by contact only."""
    exclusive_currency: CurrencyCode | None = word(CurrencyCode, default=None)
    sound: bytes | None = Field(default=None, sa_type=LargeBinary)
    """As in `AudioAnalysis`."""
    sound_0: int | None = Field(default=None, sa_type=SmallInteger)
    """Its first components, which tell the most: what is far away in these is far away in all."""
    sound_1: int | None = Field(default=None, sa_type=SmallInteger)
    sound_2: int | None = Field(default=None, sa_type=SmallInteger)
    sound_3: int | None = Field(default=None, sa_type=SmallInteger)
    version: int = Field(sa_type=SmallInteger)
    """Of the bits; older ones are written anew."""


class BeatMatch(Table, table=True):
    """A track that answers a request: one row for ever, rewritten when either changes, gone when it fits no more."""

    __table_args__ = (
        ForeignKeyConstraint(
            ["request_id", "request_status"], ["beat_request.id", "beat_request.status"], onupdate="CASCADE"
        ),
        CheckConstraint("score BETWEEN 0 AND 1", name="score_share"),
        UniqueConstraint("request_id", "track_id", name="beat_match_once"),
        Index("beat_match_for", "producer_id", "request_status", "score", "id"),
        Index("beat_match_of", "request_id", "score", "id"),
        Index("beat_match_between", "request_id", "producer_id", "told_at"),
        Index("beat_match_news", "producer_id", "matched_at", "id"),
        Index("beat_match_with", "track_id"),
        one_of("request_status", BeatRequestStatus),
    )

    id: BeatMatchId = own_id("bmt")
    request_id: BeatRequestId = id_of()
    request_status: BeatRequestStatus = word(BeatRequestStatus)
    """A copy that the foreign key keeps true, so that open ones are read along an index."""
    track_id: TrackId = id_of(foreign_key="track.id", ondelete="CASCADE")
    producer_id: ProducerId = id_of(foreign_key="producer.id")
    score: float
    matched_at: datetime = instant(default_factory=now)
    told_at: datetime | None = instant(default=None)
    """When its producer's notification of the request was settled, this match in it or not (D-64)."""
