"""Asking another verified producer to connect (D-72)."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.roles import require
from api.network.errors import (
    NobodyAsksThemselves,
    NotInTheNetwork,
    OwnProfileIsWithheld,
    TooManyAsked,
)
from api.network.rules import after_asking, checked_message, why_not_asked
from api.network.telling import tell_of_acceptance, tell_of_request
from api.refusals import Problems
from api.settings import Settings
from api.viewer import Viewer
from db.clock import now
from db.ids import ContactId, ProducerId
from db.queries import accounts, producers
from db.queries import network as queries
from db.queries.network import ContactRow
from db.vocabulary import ContactStatus, Role

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class AskingLimits:
    """How often one may ask.

    Attributes:
        a_day: Producers in 24 hours.
        again: From a decline until the same one may be asked again.
    """

    a_day: int
    again: timedelta

    @classmethod
    def of(cls, settings: Settings) -> "AskingLimits":
        again = timedelta(days=settings.contact_again_days)
        return cls(a_day=settings.contact_requests_a_day, again=again)


async def request_contact(
    session: AsyncSession, viewer: Viewer, *, producer: ProducerId, message: str | None, limits: AskingLimits
) -> ContactId:
    """Ask to connect, and tell the other; who was asked by them accepts. Again changes nothing.

    Raises:
        NotAllowed: The viewer is no verified producer (D-5).
        NobodyAsksThemselves: It is their own profile.
        OwnProfileIsWithheld: Staff keep the viewer's profile back.
        NotInTheNetwork: There is no such verified producer, or they have blocked the viewer.
        ContactIsBlocked: The viewer has blocked them.
        ContactWasDeclined: By the other, lately.
        TooManyAsked: In the last 24 hours.
        ManyRefused: The message cannot be taken.
    """
    require(viewer, Role.VERIFIED_PRODUCER)
    assert viewer.producer_id  # the role and the profile come together
    problems, text = Problems(), None
    with problems.under("message"):
        text = checked_message(message)
    problems.refuse_any()
    own = viewer.producer_id
    if producer == own:
        raise NobodyAsksThemselves
    await check_both_are_shown(session, own, producer)
    await accounts.lock(session, viewer.account_id)  # two at once cannot share the last one of the day
    begun = await queries.begin_tie(session, own, producer, text)
    tie = await queries.tie_for_change(session, own, producer)
    if begun is not None:
        await _check_limit(session, own, limits)
        await tell_of_request(session, tie)
    else:
        await _ask_again(session, own, tie, text, limits)
    return tie.id


async def check_both_are_shown(session: AsyncSession, own: ProducerId, other: ProducerId) -> None:
    """Let those pass who are both in the network, to be seen by the other.

    Raises:
        OwnProfileIsWithheld: Staff keep the own profile back.
        NotInTheNetwork: The other one has no badge, or is kept back.
    """
    known = {row.id: row for row in await producers.producers(session, [own, other])}
    if known[own].withheld_since is not None:
        raise OwnProfileIsWithheld(object_id=own)
    if other not in known or not known[other].verified:
        raise NotInTheNetwork


async def _ask_again(
    session: AsyncSession, by: ProducerId, tie: ContactRow, message: str | None, limits: AskingLimits
) -> None:
    if refused := why_not_asked(tie, by, now(), again=limits.again):
        raise refused
    after = after_asking(tie, by)
    if after is tie.status:
        return
    if after is ContactStatus.ACCEPTED:
        await queries.change_contact(session, tie.id, status=after, answered_by=by, answered_at=now())
        await tell_of_acceptance(session, tie, by)
        return
    asked = {"status": after, "asked_by": by, "asked_at": now(), "asked_times": tie.asked_times + 1}
    await queries.change_contact(
        session, tie.id, **asked, message=message, answered_by=None, answered_at=None
    )
    await _check_limit(session, by, limits)
    await tell_of_request(
        session, tie._replace(asked_by=by, message=message, asked_times=tie.asked_times + 1)
    )


async def _check_limit(session: AsyncSession, by: ProducerId, limits: AskingLimits) -> None:
    """Of those in this transaction too, which is undone where they are too many.

    Raises:
        TooManyAsked: They are.
    """
    asked = await queries.asked_since(session, by, now() - _DAY)
    if len(asked) > limits.a_day:
        raise TooManyAsked(limit=limits.a_day, retry_at=asked[0] + _DAY)
