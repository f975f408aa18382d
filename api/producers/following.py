"""Following producers: the first time is told to them, once."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.notices import Notice, notify
from api.producers.errors import NobodyFollowsThemselves, ProducerNotFound
from api.viewer import Viewer
from db.ids import ProducerId
from db.queries import accounts, follows
from db.queries import producers as queries
from db.queries.producers import ProducerRow
from db.vocabulary import NotificationKind


async def follow_producer(session: AsyncSession, viewer: Viewer, *, producer: ProducerId) -> None:
    """Follow a profile; who does already stays as they are. A profile that nobody owns has nobody to tell.

    Raises:
        ProducerNotFound: There is none.
        NobodyFollowsThemselves: It is the viewer's own.
    """
    profile = await _profile(session, producer)
    if profile.id == viewer.producer_id:
        raise NobodyFollowsThemselves
    if profile.withheld_since is not None or await queries.has_left(session, producer):
        raise ProducerNotFound
    is_first = await follows.follow(session, viewer.account_id, producer)
    if is_first and profile.account_id is not None:
        await notify(session, [profile.account_id], await _notice(session, viewer, profile))


async def unfollow_producer(session: AsyncSession, viewer: Viewer, *, producer: ProducerId) -> None:
    """Stop following a profile; who does not follow it stays as they are.

    Raises:
        ProducerNotFound: There is none.
    """
    await _profile(session, producer)
    await follows.unfollow(session, viewer.account_id, producer)


async def _profile(session: AsyncSession, producer: ProducerId) -> ProducerRow:
    known = await queries.producers(session, [producer])
    if not known:
        raise ProducerNotFound
    return known[0]


async def _notice(session: AsyncSession, viewer: Viewer, followed: ProducerRow) -> Notice:
    [account] = await accounts.accounts(session, [viewer.account_id])
    own = await queries.producers_of(session, [viewer.account_id])
    shown = own[0] if own else followed
    return Notice(
        kind=NotificationKind.NEW_FOLLOWER,
        subject=f"mem_{viewer.account_id.removeprefix('acc_')}",
        title=f"{account.display_name} follows you",
        body=f"{account.display_name} follows {followed.name} and hears of new tracks from now on.",
        path=f"/p/{shown.handle}",
        by=viewer.account_id,
    )
