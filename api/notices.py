"""Telling accounts of something: a row first; sending it is a consequence (D-71)."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from db.ids import AccountId
from db.models.notices import Notification
from db.queries import notices as queries
from db.vocabulary import NotificationKind


@dataclass(frozen=True)
class Notice:
    """What is told.

    Attributes:
        subject: Id of what it is about.
        path: Of our site, where to look at it.
    """

    kind: NotificationKind
    subject: str
    title: str
    body: str
    path: str


async def notify(session: AsyncSession, accounts: Iterable[AccountId], notice: Notice) -> None:
    """Tell each account of it, once ever for a kind and a subject: a second time changes nothing."""
    told = [
        Notification(
            account_id=account,
            kind=notice.kind,
            subject_id=notice.subject,
            title=notice.title,
            body=notice.body,
            path=notice.path,
        )
        for account in sorted(set(accounts))
    ]
    await queries.add(session, told)
