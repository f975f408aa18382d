"""The SQLite file of the sandbox. Objects are kept as their JSON, with the few keys by which they are looked up."""

import json
import sqlite3
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from api.sandbox.errors import AnsweredError
from api.sandbox.trees import Json, is_list, is_object

KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "balance_transaction": ("source", "type", "currency"),
    "charge": ("customer", "payment_intent", "transfer_group"),
    "checkout.session": ("customer", "payment_intent", "subscription", "status"),
    "customer": ("email",),
    "dispute": ("charge", "payment_intent"),
    "event": ("type",),
    "invoice": ("customer", "status", "collection_method", "parent.subscription_details.subscription"),
    "invoice_payment": ("invoice", "status", "payment.payment_intent"),
    "invoiceitem": ("customer", "invoice", "parent.subscription_details.subscription"),
    "payment_intent": ("customer",),
    "payment_method": ("customer", "type"),
    "payout": ("status", "destination"),
    "price": ("product", "lookup_key", "active", "currency", "type"),
    "product": ("active",),
    "refund": ("charge", "payment_intent"),
    "subscription": ("customer", "status", "schedule"),
    "subscription_schedule": ("customer", "subscription"),
    "tax_rate": ("active", "inclusive"),
    "transfer": ("destination", "transfer_group"),
    "transfer_reversal": ("transfer",),
    "v2.core.account": ("closed",),
    "v2.core.event": ("type", "related_object.id"),
}
"""By which fields of its JSON a kind can be looked up; one further inside goes by its last name."""

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS address (url TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS platform (
    id TEXT PRIMARY KEY, secret_key TEXT NOT NULL UNIQUE, facts TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS object (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, owner TEXT NOT NULL, kind TEXT NOT NULL,
    created INTEGER NOT NULL, body TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS object_kind ON object (owner, kind, seq);
CREATE TABLE IF NOT EXISTS object_key (
    seq INTEGER NOT NULL REFERENCES object ON DELETE CASCADE, name TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (seq, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS object_key_value ON object_key (name, value, seq);
CREATE TABLE IF NOT EXISTS endpoint (
    id TEXT PRIMARY KEY, platform TEXT NOT NULL, url TEXT NOT NULL, scope TEXT NOT NULL, payload TEXT NOT NULL,
    events TEXT NOT NULL, UNIQUE (platform, url, scope, payload)
) STRICT;
CREATE TABLE IF NOT EXISTS secret (
    endpoint TEXT NOT NULL, secret TEXT NOT NULL, until REAL, PRIMARY KEY (endpoint, secret)
) STRICT;
CREATE TABLE IF NOT EXISTS due (
    id INTEGER PRIMARY KEY AUTOINCREMENT, platform TEXT NOT NULL, owner TEXT NOT NULL, at INTEGER NOT NULL,
    kind TEXT NOT NULL, object TEXT NOT NULL, UNIQUE (owner, kind, object)
) STRICT;
CREATE INDEX IF NOT EXISTS due_at ON due (platform, at, id);
CREATE TABLE IF NOT EXISTS purse (
    owner TEXT NOT NULL, currency TEXT NOT NULL, available_on INTEGER NOT NULL, net INTEGER NOT NULL,
    PRIMARY KEY (owner, currency, available_on)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS first_answer (
    owner TEXT NOT NULL, key TEXT NOT NULL, endpoint TEXT NOT NULL, fingerprint TEXT NOT NULL,
    created INTEGER NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (owner, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS fault (
    id INTEGER PRIMARY KEY AUTOINCREMENT, platform TEXT NOT NULL, times INTEGER NOT NULL, facts TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS delivery (
    id INTEGER PRIMARY KEY AUTOINCREMENT, platform TEXT NOT NULL, endpoint TEXT NOT NULL, event TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, next_at REAL NOT NULL, state TEXT NOT NULL DEFAULT 'waiting', status INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS delivery_next ON delivery (platform, state, next_at);
CREATE INDEX IF NOT EXISTS delivery_event ON delivery (event);
"""


class Store:
    """One connection, used by one thread: whatever happens in a transaction happens alone."""

    def __init__(self, file: Path | str) -> None:
        self._connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        self._connection.executescript(
            f"PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; {_TABLES}"
        )
        self._depth = 0

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def transaction(self) -> Generator[None]:
        """All of the block or nothing; one inside another can be undone by itself.

        Of a failure that says so, what was done stays: an attempt to pay is one, also where the card is declined.
        """
        name = f"inner{self._depth}"
        self._connection.execute(f"SAVEPOINT {name}")
        self._depth += 1
        try:
            yield
        except BaseException as error:
            if not (isinstance(error, AnsweredError) and error.stays):
                self._connection.execute(f"ROLLBACK TO {name}")
            raise
        finally:
            self._depth -= 1
            self._connection.execute(f"RELEASE {name}")

    @contextmanager
    def undone(self) -> Generator[None]:
        """Whatever the block does is looked at, and was never done."""
        self._connection.execute("SAVEPOINT undone")
        try:
            yield
        finally:
            self._connection.execute("ROLLBACK TO undone")
            self._connection.execute("RELEASE undone")

    def run(self, statement: str, *values: Any) -> int:
        """Execute; answers how many rows it changed."""
        return self._connection.execute(statement, values).rowcount

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        return self._connection.execute(statement, values).fetchall()

    def row(self, statement: str, *values: Any) -> tuple[Any, ...] | None:
        found: tuple[Any, ...] | None = self._connection.execute(statement, values).fetchone()
        return found

    # ---- objects ---------------------------------------------------------------------------------

    def add(self, owner: str, kind: str, created: int, body: Json) -> None:
        seq = self._connection.execute(
            "INSERT INTO object (id, owner, kind, created, body) VALUES (?, ?, ?, ?, ?)",
            (body["id"], owner, kind, created, json.dumps(body)),
        ).lastrowid
        self._index(seq, kind, body)

    def save(self, body: Json) -> None:
        """Keep an object as it is now."""
        found = self.row("SELECT seq, kind FROM object WHERE id = ?", body["id"])
        assert found, body["id"]
        seq, kind = found
        self.run("UPDATE object SET body = ? WHERE seq = ?", json.dumps(body), seq)
        self.run("DELETE FROM object_key WHERE seq = ?", seq)
        self._index(seq, kind, body)

    def _index(self, seq: int | None, kind: str, body: Json) -> None:
        keys = ((seq, path.rpartition(".")[2], _as_key(_at(body, path))) for path in KEYS.get(kind, ()))
        self._connection.executemany(
            "INSERT INTO object_key (seq, name, value) VALUES (?, ?, ?)",
            [key for key in keys if key[2] is not None],
        )

    def by_id(self, object_id: str) -> tuple[str, str, Json] | None:
        """Owner, kind and body."""
        found = self.row("SELECT owner, kind, body FROM object WHERE id = ?", object_id)
        return (found[0], found[1], json.loads(found[2])) if found else None

    def every(self, owner: str, kind: str, **keys: Any) -> list[Json]:
        """Those of an account with these keys, oldest first."""
        joins, values = matching(keys)
        rows = self.rows(
            f"SELECT body FROM object o {joins} WHERE o.owner = ? AND o.kind = ? ORDER BY o.seq",  # noqa: S608 -- names of ours
            *values,
            owner,
            kind,
        )
        return [json.loads(body) for (body,) in rows]


def matching(keys: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """The joins that leave those with these keys, and their values."""
    joins: list[str] = []
    values: list[Any] = []
    for number, (name, value) in enumerate(keys.items()):
        wanted = [_as_key(one) for one in _listed(value)]
        places = ", ".join("?" * len(wanted))
        joins.append(
            f"JOIN object_key k{number} ON k{number}.seq = o.seq "
            f"AND k{number}.name = ? AND k{number}.value IN ({places})"
        )
        values += [name, *wanted]
    return " ".join(joins), values


def _at(body: Any, path: str) -> Any:
    for name in path.split("."):
        body = body.get(name) if body else None
    return body


def _as_key(value: Any) -> str | None:
    """A field's value as it is compared: an object that stands in its place counts as its id."""
    if is_object(value):
        return str(value["id"])
    return None if value is None else json.dumps(value).strip('"')


def _listed(value: Any) -> Iterable[Any]:
    return value if is_list(value) else (value,)
