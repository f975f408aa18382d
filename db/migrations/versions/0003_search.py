"""What tracks and producers are found by: numbers, terms, and labels that know their track's status."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

import db.columns
from db.ids import number_of
from db.searching import labels_of, search_terms, words_of_name

revision = "0003"
down_revision = "0002"

_BATCH = 1000
_LISTS = ("artists", "genres", "tags", "moods")


def upgrade() -> None:
    _number_tracks()
    op.drop_table("track_label")
    _create_tables()
    _find_what_is_there()


def _number_tracks() -> None:
    op.add_column("track", sa.Column("number", sa.BigInteger(), nullable=False, server_default="0"))
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("track", "number", server_default=None)
    tracks = op.get_bind().execute(sa.text("SELECT id FROM track")).scalars().all()
    numbers = [{"track": track, "number": number_of(track)} for track in tracks]
    if numbers:
        op.get_bind().execute(sa.text("UPDATE track SET number = :number WHERE id = :track"), numbers)
    op.create_index("track_number", "track", ["number"], unique=True)
    op.create_index("track_in_status", "track", ["number", "status"], unique=True)
    facts = ["status", "bpm", "pitch_class", "scale", "licensing_model", "number"]
    op.create_index("track_facts", "track", facts, unique=False)


def _create_tables() -> None:
    op.create_table(
        "track_label",
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("folded", db.columns.BYTEWISE_100, nullable=False),
        sa.Column("label", db.columns.BYTEWISE_100, nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.CheckConstraint("kind IN ('GENRE', 'TAG', 'MOOD')", name="kind_known"),
        _of_a_track(),
        sa.PrimaryKeyConstraint("number", "kind", "folded"),
        sqlite_with_rowid=False,
    )
    words = ["status", "kind", "folded", "label", "number"]
    op.create_index("track_label_word", "track_label", words, unique=False)
    op.create_table(
        "search_term",
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("term", db.columns.BYTEWISE_100, nullable=False),
        sa.Column("weight", sa.SmallInteger(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        _of_a_track(),
        sa.PrimaryKeyConstraint("number", "term"),
        sqlite_with_rowid=False,
    )
    best = ["status", "term", "weight", "number"]
    op.create_index("search_term_best", "search_term", best, unique=False)
    op.create_table(
        "producer_term",
        sa.Column("term", db.columns.BYTEWISE_100, nullable=False),
        sa.Column("producer_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["producer_id"], ["producer.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("term", "producer_id"),
        sqlite_with_rowid=False,
    )


def _of_a_track() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["number", "status"], ["track.number", "track.status"], onupdate="CASCADE", ondelete="CASCADE"
    )


def _find_what_is_there() -> None:
    producers = op.get_bind().execute(sa.text("SELECT id, name, handle FROM producer")).all()
    for producer, name, handle in producers:
        _insert(
            "producer_term", [{"term": one, "producer_id": producer} for one in words_of_name(name, handle)]
        )
    for facts in _tracks():
        own = {"number": facts["number"], "status": facts["status"]}
        labels = [
            own | {"kind": str(kind), "folded": key, "label": label} for kind, key, label in labels_of(facts)
        ]
        _insert("track_label", labels)
        terms = search_terms(facts, facts["producer"])
        _insert("search_term", [own | {"term": one, "weight": weight} for one, weight in terms.items()])


def _tracks() -> Iterator[Mapping[str, Any]]:
    """In batches, with their lists as lists."""
    batch = sa.text(
        "SELECT t.number, t.status, t.title, t.artists, t.genres, t.tags, t.moods, t.description, p.name AS producer"
        " FROM track t JOIN producer p ON p.id = t.producer_id"
        " WHERE t.status <> 'REMOVED' AND t.number > :last ORDER BY t.number LIMIT :size"
    )
    last: int | None = -(2**62)
    while last is not None:
        rows = op.get_bind().execute(batch, {"last": last, "size": _BATCH}).mappings().all()
        yield from (dict(row) | {name: _parsed(row[name]) for name in _LISTS} for row in rows)
        last = rows[-1]["number"] if rows else None


def _parsed(stored: Any) -> Any:
    return json.loads(stored) if isinstance(stored, str) else stored


def _insert(table: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        names = list(rows[0])
        values = ", ".join(f":{name}" for name in names)
        op.get_bind().execute(sa.text(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({values})"), rows)  # noqa: S608 -- names of ours
