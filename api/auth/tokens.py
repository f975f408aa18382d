"""Bearer tokens: 256 random bits behind a prefix that says what they are; only their SHA-256 is stored."""

import hashlib
import secrets
from typing import Final

SESSION: Final = "bps_"
API_TOKEN: Final = "bpt_"  # noqa: S105 -- a prefix
PROOF: Final = "bpp_"
"""In links, once each."""


def new_token(prefix: str) -> str:
    """A token to show once."""
    return prefix + secrets.token_urlsafe(32)


def stored_form(token: str) -> str:
    """What the database keeps; a slow hash would add nothing to 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()
