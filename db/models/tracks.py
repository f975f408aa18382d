"""Tracks: what a producer declared, what can be had, and the words they are found by."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, CheckConstraint, Computed, ForeignKeyConstraint, Index, SmallInteger
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlmodel import Field

from db.clock import now
from db.columns import BYTEWISE_100, BYTEWISE_300, UtcDateTime, id_of, instant, one_of, own_id, word
from db.ids import CollectionId, PictureId, ProducerId, TrackId, UploadId, number_of
from db.table import Table
from db.vocabulary import (
    CurrencyCode,
    ExclusiveAvailability,
    LabelKind,
    LicensingModel,
    Scale,
    TrackStatus,
)


def _number(context: DefaultExecutionContext) -> int:
    columns: Any = context.get_current_parameters()  # type: ignore[no-untyped-call]  # SQLAlchemy documents this way to it
    return number_of(columns["id"])


def _of_a_track() -> ForeignKeyConstraint:
    """To a track and its status: whoever changes the status changes it here, and nobody can forget to."""
    return ForeignKeyConstraint(
        ["number", "status"], ["track.number", "track.status"], onupdate="CASCADE", ondelete="CASCADE"
    )


class Track(Table, table=True):
    """A beat. Lists are stored in the row, so that a page of tracks is one statement; `TrackLabel` indexes them."""

    __table_args__ = (
        CheckConstraint("bpm BETWEEN 60 AND 200", name="bpm_as_felt"),
        CheckConstraint("pitch_class BETWEEN 0 AND 11", name="pitch_class_known"),
        CheckConstraint("(cover_picture_id IS NULL) <> (cover_preset_id IS NULL)", name="one_cover"),
        CheckConstraint("exclusive_price_minor > 0", name="price_positive"),
        CheckConstraint(
            "(licensing_model = 'STANDARD') = (exclusive_availability IS NULL)", name="exclusive_when_offered"
        ),
        Index("track_by_publication", "status", "shown_since", "id"),
        Index("track_by_creation", "status", "created_at", "id"),
        Index("track_by_title", "status", "title_key", "id"),
        Index("track_by_bpm", "status", "bpm", "id"),
        Index("track_by_plays", "status", "recent_plays", "id"),
        Index("track_of_producer", "producer_id", "created_at", "id"),
        Index("track_in_collection", "collection_id", "collection_position", "id"),
        Index("track_number", "number", unique=True),
        Index("track_in_status", "number", "status", unique=True),
        Index("track_facts", "status", "bpm", "pitch_class", "scale", "licensing_model", "number"),
        one_of("status", TrackStatus),
        one_of("withheld_as", TrackStatus),
        one_of("scale", Scale),
        one_of("licensing_model", LicensingModel),
        one_of("exclusive_availability", ExclusiveAvailability),
        one_of("exclusive_currency", CurrencyCode),
    )

    id: TrackId = own_id("trk")
    number: int = Field(default=None, sa_type=BigInteger, sa_column_kwargs={"default": _number})
    """Short for the id, and in its order: what the tables below call the track."""
    producer_id: ProducerId = id_of(foreign_key="producer.id")
    upload_id: UploadId = id_of(foreign_key="upload.id", unique=True)
    slug: str = Field(max_length=80, unique=True)
    title: str = Field(max_length=100)
    title_key: str = Field(sa_type=BYTEWISE_300)
    """Folded: what titles sort and are filtered by, alike on both engines."""
    artists: list[str] = Field(sa_type=JSON)
    bpm: int
    pitch_class: int
    """0 is C; how it is spelled follows from the scale (D-12)."""
    scale: Scale = word(Scale)
    genres: list[str] = Field(sa_type=JSON)
    tags: list[str] = Field(sa_type=JSON)
    moods: list[str] = Field(sa_type=JSON)
    description: str | None = None
    collection_id: CollectionId | None = id_of(default=None, foreign_key="collection.id")
    """The one it is in (D-15)."""
    collection_position: int | None = None
    """Its place there, from 0; tracks of one collection have places of their own."""
    cover_picture_id: PictureId | None = id_of(default=None, foreign_key="picture.id", index=True)
    cover_preset_id: str | None = Field(default=None, max_length=60)
    status: TrackStatus = word(TrackStatus, default=TrackStatus.PROCESSING)
    withheld_as: TrackStatus | None = word(TrackStatus, default=None)
    """Staff keep it from everybody but its producer: what it is again when they let it go; null: they do not (D-83)."""
    duration_ms: int = Field(sa_type=BigInteger)
    audio_sha256: str = Field(max_length=64)
    audio_byte_size: int = Field(sa_type=BigInteger)
    preview_ready: bool = False
    recent_plays: int = 0
    """Counted ones of 30 days, as they were within the hour: what tracks are sorted by."""
    licensing_model: LicensingModel = word(LicensingModel)
    exclusive_availability: ExclusiveAvailability | None = word(ExclusiveAvailability, default=None)
    exclusive_price_minor: int | None = Field(default=None, sa_type=BigInteger)
    exclusive_currency: CurrencyCode | None = word(CurrencyCode, default=None)
    contact_email: str | None = Field(default=None, max_length=254)
    accepted_terms_version: str | None = Field(default=None, max_length=20)
    exclusive_terms: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    """Only what differs from the defaults of D-42."""
    input_sha256: str = Field(max_length=64)
    """Of the input that made it: the same upload and input again is the same track."""
    created_at: datetime = instant(default_factory=now)
    published_at: datetime | None = instant(default=None)
    metadata_completed_at: datetime | None = instant(default=None)
    """When everything that describes it was there for the first time (D-17)."""
    shown_since: datetime | None = Field(
        default=None,
        sa_type=UtcDateTime,
        sa_column_args=(Computed("coalesce(published_at, created_at)", persisted=True),),
    )
    """What the newest are the first of; made by the database."""


class TrackLabel(Table, table=True):
    """A word that a track is filtered and counted by; derived from the track's lists and rewritten with them."""

    __table_args__: ClassVar[Any] = (
        Index("track_label_word", "status", "kind", "folded", "label", "number"),
        one_of("kind", LabelKind),
        _of_a_track(),
        {"sqlite_with_rowid": False},  # so that the labels of one track are read along the key
    )

    number: int = Field(primary_key=True, sa_type=BigInteger)
    kind: LabelKind = word(LabelKind, primary_key=True)
    folded: str = Field(primary_key=True, sa_type=BYTEWISE_100)
    label: str = Field(sa_type=BYTEWISE_100)
    """As it is written."""
    status: TrackStatus = word(TrackStatus)


class SearchTerm(Table, table=True):
    """A word that a track is found by (`db.searching`); derived from its facts and rewritten with them."""

    __table_args__ = (
        Index("search_term_best", "status", "term", "weight", "number"),
        _of_a_track(),
        {"sqlite_with_rowid": False},
    )

    number: int = Field(primary_key=True, sa_type=BigInteger)
    term: str = Field(primary_key=True, sa_type=BYTEWISE_100)
    weight: int = Field(sa_type=SmallInteger)
    """Of the best place in the track where it stands."""
    status: TrackStatus = word(TrackStatus)


class TrackCredit(Table, table=True):
    """A producer credited on a track; position 0 is the uploader (D-16)."""

    __table_args__ = (Index("track_credit_of", "producer_id", "track_id"),)

    track_id: TrackId = id_of(foreign_key="track.id", ondelete="CASCADE", primary_key=True)
    producer_id: ProducerId = id_of(foreign_key="producer.id", primary_key=True)
    position: int
    removed_at: datetime | None = instant(default=None)
    """Since then the producer is not credited any more."""
    declined: bool = False
    """True: the producer took the name off, and is not credited on this track again."""
    never_shown: bool = False
    """True: it was taken off before the track was published, so nothing was earned by it (D-57)."""
