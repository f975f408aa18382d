"""E-mail at once: by a real SMTP server, at least once, with the same Message-ID; refused for good or tried again."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from api.gateways.mail import Mail, open_mailer, written
from api.settings import Settings
from db.clock import now
from db.ids import JobId
from db.models.accounts import Account
from db.vocabulary import EmailTiming, JobKind, JobState, NotificationKind
from tests.factories import Person, a_listener
from tests.notifications.office import ACTORS, Office, change_notices, tell
from tests.stage import settings_of
from tests.tools.databases import on_sqlite
from tests.tools.smtp import MailServer
from workers.transaction import perform

pytestmark = pytest.mark.anyio
SEND = JobKind.SEND_EMAIL
TITLE = "Решено: <b>“Größe” & 夜</b>"


async def test_a_mail_says_the_same_in_text_and_html_and_carries_what_rfc_8058_asks_for(
    office: Office,
) -> None:
    ari = await a_listener_at(office, "ari@beatpass.test", "Zoë 夜")
    await tell(office.sessions, ari, title=TITLE, body="It <i>happened</i>.", path="/t/größe x")
    [notice] = await office.notices()
    await office.work(SEND)
    [mail] = office.mails.received()
    message = mail.message
    assert (mail.sender, mail.to) == ("hello@beatpass.test", ["ari@beatpass.test"])
    assert (message["Subject"], message["From"]) == (TITLE, "BeatPass <hello@beatpass.test>")
    assert message["To"].addresses[0].display_name == "Zoë 夜"
    assert mail.id == f"<{notice.id}@beatpass.test>"
    assert message["Date"].datetime == notice.created_at.replace(microsecond=0)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = message["List-Unsubscribe"].strip("<>")
    assert link.startswith(f"https://api.beatpass.test/unsubscribe/{ari.account}.CASE_DECIDED.")
    assert (
        f"\r\nList-Unsubscribe: <{link}>\r\n" in mail.raw
    )  # as it is, for programs read it that decode nothing
    assert message.get_content_type() == "multipart/alternative"
    assert mail.raw.isascii()
    address = "https://beatpass.test/t/gr%C3%B6%C3%9Fe%20x"
    assert mail.text("plain").startswith(f"{TITLE}\n\nIt <i>happened</i>.\n\n{address}\n")
    html = mail.text("html")
    assert "&lt;b&gt;“Größe” &amp; 夜&lt;/b&gt;" in html
    assert "It &lt;i&gt;happened&lt;/i&gt;." in html
    assert f'href="{address}"' in html
    assert f'href="{link}"' in html
    [sent] = await office.notices()
    assert sent.emailed_at
    assert sent.emailed_at > sent.created_at


async def test_a_security_notice_cannot_be_unsubscribed_from(office: Office) -> None:
    await tell(office.sessions, await a_listener(office.sessions), kind=NotificationKind.SECURITY)
    await office.work(SEND)
    [mail] = office.mails.received()
    assert (mail.message["List-Unsubscribe"], mail.message["List-Unsubscribe-Post"]) == (None, None)
    assert "unsubscribe" not in mail.raw.lower()
    assert "Security notices are always sent." in mail.text("plain")


async def test_two_workers_and_repeated_nudges_send_it_once(office: Office) -> None:
    await tell(office.sessions, await a_listener(office.sessions))
    [job] = await office.jobs(SEND)
    await asyncio.gather(*(perform(office.tools, JobId(job.id), ACTORS[SEND]) for _ in range(3)))
    await perform(office.tools, JobId(job.id), ACTORS[SEND])
    assert len(office.mails.received()) == 1
    [done] = await office.jobs(SEND)
    assert (done.state, done.attempts) == (JobState.DONE, 1)


async def test_a_job_whose_mail_has_gone_out_or_is_not_to_go_out_sends_nothing(office: Office) -> None:
    ari = await a_listener(office.sessions)
    for subject, values in (("a", {"emailed_at": now()}), ("b", {"email": None})):
        await tell(office.sessions, ari, subject=subject)
        await change_notices(office.sessions, **values)
        assert await office.work(SEND) == 1
    assert office.mails.received() == []


@pytest.mark.parametrize(
    ("email", "answer"),
    [
        ("refused@beatpass.test", "550 5.1.1 No such person here"),
        ("unwanted@beatpass.test", "554 5.7.1 Not wanted here"),
        ("jörg@beatpass.test", "The server has no way to jörg@beatpass.test: it lacks SMTPUTF8."),
        ("ari@no..domain", "no..domain is no domain"),
    ],
)
async def test_what_is_refused_for_good_is_noted_and_not_tried_again(
    office: Office, email: str, answer: str
) -> None:
    await tell(office.sessions, await a_listener_at(office, email))
    await office.work(SEND)
    [notice] = await office.notices()
    assert (notice.email, notice.emailed_at, notice.email_refused) == (None, None, answer)
    assert [job.state for job in await office.jobs(SEND)] == [JobState.DONE]
    assert office.mails.received() == []


async def a_listener_at(office: Office, email: str, name: str = "Ari") -> Person:
    ari = await a_listener(office.sessions, name)
    async with office.sessions.writing() as session:
        from_account = await session.get_one(Account, ari.account)
        from_account.email = email
    return ari


async def test_what_is_refused_for_now_is_tried_again_later(office: Office) -> None:
    await tell(office.sessions, await a_listener_at(office, "later@beatpass.test"))
    await office.work(SEND)
    [job] = await office.jobs(SEND)
    assert (job.state, job.attempts) == (JobState.READY, 1)
    assert job.last_error
    assert "451" in job.last_error
    [notice] = await office.notices()
    assert (notice.email, notice.emailed_at, notice.email_refused) == (EmailTiming.AT_ONCE, None, None)


@on_sqlite
@pytest.mark.parametrize(
    "url", ["smtp://127.0.0.1:1", "smtps://{}", "smtp://{}?starttls=require", "smtp://u:p@{}"]
)
async def test_a_server_that_cannot_be_reached_as_wanted_gets_nothing(
    database_url: str, valkey_url: str, tmp_path: Path, mails: MailServer, url: str
) -> None:
    """No server, no TLS, no STARTTLS, no sign-in: whatever it is, the job table tries again."""
    url = url.format(f"127.0.0.1:{mails.port}")
    mailer = open_mailer(
        settings_of(database_url, valkey_url, tmp_path, smtp_url=url, mail_from="hello@beatpass.test")
    )
    assert mailer
    with pytest.raises(Exception, match=r"(?i)connect|ssl|tls|auth"):
        await mailer.send(a_mail())
    assert mails.received() == []


# ---- without a database --------------------------------------------------------------------------


def a_mail(**different: Any) -> Mail:
    usual: dict[str, Any] = {
        "id": "ntf_1",
        "to_name": "Ari",
        "to_address": "ari@beatpass.test",
        "subject": "S",
        "plain": "P",
        "html": "<p>H</p>",
        "sent_at": datetime(2026, 11, 24, 8, tzinfo=UTC),
    }
    return Mail(**(usual | different))


@pytest.mark.parametrize(
    "wicked", ["A\r\nBcc: x@y.test", "A\nBcc: x@y.test", "A\x0b\x00\u2028B", '"<x@y.test>, B']
)
async def test_no_name_and_no_title_adds_a_header(wicked: str) -> None:
    message = written(a_mail(subject=wicked, to_name=wicked), "BeatPass <hello@beatpass.test>")
    head = message.as_bytes().partition(b"\r\n\r\n")[0].decode()
    assert "\nBcc" not in head
    assert [one.addr_spec for one in message["To"].addresses] == ["ari@beatpass.test"]
    assert message["Bcc"] is None


async def test_a_domain_of_other_letters_is_written_as_dns_knows_it() -> None:
    message = written(a_mail(to_address="ari@bücher.example"), "BeatPass <hello@beatpass.test>")
    assert message["To"].addresses[0].addr_spec == "ari@xn--bcher-kva.example"


async def test_a_folder_has_each_mail_once_however_often_it_is_sent(tmp_path: Path) -> None:
    mailer = open_mailer(
        settings_of("sqlite:///x", "redis://x", tmp_path, smtp_url=(tmp_path / "größe").as_uri())
    )
    assert mailer
    for mail in (a_mail(), a_mail(), a_mail(id="ntf_2")):
        await mailer.send(mail)
    files = sorted(file.name for file in (tmp_path / "größe").iterdir())
    assert files == ["20261124T080000Z-ntf_1.eml", "20261124T080000Z-ntf_2.eml"]
    assert b"\r\nMessage-ID: <ntf_1@beatpass.example>\r\n" in (tmp_path / "größe" / files[0]).read_bytes()


@pytest.mark.parametrize(
    "wrong",
    [
        {"smtp_url": "http://x", "mail_from": "a@b.test"},
        {"smtp_url": "mail.test", "mail_from": "a@b.test"},
        {"smtp_url": "smtp://mail.test"},
        {"digest_hour": 24},
        {"digest_hour": -1},
    ],
)
async def test_settings_that_could_send_nothing_are_refused_at_the_start(
    tmp_path: Path, wrong: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError):
        settings_of("sqlite:///x", "redis://x", tmp_path, **wrong)


async def test_a_password_is_not_shown_with_the_settings(tmp_path: Path) -> None:
    settings: Settings = settings_of(
        "sqlite:///x", "redis://x", tmp_path, smtp_url="smtp://u:hidden@x", mail_from="a@b.test"
    )
    assert "hidden" not in repr(settings)
