"""Webhooks: who is told of what, signed how, and when it is tried again.

Signatures and retries live by the machine's clock, not by the platform's: receivers compare with theirs.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from api.sandbox import faults
from api.sandbox.ids import new_id
from api.sandbox.platforms import Platform
from api.sandbox.store import Store

Scope = Literal["platform", "connect"]
Payload = Literal["snapshot", "thin"]

BACK_OFF_SECONDS: Final = (1, 5, 30, 120, 600, 3600, 21_600, 86_400)
"""Between attempts; after the last one it is given up, as Stripe does after three days."""
_COPIES: Final = {"webhook_missing": 0, "webhook_duplicated": 2}
_HELD_SECONDS: Final = 10
"""An event that is to be overtaken waits so long, unless another one comes."""


@dataclass(frozen=True)
class Endpoint:
    """Who is told.

    Attributes:
        scope: Of the platform's own events, or of those of connected accounts.
        payload: The object as it was, or its id alone.
        events: Their types; `*` is all.
    """

    url: str
    scope: Scope = "platform"
    payload: Payload = "snapshot"
    events: Sequence[str] = ("*",)


@dataclass(frozen=True)
class Letter:
    """A webhook as it is sent."""

    delivery: int
    url: str
    headers: dict[str, str]
    body: bytes


def register(store: Store, platform: str, endpoint: Endpoint, secret: str) -> str:
    """Tell an address from now on; registered again, it is the same endpoint, with this secret alone."""
    place = (platform, endpoint.url, endpoint.scope, endpoint.payload)
    store.run(
        "INSERT INTO endpoint VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (platform, url, scope, payload) DO UPDATE SET events = excluded.events",
        new_id("we"),
        *place,
        json.dumps(list(endpoint.events)),
    )
    found = store.row("SELECT id FROM endpoint WHERE (platform, url, scope, payload) = (?, ?, ?, ?)", *place)
    assert found
    store.run("DELETE FROM secret WHERE endpoint = ?", found[0])
    store.run("INSERT INTO secret VALUES (?, ?, NULL)", found[0], secret)
    return str(found[0])


def rotate(store: Store, endpoint: str, secret: str, *, overlap_seconds: float) -> None:
    """A new secret; the old ones sign beside it until the overlap is over."""
    store.run(
        "UPDATE secret SET until = ? WHERE endpoint = ? AND until IS NULL",
        time.time() + overlap_seconds,
        endpoint,
    )
    store.run("INSERT INTO secret VALUES (?, ?, NULL)", endpoint, secret)


def targets(store: Store, platform: str, kind: str, *, scope: Scope, payload: Payload) -> list[str]:
    """The endpoints that want to hear of a kind of event."""
    rows = store.rows(
        "SELECT id, events FROM endpoint WHERE platform = ? AND scope = ? AND payload = ? ORDER BY rowid",
        platform,
        scope,
        payload,
    )
    return [endpoint for endpoint, events in rows if {"*", kind} & set(json.loads(events))]


def enqueue(store: Store, platform: Platform, event: str, kind: str, endpoints: Sequence[str]) -> None:
    """Have an event delivered: once, or as an armed fault has it."""
    now = time.time()
    for endpoint in endpoints:
        fault = faults.take_webhook(store, platform.id, kind) or ""
        held = fault == "webhook_reordered"
        for _ in range(_COPIES.get(fault, 1)):
            store.run(
                "INSERT INTO delivery (platform, endpoint, event, next_at, state) VALUES (?, ?, ?, ?, ?)",
                platform.id,
                endpoint,
                event,
                now + _HELD_SECONDS if held else now,
                "held" if held else "waiting",
            )
        if not held:
            store.run(
                "UPDATE delivery SET state = 'waiting', next_at = ? WHERE endpoint = ? AND state = 'held'",
                now + 0.001,
                endpoint,
            )


def due(store: Store, platform: str, *, now: float = float("inf"), limit: int = 1000) -> list[Letter]:
    """What is to be sent, oldest first: what is due by now, or all that waits."""
    rows = store.rows(
        "SELECT d.id, e.id, e.url, o.body FROM delivery d JOIN endpoint e ON e.id = d.endpoint "
        "JOIN object o ON o.id = d.event WHERE d.platform = ? AND d.state IN ('waiting', 'held') "
        "AND d.next_at <= ? ORDER BY d.next_at, d.id LIMIT ?",
        platform,
        now,
        limit,
    )
    return [_letter(store, delivery, endpoint, url, body) for delivery, endpoint, url, body in rows]


def _letter(store: Store, delivery: int, endpoint: str, url: str, body: str) -> Letter:
    """A webhook with a signature of this moment; a thin one says no more than what it is about."""
    body = _thinned(body)
    headers = {
        "content-type": "application/json; charset=utf-8",
        "user-agent": "Stripe/1.0 (sandbox)",
        "stripe-signature": _signature(store, endpoint, body),
    }
    return Letter(delivery, url, headers, body.encode())


def _thinned(body: str) -> str:
    event = json.loads(body)
    if event["object"] != "v2.core.event":
        return body
    return json.dumps({name: value for name, value in event.items() if name not in {"data", "changes"}})


def _signature(store: Store, endpoint: str, body: str) -> str:
    """One part for each secret that holds."""
    moment = int(time.time())
    rows = store.rows(
        "SELECT secret FROM secret WHERE endpoint = ? AND (until IS NULL OR until > ?) ORDER BY until IS NULL DESC",
        endpoint,
        time.time(),
    )
    signed = f"{moment}.{body}".encode()
    parts = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for (secret,) in rows]
    return ",".join([f"t={moment}", *(f"v1={part}" for part in parts)])


def record(store: Store, delivery: int, status: int | None) -> None:
    """What came of an attempt: anything but a 2xx is tried again."""
    row = store.row("SELECT event, attempts FROM delivery WHERE id = ?", delivery)
    assert row
    event, attempts = str(row[0]), int(row[1])
    if status is not None and 200 <= status < 300:
        state, wait = "delivered", 0.0
        _one_less(store, event)
    elif attempts < len(BACK_OFF_SECONDS):
        state, wait = "waiting", float(BACK_OFF_SECONDS[attempts])
    else:
        state, wait = "given_up", 0.0
    store.run(
        "UPDATE delivery SET attempts = attempts + 1, state = ?, status = ?, next_at = ? WHERE id = ?",
        state,
        status,
        time.time() + wait,
        delivery,
    )


def _one_less(store: Store, event: str) -> None:
    store.run(
        "UPDATE object SET body = json_set(body, '$.pending_webhooks', max(0, json_extract(body, '$.pending_webhooks') - 1)) "
        "WHERE id = ? AND kind = 'event'",
        event,
    )


def again(store: Store, platform: Platform, event: str) -> int:
    """Send an event once more to all who were told of it; answers how many that are."""
    rows = store.rows("SELECT DISTINCT endpoint FROM delivery WHERE event = ?", event)
    for (endpoint,) in rows:
        store.run(
            "INSERT INTO delivery (platform, endpoint, event, next_at) VALUES (?, ?, ?, ?)",
            platform.id,
            endpoint,
            event,
            time.time(),
        )
    return len(rows)


def put_off(store: Store, platform: str) -> int:
    """Forget what waits; answers how much that was."""
    return store.run("DELETE FROM delivery WHERE platform = ? AND state IN ('waiting', 'held')", platform)


def history(store: Store, platform: str) -> list[dict[str, Any]]:
    """All deliveries, oldest first."""
    rows = store.rows(
        "SELECT d.id, d.event, json_extract(o.body, '$.type'), e.url, d.state, d.attempts, d.status FROM delivery d "
        "JOIN endpoint e ON e.id = d.endpoint JOIN object o ON o.id = d.event WHERE d.platform = ? ORDER BY d.id",
        platform,
    )
    names = ("id", "event", "type", "url", "state", "attempts", "status")
    return [dict(zip(names, row, strict=True)) for row in rows]
