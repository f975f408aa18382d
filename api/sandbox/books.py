"""What one account has, at one moment of its platform's clock: every endpoint reads and writes through this."""

from dataclasses import dataclass, field, replace
from typing import Any, Final

from api.sandbox import webhooks
from api.sandbox.errors import missing
from api.sandbox.ids import new_id
from api.sandbox.platforms import Platform
from api.sandbox.shapes import knows, whole
from api.sandbox.store import Store
from api.sandbox.trees import Json

API_VERSION: Final = "2026-10-28.endive"


@dataclass(frozen=True)
class Cause:
    """The request that something happens in."""

    id: str
    idempotency_key: str | None


@dataclass(frozen=True)
class Books:
    """One account's objects.

    Attributes:
        owner: The platform itself, or an account connected to it.
        url: Where the hosted pages are.
        cause: Null where the clock does it.
    """

    store: Store
    platform: Platform
    owner: str
    url: str
    cause: Cause | None = None
    moment: int | None = field(default=None)

    @property
    def now(self) -> int:
        """The moment on the clock; one that is moved stops at each thing that falls due."""
        return self.platform.now if self.moment is None else self.moment

    @property
    def is_connected(self) -> bool:
        return self.owner != self.platform.id

    def of(self, owner: str) -> "Books":
        """The books of another account of the same platform."""
        return replace(self, owner=owner)

    # ---- objects ---------------------------------------------------------------------------------

    def add(self, body: Json) -> Json:
        """Keep a new object, with every field that its class has."""
        kind = body["object"]
        usual = {"livemode": False, "created": self.now}
        made = whole({name: value for name, value in usual.items() if knows(kind, name)} | body)
        self.store.add(self.owner, kind, self.now, made)
        return made

    def find(self, kind: str, object_id: Any) -> Json | None:
        """An object of this account, null where there is none of that kind."""
        found = self._kept(kind, str(object_id))
        return None if found is None or "deleted" in found else found

    def gone(self, kind: str, object_id: str) -> Json | None:
        """What is left of a deleted object of this account."""
        found = self._kept(kind, object_id)
        return found if found is not None and "deleted" in found else None

    def _kept(self, kind: str, object_id: str) -> Json | None:
        found = self.store.by_id(object_id)
        return found[2] if found and found[:2] == (self.owner, kind) else None

    def get(self, kind: str, object_id: Any, *, param: str = "id") -> Json:
        """An object of this account.

        Raises:
            AnsweredError: There is none of that kind.
        """
        found = self.find(kind, object_id)
        if found is None:
            raise missing(kind.rpartition(".")[2].replace("_", " "), str(object_id), param=param)
        return found

    def every(self, kind: str, **keys: Any) -> list[Json]:
        """All with these keys, oldest first."""
        return self.store.every(self.owner, kind, **keys)

    def change(self, body: Json, event: str | None = None, /, **changes: Any) -> Json:
        """Change fields of an object and tell of it; what stays as it was is no change."""
        before = {name: body.get(name) for name, value in changes.items() if body.get(name) != value}
        body.update(changes)
        kept = whole(body)
        body.update(kept)
        self.store.save(kept)
        if event and before:
            self.tell(event, body, before)
        return body

    # ---- what follows ----------------------------------------------------------------------------

    def tell(self, kind: str, body: Json, before: Json | None = None) -> None:
        """An event, and its webhooks."""
        data = {"object": body} | ({"previous_attributes": before} if before else {})
        account = {"account": self.owner} if self.is_connected else {}
        event: Json = {
            "id": new_id("evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": self.now,
            "data": data,
            "livemode": False,
            "pending_webhooks": 0,
            "request": {"id": self.cause.id, "idempotency_key": self.cause.idempotency_key}
            if self.cause
            else {"id": None, "idempotency_key": None},
            "type": kind,
            **account,
        }
        scope: webhooks.Scope = "connect" if self.is_connected else "platform"
        targets = webhooks.targets(self.store, self.platform.id, kind, scope=scope, payload="snapshot")
        event["pending_webhooks"] = len(targets)
        self.store.add(self.owner, "event", self.now, event)
        webhooks.enqueue(self.store, self.platform, event["id"], kind, targets)

    def later(self, at: int, kind: str, object_id: str) -> None:
        """Have something happen when the clock is there; asked again, the new moment holds."""
        self.store.run(
            "INSERT INTO due (platform, owner, at, kind, object) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (owner, kind, object) DO UPDATE SET at = excluded.at",
            self.platform.id,
            self.owner,
            at,
            kind,
            object_id,
        )

    def never(self, kind: str, object_id: str) -> None:
        """Have it not happen."""
        self.store.run(
            "DELETE FROM due WHERE owner = ? AND kind = ? AND object = ?", self.owner, kind, object_id
        )
