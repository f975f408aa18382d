"""Why nothing is written to support."""

from dataclasses import dataclass

from api.refusals import InvalidValue, InWrongState, NotAllowed, NotFound, TooMuch
from db.vocabulary import ErrorCode, Role


@dataclass(eq=False)
class TicketNotFound(NotFound):
    """Also of somebody else's."""

    message: str = "There is no such ticket."
    path: tuple[str, ...] = ("id",)


@dataclass(eq=False)
class EmailIsNeeded(InvalidValue):
    message: str = "Enter an e-mail, or sign in: where should the answer go to?"
    code: ErrorCode = ErrorCode.REQUIRED


@dataclass(eq=False)
class FilesNeedAnAccount(NotAllowed):
    message: str = "Sign in to add files."
    path: tuple[str, ...] = ("attachment_upload_ids",)
    code: ErrorCode = ErrorCode.SIGN_IN_REQUIRED
    required_role: Role | None = Role.LISTENER


@dataclass(eq=False)
class TicketIsClosed(InWrongState):
    """Who writes to it after so long has something else to say, and nobody remembers the rest."""

    message: str = "This ticket was closed some time ago. Open another one."
    path: tuple[str, ...] = ("id",)
    code: ErrorCode = ErrorCode.TICKET_CLOSED


@dataclass(eq=False)
class TicketIsFull(TooMuch):
    message: str = "This ticket has as many messages as a ticket takes. Open another one."
    path: tuple[str, ...] = ("id",)
    code: ErrorCode = ErrorCode.TICKET_FULL


@dataclass(eq=False)
class TicketMovedOn(InWrongState):
    """Two of staff answer at once, or its owner writes while it is being closed."""

    message: str = "Something was written meanwhile. Read it first, then answer."
    path: tuple[str, ...] = ("last_read_message_id",)
    code: ErrorCode = ErrorCode.TICKET_MOVED_ON


@dataclass(eq=False)
class TooManyTickets(TooMuch):
    message: str = "You have opened enough tickets for today. Write to one of them instead."


@dataclass(eq=False)
class TicketLinkHasEnded(NotFound):
    """Of nobody, switched off or long over: nothing more is said of it."""

    message: str = "This link was switched off, or has ended. Write to us again, or to contact@beatpass.ca."
