"""Why applications are not taken or decided, and profiles not changed or followed."""

from dataclasses import dataclass

from api.refusals import InvalidValue, InWrongState, NotAllowed, NotFound, TooMuch
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


@dataclass(eq=False)
class HasAProfileAlready(NotAllowed):
    """Who lost access keeps the profile, and gets it back with the access."""

    message: str = "You have a profile: apply for producer access, and it is yours again."
    path: tuple[str, ...] = ("kind",)
    code: ErrorCode = ErrorCode.UNKNOWN_VALUE


@dataclass(eq=False)
class ProfileHasAnOwner(InWrongState):
    message: str = "This profile has an owner, so it cannot be claimed."
    code: ErrorCode = ErrorCode.NOT_CLAIMABLE


@dataclass(eq=False)
class ApplicantIsSuspended(InWrongState):
    message: str = "The applicant's account is suspended: end that first, or deny this application."
    path: tuple[str, ...] = ("id",)
    code: ErrorCode = ErrorCode.ACCOUNT_SUSPENDED


@dataclass(eq=False)
class ApplicantIsLeaving(InWrongState):
    message: str = "The applicant's account is being deleted: deny this application."
    path: tuple[str, ...] = ("id",)
    code: ErrorCode = ErrorCode.ACCOUNT_LEAVING


@dataclass(eq=False)
class ApplicantHasAProfile(InWrongState):
    message: str = "The applicant has a profile since, and nobody has two: deny this application."
    path: tuple[str, ...] = ("id",)
    code: ErrorCode = ErrorCode.NOT_CLAIMABLE


@dataclass(eq=False)
class ProducerNotFound(NotFound):
    message: str = "There is no such producer."
    path: tuple[str, ...] = ("id",)


@dataclass(eq=False)
class ProfileIsAnothers(NotAllowed):
    message: str = "This is another producer's profile."
    path: tuple[str, ...] = ("id",)


@dataclass(eq=False)
class HandleIsTaken(InvalidValue):
    """By a profile that has it, or had it: a former one still leads there."""

    message: str = "Another profile has or had this handle."
    code: ErrorCode = ErrorCode.HANDLE_TAKEN


@dataclass(eq=False)
class HandlesChangeTooOften(TooMuch):
    message: str = "This profile has taken enough new handles for now."


@dataclass(eq=False)
class NobodyFollowsThemselves(NotAllowed):
    message: str = "This is your own profile."
    path: tuple[str, ...] = ("id",)
    code: ErrorCode = ErrorCode.OWN_PROFILE


@dataclass(eq=False)
class CodeIsNotTyped(InWrongState):
    message: str = "The code has not been typed on Discord yet: only the producer can do that (D-4)."
    path: tuple[str, ...] = ("id",)
    code: ErrorCode = ErrorCode.CODE_NOT_TYPED


@dataclass(eq=False)
class CodeIsUnknown(NotFound):
    message: str = "This code is unknown, or its application is decided. Copy the whole line from BeatPass."


@dataclass(eq=False)
class CodeHasEnded(InWrongState):
    message: str = "This code has ended. Ask for the badge again in BeatPass, and a new one is shown."
    code: ErrorCode = ErrorCode.TOO_MANY_ATTEMPTS


@dataclass(eq=False)
class CodeWasTypedByAnother(InWrongState):
    message: str = "Somebody else has typed this code already. Write to a member of staff."
    code: ErrorCode = ErrorCode.NOT_YOURS


@dataclass(eq=False)
class OnlyStaffConfirm(NotAllowed):
    message: str = "Only staff of BeatPass may confirm a badge."
    code: ErrorCode = ErrorCode.STAFF_REQUIRED
