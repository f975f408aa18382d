"""Answering a producer who asked to connect, and blocking one (D-72)."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.roles import require
from api.network.asking import check_both_are_shown
from api.network.errors import ContactNotFound, NotInTheNetwork
from api.network.rules import after_answering, is_kept_from
from api.network.telling import tell_of_acceptance
from api.viewer import Viewer
from db.clock import now
from db.ids import ContactId, ProducerId
from db.queries import network as queries
from db.vocabulary import ContactResponse, ContactStatus, Role


async def respond_to_contact(
    session: AsyncSession, viewer: Viewer, *, contact: ContactId, response: ContactResponse
) -> None:
    """Accept, decline or block; the same again changes nothing. Who asked is told of an acceptance alone.

    Declining also ends a contact that there is, and a block of one's own. Blocking and declining work whatever has become of
    the other: who has lost the badge, or is kept back by staff, may come back.

    Raises:
        NotAllowed: The viewer is no verified producer (D-5).
        ContactNotFound: There is none, it is not the viewer's, the other has blocked them, or who would be accepted has left.
        OwnProfileIsWithheld: Who is kept back by staff accepts nobody.
        NothingWasAsked: There is nothing to accept, or it is the other's to decline.
    """
    require(viewer, Role.VERIFIED_PRODUCER)
    own = viewer.producer_id
    assert own  # the role and the profile come together
    tie = await queries.contact_for_change(session, contact)
    if tie is None or own not in {tie.low_id, tie.high_id} or is_kept_from(tie, own):
        raise ContactNotFound
    if response is ContactResponse.ACCEPT:
        await _check_both_are_shown(session, own, tie.other(own))
    after = after_answering(tie, own, response)
    if after is tie.status:
        return
    await queries.change_contact(session, contact, status=after, answered_by=own, answered_at=now())
    if after is ContactStatus.ACCEPTED:
        await tell_of_acceptance(session, tie, own)


async def _check_both_are_shown(session: AsyncSession, own: ProducerId, other: ProducerId) -> None:
    try:
        await check_both_are_shown(session, own, other)
    except NotInTheNetwork as left:
        raise ContactNotFound from left
