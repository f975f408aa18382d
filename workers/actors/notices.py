"""Tells followers of new tracks and producers of beat requests, sends e-mails, and makes Analytics Reports."""

import asyncio
from collections.abc import Sequence
from datetime import date

from api.notifications import digests, following, mailing, reports
from api.notifications.letters import Letters
from api.notifications.rules import Period
from api.requests import telling
from db.ids import AccountId, BeatRequestId, NotificationId, ProducerId, TrackId
from db.vocabulary import JobKind, ReportSpan
from workers.charts import bars_by_day
from workers.tools import Tools
from workers.transaction import Job, does


@does(JobKind.TELL_FOLLOWERS)
async def tell_followers(tools: Tools, job: Job) -> None:
    """Running twice is safe: who was told of a track is not told again."""
    await following.tell_followers(tools.sessions, TrackId(job["track"]), keep=job.keep, settle=job.settle)


@does(JobKind.TELL_MATCHES)
async def tell_matches(tools: Tools, job: Job) -> None:
    """Running twice is safe: who was told of a request is not told again."""
    await telling.tell_matches(
        tools.sessions,
        BeatRequestId(job["request"]),
        most_a_day=tools.settings.matching_notices_a_day,
        keep=job.keep,
        settle=job.settle,
    )


@does(JobKind.SEND_EMAIL)
async def send_email(tools: Tools, job: Job) -> None:
    """Running twice is safe: what is marked as sent is not sent; else the same Message-ID goes out again."""
    notification = NotificationId(job["notification"])
    letters = Letters(tools.settings)
    await mailing.send_notification(
        tools.sessions, tools.storage, tools.mailer, letters, notification, settle=job.settle
    )


@does(JobKind.START_DIGESTS)
async def start_digests(tools: Tools, job: Job) -> None:
    """Running twice is safe: an account has one digest a day."""
    await digests.start_digests(tools.sessions, hour=tools.settings.digest_hour)
    async with tools.sessions.writing() as session:
        await job.settle(session)


@does(JobKind.SEND_DIGEST)
async def send_digest(tools: Tools, job: Job) -> None:
    """Running twice is safe: what went out waits no more; the digest of an account and a day has one Message-ID."""
    account = AccountId(job["account"])
    await digests.send_digest(
        tools.sessions, tools.mailer, Letters(tools.settings), account, settle=job.settle
    )


@does(JobKind.START_REPORTS)
async def start_reports(tools: Tools, job: Job) -> None:
    """Running twice is safe: a period that has a report is not begun again."""
    await reports.start_reports(tools.sessions, hour=tools.settings.digest_hour)
    async with tools.sessions.writing() as session:
        await job.settle(session)


@does(JobKind.MAKE_REPORT)
async def make_report(tools: Tools, job: Job) -> None:
    """Running twice is safe: a period has one report, and its chart one key."""
    period = Period(ReportSpan(job["span"]), date.fromisoformat(job["first_day"]))
    producer = ProducerId(job["producer"])
    await reports.make_report(tools.sessions, tools.storage, _drawn, producer, period, settle=job.settle)


async def _drawn(heading: str, days: Sequence[date], values: Sequence[int]) -> bytes:
    return await asyncio.to_thread(bars_by_day, heading, days, values)
