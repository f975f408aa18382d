"""E-mail on its way out: to an SMTP server, or into a folder of files. The one door to aiosmtplib.

`send` returns once the other side has taken the mail. What it may raise says whether to try again: `MailRefused` is
final, everything else is a trouble of the moment.
"""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, Policy
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import aiosmtplib

from api.mailboxes import NoMailbox, domain_in_dns
from api.settings import Settings
from db.ids import new_id

_TIMEOUT_S: Final = 30
_PERMANENT: Final = 500
"""From here on an answer is final (RFC 5321, 4.2.1)."""
_DEMO_SENDER: Final = "BeatPass <beatpass@beatpass.example>"
_PORTS: Final = {"smtp": 587, "smtps": 465}


class _InOneLine(UnstructuredHeader, BaseHeader):
    """What has no blank to break at stays whole: folded, an address would be encoded, and no reader knows it then."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


def _policy() -> "EmailPolicy[EmailMessage]":
    headers = HeaderRegistry()
    for name in ("list-unsubscribe", "message-id"):
        headers.map_to_type(name, _InOneLine)
    return SMTP.clone(header_factory=headers, cte_type="7bit")


_POLICY: Final = _policy()
"""ASCII throughout, so that no server on the way needs to know more."""


class MailRefused(Exception):  # noqa: N818 -- a fact about the world, not a fault
    """The server will never take this mail, and says why."""


@dataclass(frozen=True)
class Picture:
    """A PNG in the text, named there by `cid:` and its name."""

    name: str
    png: bytes


@dataclass(frozen=True)
class Mail:
    """One e-mail.

    Attributes:
        id: What Message-ID is made of: the same for the same mail, however often it is sent.
        unsubscribe: Address for RFC 8058's one click; null where there is none.
    """

    id: str
    to_name: str
    to_address: str
    subject: str
    plain: str
    html: str
    sent_at: datetime
    unsubscribe: str | None = None
    pictures: Sequence[Picture] = ()


class Mailer(Protocol):
    """Takes mails away."""

    async def send(self, mail: Mail) -> None:
        """Return once the mail is in other hands.

        Raises:
            MailRefused: It never will be.
        """
        ...


def open_mailer(settings: Settings) -> Mailer | None:
    """The way out that the settings name; null where e-mail is off."""
    if not settings.sends_email:
        return None
    url = urlsplit(settings.smtp_url.get_secret_value())
    sender = settings.mail_from or _DEMO_SENDER
    return FolderMailer(Path(unquote(url.path)), sender) if url.scheme == "file" else SmtpMailer(url, sender)


class SmtpMailer:
    """Hands mails to an SMTP server, each over a connection of its own: a broken one spoils no other mail."""

    def __init__(self, url: SplitResult, sender: str) -> None:
        self._sender = sender
        self._server: dict[str, Any] = {
            "hostname": url.hostname,
            "port": url.port or _PORTS[url.scheme],
            "username": unquote(url.username) if url.username else None,
            "password": unquote(url.password) if url.password else None,
            "use_tls": url.scheme == "smtps",
            "start_tls": _start_tls(url),
            "timeout": _TIMEOUT_S,
        }

    async def send(self, mail: Mail) -> None:
        message, recipient = written(mail, self._sender), _deliverable(mail.to_address)
        try:
            async with aiosmtplib.SMTP(**self._server) as server:
                await self._hand_over(server, message, recipient)
        except aiosmtplib.SMTPRecipientsRefused as error:
            _refuse_for_good(*error.recipients)
            raise
        except aiosmtplib.SMTPDataError as error:
            _refuse_for_good(error)
            raise

    async def _hand_over(self, server: aiosmtplib.SMTP, message: EmailMessage, recipient: str) -> None:
        """Only an address of other letters asks the server for more than it has always known."""
        plain = recipient.isascii()
        if not plain and not server.supports_extension("smtputf8"):
            raise MailRefused(f"The server has no way to {recipient}: it lacks SMTPUTF8.")
        policy, options = (_POLICY, []) if plain else (_POLICY.clone(utf8=True), ["SMTPUTF8"])
        sender = parseaddr(self._sender)[1]
        data = message.as_bytes(policy=policy)
        await server.sendmail(sender, [recipient], data, mail_options=options)


class FolderMailer:
    """Lays mails into a folder, each a file: for a machine without an SMTP server. Sent twice, it is one file."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder = folder
        self._sender = sender

    async def send(self, mail: Mail) -> None:
        await asyncio.to_thread(self._lay, mail)

    def _lay(self, mail: Mail) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / f"{mail.sent_at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{mail.id}.eml"
        draft = file.with_name(f".{new_id('eml')}")
        draft.write_bytes(written(mail, self._sender).as_bytes())
        os.replace(draft, file)  # noqa: PTH105 -- atomic, and says so


def written(mail: Mail, sender: str) -> EmailMessage:
    """The mail as RFC 5322 has it; what people named themselves can add no header."""
    name, address = parseaddr(sender)
    message = EmailMessage(policy=_POLICY)
    message["From"] = _address(name, address)
    message["To"] = _address(mail.to_name, _deliverable(mail.to_address))
    message["Subject"] = _one_line(mail.subject)
    message["Date"] = format_datetime(mail.sent_at.astimezone(UTC))
    message["Message-ID"] = f"<{mail.id}@{_domain(address)}>"
    message["Auto-Submitted"] = "auto-generated"
    if mail.unsubscribe:
        message["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.plain)
    message.add_alternative(mail.html, subtype="html")
    _embed(message, mail.pictures)
    return message


def _embed(message: EmailMessage, pictures: Sequence[Picture]) -> None:
    parts: Any = message.get_payload()
    for picture in pictures:
        name = f"{picture.name}.png"
        parts[1].add_related(
            picture.png, "image", "png", cid=f"<{picture.name}>", filename=name, disposition="inline"
        )


def _start_tls(url: SplitResult) -> bool | None:
    """Null: where it is offered."""
    required = parse_qs(url.query).get("starttls") == ["require"]
    return False if url.scheme == "smtps" else required or None


def _refuse_for_good(*answers: aiosmtplib.SMTPResponseException) -> None:
    for answer in answers:
        if answer.code >= _PERMANENT:
            raise MailRefused(f"{answer.code} {answer.message}") from answer


def _address(name: str, address: str) -> Address:
    user, _, domain = address.rpartition("@")
    return Address(_one_line(name), user, domain)


def _deliverable(address: str) -> str:
    """The domain in the form that DNS knows; the part before it stays as it is.

    Raises:
        MailRefused: There is no such form.
    """
    user, _, domain = address.rpartition("@")
    try:
        return f"{user}@{domain_in_dns(domain)}"
    except NoMailbox as error:
        raise MailRefused(f"{domain} is no domain") from error


def _domain(address: str) -> str:
    return _deliverable(address).rpartition("@")[2]


def _one_line(text: str) -> str:
    """Without what cannot be seen: a line break would begin another header."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
