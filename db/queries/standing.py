"""Where tracks stand: what others see of them and of pictures, and whose state is not settled."""

from sqlalchemy import ColumnElement, case, exists, or_, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.columns import Word
from db.ids import PictureId, ProducerId, TrackId
from db.models.accounts import Account
from db.models.collections import Collection
from db.models.producers import AboutPhoto, Producer
from db.models.replacements import AudioReplacement
from db.models.tracks import Track
from db.queries.collections import COVER_WITHHELD
from db.vocabulary import FingerprintStatus, TrackStatus

SHOWN_AS: ColumnElement[TrackStatus] = type_coerce(
    case((col(Track.withheld_as) == TrackStatus.SOLD, TrackStatus.HIDDEN.value), else_=col(Track.status)),
    Word(TrackStatus),
)
"""`TrackRow.shown_as`, of a row of `Track`."""


async def shown_as(session: AsyncSession, track: TrackId) -> TrackStatus | None:
    """What a track is for others; null: there is none."""
    return await session.scalar(select(SHOWN_AS).where(col(Track.id) == track))


async def is_picture_withheld(session: AsyncSession, picture: PictureId) -> bool:
    """Whether staff keep back what shows a picture, be it a track, a collection or a profile, or suspend whose it is."""
    of_a_profile = select(col(AboutPhoto.producer_id)).where(col(AboutPhoto.picture_id) == picture)
    withheld = (
        exists().where(col(Track.cover_picture_id) == picture, col(Track.withheld_as).is_not(None)),
        exists().where(col(Collection.cover_picture_id) == picture, COVER_WITHHELD),
        exists().where(col(Producer.picture_id) == picture, col(Producer.withheld_since).is_not(None)),
        exists().where(col(Producer.id).in_(of_a_profile), col(Producer.withheld_since).is_not(None)),
        exists().where(col(Account.picture_id) == picture, col(Account.suspended_at).is_not(None)),
    )
    return bool(await session.scalar(select(or_(*withheld))))


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
