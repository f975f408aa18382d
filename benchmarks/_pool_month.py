"""A month with millions of plays, written straight into a database: for `benchmarks.pool`.

What closing reads are the sums of plays by track and day, and what a simulation reads are those by listener, track and day. They
are what so many plays come to: each play is drawn for a track (by Zipf's law), for a day since its publication, and in the last
month for a listener. Single rows of `play` are not written, for nothing of this reads them.
"""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import numpy as np
from sqlalchemy import Engine, create_engine, insert, select
from sqlalchemy.pool import NullPool

from api.earnings.ledger import post
from api.earnings.subscription_journals import PaidInvoice, invoice_paid
from db.models.all import METADATA
from db.money import Amount
from db.session import Sessions
from db.vocabulary import CurrencyCode
from tests.factories import a_producer, a_track
from tests.licences.granted import a_plan

PERIOD: Final = "2026-05"
LAST_DAY: Final = date(2026, 5, 31)
_DAYS: Final = 365
_AGO: Final = [(LAST_DAY - timedelta(days=days)).isoformat() for days in range(_DAYS)]
_OLDEST_DAYS: Final = 1_460
_MOST_A_DAY: Final = 20
_ROWS_AT_ONCE: Final = 20_000
_PRICES: Final = (2_900, 4_500, 5_900)
_PAID_AT: Final = datetime(2026, 5, 12, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Size:
    """How much there is of everything."""

    plays: int
    tracks: int
    producers: int
    listeners: int


def named(prefix: str, number: int) -> str:
    return f"{prefix}_{number:026}"


async def fill(url: str, size: Size) -> int:
    """A migrated database with all of it; answers how many rows the plays come to."""
    sessions = Sessions(url)
    nova = await a_producer(sessions)
    await a_plan(sessions, nova)
    await a_track(sessions, nova)
    engine = create_engine(url.replace("+aiosqlite", ""), poolclass=NullPool)
    chance = np.random.default_rng(8)
    _write_people(engine, size)
    published = _write_tracks(engine, size, chance)
    rows = _write_plays(engine, size, published, chance)
    _write_bills(engine, size)
    engine.dispose()
    await _enter_bills(sessions, size)
    await sessions.close()
    return rows


def _template(engine: Engine, table: str) -> dict[str, Any]:
    """A row that is as it should be."""
    with engine.connect() as connection:
        return dict(connection.execute(select(METADATA.tables[table]).limit(1)).mappings().one())


def _write(engine: Engine, table: str, rows: Iterable[dict[str, Any]]) -> int:
    """Past foreign keys, which hold by construction."""
    written, left = 0, iter(rows)
    postgres = engine.dialect.name == "postgresql"
    while some := list(itertools.islice(left, _ROWS_AT_ONCE)):
        with engine.begin() as connection:
            if postgres:
                connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
                _copy(connection, table, some)
            else:
                connection.execute(insert(METADATA.tables[table]), some)
        written += len(some)
    return written


def _copy(connection: Any, table: str, rows: list[dict[str, Any]]) -> None:
    columns = METADATA.tables[table].columns
    processors = {
        name: columns[name].type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
        for name in rows[0]
    }
    names = ", ".join(f'"{name}"' for name in rows[0])
    cursor = connection.connection.cursor()
    with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row([_copied(processors[name], value) for name, value in row.items()])


def _copied(processor: Any, value: Any) -> Any:
    made = processor(value) if processor and value is not None else value
    return getattr(made, "obj", made) if isinstance(made, str) or made is None else made


def _write_people(engine: Engine, size: Size) -> None:
    account, producer = _template(engine, "account"), _template(engine, "producer")
    _write(
        engine,
        "account",
        (
            account
            | {"id": named("acc", one), "email": f"{one}@bench.test", "email_key": f"{one}@bench.test"}
            for one in range(size.listeners)
        ),
    )
    _write(
        engine,
        "producer",
        (
            producer
            | {"id": named("pro", one), "account_id": None, "handle": f"b{one}", "handle_key": f"b{one}"}
            for one in range(size.producers)
        ),
    )


def _write_tracks(engine: Engine, size: Size, chance: np.random.Generator) -> Any:
    """Tracks with one to three producers; answers how old they are."""
    ages = chance.integers(0, _OLDEST_DAYS, size.tracks)
    upload, track, fingerprint = (_template(engine, table) for table in ("upload", "track", "fingerprint"))
    track.pop("shown_since")
    heard = fingerprint | {"fingerprinted_at": _PAID_AT, "checked_at": _PAID_AT}
    every = range(size.tracks)
    _write(engine, "upload", (upload | _own_id("upl", one) | {"used_by": named("trk", one)} for one in every))
    _write(engine, "track", (track | _track(size, one, int(age)) for one, age in enumerate(ages)))
    _write(
        engine,
        "fingerprint",
        (heard | _own_id("fpr", one) | {"track_id": named("trk", one)} for one in every),
    )
    _write(engine, "track_credit", _credits(size, chance.choice([1, 1, 1, 2, 3], size.tracks)))
    return ages


def _own_id(prefix: str, one: int) -> dict[str, Any]:
    return {"id": named(prefix, one)}


def _track(size: Size, one: int, age: int) -> dict[str, Any]:
    return {
        "id": named("trk", one),
        "number": one,
        "slug": f"bench-{one}",
        "upload_id": named("upl", one),
        "producer_id": named("pro", one % size.producers),
        "published_at": datetime(2026, 5, 31, tzinfo=UTC) - timedelta(days=age),
        "title": f"Beat {one}",
    }


def _credits(size: Size, producers: Any) -> Iterator[dict[str, Any]]:
    """The uploader of each track, and others.

    Args:
        producers: How many each track has.
    """
    for one, number in enumerate(producers):
        for place in range(number):
            yield {
                "track_id": named("trk", one),
                "producer_id": named("pro", (one + place * 7919) % size.producers),
                "position": place,
                "declined": False,
                "never_shown": False,
            }


def _write_plays(engine: Engine, size: Size, ages: Any, chance: np.random.Generator) -> int:
    """Every play in a day since publication; those of the last month are of listeners, too."""
    shares = 1 / np.arange(1, size.tracks + 1) ** 0.8
    plays = chance.multinomial(size.plays, chance.permutation(shares / shares.sum()))
    tracks = np.repeat(np.arange(size.tracks), plays)
    ago = (chance.random(size.plays) * np.minimum(ages + 1, _DAYS)[tracks]).astype(np.int64)
    days, counts = np.unique(tracks * _DAYS + ago, return_counts=True)
    rows = _write_sums(engine, "track_plays", "track_id, day, plays, counted", _sums(size, days, counts))
    recent = ago < LAST_DAY.day
    listened = _listened(size, tracks[recent], ago[recent], chance)
    return rows + _write_sums(engine, "listening", "day, account_id, track_id, plays, counted", listened)


def _sums(size: Size, keys: Any, counts: Any) -> Iterator[tuple[Any, ...]]:
    tracks = [named("trk", one) for one in range(size.tracks)]
    for key, count in zip(keys.tolist(), counts.tolist(), strict=True):
        track, ago = divmod(key, _DAYS)
        yield tracks[track], _AGO[ago], count, count


def _listened(size: Size, tracks: Any, ago: Any, chance: np.random.Generator) -> Iterator[tuple[Any, ...]]:
    listeners = chance.integers(0, size.listeners, len(tracks))
    keys, counts = np.unique((ago * size.listeners + listeners) * size.tracks + tracks, return_counts=True)
    assert counts.max() <= _MOST_A_DAY
    for key, count in zip(keys.tolist(), counts.tolist(), strict=True):
        rest, track = divmod(key, size.tracks)
        day, listener = divmod(rest, size.listeners)
        yield _AGO[day], named("acc", listener), named("trk", track), count, count


def _write_sums(engine: Engine, table: str, columns: str, rows: Iterator[tuple[Any, ...]]) -> int:
    """Millions of rows, past everything that is between them and the database."""
    written, marks = 0, ", ".join("?" for _ in columns.split(","))
    while some := list(itertools.islice(rows, 10 * _ROWS_AT_ONCE)):
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
                with connection.connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                    for row in some:
                        copy.write_row(row)
            else:
                connection.exec_driver_sql(f"INSERT INTO {table} ({columns}) VALUES ({marks})", some)
        written += len(some)
    return written


def _write_bills(engine: Engine, size: Size) -> None:
    """Every listener pays a plan in the month."""
    had = _template(engine, "plan_subscription")
    _write(
        engine,
        "plan_subscription",
        (
            had | {"id": named("sub", one), "account_id": named("acc", one), "reference": f"sub_{one}"}
            for one in range(size.listeners)
        ),
    )
    _write(engine, "invoice", (_bill(one) for one in range(size.listeners)))


def _bill(one: int) -> dict[str, Any]:
    base = _PRICES[one % 3]
    return {
        "id": named("inv", one),
        "subscription_id": named("sub", one),
        "reference": f"in_{one}",
        "number": f"B-{one}",
        "base_minor": base,
        "tax_minor": 0,
        "total_minor": base,
        "paid_base_minor": base,
        "paid_tax_minor": 0,
        "currency": CurrencyCode.CAD,
        "issued_at": _PAID_AT,
        "paid_at": _PAID_AT,
    }


async def _enter_bills(sessions: Sessions, size: Size) -> None:
    zero = Amount(0, CurrencyCode.CAD)
    for begin in range(0, size.listeners, 500):
        bills = [
            PaidInvoice(named("inv", one), _PAID_AT, Amount(_PRICES[one % 3], CurrencyCode.CAD), zero)
            for one in range(begin, min(begin + 500, size.listeners))
        ]
        async with sessions.writing() as session:
            await post(session, *map(invoice_paid, bills))
