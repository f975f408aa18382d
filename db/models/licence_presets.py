"""Terms that producers keep for their next offers (D-42)."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from db.clock import now
from db.columns import BYTEWISE_100, id_of, instant, own_id
from db.ids import LicencePresetId, ProducerId
from db.table import Table


class LicencePreset(Table, table=True):
    """Saved terms. An offer takes a copy, so a preset that changes or goes changes no offer."""

    __table_args__ = (UniqueConstraint("producer_id", "name_key", name="licence_preset_named_once"),)

    id: LicencePresetId = own_id("lps")
    producer_id: ProducerId = id_of(foreign_key="producer.id")
    name: str = Field(max_length=60)
    name_key: str = Field(sa_type=BYTEWISE_100)
    """Folded, in as many letters as the column has: one producer's names differ in more than their case."""
    terms: dict[str, Any] = Field(sa_type=JSON)
    """Only what differs from the defaults of D-42, as with a track."""
    created_at: datetime = instant(default_factory=now)
