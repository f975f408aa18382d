"""What an account's facts must be."""

import re
from typing import Final

from api.refusals import InvalidValue
from db.vocabulary import ErrorCode

LONGEST_NAME: Final = 60
LONGEST_EMAIL: Final = 254
_EMAIL: Final = re.compile(r"[^\s@\x00-\x1f]{1,64}@[^\s@\x00-\x1f]+\.[^\s@.\x00-\x1f]{2,}")


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
