"""The ledger of experience, and the facts that it follows from (D-57)."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.dialects import inserting
from db.ids import AccountId, ProducerId, TrackId, XpAwardId
from db.models.producers import Producer, XpAward
from db.models.tracks import Track, TrackCredit
from db.queries.rows import AnySelect, read, read_one, select_row
from db.vocabulary import XpCause


class StoryRow(NamedTuple):
    id: TrackId
    producer_id: ProducerId
    published_at: datetime | None
    metadata_completed_at: datetime | None


class XpAwardRow(NamedTuple):
    id: XpAwardId
    producer_id: ProducerId
    cause: XpCause
    subject_id: str
    points: int
    at: datetime

    @property
    def track_id(self) -> TrackId:
        """What it was given for; an award of plays names their day too."""
        return TrackId(self.subject_id.partition(":")[0])


class Standing(NamedTuple):
    """Where a producer stands."""

    account_id: AccountId | None
    xp: int


_AWARDS = select_row(XpAwardRow, XpAward)


async def stories(session: AsyncSession, tracks: Collection[TrackId]) -> list[StoryRow]:
    """Facts of tracks in whatever state, the removed ones too."""
    return await read(session, StoryRow, select_row(StoryRow, Track).where(col(Track.id).in_(tracks)))


async def ever_credited(
    session: AsyncSession, tracks: Collection[TrackId]
) -> list[tuple[TrackId, ProducerId]]:
    """Who is or was credited on these tracks; who left before the publication was never shown, or has no row."""
    columns = (col(TrackCredit.track_id), col(TrackCredit.producer_id))
    named = col(TrackCredit.track_id).in_(tracks), col(TrackCredit.never_shown).is_(False)
    rows = await session.execute(select(*columns).where(*named))
    return [(track, producer) for track, producer in rows]


async def ever_of(session: AsyncSession, producer: ProducerId) -> list[TrackId]:
    """Tracks that credit a producer or did, the own ones among them, in whatever state."""
    named = select(col(TrackCredit.track_id)).where(col(TrackCredit.producer_id) == producer)
    return list(await session.scalars(named))


async def give(session: AsyncSession, awards: Sequence[XpAward]) -> list[tuple[ProducerId, int]]:
    """Write awards into the ledger; one that is there stays as it is.

    Returns:
        Whom the new ones are for, and their points.
    """
    if not awards:
        return []
    new = inserting(session, XpAward).values([one.model_dump() for one in awards]).on_conflict_do_nothing()
    given = await session.execute(new.returning(col(XpAward.producer_id), col(XpAward.points)))
    return [(ProducerId(producer), int(points)) for producer, points in given]


async def give_more(session: AsyncSession, awards: Sequence[XpAward]) -> None:
    """Write awards into the ledger; those that are there grow by the points."""
    fresh = inserting(session, XpAward).values([one.model_dump() for one in awards])
    more = {"points": col(XpAward.points) + fresh.excluded.points}
    once = ["producer_id", "cause", "subject_id"]
    await session.execute(fresh.on_conflict_do_update(index_elements=once, set_=more))


async def raise_xp(session: AsyncSession, producer: ProducerId, points: int) -> Standing:
    raised = update(Producer).where(col(Producer.id) == producer).values(xp=col(Producer.xp) + points)
    [standing] = await session.execute(raised.returning(col(Producer.account_id), col(Producer.xp)))
    return Standing(*standing)


async def standing(session: AsyncSession, producer: ProducerId) -> Standing | None:
    return await read_one(
        session, Standing, select_row(Standing, Producer).where(col(Producer.id) == producer)
    )


async def ledger(session: AsyncSession, producer: ProducerId) -> list[XpAwardRow]:
    """All that a producer was given."""
    return await read(session, XpAwardRow, _AWARDS.where(col(XpAward.producer_id) == producer))


async def awards(session: AsyncSession, ids: Collection[XpAwardId]) -> list[XpAwardRow]:
    return await read(session, XpAwardRow, _AWARDS.where(col(XpAward.id).in_(ids)))


async def latest_awards(session: AsyncSession, producer: ProducerId, limit: int) -> list[XpAwardRow]:
    """The newest of a producer's awards, the newest first."""
    return await read(session, XpAwardRow, newest_awards(producer, limit))


def newest_awards(producer: ProducerId, limit: int) -> AnySelect:
    newest = _AWARDS.where(col(XpAward.producer_id) == producer)
    return newest.order_by(col(XpAward.at).desc(), col(XpAward.id).desc()).limit(limit)


async def unrewarded(session: AsyncSession, *, limit: int) -> list[TrackId]:
    """Tracks that were published and have no award for it: from before there was experience; the oldest first."""
    given = exists().where(
        col(XpAward.producer_id) == col(Track.producer_id),
        col(XpAward.cause) == XpCause.TRACK_PUBLISHED,
        col(XpAward.subject_id) == col(Track.id),
    )
    missed = select(col(Track.id)).where(col(Track.published_at).is_not(None), ~given)
    return list(await session.scalars(missed.order_by(col(Track.id)).limit(limit)))
