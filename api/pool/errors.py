"""Why a month is not closed."""

from dataclasses import dataclass

from api.refusals import InvalidValue, InWrongState
from db.vocabulary import ErrorCode


@dataclass(eq=False)
class ThatIsNoMonth(InvalidValue):
    message: str = "Give a month, such as 2027-03."
    path: tuple[str, ...] = ("period",)


@dataclass(eq=False)
class MonthIsNotOver(InWrongState):
    message: str = "This month is not over; months are those of UTC."
    path: tuple[str, ...] = ("period",)
    code: ErrorCode = ErrorCode.PERIOD_NOT_OVER


@dataclass(eq=False)
class NobodyHadPaidYet(InWrongState):
    message: str = "Nothing had been paid for plans up to this month: it has no pool."
    path: tuple[str, ...] = ("period",)
    code: ErrorCode = ErrorCode.PERIOD_UNKNOWN


@dataclass(eq=False)
class EarlierMonthIsOpen(InWrongState):
    path: tuple[str, ...] = ("period",)
    code: ErrorCode = ErrorCode.EARLIER_PERIOD_OPEN
