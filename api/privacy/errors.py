"""Why nothing is exported, and accounts are not deleted."""

from dataclasses import dataclass

from api.auth.errors import CurrentPasswordIsWrong
from api.refusals import InvalidValue, InWrongState, TooMuch
from db.vocabulary import ErrorCode


@dataclass(eq=False)
class TooManyExports(TooMuch):
    message: str = (
        "You have asked for your data today. The archive that is there can be downloaded, or ask tomorrow."
    )


@dataclass(eq=False)
class PasswordIsWrong(CurrentPasswordIsWrong):
    path: tuple[str, ...] = ("password",)


@dataclass(eq=False)
class DeletionIsBlocked(InWrongState):
    code: ErrorCode = ErrorCode.DELETION_BLOCKED


@dataclass(eq=False)
class BalanceIsNotAcknowledged(InvalidValue):
    message: str = (
        "Money would stay that cannot be paid out now. Read what becomes of it, and say that you know."
    )
    path: tuple[str, ...] = ("balance_acknowledged",)
    code: ErrorCode = ErrorCode.BALANCE_NOT_ACKNOWLEDGED


@dataclass(eq=False)
class NoDeletionWaits(InWrongState):
    message: str = "There is no deletion to call off."
    code: ErrorCode = ErrorCode.NO_DELETION_WAITS
