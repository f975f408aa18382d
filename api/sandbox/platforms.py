"""Platforms: who calls with a secret key. Each has objects, a clock, faults and webhooks of its own."""

import json
import secrets
import time
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from api.sandbox.ids import new_id
from api.sandbox.store import Store


@dataclass(frozen=True)
class Platform:
    """One of them.

    Attributes:
        name: What buyers read on pages and bills.
        address: Of the seller, on bills; its lines separated by `|`.
        tax_number: On bills; empty: the seller has none.
        email: On bills, for questions.
        frozen_at: Where its clock stands; null where it runs.
        ahead_seconds: Of a running clock, before the machine's.
        settlement_days: Until the money of a charge can be paid out.
        deliveries: `automatic`: webhooks go out by themselves; `manual`: when the control asks for them.
    """

    id: str
    secret_key: str
    name: str = "BeatPass"
    address: str = ""
    tax_number: str = ""
    email: str = "contact@beatpass.ca"
    country: str = "CA"
    currency: str = "cad"
    frozen_at: int | None = None
    ahead_seconds: int = 0
    settlement_days: int = 0
    deliveries: Literal["automatic", "manual"] = "automatic"

    @property
    def seller(self) -> list[str]:
        """Who sells, line by line, as bills name them."""
        address = [line.strip() for line in self.address.split("|") if line.strip()]
        tax = f"Tax number {self.tax_number}" if self.tax_number else "No tax number"
        return [self.name, *address, tax, self.email]

    @property
    def now(self) -> int:
        """The time on its clock, in seconds since 1970."""
        return int(time.time()) + self.ahead_seconds if self.frozen_at is None else self.frozen_at

    def at(self, moment: int) -> "Platform":
        """The same with its clock moved to a moment."""
        if self.frozen_at is not None:
            return replace(self, frozen_at=moment)
        return replace(self, ahead_seconds=moment - int(time.time()))


def open_platform(store: Store, secret_key: str = "", **facts: Any) -> Platform:
    """The platform of a key, made if it is not there."""
    key = secret_key or f"sk_test_{secrets.token_hex(16)}"
    if found := by_key(store, key):
        return found
    made = Platform(new_id("acct"), key, **facts)
    store.run("INSERT INTO platform VALUES (?, ?, ?)", made.id, key, _kept(made))
    return made


def by_key(store: Store, secret_key: str) -> Platform | None:
    return _read(store.row("SELECT facts FROM platform WHERE secret_key = ?", secret_key))


def by_id(store: Store, platform_id: str) -> Platform:
    found = _read(store.row("SELECT facts FROM platform WHERE id = ?", platform_id))
    assert found, platform_id
    return found


def of_owner(store: Store, owner: str) -> Platform:
    """The platform itself, or the one that an account is connected to."""
    account = store.by_id(owner)
    return by_id(store, account[0] if account else owner)


def on_their_own(store: Store) -> list[Platform]:
    """Those for which something is done that nobody asks for: their clock runs, or their webhooks go out."""
    rows = store.rows(
        "SELECT facts FROM platform WHERE json_extract(facts, '$.frozen_at') IS NULL "
        "OR json_extract(facts, '$.deliveries') = 'automatic' ORDER BY rowid"
    )
    return [Platform(**json.loads(facts)) for (facts,) in rows]


def save(store: Store, platform: Platform) -> None:
    store.run("UPDATE platform SET facts = ? WHERE id = ?", _kept(platform), platform.id)


def _kept(platform: Platform) -> str:
    return json.dumps(asdict(platform))


def _read(row: tuple[Any, ...] | None) -> Platform | None:
    return Platform(**json.loads(row[0])) if row else None
