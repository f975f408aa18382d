"""Play Milestones: a track has been played 100, 1,000, 10,000 … times, and whom it credits hears of each once (D-70)."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.notices import Notice, notify
from db.ids import TrackId
from db.queries import credits, producers, tracks
from db.queries.tracks import TrackRow
from db.vocabulary import NotificationKind


async def tell_milestone(session: AsyncSession, track: TrackId, plays: int) -> None:
    """Tell everybody whom a track credits, unless it has gone since; who was told is not told again."""
    found = await tracks.tracks(session, [track])
    if not found:
        return
    makers = {producer for _, producer in await credits.credits_of(session, [track])}
    rows = await producers.producers(session, makers)
    accounts = [row.account_id for row in rows if row.account_id is not None]
    await notify(session, accounts, _notice(found[0], plays))


def _notice(track: TrackRow, plays: int) -> Notice:
    return Notice(
        kind=NotificationKind.PLAY_MILESTONE,
        subject=f"{track.id}:{len(str(plays)) - 1}",  # the power of ten: there is room for no more
        title=f"{plays:,} plays: {track.title}",
        body=f"“{track.title}” has been played {plays:,} times.",
        path=f"/t/{track.slug}",
    )
