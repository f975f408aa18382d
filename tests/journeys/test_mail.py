"""E-mail by the real processes: a worker that is killed between sending and saying so sends again, by the same name."""

import asyncio
from collections.abc import Generator
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col

from api.channels import MAILING
from api.notices import Notice, notify
from db.models.jobs import Job
from db.models.notices import Notification
from db.session import Sessions
from db.vocabulary import JobKind, JobState, NotificationKind
from tests.factories import a_listener
from tests.journeys.product import Product, await_that
from tests.tools.databases import PostgresTemplate
from tests.tools.smtp import MailServer, mail_server
from tests.tools.valkey import valkey_server

_LEASE_AND_MORE_S = 40


@pytest.fixture
def mails() -> Generator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def sending(
    postgres_template: PostgresTemplate, tmp_path: Path, mails: MailServer, monkeypatch: pytest.MonkeyPatch
) -> Generator[Product]:
    """The parts that send: relay and a worker."""
    monkeypatch.setenv("BEATPASS_SMTP_URL", mails.url)
    monkeypatch.setenv("BEATPASS_MAIL_FROM", "BeatPass <hello@beatpass.test>")
    with postgres_template.fresh(tmp_path) as database_url, valkey_server() as valkey_url:
        product = Product(database_url, valkey_url, tmp_path)
        try:
            product.start("relay", "worker")
            yield product
        finally:
            product.kill()


def test_a_worker_killed_before_it_could_say_so_has_the_mail_sent_again_by_the_same_name(
    sending: Product, mails: MailServer
) -> None:
    mails.hold()
    asyncio.run(_tell(sending.database_url))
    await_that(lambda: len(mails.received()) == 1, within_s=60, otherwise=lambda: sending.log)
    assert asyncio.run(_state(sending.database_url)) == (JobState.LEASED, 1, False)
    sending.kill("worker")
    mails.let_go()
    sending.start("worker")
    await_that(
        lambda: asyncio.run(_state(sending.database_url)) == (JobState.DONE, 2, True),
        within_s=_LEASE_AND_MORE_S,
        otherwise=lambda: sending.log,
    )
    first, second = mails.received()
    assert first.id == second.id
    assert first.text("plain") == second.text("plain")


async def _tell(database_url: str) -> None:
    sessions = Sessions(database_url, info={MAILING: True})
    try:
        ari = await a_listener(sessions)
        notice = Notice(NotificationKind.CASE_DECIDED, "req_1", "Granted", "It was granted.", "/cases/req_1")
        async with sessions.writing() as session:
            await notify(session, [ari.account], notice)
    finally:
        await sessions.close()


async def _state(database_url: str) -> tuple[JobState, int, bool]:
    """State and attempts of the job, and whether the notification is marked as sent."""
    sessions = Sessions(database_url)
    try:
        async with sessions.reading() as session:
            mailing = select(Job).where(col(Job.kind) == JobKind.SEND_EMAIL)
            job = (await session.scalars(mailing)).one()
            notice = (await session.scalars(select(Notification))).one()
    finally:
        await sessions.close()
    return job.state, job.attempts, notice.emailed_at is not None
