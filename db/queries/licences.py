"""Licences: keeping them, whose they are, and which audio is kept for them (D-41, D-46)."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, delete, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.clock import now
from db.columns import UtcDateTime
from db.dialects import inserting
from db.ids import AccountId, LicenceId, ProducerId, TrackId, UploadId
from db.models.licences import AudioCopy, Licence
from db.models.producers import Producer
from db.queries.conditions import one_of
from db.queries.paging import Key, Page, Slice, sliced
from db.queries.rows import AnySelect, read, read_count, read_one, read_page, select_row
from db.vocabulary import AudioFormat, LicenceKind, LicenceStatus


class LicenceRow(NamedTuple):
    """A licence, with the account that its producer's profile belongs to now."""

    id: LicenceId
    number: str
    kind: LicenceKind
    account_id: AccountId
    producer_id: ProducerId
    track_id: TrackId
    upload_id: UploadId
    audio_sha256: str
    work: dict[str, Any]
    licensor: dict[str, Any]
    licensee: dict[str, Any]
    terms: dict[str, Any]
    signature: str
    granted_at: datetime
    downloaded_at: datetime | None
    files_held_at: datetime | None
    revoked_at: datetime | None
    verification_count: int
    licensor_account: AccountId | None

    @property
    def status(self) -> LicenceStatus:
        return LicenceStatus.ACTIVE if self.revoked_at is None else LicenceStatus.REVOKED


class CopyRow(NamedTuple):
    upload_id: UploadId
    format: AudioFormat
    byte_size: int


_LICENCES = select_row(LicenceRow, Licence, licensor_account=col(Producer.account_id)).join(
    Producer, col(Producer.id) == col(Licence.producer_id)
)
_HELD = col(Licence.revoked_at).is_(None)
_FILES_DELIVERED = col(Licence.files_held_at).is_(None)
_NEWEST_FIRST = [Key(col(Licence.granted_at), descending=True), Key(col(Licence.id), descending=True)]


# ---- reading -------------------------------------------------------------------------------------


async def licences(session: AsyncSession, ids: Collection[LicenceId]) -> list[LicenceRow]:
    return await read(session, LicenceRow, _LICENCES.where(col(Licence.id).in_(ids)))


async def licence_numbered(session: AsyncSession, number: str) -> LicenceRow | None:
    return await read_one(session, LicenceRow, _LICENCES.where(col(Licence.number) == number))


async def held_on(session: AsyncSession, account: AccountId, tracks: Collection[TrackId]) -> list[LicenceRow]:
    """What an account may use of these tracks, exclusive licences after standard ones."""
    chosen = col(Licence.account_id) == account, col(Licence.track_id).in_(tracks), _HELD
    return await read(session, LicenceRow, _LICENCES.where(*chosen).order_by(col(Licence.kind).desc()))


def _of(statement: AnySelect, account: AccountId, kinds: Collection[LicenceKind] | None) -> AnySelect:
    return statement.where(col(Licence.account_id) == account, *one_of(col(Licence.kind), kinds))


def page_statement(account: AccountId, part: Slice, *, kinds: Collection[LicenceKind] | None) -> AnySelect:
    """The statement of `page_of_licences`."""
    return sliced(_of(_LICENCES, account, kinds), _NEWEST_FIRST, part)


async def page_of_licences(
    session: AsyncSession, account: AccountId, part: Slice, *, kinds: Collection[LicenceKind] | None
) -> Page[LicenceRow]:
    """All that an account was ever granted, newest first."""
    return await read_page(session, LicenceRow, _of(_LICENCES, account, kinds), _NEWEST_FIRST, part)


async def count_licences(
    session: AsyncSession, account: AccountId, *, kinds: Collection[LicenceKind] | None
) -> int:
    counted: AnySelect = select(func.count()).select_from(Licence)
    return await read_count(session, _of(counted, account, kinds))


def anchor_of(row: LicenceRow) -> tuple[object, ...]:
    return (row.granted_at, row.id)


def holding(*, track: TrackId | None = None, upload: UploadId | None = None) -> AnySelect:
    """Any licence that is held to a track, or to an audio."""
    of = col(Licence.track_id) == track if track else col(Licence.upload_id) == upload
    return select(col(Licence.id)).where(of, _HELD).limit(1)


async def is_licensed(session: AsyncSession, track: TrackId) -> bool:
    """Whether anybody holds a licence to a track."""
    return await session.scalar(holding(track=track)) is not None


async def standard_counts(session: AsyncSession, tracks: Collection[TrackId]) -> Counter[TrackId]:
    """How many standard licences are held to each of these tracks."""
    track = col(Licence.track_id)
    held = track.in_(tracks), col(Licence.kind) == LicenceKind.STANDARD, _HELD
    found = await session.execute(select(track, func.count()).where(*held).group_by(track))
    return Counter({TrackId(one): int(count) for one, count in found})


async def is_kept_for_licensees(session: AsyncSession, upload: UploadId) -> bool:
    """Whether anybody holds a licence to this very audio."""
    return await session.scalar(holding(upload=upload)) is not None


async def copies_of(session: AsyncSession, uploads: Collection[UploadId]) -> list[CopyRow]:
    """Copies that are there of these files."""
    return await read(
        session, CopyRow, select_row(CopyRow, AudioCopy).where(col(AudioCopy.upload_id).in_(uploads))
    )


# ---- writing -------------------------------------------------------------------------------------


async def add(session: AsyncSession, licence: Licence) -> bool:
    """Keep a licence; false: there is one already that allows no second."""
    fresh = inserting(session, Licence).values(licence.model_dump()).on_conflict_do_nothing()
    return await session.scalar(fresh.returning(col(Licence.id))) is not None


async def revoke(session: AsyncSession, licence: LicenceId, *, by: AccountId | None, reason: str) -> bool:
    """End a licence; false: it had ended before."""
    held = update(Licence).where(col(Licence.id) == licence, _HELD)
    ended = held.values(revoked_at=now(), revoked_by=by, revocation_reason=reason)
    return await session.scalar(ended.returning(col(Licence.id))) is not None


async def note_download(session: AsyncSession, number: str) -> bool:
    """Note that files of a licence are handed out, once for ever; false: none are, for it has ended or they are held.

    Of this and `hold_files(unless_downloaded=True)` exactly one takes place, however close they come: both write the
    same row, and who comes second sees what the first wrote.
    """
    delivered = update(Licence).where(col(Licence.number) == number, _HELD, _FILES_DELIVERED)
    noted = delivered.values(downloaded_at=_first_of(Licence.downloaded_at))
    return await session.scalar(noted.returning(col(Licence.id))) is not None


async def hold_files(session: AsyncSession, licence: LicenceId, *, unless_downloaded: bool) -> bool:
    """Hand out no file of a licence from now on; false: it has ended, or it was downloaded and must not have been."""
    untouched = [col(Licence.downloaded_at).is_(None)] if unless_downloaded else []
    chosen = update(Licence).where(col(Licence.id) == licence, _HELD, *untouched)
    held = chosen.values(files_held_at=_first_of(Licence.files_held_at))
    return await session.scalar(held.returning(col(Licence.id))) is not None


async def give_files_again(session: AsyncSession, licence: LicenceId) -> None:
    """Nothing holds the files of a licence any more; one that has ended has none all the same."""
    await session.execute(update(Licence).where(col(Licence.id) == licence).values(files_held_at=None))


def _first_of(moment: Any) -> ColumnElement[datetime]:
    """What the column says, or now where it says nothing yet."""
    return func.coalesce(col(moment), literal(now(), UtcDateTime))


async def count_verification(session: AsyncSession, number: str) -> bool:
    """Count that somebody looked at a certificate; false: there is none of this number."""
    counted = update(Licence).where(col(Licence.number) == number)
    once_more = counted.values(verification_count=col(Licence.verification_count) + 1)
    return await session.scalar(once_more.returning(col(Licence.id))) is not None


async def add_copy(session: AsyncSession, upload: UploadId, form: AudioFormat, *, byte_size: int) -> None:
    """A copy that was made; made again, its size is the new one."""
    values = {"upload_id": upload, "format": form, "byte_size": byte_size, "made_at": now()}
    fresh = inserting(session, AudioCopy).values(values)
    again = {"byte_size": fresh.excluded.byte_size, "made_at": fresh.excluded.made_at}
    await session.execute(fresh.on_conflict_do_update(index_elements=["upload_id", "format"], set_=again))


async def forget_copies(session: AsyncSession, upload: UploadId) -> bool:
    """Remove the record of a file's copies, if there are any; their bytes are another matter."""
    gone = delete(AudioCopy).where(col(AudioCopy.upload_id) == upload).returning(col(AudioCopy.format))
    return bool((await session.scalars(gone)).all())
