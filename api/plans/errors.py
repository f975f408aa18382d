"""Why plans refuse."""

from dataclasses import dataclass

from api.refusals import InWrongState, NotFound
from db.vocabulary import ErrorCode


@dataclass(eq=False)
class PlanNotFound(NotFound):
    message: str = "There is no such plan on sale."
    path: tuple[str, ...] = ("plan_id",)


@dataclass(eq=False)
class PlanIsHeld(InWrongState):
    message: str = "You have a plan. Change it instead of beginning another."
    path: tuple[str, ...] = ("plan_id",)
    code: ErrorCode = ErrorCode.ALREADY_SUBSCRIBED


@dataclass(eq=False)
class AnotherWasChosen(InWrongState):
    message: str = "Another plan was chosen while this one was being opened. Nothing is to be paid for it."
    path: tuple[str, ...] = ("plan_id",)
    code: ErrorCode = ErrorCode.ALREADY_SUBSCRIBED


@dataclass(eq=False)
class PlanCostsNothing(InWrongState):
    message: str = "This plan costs nothing. To go back to it, stop the renewal of yours."
    path: tuple[str, ...] = ("plan_id",)
    code: ErrorCode = ErrorCode.NOTHING_TO_PAY


@dataclass(eq=False)
class NoPlanIsHeld(InWrongState):
    message: str = "You have no plan that is paid for."
    code: ErrorCode = ErrorCode.NO_PLAN


@dataclass(eq=False)
class BillIsUnpaid(InWrongState):
    message: str = "The last bill is not paid. Pay it in the portal first."
    code: ErrorCode = ErrorCode.BILL_UNPAID
