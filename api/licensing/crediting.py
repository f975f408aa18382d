"""Who made a track that is licensed."""

from sqlalchemy.ext.asyncio import AsyncSession

from db.queries import credits, producers
from db.queries.producers import ProducerRow
from db.queries.tracks import TrackRow


async def credited_on(session: AsyncSession, track: TrackRow) -> list[ProducerRow]:
    """The producers of a track, the one first who uploaded it."""
    ids = [one for _, one in await credits.credits_of(session, [track.id]) if one != track.producer_id]
    rows = {row.id: row for row in await producers.producers(session, [track.producer_id, *ids])}
    return [rows[one] for one in (track.producer_id, *ids)]
