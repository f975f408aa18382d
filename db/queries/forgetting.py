"""Statements that forget a person, made of the list in `db.personal` (D-81)."""

from collections.abc import Iterator, Sequence
from graphlib import TopologicalSorter
from typing import Any, Final

from sqlalchemy import ColumnElement, Table, case, delete, func, literal, or_, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.ids import BeatRequestId, PictureId, UploadId
from db.models.all import METADATA
from db.models.notices import Notification
from db.models.payments import PaymentCall
from db.models.requests import BeatRequest, Submission
from db.models.tracks import Track
from db.models.uploads import Picture, Upload
from db.personal.all import HOLDINGS
from db.personal.holding import Holding
from db.queries.personal import Person, theirs
from db.vocabulary import NotificationKind, UploadStatus

_ID_LENGTH: Final = 30
"""Of an id of three letters; what is told about it in several parts has these behind a colon."""
_PREFIX_LENGTH: Final = 4
_ABOUT_THEM: Final = ("track", "contact", "beat_request", "submission", "licence", "purchase")
_CALLED_ABOUT: Final = ("plan_subscription", "purchase", "payout_account", "payout")
_EVIDENCE: Final = NotificationKind.SIMILARITY_MATCH
"""What somebody was told of a copy of their own work stays, as the match itself does (D-34)."""


def in_order() -> list[str]:
    """Tables whose rows go: each before those that its rows name, or are found through."""
    sorter: TopologicalSorter[str] = TopologicalSorter()
    going = {table for table, holding in HOLDINGS.items() if holding.goes}
    for table in sorted(going):
        sorter.add(table)
        for named in sorted(_named_by(table, HOLDINGS[table]) & going - {table}):
            sorter.add(named, table)
    return list(sorter.static_order())


def _named_by(table: str, holding: Holding) -> set[str]:
    keys = {key.referred_table.name for key in METADATA.tables[table].foreign_key_constraints}
    return keys | {what.partition(".")[0] for _, what in holding.ways}


async def delete_rows(session: AsyncSession, person: Person) -> None:
    """The rows that go."""
    for table in in_order():
        await session.execute(delete(METADATA.tables[table]).where(theirs(table, person)))


async def rewrite_rows(session: AsyncSession, person: Person) -> None:
    """The rows that stay: what tells who somebody was becomes null, or a pseudonym."""
    for table, holding in HOLDINGS.items():
        if holding.erased or holding.replaced:
            values = dict(_values(METADATA.tables[table], holding))
            await session.execute(update(METADATA.tables[table]).where(theirs(table, person)).values(values))


def _values(table: Table, holding: Holding) -> Iterator[tuple[str, Any]]:
    for name in holding.erased.split():
        yield name, None
    for name, value in holding.replaced.items():
        column = table.c[name]
        said = _said(table, value) if isinstance(value, str) else value
        yield name, case((column.is_not(None), said), else_=None) if column.nullable else said


def _said(table: Table, template: str) -> ColumnElement[str]:
    before, named, behind = template.partition("{ulid}")
    if not named:
        return literal(template)
    return literal(before).concat(func.substr(table.c.id, _PREFIX_LENGTH + 1)).concat(literal(behind))


async def forget_what_others_were_told(session: AsyncSession, person: Person) -> None:
    """Notifications of others that name them, or what is theirs."""
    about = func.substr(col(Notification.subject_id), 1, _ID_LENGTH)
    themselves = [
        f"mem_{person.account.removeprefix('acc_')}",
        *([person.producer] if person.producer else []),
    ]
    theirs_are = [select(METADATA.tables[table].c.id).where(theirs(table, person)) for table in _ABOUT_THEM]
    told = or_(about.in_(themselves), about.in_(union_all(*theirs_are)))
    await session.execute(delete(Notification).where(told, col(Notification.kind) != _EVIDENCE))


async def forget_words_of_calls(session: AsyncSession, person: Person) -> None:
    """What the payment provider said when it would not, which may name them."""
    about = func.substr(col(PaymentCall.subject), 1, _ID_LENGTH)
    called = [select(METADATA.tables[table].c.id).where(theirs(table, person)) for table in _CALLED_ABOUT]
    chosen = or_(about == person.account, about.in_(union_all(*called)))
    await session.execute(update(PaymentCall).where(chosen).values(problem=None))


async def end_upload(session: AsyncSession, upload: UploadId) -> None:
    """Nothing is made of it any more."""
    chosen = col(Upload.id) == upload, col(Upload.status) != UploadStatus.REJECTED
    await session.execute(update(Upload).where(*chosen).values(status=UploadStatus.EXPIRED))


async def forget_pictures(session: AsyncSession, person: Person, pictures: Sequence[PictureId]) -> None:
    """Nothing of theirs shows a picture any more, and those that only they were shown by are gone."""
    covers = {"cover_picture_id": None, "cover_preset_id": "deleted"}
    await session.execute(update(Track).where(theirs("track", person)).values(covers))
    for table in ("account", "producer", "upload"):
        held = METADATA.tables[table]
        await session.execute(update(held).where(theirs(table, person)).values(picture_id=None))
    for table in ("about_photo", "collection"):
        await session.execute(delete(METADATA.tables[table]).where(theirs(table, person)))
    await session.execute(delete(Picture).where(col(Picture.id).in_(pictures)))


async def requests_offered_to(session: AsyncSession, person: Person) -> list[BeatRequestId]:
    """Requests to which they have offered tracks."""
    chosen = select(col(Submission.request_id)).distinct()
    return list(await session.scalars(chosen.where(col(Submission.producer_id) == person.producer)))


async def count_offers_anew(session: AsyncSession, requests: Sequence[BeatRequestId]) -> None:
    """Some of the offers to these are gone."""
    there = select(func.count()).where(col(Submission.request_id) == col(BeatRequest.id)).scalar_subquery()
    chosen = update(BeatRequest).where(col(BeatRequest.id).in_(requests))
    await session.execute(chosen.values(submission_count=there))
