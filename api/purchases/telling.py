"""Telling both sides what became of a purchase."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog.upload import tell_of_track
from api.notices import Notice, notify
from db.ids import PurchaseId, new_id
from db.models.licences import Licence
from db.money import Amount
from db.queries import producers
from db.queries.purchases import PurchaseRow
from db.session import announce
from db.vocabulary import NotificationKind

_BOUGHT: Final = (
    "The exclusive licence to “{title}” by {producer} is yours. Nobody else is granted a licence from now on;"
    " {standard} Certificate {number}."
)
_SOLD: Final = (
    "{buyer} has bought “{title}” exclusively. {price} are yours; your finances say when they can be paid out."
    " The track is out of the catalogue, and locked but for its cover.{versions}"
)
_VERSIONS: Final = " Take its near-identical versions off sale: the track lists them."


def announce_purchase(session: AsyncSession, purchase: PurchaseId) -> None:
    """Wake whoever watches a purchase."""
    announce(session, purchase_topic(purchase))


def announce_offer(session: AsyncSession, row: PurchaseRow) -> None:
    """Wake whoever watches the track: it is on sale again, or is not."""
    tell_of_track(session, row.track_id, row.producer_id)


def purchase_topic(purchase: str) -> str:
    return f"purchase:{purchase}"


async def tell_of_sale(session: AsyncSession, row: PurchaseRow, licence: Licence, *, versions: bool) -> None:
    """Both sides: it is bought.

    Args:
        versions: The producer has other tracks that are nearly the same.
    """
    title, buyer = row.grant["work"]["title"], row.grant["licensee"]["name"]
    standard = _standard(row.standard_licences)
    bought = Notice(
        kind=NotificationKind.LICENSE_GRANTED,
        subject=licence.id,
        title=f"You bought “{title}”",
        body=_BOUGHT.format(
            title=title, producer=row.grant["licensor"]["name"], standard=standard, number=licence.number
        ),
        path=f"/licences/{licence.number}",
    )
    await notify(session, [row.account_id], bought)
    price, more = Amount(row.price_minor, row.currency), _VERSIONS if versions else ""
    sentence = _SOLD.format(buyer=buyer, title=title, price=price, versions=more)
    await _tell_producer(session, row, f"“{title}” is sold", sentence, subject=licence.id)


async def tell_of_loss(session: AsyncSession, row: PurchaseRow) -> None:
    """The buyer: the track was not to be had any more."""
    title = row.grant["work"]["title"]
    notice = Notice(
        kind=NotificationKind.LICENSE_GRANTED,
        subject=f"{row.id}:lost",
        title=f"“{title}” was not to be had any more",
        body=f"Your payment for “{title}” came too late. It is not charged; what was charged is given back.",
        path="/",
    )
    await notify(session, [row.account_id], notice)


async def tell_of_undoing(session: AsyncSession, row: PurchaseRow, *, why: str) -> None:
    """The producer: the sale is undone, and what becomes of the track is up to them."""
    title = row.grant["work"]["title"]
    body = f"The sale of “{title}” was undone: {why}. The track is hidden; put it back on sale whenever you like."
    await _tell_producer(session, row, f"The sale of “{title}” was undone", body)


async def tell_of_dispute(session: AsyncSession, row: PurchaseRow) -> None:
    """Both sides: price and files are held until the bank decides."""
    title, price = row.grant["work"]["title"], Amount(row.price_minor, row.currency)
    body = f"The buyer's bank disputes the payment for “{title}”. {price} are held until it decides."
    await _tell_producer(session, row, f"The sale of “{title}” is disputed", body)
    body = f"Your bank disputes your payment for “{title}”. The licence holds until it decides; its files are held back."
    await _tell_buyer(session, row, f"Your payment for “{title}” is disputed", body)


async def tell_of_victory(session: AsyncSession, row: PurchaseRow) -> None:
    """Both sides: everything is as it was."""
    title, price = row.grant["work"]["title"], Amount(row.price_minor, row.currency)
    body = f"The bank has decided for you: the sale of “{title}” stands, and {price} are yours."
    await _tell_producer(session, row, f"The sale of “{title}” stands", body)
    body = f"Your bank has decided: the payment for “{title}” stands, and so does your licence. Its files are there again."
    await _tell_buyer(session, row, f"Your licence to “{title}” stands", body)


async def _tell_buyer(session: AsyncSession, row: PurchaseRow, title: str, body: str) -> None:
    notice = Notice(NotificationKind.LICENSE_GRANTED, new_id("evt"), title, body, "/settings/licences")
    await notify(session, [row.account_id], notice)


async def _tell_producer(
    session: AsyncSession, row: PurchaseRow, title: str, body: str, *, subject: str | None = None
) -> None:
    """A profile that nobody owns has nobody to tell."""
    [seller] = await producers.producers(session, [row.producer_id])
    notice = Notice(NotificationKind.EXCLUSIVE_SOLD, subject or new_id("evt"), title, body, "/backstage")
    await notify(session, [seller.account_id] if seller.account_id else [], notice)


def _standard(count: int) -> str:
    if not count:
        return "nobody was granted one before."
    return f"{count} standard {'licence' if count == 1 else 'licences'} granted before stay valid."
