"""What can be written to support, by when it is to be answered, and what becomes of a ticket then (D-72)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from api.refusals import Refused
from api.support.errors import TicketIsClosed, TicketIsFull
from api.texts import checked_text
from api.viewer import Viewer
from db.clock import day_of
from db.ids import AccountId, SupportTicketId
from db.vocabulary import Role, TicketStatus

_LONGEST_SUBJECT: Final = 150
LONGEST_TEXT: Final = 5000
MOST_MESSAGES: Final = 200
"""Of a ticket, for it is read as a whole; staff may still answer then."""
PRIORITY: Final = 0
ORDINARY: Final = 1
UNPROVED: Final = 2
"""Lines that staff take tickets from: the lowest one first. Who has not proved their e-mail may not have written at all."""
_SATURDAY: Final = 5
_DAY: Final = timedelta(days=1)


class TicketFacts(Protocol):
    """What stands of a ticket."""

    @property
    def id(self) -> SupportTicketId: ...
    @property
    def account_id(self) -> AccountId | None: ...
    @property
    def status(self) -> TicketStatus: ...
    @property
    def messages(self) -> int: ...
    @property
    def closed_at(self) -> datetime | None: ...


@dataclass(frozen=True)
class SupportTerms:
    """What one installation promises, and takes.

    Attributes:
        days: Working days within which a ticket is to be answered.
        priority_days: The same of one with priority.
        reopened_within: From its end; later, what its owner has to say is another ticket.
        tickets_a_day: That one account, or one e-mail without one, may open in 24 hours.
        guest_tickets_an_hour: That may be opened without an account from one network address.
    """

    days: int
    priority_days: int
    reopened_within: timedelta
    tickets_a_day: int
    guest_tickets_an_hour: int

    def respond_by(self, moment: datetime, line: int) -> datetime:
        """By when what is written at a moment is to be answered."""
        return after_working_days(moment, self.priority_days if line == PRIORITY else self.days)


def line_of(viewer: Viewer | None) -> int:
    """Verified producers have priority (D-5): who is one when a ticket is opened, for as long as it lasts."""
    return PRIORITY if viewer is not None and viewer.has(Role.VERIFIED_PRODUCER) else ORDINARY


def after_working_days(moment: datetime, days: int) -> datetime:
    """So many days later, not counting Saturdays and Sundays, of UTC; what comes on those came on Monday's first moment."""
    while moment.weekday() >= _SATURDAY:
        moment = day_of(moment) + _DAY
    for _ in range(days):
        moment += _DAY
        while moment.weekday() >= _SATURDAY:
            moment += _DAY
    return moment


def sees(viewer: Viewer | None, owner: AccountId | None) -> bool:
    """A ticket, what is written to it, and its files are for its owner and for staff."""
    return viewer is not None and (viewer.account_id == owner or viewer.has(Role.STAFF))


def why_not_written(
    ticket: TicketFacts, moment: datetime, terms: SupportTerms, *, by_staff: bool
) -> Refused | None:
    """Why nothing can be written to a ticket; null: it can. Staff may at any time."""
    if by_staff:
        return None
    if ticket.closed_at is not None and ticket.closed_at + terms.reopened_within <= moment:
        return TicketIsClosed(object_id=ticket.id)
    return TicketIsFull(limit=MOST_MESSAGES) if ticket.messages >= MOST_MESSAGES else None


def status_after(*, by_staff: bool, close: bool) -> TicketStatus:
    """What a ticket is once somebody has written to it."""
    if close:
        return TicketStatus.CLOSED
    return TicketStatus.ANSWERED if by_staff else TicketStatus.OPEN


def end_in_words(terms: SupportTerms) -> str:
    """That a ticket is closed, for its owner."""
    days = terms.reopened_within.days
    if days == 0:
        return "The ticket is closed."
    within = "a day" if days == 1 else f"{days} days"
    return f"The ticket is closed; what you write to it within {within} opens it again."


def reference_of(ticket: SupportTicketId) -> str:
    """What a ticket is called where people speak of it: the end of its id."""
    return ticket[-8:].upper()


def checked_subject(subject: str) -> str:
    """A subject as it is kept.

    Raises:
        InvalidValue: It is blank or too long.
    """
    return checked_text(subject, longest=_LONGEST_SUBJECT)


def checked_message(text: str) -> str:
    """A message as it is kept.

    Raises:
        InvalidValue: It is blank or too long.
    """
    return checked_text(text, longest=LONGEST_TEXT, lines=True)
