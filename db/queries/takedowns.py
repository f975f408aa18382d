"""Takedown notices (D-83)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.clock import now
from db.ids import AccountId, TakedownId, TakedownStepId, TrackId
from db.models.takedowns import Takedown, TakedownStep
from db.queries.paging import Key, Page, Slice
from db.queries.rows import AnySelect, read, read_count, read_one, read_page, select_row
from db.transitions import TAKEDOWN, before
from db.vocabulary import TakedownStatus


class TakedownRow(NamedTuple):
    id: TakedownId
    track_id: TrackId
    name: str
    email: str
    work: str
    grounds: str
    signature: str
    status: TakedownStatus
    created_at: datetime
    expires_at: datetime
    proved_at: datetime | None


class TakedownStepRow(NamedTuple):
    id: TakedownStepId
    takedown_id: TakedownId
    status: TakedownStatus
    text: str | None
    by: AccountId | None
    at: datetime


_TAKEDOWNS: Final = select_row(TakedownRow, Takedown)
_STEPS: Final = select_row(TakedownStepRow, TakedownStep)
_OLDEST_FIRST: Final = [Key(col(Takedown.proved_at)), Key(col(Takedown.id))]
_DECIDED: Final = (TakedownStatus.UPHELD, TakedownStatus.REJECTED, TakedownStatus.RELEASED)
_STANDING: Final = (TakedownStatus.OPEN, TakedownStatus.UPHELD, TakedownStatus.ANSWERED)
_PROVED: Final = col(Takedown.status) != TakedownStatus.UNPROVED


async def takedowns(session: AsyncSession, ids: Collection[TakedownId]) -> list[TakedownRow]:
    """In any state."""
    return await read(session, TakedownRow, _TAKEDOWNS.where(col(Takedown.id).in_(ids)))


async def takedown_for_change(session: AsyncSession, takedown: TakedownId) -> TakedownRow | None:
    """One, locked until the transaction ends."""
    chosen = _TAKEDOWNS.where(col(Takedown.id) == takedown).with_for_update()
    return await read_one(session, TakedownRow, chosen)


async def takedowns_of_tracks(session: AsyncSession, tracks: Collection[TrackId]) -> list[TakedownRow]:
    """Those that staff have seen, the latest first."""
    theirs = _TAKEDOWNS.where(col(Takedown.track_id).in_(tracks), _PROVED)
    return await read(
        session, TakedownRow, theirs.order_by(col(Takedown.proved_at).desc(), col(Takedown.id).desc())
    )


async def is_noticed(session: AsyncSession, track: TrackId) -> bool:
    """Whether a notice about a track waits for staff, or was upheld."""
    return track in await noticed_among(session, [track])


async def noticed_among(session: AsyncSession, tracks: Collection[TrackId]) -> frozenset[TrackId]:
    """Those of the tracks about which a notice waits for staff, or was upheld."""
    about = col(Takedown.track_id).in_(tracks), col(Takedown.status).in_(_STANDING)
    return frozenset(
        TrackId(track) for track in await session.scalars(select(col(Takedown.track_id)).where(*about))
    )


async def page_of_takedowns(
    session: AsyncSession, statuses: Collection[TakedownStatus], part: Slice
) -> Page[TakedownRow]:
    """The oldest first."""
    return await read_page(session, TakedownRow, _in(_TAKEDOWNS, statuses), _OLDEST_FIRST, part)


async def count_takedowns(session: AsyncSession, statuses: Collection[TakedownStatus]) -> int:
    counted: AnySelect = select(func.count()).select_from(Takedown)
    return await read_count(session, _in(counted, statuses))


def _in(statement: AnySelect, statuses: Collection[TakedownStatus]) -> AnySelect:
    """Nobody sees what is not proved."""
    return statement.where(col(Takedown.status).in_(set(statuses) - {TakedownStatus.UNPROVED}))


async def give_token(
    session: AsyncSession, takedown: TakedownId, sha256: str, *, moment: datetime
) -> TakedownRow | None:
    """Note what the link will hold; null where it would open nothing any more."""
    living = col(Takedown.id) == takedown, *_unproved(moment)
    await session.execute(update(Takedown).where(*living).values(token_sha256=sha256))
    return await read_one(session, TakedownRow, _TAKEDOWNS.where(*living))


async def behind(session: AsyncSession, sha256: str, *, moment: datetime) -> TakedownRow | None:
    """What a link would prove; null: it opens nothing."""
    return await read_one(
        session, TakedownRow, _TAKEDOWNS.where(col(Takedown.token_sha256) == sha256, *_unproved(moment))
    )


def _unproved(moment: datetime) -> tuple[Any, ...]:
    return col(Takedown.status) == TakedownStatus.UNPROVED, col(Takedown.expires_at) > moment


async def move(session: AsyncSession, takedown: TakedownId, status: TakedownStatus, **columns: Any) -> bool:
    """Bring it into a state that may follow; false: it may not, or somebody was faster."""
    chosen = col(Takedown.id) == takedown, col(Takedown.status).in_(before(TAKEDOWN, status))
    moved = update(Takedown).where(*chosen).values(status=status, **columns).returning(col(Takedown.id))
    return (await session.execute(moved)).one_or_none() is not None


async def forget_unproved(session: AsyncSession, *, before: datetime) -> None:
    """Delete what nobody has proved in time."""
    over = col(Takedown.status) == TakedownStatus.UNPROVED, col(Takedown.expires_at) <= before
    await session.execute(delete(Takedown).where(*over))


async def forget_contacts(session: AsyncSession, *, before: datetime, limit: int) -> int:
    """Of notices about which nothing was said or done since and nothing waits for staff: who sent them, and how many of these."""
    latest = select(func.max(col(TakedownStep.at))).where(col(TakedownStep.takedown_id) == col(Takedown.id))
    rests = col(Takedown.status).in_(_DECIDED), latest.scalar_subquery() < before
    some = select(col(Takedown.id)).where(*rests, col(Takedown.email) != "").limit(limit)
    gone = update(Takedown).where(col(Takedown.id).in_(some)).values(email="", signature="")
    return len((await session.scalars(gone.returning(col(Takedown.id)))).all())


async def filed_for(session: AsyncSession, email: str, *, since: datetime) -> int:
    """Notices under an e-mail that were filed since and not confirmed, so that nobody fills an inbox with letters."""
    unproved = col(Takedown.status) == TakedownStatus.UNPROVED, col(Takedown.created_at) > since
    theirs = func.lower(col(Takedown.email)) == email.lower(), *unproved
    return await read_count(session, select(func.count()).where(*theirs))


async def steps(session: AsyncSession, ids: Collection[TakedownStepId]) -> list[TakedownStepRow]:
    return await read(session, TakedownStepRow, _STEPS.where(col(TakedownStep.id).in_(ids)))


async def steps_of(session: AsyncSession, takedowns: Collection[TakedownId]) -> list[TakedownStepRow]:
    """In the order of it."""
    theirs = _STEPS.where(col(TakedownStep.takedown_id).in_(takedowns))
    return await read(session, TakedownStepRow, theirs.order_by(col(TakedownStep.at), col(TakedownStep.id)))


def new_step(
    takedown: TakedownId, status: TakedownStatus, text: str | None = None, by: AccountId | None = None
) -> TakedownStep:
    return TakedownStep(takedown_id=takedown, status=status, text=text, by=by, at=now())
