"""Where an e-mail address is delivered to, and what is the same for all addresses of one inbox (D-1).

Pure. What finds accounts and what sends letters both ask here: else two would sign up whose letters one person gets.
"""

import re
import unicodedata
from typing import Final, NamedTuple

import idna

LONGEST_ADDRESS: Final = 254
"""RFC 5321, 4.5.3.1.3, without the brackets around it."""
_LONGEST_LOCAL_BYTES: Final = 64
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN: Final = re.compile(rf"(?:{_LABEL}\.)+(?=[A-Za-z]){_LABEL}(?<=[^.]{{2}})")
"""Two names or more, as hosts have them; the last one is no number, or it would be a network address."""
_LABELS: Final = re.compile(r"[^.]{1,63}(?:\.[^.]{1,63})*")
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\x80-\U0010FFFF-]+"
_LOCAL: Final = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LETTERS: Final = frozenset("LMN")
"""Unicode categories: letters, marks, numbers."""


class NoMailbox(ValueError):  # noqa: N818 -- a fact about the text
    """No letter can go to this."""


class Mailbox(NamedTuple):
    """Where letters go to.

    Attributes:
        local: As typed.
        domain: As DNS knows it, in lower case.
    """

    local: str
    domain: str

    @property
    def key(self) -> str:
        """The same for all addresses of the inbox, though a server may tell the case of the part before the @."""
        return f"{_mapped(self.local)}@{self.domain}"

    @property
    def readable_domain(self) -> str:
        """In its own letters."""
        return idna.decode(self.domain)


def mailbox_of(address: str) -> Mailbox:
    """What an address names; quoted names and network addresses are none that people have.

    Raises:
        NoMailbox: It is no address that letters can be delivered to.
    """
    local, _, domain = address.rpartition("@")
    if len(address) > LONGEST_ADDRESS or not address.isprintable():
        raise NoMailbox(address)
    mailbox = Mailbox(_checked_local(local), domain_in_dns(domain).lower())
    if not _DOMAIN.fullmatch(mailbox.domain) or len(mailbox.key) > LONGEST_ADDRESS:
        raise NoMailbox(address)
    return mailbox


def domain_in_dns(domain: str) -> str:
    """The form that DNS knows a domain by: one of other letters as `xn--…` (UTS #46), any else as it is.

    Raises:
        NoMailbox: There is none.
    """
    if domain.isascii() and domain.isprintable() and _LABELS.fullmatch(domain):
        return domain
    if domain.isascii() or not domain.isprintable():
        raise NoMailbox(domain)
    try:
        return idna.encode(domain, uts46=True, std3_rules=True).decode()
    except idna.IDNAError as error:
        raise NoMailbox(domain) from error


def _checked_local(local: str) -> str:
    if len(local.encode()) > _LONGEST_LOCAL_BYTES or not _LOCAL.fullmatch(local):
        raise NoMailbox(local)
    if not all(letter.isascii() or _is_seen(letter) for letter in local):
        raise NoMailbox(local)
    if not _LOCAL.fullmatch(_mapped(local)):  # such as a letter that stands for two, one of them an @
        raise NoMailbox(local)
    return local


def _is_seen(letter: str) -> bool:
    """A letter, mark or number that a mapping does not leave out."""
    return unicodedata.category(letter)[0] in _LETTERS and bool(_mapped(letter))


def _mapped(local: str) -> str:
    """Without case, and with one form for what looks the same."""
    try:
        return idna.uts46_remap(local, std3_rules=False)
    except idna.IDNAError as error:
        raise NoMailbox(local) from error
