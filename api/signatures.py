"""Signatures of ours: what lets an address work without a header."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from pydantic import SecretStr

from db.clock import now

NOT_OURS: Final = "This address is not one that we gave out."
EXPIRED: Final = "This address has expired: ask for a new one."
"""What is said at an address that is signed."""
_SEPARATOR: Final = "\n"
"""Never part of a signed word, so that no two lists of words read the same."""


class Signer:
    """Signs lists of words with HMAC-SHA256.

    Args:
        secret: The installation's key.
        use: What the signatures are for; those of one use are worthless for another.
    """

    def __init__(self, secret: SecretStr, *, use: str) -> None:
        self._key = hmac.digest(secret.get_secret_value().encode(), use.encode(), hashlib.sha256)

    def sign(self, *words: str) -> str:
        """43 characters that stand in an address as they are."""
        if any(_SEPARATOR in word for word in words):
            raise ValueError("a signed word holds a line break")
        digest = hmac.digest(self._key, _SEPARATOR.join(words).encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def holds(self, signature: str, *words: str) -> bool:
        """Whether the signature is ours for these words; takes the same time for every wrong one."""
        if any(_SEPARATOR in word for word in words):
            return False
        return hmac.compare_digest(signature.encode(), self.sign(*words).encode())


class SignedPages:
    """Addresses that work without signing in, until they expire: a path, and what stands behind it.

    Args:
        site: Where we are.
        use: What they are for; those of one use are worthless for another.
    """

    def __init__(self, site: str, secret: SecretStr, *, use: str) -> None:
        self._start = site.rstrip("/")
        self._signer = Signer(secret, use=use)

    def address(self, path: str, expires_at: datetime, **facts: str) -> str:
        words = {**facts, "expires": as_word(expires_at)}
        signature = self._signer.sign(path, _in_order(words))
        return f"{self._start}{path}?{urlencode({**words, 'signature': signature})}"

    def is_ours(self, path: str, said: Mapping[str, str]) -> bool:
        """Whether we gave the address out; it may have expired since.

        Args:
            said: What stands behind the path.
        """
        words = {name: value for name, value in said.items() if name != "signature"}
        return self._signer.holds(said.get("signature", ""), path, _in_order(words))


def _in_order(words: Mapping[str, str]) -> str:
    return urlencode(sorted(words.items()))


def as_word(expires_at: datetime) -> str:
    """A moment as an address holds it, to be signed."""
    return str(int(expires_at.timestamp()))


def has_passed(expires: str) -> bool:
    """Whether a moment is over that an address of ours holds: look at its signature first."""
    return int(expires) <= now().timestamp()
