"""Faults that somebody arms: for the next calls of a method and path, or for the next webhooks of a type."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from fnmatch import fnmatchcase
from typing import Any, Final

from api.sandbox.errors import AnsweredError, invalid
from api.sandbox.store import Store

CALL_FAULTS: Final = {
    "error_before": "an answer of 500, and nothing was done",
    "error_after": "an answer of 500, and it was done",
    "drop_before": "the connection breaks, and nothing was done",
    "drop_after": "the connection breaks, and it was done",
    "late": "it is done, and the answer comes late",
    "conflict": "409, as if another call held the object",
    "rate_limited": "429",
}
WEBHOOK_FAULTS: Final = {
    "webhook_missing": "it is never sent",
    "webhook_duplicated": "it is sent twice",
    "webhook_reordered": "the next one overtakes it",
}


@dataclass(frozen=True)
class Fault:
    """What is to go wrong.

    Attributes:
        method: Of the calls; `*` is any.
        path: Of the calls, with `*` for any letters.
        type: Of the webhooks, with `*` for any letters.
        status: Of an error that is answered.
        seconds: An answer is late by.
        skip: So many calls or webhooks pass first.
    """

    kind: str
    method: str = "*"
    path: str = "*"
    type: str = "*"
    status: int = 500
    seconds: float = 0.0
    skip: int = 0

    def answer(self) -> AnsweredError:
        """The error that is answered in place of a result."""
        if self.kind == "conflict":
            message = "This object cannot be accessed right now because another API request is accessing it."
            return AnsweredError(message, status=409, kept=False, code="lock_timeout")
        if self.kind == "rate_limited":
            return AnsweredError("Too many requests.", status=429, kept=False, code="rate_limit")
        return AnsweredError("An unknown error occurred.", status=self.status, kind="api_error")


def arm(store: Store, platform: str, given: Mapping[str, Any]) -> int:
    """Arm a fault for the next `times` calls or webhooks that it fits; answers its number.

    Raises:
        AnsweredError: It is not a fault that can be armed.
    """
    facts = {name: value for name, value in given.items() if name != "times"}
    known = {field.name for field in fields(Fault)}
    if facts.keys() - known or facts.get("kind") not in {*CALL_FAULTS, *WEBHOOK_FAULTS}:
        kinds = ", ".join([*CALL_FAULTS, *WEBHOOK_FAULTS])
        raise invalid(f"A fault has a kind ({kinds}) and may have {', '.join(sorted(known))} and times.")
    fault = Fault(**facts)
    store.run(
        "INSERT INTO fault (platform, times, facts) VALUES (?, ?, ?)",
        platform,
        int(given.get("times", 1)),
        json.dumps(asdict(fault)),
    )
    found = store.row("SELECT max(id) FROM fault")
    assert found
    return int(found[0])


def armed(store: Store, platform: str) -> list[dict[str, Any]]:
    """What is still to come."""
    rows = store.rows("SELECT id, times, facts FROM fault WHERE platform = ? ORDER BY id", platform)
    return [{"id": number, "times": times, **json.loads(facts)} for number, times, facts in rows]


def disarm(store: Store, platform: str) -> None:
    store.run("DELETE FROM fault WHERE platform = ?", platform)


def take_call(store: Store, platform: str, method: str, path: str) -> Fault | None:
    """The fault of this call."""
    return _take(
        store,
        platform,
        lambda fault: (
            fault.kind in CALL_FAULTS and fault.method in {"*", method} and fnmatchcase(path, fault.path)
        ),
    )


def take_webhook(store: Store, platform: str, kind: str) -> str | None:
    """The kind of the fault of this webhook."""
    found = _take(
        store, platform, lambda fault: fault.kind in WEBHOOK_FAULTS and fnmatchcase(kind, fault.type)
    )
    return found.kind if found else None


def _take(store: Store, platform: str, fits: Callable[[Fault], bool]) -> Fault | None:
    rows = store.rows("SELECT id, times, facts FROM fault WHERE platform = ? ORDER BY id", platform)
    for number, times, facts in rows:
        fault = Fault(**json.loads(facts))
        if not fits(fault):
            continue
        if fault.skip:
            _skipped(store, number, fault)
            return None
        _used(store, number, times)
        return fault
    return None


def _skipped(store: Store, number: int, fault: Fault) -> None:
    facts = json.dumps({**asdict(fault), "skip": fault.skip - 1})
    store.run("UPDATE fault SET facts = ? WHERE id = ?", facts, number)


def _used(store: Store, number: int, times: int) -> None:
    if times > 1:
        store.run("UPDATE fault SET times = times - 1 WHERE id = ?", number)
    else:
        store.run("DELETE FROM fault WHERE id = ?", number)
