"""Why producers are not put in touch."""

from dataclasses import dataclass

from api.refusals import InWrongState, NotAllowed, NotFound, TooMuch
from db.vocabulary import ErrorCode


@dataclass(eq=False)
class NotInTheNetwork(NotFound):
    """Also of who has blocked the viewer: they are told nothing else than of somebody who left."""

    message: str = "There is no such producer in the network."
    path: tuple[str, ...] = ("producer_id",)


@dataclass(eq=False)
class OwnProfileIsWithheld(InWrongState):
    message: str = "Your profile is hidden by staff, so nobody meets you in the network: `withheld` says why."
    path: tuple[str, ...] = ()
    code: ErrorCode = ErrorCode.WITHHELD


@dataclass(eq=False)
class NobodyAsksThemselves(NotAllowed):
    message: str = "This is your own profile."
    path: tuple[str, ...] = ("producer_id",)
    code: ErrorCode = ErrorCode.OWN_PROFILE


@dataclass(eq=False)
class ContactWasDeclined(TooMuch):
    message: str = "This producer has declined a short while ago. Ask again later."
    path: tuple[str, ...] = ("producer_id",)
    code: ErrorCode = ErrorCode.CONTACT_DECLINED
    limit: int = 1


@dataclass(eq=False)
class ContactIsBlocked(InWrongState):
    message: str = "You have blocked this producer: decline the contact, and the block ends."
    code: ErrorCode = ErrorCode.CONTACT_BLOCKED


@dataclass(eq=False)
class TooManyAsked(TooMuch):
    message: str = "You have asked enough producers for today."


@dataclass(eq=False)
class ContactNotFound(NotFound):
    message: str = "There is no such contact."
    path: tuple[str, ...] = ("id",)


@dataclass(eq=False)
class NothingWasAsked(InWrongState):
    message: str = "This producer has asked nothing of you that waits for an answer."
    path: tuple[str, ...] = ("response",)
    code: ErrorCode = ErrorCode.NOT_ASKED
