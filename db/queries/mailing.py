"""Notifications on their way out by e-mail."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.clock import now
from db.ids import AccountId, NotificationId
from db.models.accounts import Account
from db.models.notices import FOR_DIGEST, Notification
from db.models.requests import BeatRequest, RequestOpening, Submission
from db.models.tracks import Track
from db.queries.rows import AnySelect, read, read_one, select_row
from db.vocabulary import BeatRequestStatus, EmailTiming, NotificationKind, TrackStatus

_LONGEST_ANSWER = 300


class Addressee(NamedTuple):
    account_id: AccountId
    address: str
    name: str


class LetterRow(NamedTuple):
    """One notification, as far as an e-mail about it needs to know."""

    id: NotificationId
    account_id: AccountId
    kind: NotificationKind
    subject_id: str
    title: str
    body: str
    path: str
    created_at: datetime
    read_at: datetime | None


_LETTERS = select_row(LetterRow, Notification)


async def addressee(session: AsyncSession, account: AccountId) -> Addressee:
    columns = col(Account.id), col(Account.email), col(Account.display_name)
    found = await read_one(session, Addressee, select(*columns).where(col(Account.id) == account))
    assert found  # accounts are never deleted while something names them
    return found


async def letter_to_send(session: AsyncSession, notification: NotificationId) -> LetterRow | None:
    """Null if it has gone out already, or is not to go out any more."""
    waiting = (
        col(Notification.id) == notification,
        col(Notification.email) == EmailTiming.AT_ONCE,
        col(Notification.emailed_at).is_(None),
    )
    return await read_one(session, LetterRow, _LETTERS.where(*waiting))


def accounts_with_a_digest(*, before: datetime, after: AccountId | None, limit: int) -> AnySelect:
    """Accounts for whom something has waited since before a moment, in the order of their ids, from one on."""
    beyond = [] if after is None else [col(Notification.account_id) > after]
    waiting = select(col(Notification.account_id)).distinct().where(FOR_DIGEST)
    accounts = waiting.where(col(Notification.created_at) < before, *beyond)
    return accounts.order_by(col(Notification.account_id)).limit(limit)


async def next_accounts_with_a_digest(
    session: AsyncSession, *, before: datetime, after: AccountId | None, limit: int
) -> list[AccountId]:
    return list(await session.scalars(accounts_with_a_digest(before=before, after=after, limit=limit)))


async def waiting_for_digest(session: AsyncSession, account: AccountId, *, limit: int) -> list[LetterRow]:
    """What waits for an account's digest, oldest first."""
    waiting = _LETTERS.where(FOR_DIGEST, col(Notification.account_id) == account)
    oldest_first = waiting.order_by(col(Notification.created_at), col(Notification.id))
    return await read(session, LetterRow, oldest_first.limit(limit))


async def of_hidden_tracks(session: AsyncSession, ids: Collection[NotificationId]) -> frozenset[str]:
    """Those that tell of a new track which is not to be seen any more."""
    hidden = exists().where(
        col(Track.id) == col(Notification.subject_id), col(Track.status) != TrackStatus.PUBLISHED
    )
    uploads = col(Notification.kind) == NotificationKind.NEW_UPLOAD, col(Notification.id).in_(ids)
    return frozenset(await session.scalars(select(col(Notification.id)).where(*uploads, hidden)))


async def of_requests_over(
    session: AsyncSession, ids: Collection[NotificationId], *, moment: datetime
) -> frozenset[str]:
    """Those that tell of a beat request which takes no offers any more, or of an offer that is not to be seen any more.

    An opening that is to close is over with its request, or once the request is opened again.
    """
    over = (col(BeatRequest.status) != BeatRequestStatus.ACTIVE) | (col(BeatRequest.expires_at) <= moment)
    calls = col(Notification.kind) == NotificationKind.MATCHING_REQUEST
    closed = exists().where(col(BeatRequest.id) == col(Notification.subject_id), over)
    offers = col(Notification.kind) == NotificationKind.BEAT_SUBMISSION
    unseen = col(Track.status).not_in((TrackStatus.PUBLISHED, TrackStatus.SOLD))
    gone = exists().where(
        col(Submission.id) == col(Notification.subject_id),
        col(Track.id) == col(Submission.track_id),
        col(BeatRequest.id) == col(Submission.request_id),
        unseen | (col(BeatRequest.status) == BeatRequestStatus.DELETED),
    )
    warnings = col(Notification.kind) == NotificationKind.REQUEST_EXPIRING
    ended = exists().where(
        col(RequestOpening.id) == col(Notification.subject_id),
        col(BeatRequest.id) == col(RequestOpening.request_id),
        over | (col(BeatRequest.opened_at) != col(RequestOpening.opened_at)),
    )
    chosen = select(col(Notification.id)).where(col(Notification.id).in_(ids))
    out = (calls & closed) | (offers & gone) | (warnings & ended)
    return frozenset(await session.scalars(chosen.where(out)))


async def mark_emailed(session: AsyncSession, ids: Collection[NotificationId]) -> None:
    chosen = update(Notification).where(col(Notification.id).in_(ids))
    await session.execute(chosen.values(emailed_at=now()))


async def mark_refused(session: AsyncSession, ids: Collection[NotificationId], answer: str) -> None:
    """They do not go out: the server would not take them, and said why."""
    chosen = update(Notification).where(col(Notification.id).in_(ids))
    await session.execute(chosen.values(email=None, email_refused=answer[:_LONGEST_ANSWER]))


async def mark_not_needed(session: AsyncSession, ids: Collection[NotificationId]) -> None:
    """They do not go out: they were read in the meantime, or what they tell of is hidden."""
    await session.execute(update(Notification).where(col(Notification.id).in_(ids)).values(email=None))
