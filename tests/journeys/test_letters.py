"""Links in letters by the real processes, followed as in `./bp run`: from the folder of mails to the page behind each."""

import email
import re
from collections.abc import Generator
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from tests.journeys.product import Product, await_that
from tests.tools.databases import SqliteTemplate
from tests.tools.valkey import valkey_server

_SIGN_UP = """mutation { signUp(input: { email: "mara@example.org", password: "correct horse", displayName: "Mara" }) {
  token errors { code } } }"""
_FORGOTTEN = (
    'mutation { requestPasswordReset(input: { email: "mara@example.org" }) { sent errors { code } } }'
)
_SIGN_IN = """mutation { signIn(input: { email: "mara@example.org", password: "battery staple" }) {
  account { emailVerified } errors { code } } }"""

_WRITE = """mutation { openSupportTicket(input: { subject: "My beat", text: "Is it on your site?", email: "vera@example.org" }) {
  ticket { id status } errors { code } } }"""
_ANSWER = """mutation($id: ID!) { replyToSupportTicket(id: $id, input: { text: "Which one?" }) {
  ticket { status } errors { code } } }"""
_TICKET = (
    "query($id: ID!) { node(id: $id) { ... on SupportTicket { status emailProved messages { text } } } }"
)


@pytest.fixture
def product(sqlite_template: SqliteTemplate, tmp_path: Path) -> Generator[Product]:
    """The parts that letters need."""
    mailing = {"BEATPASS_SMTP_URL": (tmp_path / "mail").as_uri()}
    with sqlite_template.fresh(tmp_path) as database_url, valkey_server() as valkey_url:
        made = Product(database_url, valkey_url, tmp_path, settings=mailing)
        try:
            made.start("web", "relay", "worker")
            made.await_ready()
            yield made
        finally:
            made.kill()


def test_who_signs_up_proves_the_email_forgets_the_password_and_chooses_another(product: Product) -> None:
    mara = product.ask("", _SIGN_UP)["signUp"]["token"]
    proving = link_in(product, "Confirm your e-mail")
    assert "Is this your e-mail?" in page(proving)
    assert product.ask(mara, "{ me { emailVerified } }")["me"] == {"emailVerified": False}
    assert "Your e-mail is confirmed." in page(proving, {})
    assert product.ask(mara, "{ me { emailVerified } }")["me"] == {"emailVerified": True}
    assert product.ask("", _FORGOTTEN)["requestPasswordReset"] == {"sent": True, "errors": []}
    resetting = link_in(product, "Choose a new password")
    assert 'type="password"' in page(resetting)
    assert "Your new password is set." in page(resetting, {"password": "battery staple"})
    assert product.ask(mara, "{ me { emailVerified } }")["me"] is None
    assert product.ask("", _SIGN_IN)["signIn"] == {"account": {"emailVerified": True}, "errors": []}
    assert "bpp_" not in (product.folder / "log").read_text()


def test_who_has_no_account_writes_to_support_reads_the_answer_and_writes_back(product: Product) -> None:
    opened = product.ask("", _WRITE)["openSupportTicket"]
    assert (opened["ticket"]["status"], opened["errors"]) == ("OPEN", [])
    ticket = opened["ticket"]["id"]
    assert "Is it on your site?" in page(link_in(product, "We have your message"))
    answered = product.ask("demo-staff", _ANSWER, id=ticket)["replyToSupportTicket"]
    assert answered == {"ticket": {"status": "ANSWERED"}, "errors": []}
    link = link_in(product, "Support has answered")
    assert "Which one?" in page(link)
    assert not product.ask("demo-staff", _TICKET, id=ticket)["node"]["emailProved"]
    assert "Night Drive." in page(link, {"text": "Night Drive."})
    seen = product.ask("demo-staff", _TICKET, id=ticket)["node"]
    assert (seen["status"], seen["emailProved"]) == ("OPEN", True)
    assert [one["text"] for one in seen["messages"]] == ["Is it on your site?", "Which one?", "Night Drive."]
    assert "The link is off." in page(link, {"off": "yes"})
    with pytest.raises(HTTPError, match="410"):
        page(link)
    assert "bpk_" not in (product.folder / "log").read_text()


def link_in(product: Product, subject: str) -> str:
    """The link of the mail whose subject begins so, once it is there."""
    await_that(
        lambda: _letter(product.folder, subject) is not None, within_s=60, otherwise=lambda: product.log
    )
    letter = _letter(product.folder, subject)
    part = letter.get_body(("plain",)) if letter else None
    assert part
    [link] = re.findall(rf"{product.url}\S+", part.get_content())[:1]
    return str(link)


def _letter(folder: Path, subject: str) -> EmailMessage | None:
    for file in (folder / "mail").glob("*.eml"):
        message = email.message_from_bytes(file.read_bytes(), policy=default)
        assert isinstance(message, EmailMessage)
        if str(message["Subject"]).startswith(subject):
            return message
    return None


def page(address: str, form: dict[str, str] | None = None) -> str:
    """What a browser shows; with a form, after its button was pressed."""
    body = None if form is None else urlencode(form).encode()
    with urlopen(address, body, timeout=30) as answer:
        return str(answer.read().decode())
