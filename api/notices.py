"""Telling accounts of something: a row first; sending it is a consequence (D-71). Every verb may call this."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.channels import ALWAYS, MAILING, VERIFIED_ONLY, Switches, channels_of
from db import jobs
from db.clock import now
from db.ids import AccountId, NotificationId, new_id
from db.models.notices import Notification
from db.queries import network
from db.queries import notices as queries
from db.queries.notices import Ears
from db.session import announce
from db.vocabulary import EmailTiming, JobKind, NotificationKind

_LONGEST_TITLE: Final = 200
_MOST_TO_A_STRANGER: Final = 5
"""Security notices a day by e-mail: whoever signs up with another's address could fill that inbox with them."""


@dataclass(frozen=True)
class Notice:
    """What is told.

    Attributes:
        subject: Id of what it is about.
        path: Of our site, where to look at it.
        quiet: It disturbs nobody: neither live nor in an e-mail of its own.
        by: Whose doing it is: nobody is told of whom they have blocked, or who has blocked them (D-72).
    """

    kind: NotificationKind
    subject: str
    title: str
    body: str
    path: str
    quiet: bool = False
    by: AccountId | None = None


async def notify(session: AsyncSession, accounts: Iterable[AccountId], notice: Notice) -> None:
    """Tell each account of it, as `notify_each`."""
    await notify_each(session, notice.kind, dict.fromkeys(accounts, notice))


async def notify_each(
    session: AsyncSession, kind: NotificationKind, notices: Mapping[AccountId, Notice]
) -> None:
    """Tell each account its own, all of one kind; once ever for a kind and a subject: a second time changes nothing.

    The channels are those of this moment. However many accounts there are, it takes the same few statements; what
    only verified producers are told, nobody else is (D-5).
    """
    told = sorted(notices)
    if told and kind in VERIFIED_ONLY:
        told = await queries.verified_among(session, told)
    told = await _undisturbed(session, told, notices)
    if not told:
        return
    ears = await queries.ears(session, told, kind)
    told = [account for account in told if account in ears]
    mailed = await _mailed(session, kind, ears)
    rows = [
        _row(account, notices[account], ears[account].switches, mailing=account in mailed) for account in told
    ]
    new = await queries.add(session, rows)
    await _send(session, [row for row in rows if row.id in new])


async def warn(
    session: AsyncSession, account: AccountId, title: str, body: str, *, subject: str = ""
) -> None:
    """Tell of a change to the ways into an account; each time is one of its own.

    Args:
        subject: What there is to look at; empty: nothing but the event.
    """
    about = subject or new_id("evt")
    await notify(
        session, [account], Notice(NotificationKind.SECURITY, about, title, body, "/settings/security")
    )


async def _undisturbed(
    session: AsyncSession, told: list[AccountId], notices: Mapping[AccountId, Notice]
) -> list[AccountId]:
    """Those whom a block does not keep it from."""
    doers = {by for account in told if (by := notices[account].by) is not None}
    silenced = {(by, account) for by in doers for account in await network.kept_apart(session, by, told)}
    return [account for account in told if (notices[account].by, account) not in silenced]


def notices_topic(account: AccountId) -> str:
    """Announced when an account has something new to hear."""
    return f"notices:{account}"


async def _mailed(
    session: AsyncSession, kind: NotificationKind, ears: Mapping[AccountId, Ears]
) -> Collection[AccountId]:
    """Those who may be sent e-mail about a kind: an address that nobody has proved may be a stranger's (D-80)."""
    if not session.info.get(MAILING):
        return ()
    strangers = {account for account, one in ears.items() if not one.proved}
    if strangers and kind in ALWAYS:
        lately = now() - timedelta(days=1)
        strangers -= await queries.mailed_less(session, strangers, kind, lately, most=_MOST_TO_A_STRANGER)
    return ears.keys() - strangers


def _row(account: AccountId, notice: Notice, switches: Switches, *, mailing: bool) -> Notification:
    channels = channels_of(notice.kind, switches, mailing=mailing, quiet=notice.quiet)
    return Notification(
        account_id=account,
        kind=notice.kind,
        subject_id=notice.subject,
        title=notice.title[:_LONGEST_TITLE],
        body=notice.body,
        path=notice.path,
        in_app=channels.in_app,
        live=channels.live,
        email=channels.email,
    )


async def _send(session: AsyncSession, rows: Iterable[Notification]) -> None:
    at_once: list[NotificationId] = []
    for row in rows:
        if row.live:
            announce(session, notices_topic(row.account_id))
        if row.email is EmailTiming.AT_ONCE:
            at_once.append(row.id)
    payloads = {str(one): {"notification": one} for one in at_once}
    await jobs.add_all(session, JobKind.SEND_EMAIL, payloads)
