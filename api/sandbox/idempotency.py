"""Idempotency keys as Stripe keeps them.

The older endpoints keep the first answer of a key for 24 hours of the platform's clock, errors included, once an
endpoint has begun its work. The newer ones keep what succeeded for 30 days, and do again what failed.
"""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any, Final

from api.sandbox.errors import AnsweredError
from api.sandbox.store import Store
from api.sandbox.trees import Json

_KEPT_SECONDS: Final = {"v1": 24 * 3600, "v2": 30 * 24 * 3600}
_LONGEST_KEY: Final = 255


@dataclass(frozen=True)
class Asked:
    """A call with a key."""

    owner: str
    key: str
    endpoint: str
    params: Json
    api: str

    @property
    def fingerprint(self) -> str:
        """Names the parameters: the same ones are the same."""
        return hashlib.sha256(json.dumps(self.params, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class FirstAnswer:
    status: int
    body: Json


@dataclass
class Keys:
    """The keys that are known; those of calls that are under way are known to this process alone."""

    store: Store
    _under_way: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])

    def begin(self, asked: Asked, now: int) -> FirstAnswer | None:
        """The answer that was given to the key before, or null: then the call is under way until it is ended.

        Raises:
            AnsweredError: The key belongs to another call, or to one that is under way.
        """
        if len(asked.key) > _LONGEST_KEY:
            raise _misused(f"Idempotency keys are {_LONGEST_KEY} letters long at most.")
        if (asked.owner, asked.key) in self._under_way:
            message = "There is currently another in-progress request using this idempotency key."
            raise AnsweredError(
                message, status=409, kept=False, kind="idempotency_error", code="idempotency_key_in_use"
            )
        known = self._known(asked, now)
        if known is None:
            self._under_way.add((asked.owner, asked.key))
        return known

    def _known(self, asked: Asked, now: int) -> FirstAnswer | None:
        self.store.run(
            "DELETE FROM first_answer WHERE owner = ? AND key = ? AND created <= ?",
            asked.owner,
            asked.key,
            now - _KEPT_SECONDS[asked.api],
        )
        row = self.store.row(
            "SELECT endpoint, fingerprint, status, body FROM first_answer WHERE owner = ? AND key = ?",
            asked.owner,
            asked.key,
        )
        if row is None:
            return None
        if row[0] != asked.endpoint:
            raise _misused(f"Keys for idempotent requests can only be used for the same endpoint: {row[0]}.")
        if row[1] != asked.fingerprint:
            raise _misused("Keys for idempotent requests can only be used with the same parameters.")
        return FirstAnswer(row[2], json.loads(row[3]))

    def keep(self, asked: Asked, now: int, status: int, body: Json) -> None:
        """Have this be the answer to the key from now on."""
        if asked.api == "v2" and status >= 400:
            return
        self.store.run(
            "INSERT OR IGNORE INTO first_answer VALUES (?, ?, ?, ?, ?, ?, ?)",
            asked.owner,
            asked.key,
            asked.endpoint,
            asked.fingerprint,
            now,
            status,
            json.dumps(body),
        )

    def end(self, asked: Asked) -> None:
        """The call is answered."""
        self._under_way.discard((asked.owner, asked.key))


def forget(store: Store, owner: str, key: str) -> int:
    """Prune a key before its time, as Stripe may."""
    return store.run("DELETE FROM first_answer WHERE owner = ? AND key = ?", owner, key)


def _misused(message: str) -> AnsweredError:
    facts: dict[str, Any] = {"status": 400, "kind": "idempotency_error", "kept": False}
    return AnsweredError(message, **facts)
