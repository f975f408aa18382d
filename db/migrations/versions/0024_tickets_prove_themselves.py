"""A ticket without an account proves its e-mail by itself, and its letters can be ended."""

from alembic import op

from db.migrations.constraints import add_check, set_check, set_words
from db.migrations.pieces import instant, text

revision = "0024"
down_revision = "0023"

_TABLE = "support_ticket"


def upgrade() -> None:
    op.add_column(_TABLE, text("email", 254))
    for column in ("proved_at", "letters_ended_at"):
        op.add_column(_TABLE, instant(column, nullable=True))
    set_words(_TABLE, "line", [0, 1, 2])
    set_check(
        _TABLE,
        "priority_needs_an_account",
        "priority_needs_an_account",
        "line <> 0 OR account_id IS NOT NULL",
    )
    _say_of_tickets_what_was_said_of_contacts()
    _add_checks()
    op.drop_column(_TABLE, "link_number")
    for column in ("email", "proved_at"):
        op.drop_column("support_contact", column)


def _say_of_tickets_what_was_said_of_contacts() -> None:
    """A ticket was proved by what came to it through its link: whatever its contact wrote after the first message."""
    op.execute(
        """
        UPDATE support_ticket SET
            email = (SELECT contact.email FROM support_contact contact WHERE contact.id = support_ticket.contact_id),
            proved_at = (
                SELECT MIN(said.sent_at) FROM ticket_message said
                WHERE said.ticket_id = support_ticket.id AND said.number > 1 AND NOT said.from_staff
            )
        WHERE contact_id IS NOT NULL
        """
    )
    op.execute("UPDATE support_ticket SET line = 2 WHERE contact_id IS NOT NULL AND proved_at IS NULL")


def _add_checks() -> None:
    for name, condition in (
        ("unproved_come_last", "(line = 2) = (contact_id IS NOT NULL AND proved_at IS NULL)"),
        ("email_of_a_contact", "(email IS NULL) = (contact_id IS NULL)"),
        ("proved_by_a_contact", "proved_at IS NULL OR contact_id IS NOT NULL"),
        (
            "no_link_without_letters",
            "letters_ended_at IS NULL OR (contact_id IS NOT NULL AND token_sha256 IS NULL)",
        ),
    ):
        add_check(_TABLE, name, condition)
