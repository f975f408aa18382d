"""Why applications are not taken or decided."""

from dataclasses import dataclass

from api.refusals import InWrongState, NotAllowed
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
