"""Telling a producer's followers of a new track, a few hundred at a time (D-70)."""

from collections.abc import Awaitable, Callable
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.notices import Notice, notify
from db.ids import AccountId, TrackId
from db.keys import key_label
from db.queries import notices as queries
from db.queries import producers, tracks
from db.queries.tracks import TrackRow
from db.session import Sessions
from db.vocabulary import NotificationKind, TrackStatus

_AT_ONCE: Final = 200
"""Some 20 ms of writing, so that other writers need not wait longer."""

Step = Callable[[AsyncSession], Awaitable[None]]


async def tell_followers(sessions: Sessions, track: TrackId, *, keep: Step, settle: Step) -> None:
    """Tell everybody who follows the uploader; whoever was told already is not told again.

    Args:
        keep: Keeps the job, in the transaction that tells some of them.
        settle: Ends the job, once the last ones are told, or the track is not to be seen any more.
    """
    last: AccountId | None = None
    while True:
        async with sessions.writing() as session:
            told = await _tell_some(session, track, after=last)
            if not told:
                await settle(session)
                return
            await keep(session)
            last = told[-1]


async def _tell_some(session: AsyncSession, track: TrackId, *, after: AccountId | None) -> list[AccountId]:
    """The accounts that were told; none: there is nobody left."""
    found = await tracks.tracks(session, [track])
    if not found or found[0].status is not TrackStatus.PUBLISHED:
        return []
    row = found[0]
    followers = await queries.followers(session, row.producer_id, after=after, limit=_AT_ONCE)
    if followers:
        await notify(session, followers, await _notice(session, row))
    return followers


async def _notice(session: AsyncSession, row: TrackRow) -> Notice:
    [producer] = await producers.producers(session, [row.producer_id])
    facts = [*row.genres[:1], f"{row.bpm} BPM", key_label(row.pitch_class, row.scale)]
    return Notice(
        kind=NotificationKind.NEW_UPLOAD,
        subject=row.id,
        title=f"New from {producer.name}: {row.title}",
        body=f"{producer.name} has published “{row.title}” ({', '.join(facts)}).",
        path=f"/t/{row.slug}",
        by=producer.account_id,
    )
