"""Where tracks stand: what others see of their state, and whose state is not settled."""

from sqlalchemy import ColumnElement, case, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.columns import Word
from db.ids import ProducerId, TrackId
from db.models.replacements import AudioReplacement
from db.models.tracks import Track
from db.vocabulary import FingerprintStatus, TrackStatus

SHOWN_AS: ColumnElement[TrackStatus] = type_coerce(
    case((col(Track.withheld_as) == TrackStatus.SOLD, TrackStatus.HIDDEN.value), else_=col(Track.status)),
    Word(TrackStatus),
)
"""`TrackRow.shown_as`, of a row of `Track`."""


async def unsettled(session: AsyncSession, producer: ProducerId) -> list[TrackId]:
    """Tracks of a producer whose check is not over, or whose new audio is under check."""
    replaced = select(col(AudioReplacement.track_id)).where(
        col(AudioReplacement.track_id) == col(Track.id),
        col(AudioReplacement.status) != FingerprintStatus.DUPLICATE,
    )
    unchecked = col(Track.status).in_((TrackStatus.PROCESSING, TrackStatus.CHECK_FAILED))
    waiting = unchecked | replaced.exists()
    return list(
        await session.scalars(select(col(Track.id)).where(col(Track.producer_id) == producer, waiting))
    )
