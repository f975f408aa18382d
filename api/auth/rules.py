"""What an account's facts must be, and how long the links live that prove some of them."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from api.refusals import InvalidValue
from db.vocabulary import ErrorCode, ProofKind

LONGEST_NAME: Final = 60
LONGEST_EMAIL: Final = 254
_EMAIL: Final = re.compile(r"[^\s@\x00-\x1f]{1,64}@[^\s@\x00-\x1f]+\.[^\s@.\x00-\x1f]{2,}")

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
    """What finds an account whatever the case of its e-mail (D-1)."""
    return email.strip().casefold()


def checked_email(email: str) -> str:
    """The e-mail without blanks around it.

    Raises:
        InvalidValue: It cannot be one.
    """
    bare = email.strip()
    if max(len(bare), len(email_key(bare))) > LONGEST_EMAIL or not _EMAIL.fullmatch(bare):
        raise InvalidValue("This is not an e-mail address.", code=ErrorCode.MALFORMED)
    return bare
