"""Days that a client gives, from one to another."""

from datetime import date
from typing import Final

from db.vocabulary import RequestErrorCode
from schema.faults import RequestFault

FIRST_DAY: Final = date(2000, 1, 1)
LAST_DAY: Final = date(2099, 12, 31)
"""Far enough on both sides, and none of them overflows in any zone."""


def check_days(first: date, last: date) -> None:
    """Let arguments `from` and `to` pass.

    Raises:
        RequestFault: They are in the wrong order, or far away.
    """
    for argument, day in (("from", first), ("to", last)):
        if not FIRST_DAY <= day <= LAST_DAY:
            raise out_of_range(argument, f"`{argument}` is a day from {FIRST_DAY} to {LAST_DAY}.")
    if last < first:
        raise out_of_range("to", f"`to` is {last}, before `from`, which is {first}.")


def out_of_range(argument: str, sentence: str) -> RequestFault:
    return RequestFault(sentence, RequestErrorCode.OUT_OF_RANGE, argument=argument)
