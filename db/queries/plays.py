"""Plays as they are opened, reported and counted, and the sums that are kept of them."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Update, and_, bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from db.dialects import among, as_json, inserting_rows, on_postgres, rows_given
from db.ids import AccountId, PlayId, ProducerId, TrackId, UploadId
from db.models.accounts import Account
from db.models.plays import AudioStream, CreditedPlays, Listening, Play, PlayQuarter, PlayTotal, TrackPlays
from db.models.producers import Producer
from db.models.tracks import Track, TrackCredit
from db.queries.credits import CREDITED
from db.queries.rows import AnySelect, read, select_row
from db.queries.standing import SHOWN_AS
from db.vocabulary import TrackStatus


class HeardTrack(NamedTuple):
    id: TrackId
    producer_id: ProducerId
    status: TrackStatus


class NewPlay(NamedTuple):
    id: PlayId
    account_id: AccountId
    track_id: TrackId
    started_at: datetime
    listened_ms: int
    counted_at: datetime | None


class PlayRow(NamedTuple):
    """A play, with what is heard.

    Attributes:
        streamed: The stream of the audio is made.
    """

    id: PlayId
    account_id: AccountId
    track_id: TrackId
    started_at: datetime
    listened_ms: int
    counted_at: datetime | None
    producer_id: ProducerId
    status: TrackStatus
    slug: str
    duration_ms: int
    upload_id: UploadId
    streamed: bool


class OpenPlayRow(NamedTuple):
    """A play that may go on.

    Attributes:
        taken_away: Staff keep the track back, or it is removed.
    """

    id: PlayId
    account_id: AccountId
    track_id: TrackId
    started_at: datetime
    listened_ms: int
    counted_at: datetime | None
    next_started_at: datetime | None
    duration_ms: int
    taken_away: bool


class Opened(NamedTuple):
    """What one account has opened lately: how many, and when the first of them."""

    plays: int
    since: datetime


class Progress(NamedTuple):
    """What a play has come to."""

    play: PlayId
    listened_ms: int
    counted_at: datetime | None


class Counts(NamedTuple):
    """Of plays: all that were opened, and those that count."""

    plays: int
    counted: int


Days = Mapping[tuple[Any, ...], Counts]
"""Counts to add, by the rest of a row's key."""

_PLAYS = (
    select_row(
        PlayRow,
        Play,
        **{name: col(getattr(Track, name)) for name in ("producer_id", "slug", "duration_ms", "upload_id")},
        status=SHOWN_AS,
        streamed=col(AudioStream.upload_id).is_not(None),
    )
    .join(Track, col(Track.id) == col(Play.track_id))
    .outerjoin(AudioStream, col(AudioStream.upload_id) == col(Track.upload_id))
)
_PLAY: Final[Any] = vars(Play)["__table__"]
"""Statements of the tables, not of the models, are compiled once, and take rows as parameters."""


async def hold_listeners(session: AsyncSession, accounts: Collection[AccountId]) -> None:
    """Let nobody else open or report plays of these accounts until the transaction ends.

    Held in the order of their ids, before anything else, as by everybody who holds an account.
    """
    held = select(col(Account.id)).where(among(session, col(Account.id), sorted(accounts)))
    await session.execute(held.order_by(col(Account.id)).with_for_update(key_share=True))


async def plays(session: AsyncSession, ids: Collection[PlayId]) -> list[PlayRow]:
    return await read(session, PlayRow, _PLAYS.where(col(Play.id).in_(ids)))


async def heard_tracks(session: AsyncSession, ids: Collection[TrackId]) -> dict[TrackId, HeardTrack]:
    chosen = select_row(HeardTrack, Track).where(among(session, col(Track.id), list(ids)))
    return {row.id: row for row in await read(session, HeardTrack, chosen)}


async def opened_since(
    session: AsyncSession, accounts: Collection[AccountId], since: datetime
) -> dict[AccountId, Opened]:
    """How much each of the accounts has opened since then; those that opened nothing are left out."""
    found = await session.execute(opening_since(session, accounts, since))
    return {AccountId(account): Opened(int(count), first) for account, count, first in found}


def opening_since(session: AsyncSession, accounts: Collection[AccountId], since: datetime) -> AnySelect:
    lately = among(session, col(Play.account_id), list(accounts)), col(Play.started_at) > since
    columns = col(Play.account_id), func.count(), func.min(col(Play.started_at))
    return select(*columns).where(*lately).group_by(col(Play.account_id))


async def open_plays(session: AsyncSession, ids: Collection[PlayId]) -> list[OpenPlayRow]:
    """Plays, each with the moment at which its listener opened the next one."""
    return await read(session, OpenPlayRow, with_next(session, ids))


def with_next(session: AsyncSession, ids: Collection[PlayId]) -> AnySelect:
    """Along the index of a listener's plays, one step on from each."""
    later = aliased(Play)
    behind = and_(
        col(later.account_id) == col(Play.account_id),
        col(later.started_at) >= col(Play.started_at),
        or_(col(later.started_at) > col(Play.started_at), col(later.id) > col(Play.id)),
    )
    following = select(col(later.started_at)).where(behind).order_by(col(later.started_at), col(later.id))
    columns = select_row(
        OpenPlayRow,
        Play,
        next_started_at=following.limit(1).scalar_subquery(),
        duration_ms=col(Track.duration_ms),
        taken_away=or_(col(Track.withheld_as).is_not(None), col(Track.status) == TrackStatus.REMOVED),
    )
    return columns.join(Track, col(Track.id) == col(Play.track_id)).where(
        among(session, col(Play.id), list(ids))
    )


async def counted_on(
    session: AsyncSession, day: date, accounts: Collection[AccountId]
) -> Counter[tuple[AccountId, TrackId]]:
    """Counted plays of these listeners on a day, by track: all tracks, for pairs would be looked up one by one."""
    columns = col(Listening.account_id), col(Listening.track_id), col(Listening.counted)
    chosen = col(Listening.day) == day, among(session, col(Listening.account_id), list(accounts))
    rows = await session.execute(select(*columns).where(*chosen))
    return Counter({(account, track): counted for account, track, counted in rows})


async def makers(
    session: AsyncSession, accounts: Collection[AccountId], tracks: Collection[TrackId]
) -> set[tuple[AccountId, TrackId]]:
    """Who of these listeners is, or was, credited on which of these tracks."""
    chosen = (
        among(session, col(TrackCredit.track_id), list(tracks)),
        col(TrackCredit.never_shown).is_(False),
        among(session, col(Producer.account_id), list(accounts)),
    )
    columns = select(col(Producer.account_id), col(TrackCredit.track_id))
    joined = columns.join(Producer, col(Producer.id) == col(TrackCredit.producer_id)).where(*chosen)
    return {(account, track) for account, track in await session.execute(joined) if account}


async def credited(session: AsyncSession, tracks: Collection[TrackId]) -> list[tuple[TrackId, ProducerId]]:
    """Whom these tracks credit now."""
    columns = select(col(TrackCredit.track_id), col(TrackCredit.producer_id))
    chosen = columns.where(among(session, col(TrackCredit.track_id), list(tracks)), CREDITED)
    return [(TrackId(track), ProducerId(producer)) for track, producer in await session.execute(chosen)]


async def totals(session: AsyncSession, tracks: Collection[TrackId]) -> Counter[TrackId]:
    """Counted plays of each of these tracks, ever."""
    columns = select(col(PlayTotal.track_id), col(PlayTotal.counted))
    rows = await session.execute(columns.where(col(PlayTotal.track_id).in_(tracks)))
    return Counter({TrackId(track): int(counted) for track, counted in rows})


# ---- writing -------------------------------------------------------------------------------------


async def add(session: AsyncSession, opened: Iterable[NewPlay]) -> None:
    """New plays, of which nothing has been heard."""
    if rows := [row._asdict() for row in opened]:
        await session.execute(*inserting_rows(session, _PLAY, rows))


async def note(session: AsyncSession, progress: Iterable[Progress]) -> None:
    """What plays have come to, whose listeners are held: nobody else writes them, so their order does not matter."""
    rows = [one._asdict() for one in progress]
    if rows and on_postgres(session):
        types = {"play": _PLAY.c.id.type, **{name: _PLAY.c[name].type for name in Progress._fields[1:]}}
        given = rows_given(
            session, types, [[as_json(value) for value in row.values()] for row in rows]
        ).subquery()
        await session.execute(_noting(given.c.play, given.c.listened_ms, given.c.counted_at))
    elif rows:
        await session.execute(
            _noting(*(bindparam(f"its_{name}") for name in Progress._fields)),
            [{f"its_{name}": value for name, value in row.items()} for row in rows],
        )


def _noting(play: Any, listened_ms: Any, counted_at: Any) -> Update:
    return update(_PLAY).where(_PLAY.c.id == play).values(listened_ms=listened_ms, counted_at=counted_at)


async def add_listenings(session: AsyncSession, days: Days) -> None:
    """By day, account and track."""
    await _add(session, Listening, ("day", "account_id", "track_id"), _named(days))


async def add_track_plays(session: AsyncSession, days: Days) -> None:
    """By track and day, and to the totals of the tracks."""
    await _add(session, TrackPlays, ("track_id", "day"), _named(days))
    sums: dict[tuple[Any, ...], Counts] = {}
    for (track, _), more in days.items():
        so_far = sums.get((track,), Counts(0, 0))
        sums[track,] = Counts(so_far.plays + more.plays, so_far.counted + more.counted)
    await _add(session, PlayTotal, ("track_id",), _named(sums))


async def add_credited(session: AsyncSession, counted: Mapping[tuple[Any, ...], int]) -> None:
    """By producer, day and track."""
    rows = {key: {"counted": n} for key, n in counted.items()}
    await _add(session, CreditedPlays, ("producer_id", "day", "track_id"), rows, beside={"rewarded": 0})


async def add_quarters(session: AsyncSession, quarters: Days) -> None:
    """By producer and the beginning of the quarter of an hour."""
    await _add(session, PlayQuarter, ("producer_id", "begins_at"), _named(quarters))


def _named(counts: Days) -> dict[tuple[Any, ...], dict[str, int]]:
    return {key: count._asdict() for key, count in counts.items()}


async def _add(
    session: AsyncSession,
    model: Any,
    key: Sequence[str],
    more: Mapping[tuple[Any, ...], Mapping[str, int]],
    *,
    beside: Mapping[str, int] | None = None,
) -> None:
    """Rows go in the order of their keys: who adds to the same ones at the same time waits, and never in a circle.

    Args:
        beside: What a new row has beside.
    """
    if not more:
        return
    table: Any = model.__table__
    rows = [dict(zip(key, one, strict=True)) | dict(more[one]) | dict(beside or {}) for one in sorted(more)]
    fresh, given = inserting_rows(session, table, rows)
    names = next(iter(more.values())).keys()
    added: dict[str, Any] = {name: table.c[name] + fresh.excluded[name] for name in names}
    await session.execute(fresh.on_conflict_do_update(index_elements=list(key), set_=added), given)
