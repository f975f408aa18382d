"""Ids as Stripe makes them: a prefix that names the kind, and letters that nobody guesses."""

import secrets
import string
from typing import Final

_LETTERS: Final = string.ascii_letters + string.digits
_LENGTH: Final = 24


def new_id(prefix: str) -> str:
    return f"{prefix}_{''.join(secrets.choice(_LETTERS) for _ in range(_LENGTH))}"
