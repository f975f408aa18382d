"""What a takedown notice has to say, and what a decision makes of it (D-83). Pure."""

from collections.abc import Mapping
from typing import Any, Final

from api.auth.rules import checked_email
from api.refusals import Problems
from api.takedowns.errors import GoodFaithIsMissing
from api.texts import checked_text
from db.vocabulary import ReviewDecision, TakedownStatus

LONGEST_TEXT: Final = 5000
_LONGEST_NAME: Final = 100
_LONGEST_TRACK: Final = 300
_TEXTS: Final[Mapping[str, tuple[int, bool]]] = {
    "track": (_LONGEST_TRACK, False),
    "name": (_LONGEST_NAME, False),
    "work": (LONGEST_TEXT, True),
    "grounds": (LONGEST_TEXT, True),
    "signature": (_LONGEST_NAME, False),
}
"""What must be there: longest length, and whether it has lines."""
_AFTER: Final[Mapping[tuple[TakedownStatus, ReviewDecision], TakedownStatus]] = {
    (TakedownStatus.OPEN, ReviewDecision.APPROVE): TakedownStatus.UPHELD,
    (TakedownStatus.OPEN, ReviewDecision.DENY): TakedownStatus.REJECTED,
    (TakedownStatus.ANSWERED, ReviewDecision.APPROVE): TakedownStatus.UPHELD,
    (TakedownStatus.ANSWERED, ReviewDecision.DENY): TakedownStatus.RELEASED,
    (TakedownStatus.UPHELD, ReviewDecision.DENY): TakedownStatus.RELEASED,
}


def checked_notice(problems: Problems, given: Mapping[str, Any]) -> dict[str, str]:
    """The texts of a notice as they are kept, and its e-mail; what is wrong is noted under its name."""
    texts: dict[str, str] = {}
    for name, (longest, lines) in _TEXTS.items():
        with problems.under(name):
            texts[name] = checked_text(given[name], longest=longest, lines=lines)
    with problems.under("email"):
        texts["email"] = checked_email(given["email"])
    if not given["good_faith"]:
        problems.note(GoodFaithIsMissing())
    return texts


def after_decision(status: TakedownStatus, decision: ReviewDecision) -> TakedownStatus | None:
    """What a decision makes of a notice: APPROVE is for who wrote it, DENY for the producer. Null: nothing."""
    return _AFTER.get((status, decision))
