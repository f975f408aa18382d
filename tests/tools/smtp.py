"""A real SMTP server in a process of its own, and what it was given."""

import email
import json
import socket
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from tests.tools.server import Launch, running
from tests.tools.web import free_port

_SERVER = Path(__file__).with_name("smtp_server.py")


@dataclass(frozen=True)
class Received:
    """A mail as the server got it."""

    sender: str
    to: list[str]
    raw: str

    @property
    def message(self) -> EmailMessage:
        read = email.message_from_string(self.raw, policy=default)
        assert isinstance(read, EmailMessage)
        return read

    @property
    def id(self) -> str:
        return str(self.message["Message-ID"])

    def text(self, kind: str) -> str:
        """The part of a kind, `plain` or `html`."""
        part = self.message.get_body((kind,))
        assert part
        return str(part.get_content()).replace("\r\n", "\n")


@dataclass(frozen=True)
class MailServer:
    """A server, and the folder that it keeps mails in."""

    port: int
    folder: Path

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def received(self) -> list[Received]:
        """Everything so far, in order."""
        files = sorted((self.folder / "mails").glob("*.json"))
        found = [json.loads(file.read_text()) for file in files]
        return [Received(one["from"], one["to"], one["data"]) for one in found]

    def forget(self) -> None:
        for file in (self.folder / "mails").glob("*.json"):
            file.unlink()

    def hold(self) -> None:
        """Keep mails from now on, and leave their senders without an answer."""
        (self.folder / "hold").touch()

    def let_go(self) -> None:
        (self.folder / "hold").unlink()


@contextmanager
def mail_server() -> Generator[MailServer]:
    folder = Path(tempfile.mkdtemp(prefix="bp-smtp-", dir="/tmp"))
    port = free_port()
    command = [sys.executable, str(_SERVER), str(port), str(folder)]
    with running(Launch("SMTP server", folder, command), answers=lambda: _answers(port)):
        yield MailServer(port, folder)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            return connection.recv(3) == b"220"
    except OSError:
        return False
