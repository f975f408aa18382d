"""What two producers are told of their tie: that one asks, and that the other accepted (D-70)."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.notices import Notice, notify
from db.ids import ProducerId
from db.queries import producers
from db.queries.network import ContactRow
from db.queries.producers import ProducerRow
from db.vocabulary import NotificationKind


async def tell_of_request(session: AsyncSession, tie: ContactRow) -> None:
    """Tell who was asked; each time that it was asked once."""
    asker, asked = await _both(session, tie, tie.asked_by)
    words = f"\n\n“{tie.message}”" if tie.message else ""
    body = f"{asker.name} asks to connect with you.{words}"
    await _tell(session, asked, _notice(tie, f"{asker.name} asks to connect", body, "/network/contacts"))


async def tell_of_acceptance(session: AsyncSession, tie: ContactRow, by: ProducerId) -> None:
    """Tell who had asked."""
    other, asker = await _both(session, tie, by)
    body = f"{other.name} has accepted: you are in contact now."
    await _tell(
        session, asker, _notice(tie, f"{other.name} is a contact of yours", body, f"/p/{other.handle}")
    )


async def _both(session: AsyncSession, tie: ContactRow, first: ProducerId) -> tuple[ProducerRow, ProducerRow]:
    found = {row.id: row for row in await producers.producers(session, [tie.low_id, tie.high_id])}
    return found[first], found[tie.other(first)]


async def _tell(session: AsyncSession, whom: ProducerRow, notice: Notice) -> None:
    assert whom.account_id  # who is in the network has an account
    await notify(session, [whom.account_id], notice)


def _notice(tie: ContactRow, title: str, body: str, path: str) -> Notice:
    return Notice(NotificationKind.CONTACT_REQUEST, f"{tie.id}:{tie.asked_times}", title, body, path)
