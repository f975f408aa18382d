"""Everything of BeatPass's own that months touch, at one moment, read by the bare tables."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine, select

from db.models.all import METADATA
from db.queries.rows import AnySelect
from db.vocabulary import CurrencyCode, JobState, JournalSource, LicensingModel, PoolRunStatus, TrackStatus


class Run(NamedTuple):
    id: str
    period: str
    sequence: int
    status: PoolRunStatus
    pool_minor: int
    currency: CurrencyCode
    total_weight: int
    reached: str
    causes: list[list[Any]]
    inputs_sha256: str | None
    outputs_sha256: str | None
    frozen_at: datetime | None

    @property
    def is_frozen(self) -> bool:
        return self.status is not PoolRunStatus.OPEN

    @property
    def is_computed(self) -> bool:
        return self.status in {PoolRunStatus.COMPUTED, PoolRunStatus.POSTED}

    @property
    def is_posted(self) -> bool:
        return self.status is PoolRunStatus.POSTED


class Input(NamedTuple):
    run_id: str
    track_id: str
    published_at: datetime
    licensing_model: LicensingModel
    plays: int
    producers: list[str]


class Share(NamedTuple):
    run_id: str
    producer_id: str
    weight: int
    amount_minor: int


class Line(NamedTuple):
    run_id: str
    producer_id: str
    track_id: str
    weight: int
    amount_minor: int


class Late(NamedTuple):
    id: str
    period: str
    base_minor: int
    currency: CurrencyCode
    run_id: str | None


class Moved(NamedTuple):
    """An entry, with what it is of."""

    kind: JournalSource
    source: str
    about: str | None
    source_account: str
    target_account: str
    minor: int
    currency: CurrencyCode
    posted_at: datetime


class Statement(NamedTuple):
    producer_id: str
    period: str
    currency: CurrencyCode
    opening_minor: int
    closing_minor: int


class Played(NamedTuple):
    account: str
    track: str
    listened_ms: int
    counted_on: date | None


class Beat(NamedTuple):
    """A track as it is.

    Attributes:
        credited: Whom it credits, the uploader first.
        makers: Accounts of whom it credits, or did while others could see it.
    """

    status: TrackStatus
    published_at: datetime | None
    licensing_model: LicensingModel
    credited: tuple[str, ...]
    makers: frozenset[str]


class Todo(NamedTuple):
    key: str
    state: JobState
    last_error: str | None


Counts = tuple[int, int]
"""Of plays: opened, counted."""


@dataclass(frozen=True)
class Seen:
    runs: Mapping[str, Run]
    inputs: Mapping[str, list[Input]]
    shares: Mapping[str, list[Share]]
    lines: Mapping[str, list[Line]]
    late: list[Late]
    moves: list[Moved]
    kept: Mapping[tuple[str, CurrencyCode], int]
    statements: frozenset[Statement]
    plays: Mapping[str, Played]
    listenings: Mapping[tuple[date, str, str], Counts]
    days: Mapping[tuple[str, date], Counts]
    totals: Mapping[str, Counts]
    credited: Mapping[tuple[str, date, str], int]
    beats: Mapping[str, Beat]
    jobs: list[Todo]

    def of(self, period: str) -> list[Run]:
        """How a month was closed and adjusted, in order."""
        return [run for run in self.runs.values() if run.period == period]

    def closing(self, period: str) -> Run | None:
        return next((run for run in self.of(period) if run.sequence == 0), None)

    def balance(self, account: str, currency: CurrencyCode) -> int:
        came = sum(
            one.minor for one in self.moves if (one.target_account, one.currency) == (account, currency)
        )
        left = sum(
            one.minor for one in self.moves if (one.source_account, one.currency) == (account, currency)
        )
        return came - left

    def pool(self, period: str, currency: CurrencyCode = CurrencyCode.CAD) -> int:
        return self.balance(f"sub_pool:{period}", currency)

    def unclosed(self, before: str) -> list[str]:
        """Months before that one that have money, and that nobody has begun to close."""
        periods = sorted(period for period, currency in self.pools() if currency is CurrencyCode.CAD)
        return [one for one in periods if one < before and self.pool(one) > 0 and self.closing(one) is None]

    def pools(self) -> set[tuple[str, CurrencyCode]]:
        """Months and currencies that anybody has paid in."""
        names = {(one.target_account, one.currency) for one in self.moves}
        return {(name[9:], currency) for name, currency in names if name.startswith("sub_pool:")}


def seen_in(engine: Engine) -> Seen:
    """In one snapshot."""
    with engine.connect() as connection:
        runs = [Run(*row) for row in _rows(connection, _RUNS)]
        return Seen(
            runs={one.id: one for one in runs},
            inputs=_by_run(Input(*row) for row in _rows(connection, _INPUTS)),
            shares=_by_run(Share(*row) for row in _rows(connection, _SHARES)),
            lines=_by_run(Line(*row) for row in _rows(connection, _LINES)),
            late=[Late(*row) for row in _rows(connection, _LATE)],
            moves=[Moved(*row) for row in _rows(connection, _MOVES)],
            kept={(one, currency): minor for one, currency, minor in _rows(connection, _KEPT)},
            statements=frozenset(Statement(*row) for row in _rows(connection, _STATEMENTS)),
            plays={row[0]: _played(*row[1:]) for row in _rows(connection, _PLAYS)},
            listenings={
                (day, who, track): tuple(rest) for day, who, track, *rest in _rows(connection, _HEARD)
            },
            days={(track, day): tuple(rest) for track, day, *rest in _rows(connection, _DAYS)},
            totals={track: tuple(rest) for track, *rest in _rows(connection, _TOTALS)},
            credited=Counter({tuple(row[:3]): row[3] for row in _rows(connection, _CREDITED)}),
            beats=_beats(_rows(connection, _BEATS)),
            jobs=[Todo(*row) for row in _rows(connection, _JOBS)],
        )


def _rows(connection: Connection, chosen: AnySelect) -> Iterable[Any]:
    return connection.execute(chosen)


def _columns(table: str, *names: str) -> AnySelect:
    columns = METADATA.tables[table].c
    return select(*(columns[name] for name in names))


def _by_run(rows: Iterable[Any]) -> Mapping[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.run_id].append(row)
    return found


def _played(account: str, track: str, listened_ms: int, counted_at: datetime | None) -> Played:
    return Played(account, track, listened_ms, counted_at.date() if counted_at else None)


def _beats(rows: Iterable[Any]) -> dict[str, Beat]:
    beats: dict[str, Beat] = {}
    for one, status, published_at, model, who, removed_at, never_shown, account in rows:
        beat = beats.get(one) or Beat(status, published_at, model, (), frozenset())
        credited = beat.credited if removed_at else (*beat.credited, who)
        makers = beat.makers if never_shown else beat.makers | {account}
        beats[one] = beat._replace(credited=credited, makers=makers)
    return beats


def _moves() -> AnySelect:
    journal, entry = METADATA.tables["journal"].c, METADATA.tables["entry"].c
    of_journal = journal.source_kind, journal.source_id, journal.about
    moved = entry.from_account, entry.to_account, entry.amount_minor, entry.currency
    chosen = select(*of_journal, *moved, journal.posted_at).where(journal.id == entry.journal_id)
    return chosen.order_by(journal.id, entry.position)


def _credits() -> AnySelect:
    track, credit = METADATA.tables["track"].c, METADATA.tables["track_credit"].c
    producer = METADATA.tables["producer"].c
    facts = track.id, track.status, track.published_at, track.licensing_model
    who = credit.producer_id, credit.removed_at, credit.never_shown, producer.account_id
    joined = select(*facts, *who).where(credit.track_id == track.id, producer.id == credit.producer_id)
    return joined.order_by(credit.position, credit.producer_id)


# Put together once: an example looks some twenty times.
_RUNS: Final = _columns("pool_run", *Run._fields).order_by("period", "sequence")
_INPUTS: Final = _columns("pool_input", *Input._fields).order_by("run_id", "track_id")
_SHARES: Final = _columns("pool_share", *Share._fields).order_by("run_id", "producer_id")
_LINES: Final = _columns("pool_line", *Line._fields).order_by("run_id", "producer_id", "track_id")
_LATE: Final = _columns("pool_late_return", *Late._fields).order_by("id")
_MOVES: Final = _moves()
_KEPT: Final = _columns("producer_balance", "producer_id", "currency", "balance_minor")
_STATEMENTS: Final = _columns("statement", *Statement._fields)
_PLAYS: Final = _columns("play", "id", "account_id", "track_id", "listened_ms", "counted_at")
_HEARD: Final = _columns("listening", "day", "account_id", "track_id", "plays", "counted")
_DAYS: Final = _columns("track_plays", "track_id", "day", "plays", "counted")
_TOTALS: Final = _columns("play_total", "track_id", "plays", "counted")
_CREDITED: Final = _columns("credited_plays", "producer_id", "day", "track_id", "counted")
_BEATS: Final = _credits()
_JOBS: Final = _columns("job", *Todo._fields).order_by("id")
