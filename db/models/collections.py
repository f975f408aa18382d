"""Collections: beat packs, tapes, themed drops (D-15). Which tracks are in one stands in the tracks."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, Index
from sqlmodel import Field

from db.clock import now
from db.columns import BYTEWISE_100, id_of, instant, own_id
from db.ids import CollectionId, PictureId, ProducerId
from db.table import Table


class Collection(Table, table=True):
    """A named order of tracks. Lists are stored in the row, as a track's are."""

    __table_args__ = (
        CheckConstraint("(cover_picture_id IS NULL) <> (cover_preset_id IS NULL)", name="one_cover"),
        Index("collection_of_producer", "producer_id", "created_at", "id"),
    )

    id: CollectionId = own_id("col")
    producer_id: ProducerId = id_of(foreign_key="producer.id")
    slug: str = Field(max_length=80, unique=True)
    name: str = Field(max_length=100)
    artists: list[str] = Field(sa_type=JSON)
    genres: list[str] = Field(sa_type=JSON)
    tags: list[str] = Field(sa_type=JSON)
    description: str | None = None
    cover_picture_id: PictureId | None = id_of(default=None, foreign_key="picture.id", index=True)
    cover_preset_id: str | None = Field(default=None, max_length=60)
    withheld_since: datetime | None = instant(default=None)
    """Since then staff keep it from everybody but its producer; null: they do not."""
    created_at: datetime = instant(default_factory=now)


class CollectionTerm(Table, table=True):
    """A word that a collection is found by; derived from its name and artists and rewritten with them."""

    __table_args__ = ({"sqlite_with_rowid": False},)

    term: str = Field(primary_key=True, sa_type=BYTEWISE_100)
    collection_id: CollectionId = id_of(foreign_key="collection.id", ondelete="CASCADE", primary_key=True)
