"""Answering a producer who asked to connect, and blocking one (D-72)."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.roles import require
from api.network.errors import ContactNotFound
from api.network.rules import after_answering
from api.network.telling import tell_of_acceptance
from api.viewer import Viewer
from db.clock import now
from db.ids import ContactId
from db.queries import network as queries
from db.vocabulary import ContactResponse, ContactStatus, Role


async def respond_to_contact(
    session: AsyncSession, viewer: Viewer, *, contact: ContactId, response: ContactResponse
) -> None:
    """Accept, decline or block; the same again changes nothing. Who asked is told of an acceptance alone.

    Declining also ends a contact that there is, and a block of one's own.

    Raises:
        NotAllowed: The viewer is no verified producer (D-5).
        ContactNotFound: There is none, it is not the viewer's, or the other has blocked them.
        NothingWasAsked: There is nothing to accept, or it is the other's to decline.
    """
    require(viewer, Role.VERIFIED_PRODUCER)
    assert viewer.producer_id  # the role and the profile come together
    tie = await queries.contact_for_change(session, contact)
    if tie is None or not await queries.contacts(session, viewer.producer_id, [contact]):
        raise ContactNotFound
    after = after_answering(tie, viewer.producer_id, response)
    if after is tie.status:
        return
    said = {"status": after, "answered_by": viewer.producer_id, "answered_at": now()}
    await queries.change_contact(session, contact, **said)
    if after is ContactStatus.ACCEPTED:
        await tell_of_acceptance(session, tie, viewer.producer_id)
