"""What becomes of a tie between two producers when one of them asks or answers (D-72)."""

from datetime import datetime, timedelta
from typing import Final, Protocol

from api.network.errors import ContactIsBlocked, ContactWasDeclined, NothingWasAsked, NotInTheNetwork
from api.refusals import Refused
from api.texts import checked_text
from api.viewer import Viewer
from db.ids import ProducerId
from db.vocabulary import ContactResponse, ContactStatus, Role

_LONGEST_MESSAGE: Final = 500


class Tie(Protocol):
    """What stands of a tie."""

    @property
    def id(self) -> str: ...
    @property
    def status(self) -> ContactStatus: ...
    @property
    def asked_by(self) -> ProducerId: ...
    @property
    def answered_by(self) -> ProducerId | None: ...
    @property
    def answered_at(self) -> datetime | None: ...


def network_of(viewer: Viewer | None) -> ProducerId | None:
    """The profile that somebody is in the network by; null: it is closed to them (D-5)."""
    return viewer.producer_id if viewer is not None and viewer.has(Role.VERIFIED_PRODUCER) else None


def checked_message(message: str | None) -> str | None:
    """The message as it is kept; null for one that is blank."""
    if message is None or not message.strip():
        return None
    return checked_text(message, longest=_LONGEST_MESSAGE, lines=True)


def is_kept_from(tie: Tie, by: ProducerId) -> bool:
    """Whether the other one of a tie has blocked a producer: to them it is gone."""
    return tie.status is ContactStatus.BLOCKED and tie.answered_by != by


def why_not_asked(tie: Tie, by: ProducerId, moment: datetime, *, again: timedelta) -> Refused | None:
    """Why a producer cannot ask the other one of a tie; null if they can.

    Args:
        again: From the other's decline until then they have to wait; who declined may ask at any time.
    """
    if tie.status is ContactStatus.BLOCKED:
        own = tie.answered_by == by
        return ContactIsBlocked(path=("producer_id",), object_id=tie.id) if own else NotInTheNetwork()
    if tie.status is ContactStatus.DECLINED and tie.answered_by != by and tie.answered_at is not None:
        until = tie.answered_at + again
        return ContactWasDeclined(retry_at=until) if moment < until else None
    return None


def after_asking(tie: Tie, by: ProducerId) -> ContactStatus:
    """The state of a tie once one of them has asked: who asks an asker accepts."""
    if tie.status is ContactStatus.DECLINED:
        return ContactStatus.PENDING
    asked = tie.status is ContactStatus.PENDING and tie.asked_by != by
    return ContactStatus.ACCEPTED if asked else tie.status


def after_answering(tie: Tie, by: ProducerId, response: ContactResponse) -> ContactStatus:
    """The state of a tie, which the answerer sees, once they have answered.

    Raises:
        NothingWasAsked: There is nothing to accept, or it is the other's to decline.
    """
    if response is ContactResponse.BLOCK:
        return ContactStatus.BLOCKED
    waits = tie.status is ContactStatus.PENDING
    if response is ContactResponse.DECLINE and not (waits and tie.asked_by == by):
        return ContactStatus.DECLINED
    if response is ContactResponse.ACCEPT and tie.status is ContactStatus.ACCEPTED:
        return ContactStatus.ACCEPTED
    if response is ContactResponse.ACCEPT and waits and tie.asked_by != by:
        return ContactStatus.ACCEPTED
    raise NothingWasAsked(object_id=tie.id)
