"""New audio of tracks that are live: what is under check or refused, and how it takes the old one's place (D-18)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.clock import now
from db.ids import TrackId, UploadId
from db.models.fingerprints import Fingerprint
from db.models.replacements import AudioReplacement
from db.models.uploads import Upload
from db.queries.fingerprints import drop_postings, drop_postings_of, next_number
from db.queries.rows import read, read_one, select_row
from db.vocabulary import FingerprintStatus


class ReplacementRow(NamedTuple):
    track_id: TrackId
    upload_id: UploadId
    status: FingerprintStatus
    sha256: str | None
    submitted_at: datetime
    checked_at: datetime | None


_REPLACEMENTS: Final = select_row(ReplacementRow, AudioReplacement, sha256=col(Upload.sha256)).join(
    Upload, col(Upload.id) == col(AudioReplacement.upload_id)
)
_HEARD: Final = ("model", "words", "duration_ms", "number")


async def replacements_of(session: AsyncSession, tracks: Collection[TrackId]) -> list[ReplacementRow]:
    """Of those of the tracks that have one, in no order."""
    chosen = _REPLACEMENTS.where(col(AudioReplacement.track_id).in_(tracks))
    return await read(session, ReplacementRow, chosen)


async def replacement_of(session: AsyncSession, track: TrackId) -> ReplacementRow | None:
    return await read_one(
        session, ReplacementRow, _REPLACEMENTS.where(col(AudioReplacement.track_id) == track)
    )


async def under_check(session: AsyncSession, tracks: Collection[TrackId]) -> set[TrackId]:
    """Which of these tracks may get another audio by themselves: all that have one, but for what was refused."""
    refused = col(AudioReplacement.status) == FingerprintStatus.DUPLICATE
    chosen = select(col(AudioReplacement.track_id)).where(
        col(AudioReplacement.track_id).in_(tracks), ~refused
    )
    return {TrackId(track) for track in await session.scalars(chosen)}


async def add(session: AsyncSession, track: TrackId, upload: UploadId) -> None:
    session.add(AudioReplacement(track_id=track, upload_id=upload))
    await session.flush()


async def change(session: AsyncSession, upload: UploadId, **values: Any) -> None:
    """Change the replacement that this file is; nothing, if it is none any more."""
    await session.execute(update(AudioReplacement).where(_is(upload)).values(**values))


async def begin_weighing(session: AsyncSession, upload: UploadId) -> None:
    """Say that near matches are looked at; a check that another worker has ended since stays as it ended."""
    checking = _is(upload), col(AudioReplacement.status) == FingerprintStatus.CHECKING
    weighed = update(AudioReplacement).where(*checking)
    await session.execute(weighed.values(status=FingerprintStatus.ANALYZING))


async def record_words(
    session: AsyncSession, upload: UploadId, *, model: str, words: bytes, duration_ms: int
) -> int | None:
    """Keep how it sounds; answers its number in the index, the same each time, or null if it is none any more."""
    known = (await session.execute(select(col(AudioReplacement.number)).where(_is(upload)))).one_or_none()
    if known is None:
        return None
    number = known[0] or await next_number(session)  # before the row is locked, as a verdict locks them
    heard = {"number": number, "model": model, "words": words, "duration_ms": duration_ms}
    kept = update(AudioReplacement).where(_is(upload)).values(**heard)
    return await session.scalar(kept.returning(col(AudioReplacement.number)))


async def swap_in(session: AsyncSession, row: ReplacementRow) -> None:
    """The track's recording is this one from now on; the old one leaves the index. Needs the index's lock."""
    await drop_postings_of(session, row.track_id)
    heard = {
        name: select(getattr(AudioReplacement, name)).where(_is(row.upload_id)).scalar_subquery()
        for name in _HEARD
    }
    became = update(Fingerprint).where(col(Fingerprint.track_id) == row.track_id)
    await session.execute(became.values(sha256=row.sha256, fingerprinted_at=now(), **heard))
    await session.execute(delete(AudioReplacement).where(_is(row.upload_id)))


async def forget(session: AsyncSession, upload: UploadId) -> None:
    """Remove a replacement, with its terms."""
    gone = delete(AudioReplacement).where(_is(upload)).returning(col(AudioReplacement.number))
    number = await session.scalar(gone)
    if number is not None:
        await drop_postings(session, number)


def _is(upload: UploadId) -> Any:
    return col(AudioReplacement.upload_id) == upload
