"""What was measured in an audio file (D-19)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, LargeBinary
from sqlmodel import Field

from db.clock import now
from db.columns import id_of, instant, one_of, word
from db.ids import UploadId
from db.table import Table
from db.vocabulary import Scale


class AudioAnalysis(Table, table=True):
    """Belongs to the file, so that it is there before a track is made of it."""

    __table_args__ = (
        CheckConstraint("pitch_class BETWEEN 0 AND 11", name="measured_pitch_class_known"),
        CheckConstraint("bpm_confidence BETWEEN 0 AND 1", name="bpm_confidence_share"),
        CheckConstraint("key_confidence BETWEEN 0 AND 1", name="key_confidence_share"),
        one_of("scale", Scale),
    )

    upload_id: UploadId = id_of(foreign_key="upload.id", ondelete="CASCADE", primary_key=True)
    model: str = Field(max_length=40)
    """Which analysis measured it; a better one measures again."""
    bpm: float
    bpm_confidence: float
    pitch_class: int
    """0 is C."""
    scale: Scale = word(Scale)
    key_confidence: float
    loudness_lufs: float
    """Integrated, EBU R128."""
    true_peak_db: float
    """dBTP."""
    waveform: bytes = Field(sa_type=LargeBinary)
    """Peak of each of 2,000 equal slices, one byte each."""
    sound: bytes | None = Field(default=None, sa_type=LargeBinary)
    """How it sounds: 16 signed bytes (`db.sound`); null where an older model measured."""
    measured_at: datetime = instant(default_factory=now)
