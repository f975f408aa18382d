"""What an account's facts must be, and how long the links live that prove some of them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from api.mailboxes import NoMailbox, mailbox_of
from api.refusals import InvalidValue
from db.vocabulary import ErrorCode, ProofKind

LONGEST_NAME: Final = 60

LIVES: Final[Mapping[ProofKind, timedelta]] = {
    ProofKind.PROVE_EMAIL: timedelta(hours=24),
    ProofKind.RESET_PASSWORD: timedelta(minutes=30),
    ProofKind.CHANGE_EMAIL: timedelta(hours=24),
    ProofKind.RESTORE_EMAIL: timedelta(hours=72),
    ProofKind.EMAIL_LEFT: timedelta(hours=24),
}
"""A link that opens an account is for somebody who waits for it; one that only proves an inbox may wait until the
evening. The way back is there over a weekend, and no longer: who has left an inbox may not be its only reader."""
MOST_LETTERS: Final = 5
"""Of one kind to one account within the life of its link: nobody's inbox is filled, and the last link still works."""
ENDED_BY_A_PASSWORD: Final = (ProofKind.RESET_PASSWORD, ProofKind.CHANGE_EMAIL)
"""Another password ends what was asked for under the old one."""
ENDED_BY_AN_EMAIL: Final = (ProofKind.PROVE_EMAIL, ProofKind.RESET_PASSWORD, ProofKind.CHANGE_EMAIL)
"""Another address ends what went to the one before."""


def email_key(email: str) -> str:
    """What finds an account: the same for every way to write the address of one inbox (D-1).

    Of what is no address it is the text without case, so that whoever asks need not check it before.
    """
    bare = email.strip()
    try:
        return mailbox_of(bare).key
    except NoMailbox:
        return bare.casefold()


def known_keys(email: str) -> tuple[str, ...]:
    """What an account may be found by: its key, then that of earlier versions, which dropped the case and no more."""
    return tuple(dict.fromkeys((email_key(email), email.strip().casefold())))


def checked_email(email: str) -> str:
    """The e-mail without blanks around it; a domain of other letters in its one form.

    Raises:
        InvalidValue: No letter could be delivered to it.
    """
    bare = email.strip()
    try:
        mailbox = mailbox_of(bare)
    except NoMailbox as error:
        raise InvalidValue("This is not an e-mail address.", code=ErrorCode.MALFORMED) from error
    return bare if bare.isascii() else f"{mailbox.local}@{mailbox.readable_domain}"
