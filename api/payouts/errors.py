"""Why payouts are not set up, or not made."""

from dataclasses import dataclass

from api.refusals import InvalidValue, InWrongState, NotFound, Refused, TooMuch
from db.vocabulary import ErrorCode


@dataclass(eq=False)
class CountryIsNone(InvalidValue):
    message: str = "Give a country by its two letters, such as CA."
    path: tuple[str, ...] = ("country",)


@dataclass(eq=False)
class CountryIsSet(InWrongState):
    message: str = "Your payout account is of another country. Write to us to have it closed first."
    path: tuple[str, ...] = ("country",)
    code: ErrorCode = ErrorCode.PAYOUT_COUNTRY_SET


@dataclass(eq=False)
class TooManyAccounts(TooMuch):
    message: str = "You have begun with many countries today. Go on with the last one, or try again tomorrow."
    path: tuple[str, ...] = ("country",)


@dataclass(eq=False)
class AccountIsRejected(InWrongState):
    message: str = "The payment provider will not pay you. Write to us if you think that is wrong."
    code: ErrorCode = ErrorCode.PAYOUT_ACCOUNT_REJECTED


@dataclass(eq=False)
class AccountIsNotReady(InWrongState):
    message: str = "Finish the set-up of your payouts first. Your earnings wait until then."
    code: ErrorCode = ErrorCode.PAYOUT_ACCOUNT_NOT_READY


@dataclass(eq=False)
class TooLittleToPay(Refused):
    message: str = "There is not enough for a payout. It is carried over."
    path: tuple[str, ...] = ("currency",)
    code: ErrorCode = ErrorCode.BELOW_MINIMUM


@dataclass(eq=False)
class PayoutsAreHeld(InWrongState):
    message: str = "Your payouts wait."
    code: ErrorCode = ErrorCode.PAYOUTS_HELD


@dataclass(eq=False)
class PayoutIsUnderWay(InWrongState):
    message: str = "A payout of this currency is under way already, or waits to go."
    path: tuple[str, ...] = ("currency",)
    code: ErrorCode = ErrorCode.PAYOUT_UNDER_WAY


@dataclass(eq=False)
class ProducerToHoldNotFound(NotFound):
    message: str = "There is no such producer."
    path: tuple[str, ...] = ("id",)
