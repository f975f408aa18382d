"""The producer network, events with seats and lines, and what they tell."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

import db.columns
from db.folding import folded
from db.migrations.constraints import set_words
from db.migrations.pieces import ID, instant, known, text

revision = "0018"
down_revision = "0017"

_KINDS = [
    "NEW_UPLOAD",
    "NEW_FOLLOWER",
    "BEAT_SUBMISSION",
    "MATCHING_REQUEST",
    "REQUEST_EXPIRING",
    "LICENSE_GRANTED",
    "TRACK_DOWNLOAD",
    "EXCLUSIVE_SOLD",
    "PLAY_MILESTONE",
    "ACHIEVEMENT",
    "SIMILARITY_MATCH",
    "NEW_SUBSCRIBERS",
    "ANALYTICS_REPORT",
    "PAYOUT_UPDATE",
    "PAYOUT_SETUP_REMINDER",
    "CASE_DECIDED",
    "CONTACT_REQUEST",
    "EVENT_UPDATE",
    "SECURITY",
]
_JOBS = [
    "CHECK_DUPLICATE",
    "CHECK_REPLACEMENT",
    "MAKE_PREVIEW",
    "MAKE_MP3",
    "MAKE_STREAM",
    "ANALYSE",
    "SCAN",
    "RESCAN",
    "START_RESCANS",
    "POST_RECORDING",
    "INDEX_TRACKS",
    "TELL_FOLLOWERS",
    "MATCH_REQUEST",
    "MATCH_TRACK",
    "TELL_MATCHES",
    "EXPIRE_REQUESTS",
    "TELL_OF_SUBSCRIBER",
    "SEND_EMAIL",
    "SEND_PROOF",
    "OFFER_RESET",
    "START_DIGESTS",
    "SEND_DIGEST",
    "START_REPORTS",
    "MAKE_REPORT",
    "READ_PAYMENT_EVENT",
    "CATCH_UP_ON_PAYMENTS",
    "SETTLE_PURCHASE",
    "EXPIRE_PURCHASES",
    "CLOSE_MONTHS",
    "RUN_POOL",
    "GIVE_PLAY_XP",
    "TELL_MILESTONE",
    "RANK_PLAYS",
    "SETTLE_PAYOUT",
    "FOLLOW_PAYOUTS",
    "START_PAYOUTS",
    "REMIND_OF_PAYOUT_SETUP",
    "TELL_GUESTS",
    "RELEASE_SEATS",
    "AUDIT",
    "MAKE_STATEMENTS",
    "RECONCILE",
    "DELETE_FILES",
    "SWEEP",
]
_CONTACT_STATUSES = ["PENDING", "ACCEPTED", "DECLINED", "BLOCKED"]
_RSVP_STATUSES = ["GOING", "WAITING", "NOT_GOING"]
_LABEL_KINDS = ["NAME", "CITY", "ROLE"]
_LONGEST_LABEL = 100


def upgrade() -> None:
    for table in ("notification", "notification_preference"):
        set_words(table, "kind", _KINDS)
    set_words("job", "kind", _JOBS)
    _create_labels()
    _create_contacts()
    _create_events()
    _create_rsvps()
    _label_who_is_there()


def _create_labels() -> None:
    op.create_table(
        "producer_label",
        sa.Column("producer_id", ID, nullable=False),
        text("kind", 40, nullable=False),
        sa.Column("folded", db.columns.BYTEWISE_100, nullable=False),
        known("kind", _LABEL_KINDS),
        sa.ForeignKeyConstraint(["producer_id"], ["producer.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("producer_id", "kind", "folded"),
        sqlite_with_rowid=False,
    )
    op.create_index("producer_label_word", "producer_label", ["kind", "folded", "producer_id"])


def _create_contacts() -> None:
    op.create_table(
        "contact",
        sa.Column("id", ID, nullable=False),
        sa.Column("low_id", ID, nullable=False),
        sa.Column("high_id", ID, nullable=False),
        text("status", 40, nullable=False),
        sa.Column("asked_by", ID, nullable=False),
        instant("asked_at"),
        sa.Column("asked_times", sa.Integer(), nullable=False),
        text("message", 500),
        sa.Column("answered_by", ID, nullable=True),
        instant("answered_at", nullable=True),
        sa.CheckConstraint("low_id < high_id", name="two_in_order"),
        sa.CheckConstraint("asked_by IN (low_id, high_id)", name="asked_by_either"),
        sa.CheckConstraint("answered_by IN (low_id, high_id)", name="answered_by_either"),
        sa.CheckConstraint("(answered_by IS NULL) = (answered_at IS NULL)", name="answered_by_somebody"),
        sa.CheckConstraint("(status = 'PENDING') = (answered_at IS NULL)", name="pending_until_answered"),
        known("status", _CONTACT_STATUSES),
        *(
            sa.ForeignKeyConstraint([side], ["producer.id"], ondelete="CASCADE")
            for side in ("low_id", "high_id")
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("contact_of_pair", "contact", ["low_id", "high_id"], unique=True)
    for side in ("low", "high"):
        op.create_index(f"contact_of_{side}", "contact", [f"{side}_id", "asked_at", "id"])


def _create_events() -> None:
    op.create_table(
        "event",
        sa.Column("id", ID, nullable=False),
        text("title", 100, nullable=False),
        sa.Column("markdown", sa.String(), nullable=False),
        sa.Column("cover_picture_id", ID, nullable=True),
        instant("starts_at"),
        instant("ends_at"),
        text("place", 200, nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("going_count", sa.Integer(), nullable=False),
        sa.Column("numbered", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        instant("cancelled_at", nullable=True),
        sa.Column("created_by", ID, nullable=False),
        instant("created_at"),
        sa.CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        sa.CheckConstraint("capacity >= 1", name="some_capacity"),
        sa.CheckConstraint("going_count >= 0", name="going_counted"),
        sa.CheckConstraint("going_count <= capacity", name="never_overbooked"),
        sa.ForeignKeyConstraint(["cover_picture_id"], ["picture.id"]),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("event_by_start", "event", ["starts_at", "id"])
    op.create_index("ix_event_cover_picture_id", "event", ["cover_picture_id"])


def _create_rsvps() -> None:
    op.create_table(
        "event_rsvp",
        sa.Column("event_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        text("status", 40, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        instant("changed_at"),
        known("status", _RSVP_STATUSES),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"]),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("event_id", "account_id"),
    )
    op.create_index("event_rsvp_line", "event_rsvp", ["event_id", "status", "number"], unique=True)
    op.create_index("ix_event_rsvp_account_id", "event_rsvp", ["account_id"])


def _label_who_is_there() -> None:
    """What the directory sorts and filters by, of profiles that were made before there was one."""
    there = op.get_bind().execute(sa.text("SELECT id, name, city, roles FROM producer")).all()
    rows = [
        {"producer_id": producer, "kind": kind, "folded": label}
        for producer, name, city, roles in there
        for kind, label in sorted(_labels(name, city, roles))
    ]
    if rows:
        insert = (
            "INSERT INTO producer_label (producer_id, kind, folded) VALUES (:producer_id, :kind, :folded)"
        )
        op.get_bind().execute(sa.text(insert), rows)


def _labels(name: str, city: str | None, roles: Any) -> set[tuple[str, str]]:
    listed: list[str] = json.loads(roles) if isinstance(roles, str) else roles or []
    pairs = [("NAME", name), ("CITY", city or ""), *(("ROLE", role) for role in listed)]
    labels = {(kind, folded(words)[:_LONGEST_LABEL]) for kind, words in pairs}
    return {(kind, label) for kind, label in labels if label or kind == "NAME"}
