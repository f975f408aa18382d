"""The directory of verified producers, and ties between them (D-72)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, or_, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from db.clock import now
from db.dialects import inserting
from db.ids import AccountId, ContactId, ProducerId, new_id
from db.models.network import Contact
from db.models.producers import Producer, ProducerLabel, ProducerTerm
from db.models.tracks import Track, TrackLabel
from db.queries.conditions import one_of
from db.queries.paging import Key, Page, Slice, page_of, sliced
from db.queries.producers import HAS_BADGE, PRODUCERS, ProducerRow
from db.queries.rows import AnySelect, read, read_count, read_one, read_page, select_row
from db.queries.search import with_words
from db.queries.tracks import TextChoice, fits_text
from db.vocabulary import ContactStatus, LabelKind, ProducerLabelKind, TrackStatus


class ContactRow(NamedTuple):
    id: ContactId
    low_id: ProducerId
    high_id: ProducerId
    status: ContactStatus
    asked_by: ProducerId
    asked_at: datetime
    asked_times: int
    message: str | None
    answered_by: ProducerId | None
    answered_at: datetime | None

    def other(self, one: ProducerId) -> ProducerId:
        """The other side of the tie."""
        return self.high_id if one == self.low_id else self.low_id


class Entry(NamedTuple):
    """A producer in the directory, and their place in it."""

    producer: ProducerRow
    name_key: str


@dataclass(frozen=True)
class DirectoryFilter:
    """Which producers; null conditions hold for every producer.

    Attributes:
        viewer: Whose directory it is: without themselves, and without whom a block keeps apart from them.
        words: All of them are in name or handle, the last of which may be unfinished.
        genre: Of a track of theirs that is published.
    """

    viewer: ProducerId
    words: tuple[str, ...] = ()
    genre: TextChoice | None = None
    city: TextChoice | None = None
    role: TextChoice | None = None


_CONTACTS: Final = select_row(ContactRow, Contact)
_NEWEST_FIRST: Final = [
    Key(col(Contact.asked_at), descending=True),
    Key(col(Contact.id), descending=True),
]
_NAME: Final[Any] = aliased(ProducerLabel)
_BY_NAME: Final = [Key(_NAME.folded), Key(_NAME.producer_id)]


# ---- directory ---------------------------------------------------------------------------------------


def directory_statement(chosen: DirectoryFilter, part: Slice) -> AnySelect:
    """The statement of `page_of_directory`: names are read in their order, and each producer looked up."""
    return sliced(_listed(PRODUCERS.add_columns(_NAME.folded), chosen), _BY_NAME, part)


async def page_of_directory(session: AsyncSession, chosen: DirectoryFilter, part: Slice) -> Page[Entry]:
    """Verified producers by name."""
    return page_of(await read(session, _entry, directory_statement(chosen, part)), part)


async def count_directory(session: AsyncSession, chosen: DirectoryFilter) -> int:
    counted: AnySelect = select(func.count()).select_from(Producer)
    return await read_count(session, _listed(counted, chosen))


def _entry(*values: Any) -> Entry:
    *producer, name_key = values
    return Entry(ProducerRow(*producer), name_key)


def _listed(statement: AnySelect, chosen: DirectoryFilter) -> AnySelect:
    named = and_(_NAME.producer_id == col(Producer.id), _NAME.kind == ProducerLabelKind.NAME)
    apart = col(Producer.id).not_in(_kept_apart_from(chosen.viewer))
    others = statement.join(_NAME, named).where(HAS_BADGE, col(Producer.id) != chosen.viewer, apart)
    return others.where(*_filters(chosen))


def _filters(chosen: DirectoryFilter) -> list[ColumnElement[bool]]:
    filters = [
        _labelled(kind, choice)
        for kind, choice in ((ProducerLabelKind.CITY, chosen.city), (ProducerLabelKind.ROLE, chosen.role))
        if choice is not None
    ]
    if chosen.words:
        filters.append(col(Producer.id).in_(with_words(ProducerTerm, "producer_id", chosen.words)))
    return filters if chosen.genre is None else [*filters, _makes(chosen.genre)]


def _labelled(kind: ProducerLabelKind, choice: TextChoice) -> ColumnElement[bool]:
    labelled = select(col(ProducerLabel.producer_id)).where(
        col(ProducerLabel.kind) == kind, *fits_text(col(ProducerLabel.folded), choice)
    )
    return col(Producer.id).in_(labelled)


def _makes(genre: TextChoice) -> ColumnElement[bool]:
    published = (
        col(TrackLabel.status) == TrackStatus.PUBLISHED,
        col(TrackLabel.kind) == LabelKind.GENRE,
        *fits_text(col(TrackLabel.folded), genre),
    )
    makers = select(col(Track.producer_id)).join(TrackLabel, col(TrackLabel.number) == col(Track.number))
    return col(Producer.id).in_(makers.where(*published))


def _kept_apart_from(producer: Any) -> Any:
    """Ids of those whom a block keeps apart from a producer, whoever of the two blocked."""
    blocked = col(Contact.status) == ContactStatus.BLOCKED
    return union_all(
        select(col(Contact.high_id)).where(col(Contact.low_id) == producer, blocked),
        select(col(Contact.low_id)).where(col(Contact.high_id) == producer, blocked),
    )


async def kept_apart(
    session: AsyncSession, account: AccountId, others: Collection[AccountId]
) -> frozenset[AccountId]:
    """Those of the others whom a block keeps apart from an account, whoever of the two blocked."""
    own = select(col(Producer.id)).where(col(Producer.account_id) == account).scalar_subquery()
    apart = col(Producer.id).in_(_kept_apart_from(own)), col(Producer.account_id).in_(others)
    found = await session.scalars(select(col(Producer.account_id)).where(*apart))
    return frozenset(other for other in found if other is not None)


# ---- ties --------------------------------------------------------------------------------------------


def in_view(statement: AnySelect, viewer: ProducerId) -> AnySelect:
    """Ties of a producer as they see them: with others who are in the network, and not those that the other blocked."""
    mine = or_(col(Contact.low_id) == viewer, col(Contact.high_id) == viewer)
    other = case((col(Contact.low_id) == viewer, col(Contact.high_id)), else_=col(Contact.low_id))
    shown = or_(col(Contact.status) != ContactStatus.BLOCKED, col(Contact.answered_by) == viewer)
    return statement.join(Producer, col(Producer.id) == other).where(mine, shown, HAS_BADGE)


async def contacts(session: AsyncSession, viewer: ProducerId, ids: Collection[ContactId]) -> list[ContactRow]:
    """Those of the ties that the viewer sees."""
    return await read(session, ContactRow, in_view(_CONTACTS.where(col(Contact.id).in_(ids)), viewer))


def contacts_statement(
    viewer: ProducerId, statuses: Collection[ContactStatus] | None, part: Slice
) -> AnySelect:
    """The statement of `page_of_contacts`."""
    return sliced(_of_status(_CONTACTS, viewer, statuses), _NEWEST_FIRST, part)


async def page_of_contacts(
    session: AsyncSession, viewer: ProducerId, statuses: Collection[ContactStatus] | None, part: Slice
) -> Page[ContactRow]:
    """What was asked last comes first."""
    seen = _of_status(_CONTACTS, viewer, statuses)
    return await read_page(session, ContactRow, seen, _NEWEST_FIRST, part)


async def count_contacts(
    session: AsyncSession, viewer: ProducerId, statuses: Collection[ContactStatus] | None
) -> int:
    counted: AnySelect = select(func.count()).select_from(Contact)
    return await read_count(session, _of_status(counted, viewer, statuses))


def _of_status(
    statement: AnySelect, viewer: ProducerId, statuses: Collection[ContactStatus] | None
) -> AnySelect:
    return in_view(statement, viewer).where(*one_of(col(Contact.status), statuses))


async def contact_for_change(session: AsyncSession, contact: ContactId) -> ContactRow | None:
    """One tie; nobody else changes it until the transaction ends."""
    chosen = _CONTACTS.where(col(Contact.id) == contact)
    return await read_one(session, ContactRow, chosen.with_for_update(key_share=True))


async def tie_for_change(session: AsyncSession, one: ProducerId, other: ProducerId) -> ContactRow:
    """The tie of two producers, locked; it has to be there."""
    low, high = sorted((one, other))
    chosen = _CONTACTS.where(col(Contact.low_id) == low, col(Contact.high_id) == high)
    found = await read_one(session, ContactRow, chosen.with_for_update(key_share=True))
    assert found  # ties are never deleted
    return found


async def begin_tie(
    session: AsyncSession, by: ProducerId, other: ProducerId, message: str | None
) -> ContactId | None:
    """Begin the tie of two producers; null if there is one, and then by whomever and in whatever state."""
    low, high = sorted((by, other))
    asked = {
        "id": new_id("con"),
        "low_id": low,
        "high_id": high,
        "status": ContactStatus.PENDING,
        "asked_by": by,
        "asked_at": now(),
        "asked_times": 1,
        "message": message,
    }
    added = inserting(session, Contact).values(asked).on_conflict_do_nothing().returning(col(Contact.id))
    return (await session.execute(added)).scalar_one_or_none()


async def change_contact(session: AsyncSession, contact: ContactId, **columns: Any) -> None:
    await session.execute(update(Contact).where(col(Contact.id) == contact).values(**columns))


async def asked_since(session: AsyncSession, by: ProducerId, since: datetime) -> list[datetime]:
    """When a producer asked others since then, the first of them first."""
    mine = or_(col(Contact.low_id) == by, col(Contact.high_id) == by)
    asked = col(Contact.asked_by) == by, col(Contact.asked_at) > since
    moments = select(col(Contact.asked_at)).where(mine, *asked).order_by(col(Contact.asked_at))
    return list(await session.scalars(moments))
