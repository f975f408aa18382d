from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

import pytest

from tests.notifications.office import Office
from tests.stage import Stage, settings_of
from tests.tools.smtp import MailServer, mail_server


@pytest.fixture(scope="session")
def running_mail_server() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def mails(running_mail_server: MailServer) -> MailServer:
    """An SMTP server that has taken nothing yet."""
    running_mail_server.forget()
    return running_mail_server


@pytest.fixture
async def office(
    database_url: str, valkey_url: str, tmp_path: Path, mails: MailServer
) -> AsyncGenerator[Office]:
    """An installation that sends e-mail, on both engines."""
    sending = {"smtp_url": mails.url, "mail_from": "BeatPass <hello@beatpass.test>"}
    made = Stage(settings_of(database_url, valkey_url, tmp_path / "data", **sending))
    yield Office(made, mails)
    await made.close()
