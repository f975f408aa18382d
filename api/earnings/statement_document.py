"""A statement on paper: the same bytes as often as it is printed, as long as its producer keeps their name (D-56)."""

from collections.abc import Sequence
from typing import Final

from api.documents.figures import shown_amount, shown_day
from api.documents.parts import Document, Entries, Entry, Part, Parties, Party, Section, Title, Words
from api.earnings.lines import Line
from db.money import Amount
from db.months import Month
from db.queries.producers import ProducerRow
from db.queries.statements import StatementRow

_US: Final = Party("From", "BeatPass", ("contact@beatpass.ca",))
_NOTE: Final = (
    "Lines stand in the month in which they were entered, in Coordinated Universal Time. What is entered later is in a later"
    " statement. The closing balance is what you are owed, whether it can be paid out yet or not."
)


def document_of(row: StatementRow, producer: ProducerRow, lines: Sequence[Line]) -> Document:
    """A producer's month as a document."""
    month = Month.named(row.period)
    assert month  # the database holds no other
    name = f"{month.first_day:%B %Y}"
    whose = Party("For", producer.name, (f"@{producer.handle} on BeatPass", f"Profile {producer.id}"))
    parts: list[Part] = [
        Title(f"Statement for {name}", f"In {row.currency}  ·  no. {row.id}"),
        Parties(whose, _US),
        Section("Account"),
        Entries(_entries(row, month, lines)),
        Words(_NOTE),
    ]
    return Document(
        title=f"Statement for {name}, {producer.name}",
        foot=f"BeatPass statement {row.id}",
        made_at=month.ends_at,
        kind="Statement",
        parts=parts,
    )


def _entries(row: StatementRow, month: Month, lines: Sequence[Line]) -> list[Entry]:
    opening, closing = (
        shown_amount(Amount(one, row.currency)) for one in (row.opening_minor, row.closing_minor)
    )
    return [
        Entry(shown_day(month.begins_at), "Opening balance", opening, bold=True),
        *(Entry(shown_day(line.entered_at), line.text, shown_amount(line.amount)) for line in lines),
        Entry(f"{month.last_day.day} {month.last_day:%b %Y}", "Closing balance", closing, bold=True),
    ]
