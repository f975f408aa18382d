"""Reading what the tables hold of a person, by the list in `db.personal` (D-81)."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Table, false, func, literal, or_, select, tuple_, union
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.ids import AccountId, PictureId, ProducerId, UploadId
from db.models.all import METADATA
from db.models.events import Event
from db.models.uploads import Upload
from db.personal.all import HOLDINGS
from db.queries.rows import AnySelect, read, select_row
from db.vocabulary import UploadPurpose, UploadStatus

Row = dict[str, Any]
_NAMED: Final = {
    "producer_id": ("producer", "name"),
    "low_id": ("producer", "name"),
    "high_id": ("producer", "name"),
    "track_id": ("track", "title"),
    "event_id": ("event", "title"),
    "plan_id": ("plan", "name"),
}
"""What else says what an id means, of a row that a column names."""


_KEPT_AS_THEY_CAME: Final = (
    UploadPurpose.TRACK_AUDIO,
    UploadPurpose.RECON_SAMPLE,
    UploadPurpose.REQUEST_SAMPLE,
    UploadPurpose.ATTACHMENT,
)
"""Of the others, pictures are made, and the file itself is not kept."""


class Person(NamedTuple):
    account: AccountId
    producer: ProducerId | None


class FileRow(NamedTuple):
    """A file that is kept as it came."""

    id: UploadId
    purpose: UploadPurpose
    filename: str
    byte_size: int


class PageOfRows(NamedTuple):
    """Rows as they are shown, and where the next page begins; null: there is none."""

    rows: list[Row]
    next: tuple[Any, ...] | None


def theirs(table: str, person: Person) -> ColumnElement[bool]:
    """Which rows of a table are a person's."""
    return _by(table, HOLDINGS[table].ways, person)


async def page_of_shown(
    session: AsyncSession, table: str, person: Person, *, after: tuple[Any, ...] | None, limit: int
) -> PageOfRows:
    """Some of a person's rows, as their export shows them, in the order of their keys."""
    held = METADATA.tables[table]
    keys = list(held.primary_key.columns)
    shown = [*_shown_columns(held, HOLDINGS[table].shown.split())]
    statement = select(*keys, *shown).where(_by(table, HOLDINGS[table].ways_shown, person))
    if after is not None:
        beyond = [literal(value, key.type) for value, key in zip(after, keys, strict=True)]
        statement = statement.where(tuple_(*keys) > tuple_(*beyond))
    found = (await session.execute(statement.order_by(*keys).limit(limit))).all()
    names = [column.name for column in shown]
    rows = [dict(zip(names, row[len(keys) :], strict=True)) for row in found]
    return PageOfRows(rows, tuple(found[-1][: len(keys)]) if len(found) == limit else None)


def _shown_columns(held: Table, names: Sequence[str]) -> Iterator[Any]:
    for name in names:
        yield held.c[name].label(name)
        if name in _NAMED:
            table, column = _NAMED[name]
            other = METADATA.tables[table].alias()
            words = select(other.c[column]).where(other.c.id == held.c[name])
            yield words.scalar_subquery().label(f"{name.removesuffix('_id')}_{column}")


def _by(table: str, ways: Sequence[tuple[str, str]], person: Person) -> ColumnElement[bool]:
    held = METADATA.tables[table]
    return or_(false(), *(_along(held, column, what, person) for column, what in ways))


def _along(held: Table, column: str, what: str, person: Person) -> ColumnElement[bool]:
    if what == "account":
        return held.c[column] == person.account
    if what == "producer":
        return held.c[column] == person.producer if person.producer else false()
    named, _, by = what.partition(".")
    other = METADATA.tables[named]
    return held.c[column].in_(select(other.c[by or "id"]).where(theirs(named, person)))


async def files_of(session: AsyncSession, person: Person) -> list[FileRow]:
    """Files that a person has uploaded and that are kept as they came, in the order of their coming."""
    kept = col(Upload.status) == UploadStatus.COMPLETED, col(Upload.purpose).in_(_KEPT_AS_THEY_CAME)
    chosen = select_row(FileRow, Upload).where(theirs("upload", person), *kept)
    return await read(session, FileRow, chosen.order_by(col(Upload.id)))


async def pictures_of(session: AsyncSession, person: Person) -> list[PictureId]:
    """Pictures that a person has uploaded, or is shown by; what shows an event is the house's."""
    shown = [
        _pictures_in("account", "picture_id", person),
        _pictures_in("producer", "picture_id", person),
        _pictures_in("about_photo", "picture_id", person),
        _pictures_in("collection", "cover_picture_id", person),
        _pictures_in("track", "cover_picture_id", person),
        _pictures_in("upload", "picture_id", person),
    ]
    every = union(*shown).subquery()
    of_events = select(col(Event.cover_picture_id)).where(col(Event.cover_picture_id).is_not(None))
    chosen = select(every.c[0]).where(every.c[0].not_in(of_events)).order_by(every.c[0])
    return [PictureId(picture) for picture in await session.scalars(chosen)]


def _pictures_in(table: str, column: str, person: Person) -> AnySelect:
    held = METADATA.tables[table].c[column]
    return select(held).where(held.is_not(None), theirs(table, person))


async def ids_of(session: AsyncSession, table: str, person: Person) -> list[str]:
    """Of a person's rows, in order."""
    held = METADATA.tables[table]
    return list(await session.scalars(select(held.c.id).where(theirs(table, person)).order_by(held.c.id)))


async def count(session: AsyncSession, table: str, person: Person) -> int:
    """How many rows are a person's."""
    counted = select(func.count()).select_from(METADATA.tables[table]).where(theirs(table, person))
    return int((await session.execute(counted)).scalar_one())
