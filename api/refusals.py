"""What a verb answers when it will not: the one family of expected exceptions.

A class is named by a sentence (`TrackIsLocked`); an instance carries what the client needs to put it right. What is
not a `Refused` is a bug and stays loud.
"""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Protocol, Self

from db.ids import PlanId, prefix_of
from db.money import Amount
from db.vocabulary import ErrorCode, Role


@dataclass(eq=False)  # not frozen: Python writes the traceback onto it
class Refused(Exception):  # noqa: N818 -- a refusal is an answer, not an error
    """A sentence to show, where in the input it belongs, and a code to branch on.

    Attributes:
        message: A sentence to show as it stands.
        path: From the argument's name down, list positions as digits; empty: the whole request.
        code: To branch on and to translate by.
    """

    message: str
    path: tuple[str, ...] = ()
    code: ErrorCode = ErrorCode.MALFORMED

    def at(self, *path: str) -> Self:
        """The same refusal, found deeper in the input."""
        return replace(self, path=(*path, *self.path))


@dataclass(eq=False)
class InvalidValue(Refused):
    """A value that breaks a rule."""

    minimum: Decimal | None = None
    maximum: Decimal | None = None
    suggestion: str | None = None


@dataclass(eq=False)
class NotFound(Refused):
    """The object named by an id is not there, or not for the viewer."""

    code: ErrorCode = ErrorCode.NOT_FOUND


@dataclass(eq=False)
class IdOfAnotherType(Refused):
    code: ErrorCode = ErrorCode.WRONG_ID_TYPE


@dataclass(eq=False)
class NotAllowed(Refused):
    """The account lacks a role, a plan or the ownership.

    Attributes:
        required_plans: Those that would do, cheapest first.
    """

    code: ErrorCode = ErrorCode.NOT_YOURS
    required_role: Role | None = None
    required_plans: tuple[PlanId, ...] = ()


@dataclass(eq=False)
class InWrongState(Refused):
    """The object is in a state that forbids this.

    Attributes:
        object_id: What is in that state, for the client to read again.
    """

    object_id: str | None = None


@dataclass(eq=False)
class TooMuch(Refused):
    """Too often, too many or too soon."""

    code: ErrorCode = ErrorCode.TOO_MANY_ATTEMPTS
    limit: int = 0
    retry_at: datetime | None = None


@dataclass(eq=False)
class TotalIsAnother(Refused):
    """What was agreed to is not what it costs.

    Attributes:
        current: What it costs.
    """

    code: ErrorCode = ErrorCode.PRICE_CHANGED
    current: Amount | None = None


@dataclass(eq=False)
class KeyWasUsedBefore(Refused):
    message: str = "This key was used before, with another input. Make a new one for each request."
    path: tuple[str, ...] = ("idempotency_key",)
    code: ErrorCode = ErrorCode.IDEMPOTENCY_KEY_REUSED


class CurrentTerms(Protocol):
    """A version of the licence terms, to show."""

    @property
    def version(self) -> str: ...
    @property
    def published_at(self) -> datetime: ...
    @property
    def markdown(self) -> str: ...
    @property
    def changes(self) -> str | None: ...


@dataclass(eq=False)
class TermsAreNotCurrent(Refused):
    """The licence terms accepted are not the current ones.

    Attributes:
        current: The version to show and to ask again with.
    """

    message: str = "The licence terms have changed. Read the current version and accept it."
    path: tuple[str, ...] = ("licensing", "exclusive", "accepted_terms_version")
    code: ErrorCode = ErrorCode.TERMS_CHANGED
    current: CurrentTerms | None = None


class ManyRefused(Exception):  # noqa: N818 -- a refusal is an answer, not an error
    """All problems of one input at once."""

    def __init__(self, problems: Sequence[Refused]) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = tuple(problems)


@dataclass
class Problems:
    """Collects what is wrong with an input, so that all of it is reported together."""

    found: list[Refused] = field(default_factory=list[Refused])

    def note(self, *problems: Refused) -> None:
        self.found.extend(problems)

    @contextmanager
    def under(self, *path: str) -> Generator[None]:
        """Note a refusal raised inside the block as found at `path`, and go on after it."""
        try:
            yield
        except Refused as refusal:
            self.note(refusal.at(*path))
        except ManyRefused as many:
            self.note(*(refusal.at(*path) for refusal in many.problems))

    def refuse_any(self) -> None:
        """Raise everything noted so far.

        Raises:
            ManyRefused: Something was noted.
        """
        if self.found:
            raise ManyRefused(self.found)


def required_role(role: Role) -> NotAllowed:
    """The refusal for an account that lacks `role`."""
    code, sentence = _ROLE_SENTENCES[role]
    return NotAllowed(sentence, code=code, required_role=role)


_ROLE_SENTENCES = {
    Role.LISTENER: (ErrorCode.SIGN_IN_REQUIRED, "Sign in first."),
    Role.PRODUCER: (ErrorCode.PRODUCER_REQUIRED, "Only approved producers may do this."),
    Role.VERIFIED_PRODUCER: (ErrorCode.VERIFIED_PRODUCER_REQUIRED, "Only verified producers may do this."),
    Role.STAFF: (ErrorCode.STAFF_REQUIRED, "Only staff may do this."),
}


def check_id(value: str, prefix: str, name: str, path: tuple[str, ...] = ()) -> None:
    """Let an id pass that is of this type, or of none.

    Raises:
        IdOfAnotherType: It is the id of something else.
    """
    if prefix_of(value) not in {None, prefix}:
        raise IdOfAnotherType(f"This is the id of something else; an id of type {name} is needed.", path)
