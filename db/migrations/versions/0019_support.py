"""Support tickets, with an account and without one."""

import sqlalchemy as sa
from alembic import op

from db.migrations.constraints import set_words
from db.migrations.pieces import ID, instant, known, text

revision = "0019"
down_revision = "0018"

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
    "SUPPORT_REPLY",
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
    "SEND_TICKET_LETTER",
    "AUDIT",
    "MAKE_STATEMENTS",
    "RECONCILE",
    "DELETE_FILES",
    "SWEEP",
]
_STATUSES = ["OPEN", "ANSWERED", "CLOSED"]


def upgrade() -> None:
    for table in ("notification", "notification_preference"):
        set_words(table, "kind", _KINDS)
    set_words("job", "kind", _JOBS)
    _create_contacts()
    _create_tickets()
    _create_messages()


def _create_contacts() -> None:
    op.create_table(
        "support_contact",
        sa.Column("id", ID, nullable=False),
        text("email", 254, nullable=False),
        text("email_key", 254, nullable=False),
        instant("proved_at", nullable=True),
        instant("created_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email_key"),
    )


def _create_tickets() -> None:
    op.create_table(
        "support_ticket",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=True),
        sa.Column("contact_id", ID, nullable=True),
        text("subject", 150, nullable=False),
        text("status", 40, nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        instant("respond_by"),
        sa.Column("messages", sa.Integer(), nullable=False),
        instant("opened_at"),
        instant("closed_at", nullable=True),
        sa.Column("link_number", sa.Integer(), nullable=False),
        text("token_sha256", 64),
        instant("link_ends_at", nullable=True),
        sa.CheckConstraint("(account_id IS NULL) <> (contact_id IS NULL)", name="somebodys"),
        sa.CheckConstraint("line IN (0, 1)", name="line_known"),
        sa.CheckConstraint("line = 1 OR account_id IS NOT NULL", name="priority_needs_an_account"),
        sa.CheckConstraint("(status = 'CLOSED') = (closed_at IS NOT NULL)", name="closed_at_some_time"),
        sa.CheckConstraint("(token_sha256 IS NULL) = (link_ends_at IS NULL)", name="link_ends"),
        sa.CheckConstraint("token_sha256 IS NULL OR contact_id IS NOT NULL", name="link_of_a_contact"),
        known("status", _STATUSES),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["contact_id"], ["support_contact.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_sha256"),
    )
    in_line = ["line", "respond_by", "id"]
    op.create_index("support_ticket_queue", "support_ticket", in_line)
    op.create_index("support_ticket_queue_of_status", "support_ticket", ["status", *in_line])
    op.create_index("support_ticket_of_account", "support_ticket", ["account_id", "opened_at", "id"])
    op.create_index("support_ticket_of_contact", "support_ticket", ["contact_id", "opened_at"])


def _create_messages() -> None:
    op.create_table(
        "ticket_message",
        sa.Column("id", ID, nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("from_staff", sa.Boolean(), nullable=False),
        sa.Column("author_id", ID, nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        instant("sent_at"),
        sa.ForeignKeyConstraint(["ticket_id"], ["support_ticket.id"]),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("ticket_id", "number"),
    )
    op.create_index("ix_ticket_message_author_id", "ticket_message", ["author_id"])
