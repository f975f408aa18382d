"""What is listened to, and what it comes to by day."""

import sqlalchemy as sa
from alembic import op

from db.migrations.pieces import ID, instant

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "play",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("track_id", ID, nullable=False),
        instant("started_at"),
        sa.Column("listened_ms", sa.BigInteger(), nullable=False),
        instant("counted_at", nullable=True),
        sa.CheckConstraint("listened_ms >= 0", name="listened_not_negative"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("play_of", "play", ["account_id", "started_at", "id"])
    _create_days("listening", ["day", "account_id", "track_id"])
    _create_days("track_plays", ["track_id", "day"])
    op.create_index("track_plays_by_day", "track_plays", ["day", "track_id", "counted"])


def _create_days(table: str, key: list[str]) -> None:
    owners = [column for column in key if column != "day"]
    op.create_table(
        table,
        sa.Column("day", sa.Date(), nullable=False),
        *(sa.Column(column, ID, nullable=False) for column in owners),
        sa.Column("plays", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.CheckConstraint("counted >= 0 AND counted <= plays", name="counted_are_plays"),
        *(sa.ForeignKeyConstraint([column], [f"{column.removesuffix('_id')}.id"]) for column in owners),
        sa.PrimaryKeyConstraint(*key),
        sqlite_with_rowid=False,
    )
