"""Why applications are not taken or decided."""

from dataclasses import dataclass

from api.refusals import InWrongState, NotAllowed, NotFound
from db.vocabulary import ErrorCode


@dataclass(eq=False)
class ApplicationIsWaiting(InWrongState):
    message: str = "You have an application waiting for review already."
    path: tuple[str, ...] = ()
    code: ErrorCode = ErrorCode.REQUEST_PENDING


@dataclass(eq=False)
class AlreadyProducer(NotAllowed):
    message: str = "You have producer access already."
    path: tuple[str, ...] = ("kind",)
    code: ErrorCode = ErrorCode.UNKNOWN_VALUE


@dataclass(eq=False)
class AlreadyVerified(NotAllowed):
    message: str = "You have the badge already."
    path: tuple[str, ...] = ("kind",)
    code: ErrorCode = ErrorCode.UNKNOWN_VALUE


@dataclass(eq=False)
class NotAProducerAnyMore(InWrongState):
    message: str = "Only producers can be verified, and this account has lost producer access."
    path: tuple[str, ...] = ("id",)
    code: ErrorCode = ErrorCode.PRODUCER_REQUIRED


@dataclass(eq=False)
class CodeIsNotTyped(InWrongState):
    message: str = "The code has not been typed on Discord yet: only the producer can do that (D-4)."
    path: tuple[str, ...] = ("id",)
    code: ErrorCode = ErrorCode.CODE_NOT_TYPED


@dataclass(eq=False)
class CodeIsUnknown(NotFound):
    message: str = "This code is unknown, or its application is decided. Copy the whole line from BeatPass."


@dataclass(eq=False)
class CodeHasEnded(InWrongState):
    message: str = "This code has ended. Ask for the badge again in BeatPass, and a new one is shown."
    code: ErrorCode = ErrorCode.TOO_MANY_ATTEMPTS


@dataclass(eq=False)
class CodeWasTypedByAnother(InWrongState):
    message: str = "Somebody else has typed this code already. Write to a member of staff."
    code: ErrorCode = ErrorCode.NOT_YOURS


@dataclass(eq=False)
class OnlyStaffConfirm(NotAllowed):
    message: str = "Only staff of BeatPass may confirm a badge."
    code: ErrorCode = ErrorCode.STAFF_REQUIRED
