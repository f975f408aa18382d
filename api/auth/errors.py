"""Why accounts are not opened, entered or changed."""

from dataclasses import dataclass

from api.refusals import InvalidValue, NotAllowed, TooMuch
from db.vocabulary import ErrorCode


@dataclass(eq=False)
class EmailIsTaken(InvalidValue):
    message: str = "There is an account with this e-mail already. Sign in instead."
    path: tuple[str, ...] = ("email",)
    code: ErrorCode = ErrorCode.EMAIL_TAKEN


@dataclass(eq=False)
class CredentialsAreWrong(InvalidValue):
    message: str = "E-mail and password do not belong together."
    path: tuple[str, ...] = ()
    code: ErrorCode = ErrorCode.WRONG_CREDENTIALS


@dataclass(eq=False)
class CurrentPasswordIsWrong(InvalidValue):
    message: str = "This is not your present password."
    path: tuple[str, ...] = ("current_password",)
    code: ErrorCode = ErrorCode.WRONG_CREDENTIALS


@dataclass(eq=False)
class LinkHasExpired(InvalidValue):
    """All that is wrong with a link is said in the same words."""

    message: str = "This link was used already, or has ended. Ask for a new one."
    path: tuple[str, ...] = ("token",)
    code: ErrorCode = ErrorCode.LINK_EXPIRED


@dataclass(eq=False)
class TooManyAttempts(TooMuch):
    message: str = "Too many attempts. Wait a while, then try again."
    code: ErrorCode = ErrorCode.TOO_MANY_ATTEMPTS


@dataclass(eq=False)
class TooManyApiTokens(TooMuch):
    message: str = "This account has as many API tokens as it may. Revoke one first."
    code: ErrorCode = ErrorCode.API_TOKEN_LIMIT


@dataclass(eq=False)
class RoleCannotBeChanged(NotAllowed):
    message: str = "This role cannot be given or taken this way."
    code: ErrorCode = ErrorCode.NOT_YOURS
