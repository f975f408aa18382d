"""Why a switch stays as it is."""

from dataclasses import dataclass

from api.refusals import InvalidValue, NotAllowed
from db.vocabulary import ErrorCode


@dataclass(eq=False)
class SecurityIsAlwaysTold(InvalidValue):
    message: str = "Security notices cannot be switched off."
    code: ErrorCode = ErrorCode.CANNOT_BE_SWITCHED


@dataclass(eq=False)
class NoEmailIsSent(InvalidValue):
    message: str = "This installation sends no e-mail."
    code: ErrorCode = ErrorCode.EMAIL_IS_OFF


@dataclass(eq=False)
class SwitchesAreAnothers(NotAllowed):
    message: str = "These are another person's."
    code: ErrorCode = ErrorCode.NOT_YOURS
