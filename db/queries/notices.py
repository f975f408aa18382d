"""Keeping notifications, who is to be told of what, and by which channels."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Update, and_, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.clock import now
from db.dialects import inserting
from db.ids import AccountId, BeatRequestId, NotificationId, ProducerId, TrackId
from db.models.accounts import Account, RoleGrant
from db.models.notices import CALLS, UNREAD, MutedGenre, Notification, NotificationPreference
from db.models.producers import Follow, Producer, ProducerRequest
from db.models.recon import DuplicateAppeal
from db.models.tracks import TrackCredit
from db.queries.conditions import one_of
from db.queries.credits import CREDITED
from db.queries.paging import Anchor, Key, Page, Slice, page_of, sliced
from db.queries.rows import AnySelect, read, read_count, read_one, read_page, select_row
from db.vocabulary import NotificationChannel, NotificationKind, ProducerRequestKind, Role

Switch = tuple[NotificationKind, NotificationChannel]


class NotificationRow(NamedTuple):
    id: NotificationId
    account_id: AccountId
    kind: NotificationKind
    subject_id: str
    title: str
    body: str
    path: str
    created_at: datetime
    read_at: datetime | None


class Ears(NamedTuple):
    """How an account is told of one kind.

    Attributes:
        proved: Whether its e-mail address is known to be its own (D-80).
    """

    switches: dict[Switch, bool]
    proved: bool


class _Setting(NamedTuple):
    """One switch of an account, or an account without any."""

    account_id: AccountId
    proved: bool
    channel: NotificationChannel | None
    enabled: bool | None


class Applicant(NamedTuple):
    """Who opened a case; the kind is null for an appeal."""

    account_id: AccountId
    kind: ProducerRequestKind | None


_HELD = col(RoleGrant.withdrawn_at).is_(None)
_NOTIFICATIONS = select_row(NotificationRow, Notification)
_NEWEST_FIRST = [
    Key(col(Notification.created_at), descending=True),
    Key(col(Notification.id), descending=True),
]
_OLDEST_FIRST = [Key(col(Notification.created_at)), Key(col(Notification.id))]


# ---- writing -------------------------------------------------------------------------------------


async def add(session: AsyncSession, notifications: Sequence[Notification]) -> frozenset[str]:
    """New notifications; one that the account has already, of this kind and subject, stays as it is.

    Returns:
        The ids of those that are new.
    """
    fresh = inserting(session, Notification).on_conflict_do_nothing().returning(col(Notification.id))
    rows: list[dict[str, Any]] = [one.model_dump() for one in notifications]
    return frozenset(await session.scalars(fresh, rows)) if rows else frozenset()


async def mark_read(session: AsyncSession, account: AccountId, ids: Collection[str]) -> None:
    """Those that were read before keep the moment they were first read at."""
    chosen = col(Notification.account_id) == account, col(Notification.id).in_(ids)
    unread = col(Notification.read_at).is_(None)
    await session.execute(update(Notification).where(*chosen, unread).values(read_at=now()))


async def mark_read_up_to(session: AsyncSession, account: AccountId, moment: datetime, *, limit: int) -> bool:
    """Some of those that came until then; true if any were unread."""
    earlier = col(Notification.account_id) == account, col(Notification.created_at) <= moment
    some = select(col(Notification.id)).where(UNREAD, *earlier).limit(limit)
    read = update(Notification).where(col(Notification.id).in_(some), col(Notification.read_at).is_(None))
    return bool((await session.scalars(read.values(read_at=now()).returning(col(Notification.id)))).all())


async def set_switches(session: AsyncSession, account: AccountId, switches: Mapping[Switch, bool]) -> None:
    rows = [
        {"account_id": account, "kind": kind, "channel": channel, "enabled": enabled}
        for (kind, channel), enabled in switches.items()
    ]
    fresh = inserting(session, NotificationPreference)
    setting = fresh.on_conflict_do_update(
        index_elements=["account_id", "kind", "channel"], set_={"enabled": fresh.excluded.enabled}
    )
    if rows:
        await session.execute(setting, rows)


async def set_muted(session: AsyncSession, account: AccountId, genres: Mapping[str, str]) -> None:
    """These genres are muted, and no others. Needs the account's lock.

    Args:
        genres: Folded, and as they are written.
    """
    await session.execute(delete(MutedGenre).where(col(MutedGenre.account_id) == account))
    session.add_all(MutedGenre(account_id=account, folded=key, genre=genre) for key, genre in genres.items())


async def keep_from_mail(
    session: AsyncSession, account: AccountId, kinds: Collection[NotificationKind]
) -> None:
    """What waits to go out by e-mail, of these kinds, does not any more."""
    waiting = (
        col(Notification.account_id) == account,
        col(Notification.kind).in_(kinds),
        col(Notification.email).is_not(None),
        col(Notification.emailed_at).is_(None),
    )
    await session.execute(update(Notification).where(*waiting).values(email=None))


def taking_back(request: BeatRequestId) -> Update:
    """The statement of `take_back_calls`."""
    return _calls(request).values(in_app=False, live=False, withheld_in_app=None, withheld_live=None)


async def take_back_calls(session: AsyncSession, request: BeatRequestId) -> None:
    """Who was told that a beat request is for them does not see it any more; it still counts for the day's number."""
    await session.execute(taking_back(request))


async def keep_back_calls(session: AsyncSession, request: BeatRequestId) -> None:
    """Nobody sees them while staff keep a beat request back; those that are kept back already stay so."""
    shown = col(Notification.withheld_in_app).is_(None)
    kept = {"withheld_in_app": col(Notification.in_app), "withheld_live": col(Notification.live)}
    await session.execute(_calls(request).where(shown).values(in_app=False, live=False, **kept))


async def give_back_calls(session: AsyncSession, request: BeatRequestId) -> None:
    """They are where they were before `keep_back_calls`."""
    kept = col(Notification.withheld_in_app).is_not(None)
    shown = {"in_app": col(Notification.withheld_in_app), "live": col(Notification.withheld_live)}
    back = _calls(request).where(kept).values(**shown, withheld_in_app=None, withheld_live=None)
    await session.execute(back)


def _calls(request: BeatRequestId) -> Update:
    return update(Notification).where(CALLS, col(Notification.subject_id) == request)


# ---- reading -------------------------------------------------------------------------------------


async def notification(session: AsyncSession, notification_id: str) -> NotificationRow | None:
    return await read_one(
        session, NotificationRow, _NOTIFICATIONS.where(col(Notification.id) == notification_id)
    )


async def owned(session: AsyncSession, account: AccountId, ids: Collection[str]) -> frozenset[str]:
    """Those of the notifications that are the account's."""
    own = col(Notification.account_id) == account, col(Notification.id).in_(ids)
    return frozenset(await session.scalars(select(col(Notification.id)).where(*own)))


def listed(
    statement: AnySelect,
    account: AccountId,
    *,
    unread: bool | None,
    kinds: Collection[NotificationKind] | None,
) -> AnySelect:
    """What an account sees in its list; of unread ones along an index of their own."""
    read_ones = [] if unread is None else [col(Notification.read_at).is_not(None)]
    chosen = [UNREAD] if unread else [col(Notification.in_app).is_(True), *read_ones]
    return statement.where(
        col(Notification.account_id) == account, *chosen, *one_of(col(Notification.kind), kinds)
    )


def page_statement(
    account: AccountId, part: Slice, *, unread: bool | None, kinds: Collection[NotificationKind] | None
) -> AnySelect:
    """The statement of `page_of_notifications`."""
    return sliced(listed(_NOTIFICATIONS, account, unread=unread, kinds=kinds), _NEWEST_FIRST, part)


async def page_of_notifications(
    session: AsyncSession,
    account: AccountId,
    part: Slice,
    *,
    unread: bool | None,
    kinds: Collection[NotificationKind] | None,
) -> Page[NotificationRow]:
    """Newest first."""
    chosen = listed(_NOTIFICATIONS, account, unread=unread, kinds=kinds)
    return await read_page(session, NotificationRow, chosen, _NEWEST_FIRST, part)


async def count_notifications(
    session: AsyncSession,
    account: AccountId,
    *,
    unread: bool | None,
    kinds: Collection[NotificationKind] | None,
) -> int:
    counted: AnySelect = select(func.count()).select_from(Notification)
    return await read_count(session, listed(counted, account, unread=unread, kinds=kinds))


def anchor_of(row: NotificationRow) -> tuple[object, ...]:
    return (row.created_at, row.id)


def counting_unread(accounts: Collection[AccountId]) -> AnySelect:
    """The statement of `unread_counts`."""
    own = col(Notification.account_id).in_(accounts)
    counted = select(col(Notification.account_id), func.count()).where(UNREAD, own)
    return counted.group_by(col(Notification.account_id))


async def unread_counts(session: AsyncSession, accounts: Collection[AccountId]) -> dict[AccountId, int]:
    """None unread: not named."""
    return {AccountId(account): n for account, n in await session.execute(counting_unread(accounts))}


def live_after(account: AccountId, after: Anchor, limit: int) -> AnySelect:
    """The statement of `live_notifications`."""
    live = col(Notification.account_id) == account, col(Notification.live).is_(True)
    return sliced(_NOTIFICATIONS.where(*live), _OLDEST_FIRST, Slice(limit, after=after))


async def live_notifications(
    session: AsyncSession, account: AccountId, *, after: Anchor, limit: int
) -> Page[NotificationRow]:
    """Those that go out live, oldest first."""
    return page_of(await read(session, NotificationRow, live_after(account, after, limit)), Slice(limit))


async def ears(
    session: AsyncSession, accounts: Collection[AccountId], kind: NotificationKind
) -> dict[AccountId, Ears]:
    """How these accounts are told of a kind; behind a deleted one there is nobody."""
    set_by = and_(
        col(NotificationPreference.account_id) == col(Account.id), col(NotificationPreference.kind) == kind
    )
    columns = (
        col(Account.id),
        col(Account.email_verified_at).is_not(None),
        col(NotificationPreference.channel),
        col(NotificationPreference.enabled),
    )
    found: dict[AccountId, Ears] = {}
    there = col(Account.id).in_(accounts), col(Account.deleted_at).is_(None)
    chosen = select(*columns).outerjoin(NotificationPreference, set_by).where(*there)
    for row in await read(session, _Setting, chosen):
        one = found.setdefault(row.account_id, Ears({}, proved=row.proved))
        if row.channel is not None:
            one.switches[kind, row.channel] = bool(row.enabled)
    return found


async def mailed_less(
    session: AsyncSession,
    accounts: Collection[AccountId],
    kind: NotificationKind,
    since: datetime,
    *,
    most: int,
) -> frozenset[AccountId]:
    """Those of the accounts that fewer e-mails of a kind than `most` went to since then, or are on their way."""
    mailed = col(Notification.kind) == kind, col(Notification.email).is_not(None)
    lately = col(Notification.account_id).in_(accounts), col(Notification.created_at) > since
    many = (
        select(col(Notification.account_id))
        .where(*lately, *mailed)
        .group_by(col(Notification.account_id))
        .having(func.count() >= most)
    )
    return frozenset(accounts) - frozenset(await session.scalars(many))


async def switches(
    session: AsyncSession, accounts: Collection[AccountId]
) -> dict[AccountId, dict[Switch, bool]]:
    """What these accounts have set; every account is named."""
    columns = (
        col(NotificationPreference.account_id),
        col(NotificationPreference.kind),
        col(NotificationPreference.channel),
        col(NotificationPreference.enabled),
    )
    chosen = col(NotificationPreference.account_id).in_(accounts)
    found: dict[AccountId, dict[Switch, bool]] = defaultdict(dict)
    for account, of, channel, enabled in await session.execute(select(*columns).where(chosen)):
        found[account][of, channel] = enabled
    return {account: found[account] for account in accounts}


async def muted_genres(session: AsyncSession, accounts: Collection[AccountId]) -> list[tuple[AccountId, str]]:
    """Pairs of account and genre, in the order of genres."""
    columns = select(col(MutedGenre.account_id), col(MutedGenre.genre))
    chosen = columns.where(col(MutedGenre.account_id).in_(accounts)).order_by(col(MutedGenre.folded))
    return [(AccountId(account), genre) for account, genre in await session.execute(chosen)]


async def who_muted(
    session: AsyncSession, accounts: Collection[AccountId], folded: Collection[str]
) -> frozenset[AccountId]:
    """Those of the accounts that muted any of these genres."""
    muted = col(MutedGenre.account_id).in_(accounts), col(MutedGenre.folded).in_(folded)
    return frozenset(await session.scalars(select(col(MutedGenre.account_id)).where(*muted)))


async def counts_since(
    session: AsyncSession, accounts: Collection[AccountId], kind: NotificationKind, *, since: datetime
) -> dict[AccountId, int]:
    """How many of a kind each account was told since a moment; none: not named."""
    told = col(Notification.account_id).in_(accounts), col(Notification.created_at) >= since
    counted = select(col(Notification.account_id), func.count()).where(*told, col(Notification.kind) == kind)
    found = await session.execute(counted.group_by(col(Notification.account_id)))
    return {AccountId(account): int(count) for account, count in found}


# ---- who is told ---------------------------------------------------------------------------------


async def verified_among(session: AsyncSession, accounts: Collection[AccountId]) -> list[AccountId]:
    """Those of the accounts that are verified producers, in order."""
    verified = (
        select(col(RoleGrant.account_id))
        .where(col(RoleGrant.role) == Role.VERIFIED_PRODUCER, _HELD)
        .where(col(RoleGrant.account_id).in_(accounts))
    )
    return sorted(await session.scalars(verified))


async def verified_accounts_credited(session: AsyncSession, track: TrackId) -> list[AccountId]:
    """Accounts of the verified producers who are credited on a track, the uploader first."""
    credited = (
        select(col(RoleGrant.account_id))
        .select_from(Producer)
        .join(TrackCredit, col(TrackCredit.producer_id) == col(Producer.id))
        .join(RoleGrant, col(RoleGrant.account_id) == col(Producer.account_id))
        .where(col(TrackCredit.track_id) == track, CREDITED)
        .where(col(RoleGrant.role) == Role.VERIFIED_PRODUCER, _HELD)
    )
    return list(await session.scalars(credited.order_by(col(TrackCredit.position))))


def followers_after(producer: ProducerId, after: AccountId | None, limit: int) -> AnySelect:
    """The statement of `followers`."""
    live = col(Follow.producer_id) == producer, col(Follow.ended_at).is_(None)
    beyond = [] if after is None else [col(Follow.account_id) > after]
    return (
        select(col(Follow.account_id))
        .where(*live, *beyond)
        .order_by(col(Follow.producer_id), col(Follow.account_id))
        .limit(limit)
    )


async def followers(
    session: AsyncSession, producer: ProducerId, *, after: AccountId | None, limit: int
) -> list[AccountId]:
    """Accounts that follow a profile now, in the order of their ids, from one on."""
    return list(await session.scalars(followers_after(producer, after, limit)))


async def applicant_of(session: AsyncSession, case: str) -> Applicant | None:
    """Who opened a case, whatever its kind."""
    asked = select(col(ProducerRequest.account_id), col(ProducerRequest.kind))
    found = await read_one(session, Applicant, asked.where(col(ProducerRequest.id) == case))
    if found is not None:
        return found
    appealed = select(col(DuplicateAppeal.account_id)).where(col(DuplicateAppeal.id) == case)
    account = await session.scalar(appealed)
    return None if account is None else Applicant(account, None)
