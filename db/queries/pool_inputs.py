"""What a month is closed by: tracks as they are, written down once, and read again as they were (D-52, D-53)."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.dialects import Checked, inserting_rows
from db.ids import PoolRunId, ProducerId, TrackId
from db.models.accounts import Account
from db.models.all import METADATA
from db.models.fingerprints import Fingerprint
from db.models.moderation import Withholding
from db.models.plays import TrackPlays
from db.models.pools import PoolInput
from db.models.producers import Producer
from db.models.tracks import Track, TrackCredit
from db.queries import pools
from db.queries.credits import CREDITED
from db.queries.pools import PoolRunRow
from db.queries.rows import read, select_row
from db.vocabulary import LicensingModel, TrackStatus

_INPUT: Final = METADATA.tables["pool_input"]
_AT_ONCE: Final = 2_000


class TrackRow(NamedTuple):
    """A published track, as it is."""

    id: TrackId
    title: str
    artists: list[str]
    producer_name: str
    fingerprinted_at: datetime
    published_at: datetime
    licensing_model: LicensingModel


class Span(NamedTuple):
    """Some tracks in the order of their ids: behind one, and up to another."""

    after: str
    last: str


class InputRow(NamedTuple):
    """A track as it was."""

    track_id: TrackId
    published_at: datetime
    licensing_model: LicensingModel
    plays: int
    producers: list[ProducerId]


class _WholeRow(NamedTuple):
    track_id: TrackId
    work: dict[str, Any]
    published_at: datetime
    licensing_model: LicensingModel
    plays: int
    producers: list[ProducerId]


_SUSPENDED: Final = exists().where(
    col(Account.id) == col(Producer.account_id), col(Account.suspended_at) > col(Track.published_at)
)
"""What came out later was never heard by anybody."""
_KEPT_BACK: Final = exists().where(
    col(Withholding.object_id) == col(Track.id), col(Withholding.lifted_at).is_(None)
)
_WAITS_FOR_ITS_PRODUCER: Final = and_(
    Checked(col(Track.status)) == TrackStatus.HIDDEN,
    col(Track.withheld_as) == TrackStatus.PUBLISHED,
    _SUSPENDED,
    ~_KEPT_BACK,
)
"""Of a track and its producer: it would be published if the account was not suspended."""


async def published_tracks(
    session: AsyncSession, *, after: str, before: datetime, limit: int
) -> list[TrackRow]:
    """Some of the tracks that were published before then, and are in the catalogue now, by their ids.

    So are those that nothing but a suspension of their producer's account keeps out of it: money is held then, not lost (D-83).

    Args:
        after: The last one of those before.
    """
    heard = func.coalesce(
        col(Fingerprint.fingerprinted_at), col(Fingerprint.checked_at), col(Track.published_at)
    )
    there = (
        col(Track.id) > after,
        or_(Checked(col(Track.status)) == TrackStatus.PUBLISHED, _WAITS_FOR_ITS_PRODUCER),
        col(Track.published_at) < before,
    )
    named = select_row(TrackRow, Track, producer_name=col(Producer.name), fingerprinted_at=heard)
    same = col(Fingerprint.track_id) == col(Track.id)
    # or Postgres would merge from the first fingerprint on, every time
    behind = col(Fingerprint.track_id) > after
    joined = named.join(Producer, col(Producer.id) == col(Track.producer_id)).outerjoin(
        Fingerprint, and_(same, behind)
    )
    return await read(session, TrackRow, joined.where(*there).order_by(col(Track.id)).limit(limit))


async def counted_plays(
    session: AsyncSession, span: Span, *, first_day: date, last_day: date
) -> dict[TrackId, int]:
    """Counted plays of tracks in some days; tracks without any are left out."""
    track, day = col(TrackPlays.track_id), Checked(col(TrackPlays.day))
    inside = track > span.after, track <= span.last, day >= first_day, day <= last_day
    sums = select(track, func.sum(col(TrackPlays.counted))).where(*inside).group_by(track)
    return {one: int(plays) for one, plays in await session.execute(sums)}


async def credited(session: AsyncSession, span: Span) -> dict[TrackId, list[ProducerId]]:
    """Who is credited on tracks, the uploader first."""
    track = col(TrackCredit.track_id)
    rows = await session.execute(
        select(track, col(TrackCredit.producer_id))
        .where(track > span.after, track <= span.last, CREDITED)
        .order_by(track, col(TrackCredit.position))
    )
    found: dict[TrackId, list[ProducerId]] = {}
    for one, producer in rows:
        found.setdefault(one, []).append(producer)
    return found


async def keep(session: AsyncSession, run: PoolRunId, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write tracks down; those that are there stay as they are."""
    if rows:
        new, given = inserting_rows(session, _INPUT, [{"run_id": run, **row} for row in rows])
        await session.execute(new.on_conflict_do_nothing(index_elements=["run_id", "track_id"]), given)


async def inputs_of(session: AsyncSession, run: PoolRunId) -> list[InputRow]:
    """All tracks of a closing, by their ids."""
    chosen = select_row(InputRow, PoolInput).where(col(PoolInput.run_id) == run)
    streamed = chosen.order_by(col(PoolInput.track_id)).execution_options(yield_per=_AT_ONCE)
    found: list[InputRow] = []
    async for rows in (await session.stream(streamed)).partitions():
        found += [InputRow(*values) for values in rows]
    return found


async def sha256_of_tracks(session: AsyncSession, run: PoolRunId) -> str:
    """Names everything that was written down of tracks, a line each, whatever the engine."""
    chosen = select_row(_WholeRow, PoolInput).where(col(PoolInput.run_id) == run)
    streamed = chosen.order_by(col(PoolInput.track_id)).execution_options(yield_per=_AT_ONCE)
    digest = hashlib.sha256()
    async for rows in (await session.stream(streamed)).partitions():
        for values in rows:
            digest.update(_line(_WholeRow(*values)))
    return digest.hexdigest()


def _line(row: _WholeRow) -> bytes:
    published = row.published_at.isoformat(timespec="milliseconds")
    facts = [row.track_id, published, row.licensing_model, row.plays, row.producers, row.work]
    return json.dumps(facts, separators=(",", ":"), sort_keys=True).encode() + b"\n"


async def sealed_now(session: AsyncSession, run: PoolRunRow) -> str:
    """What a run's inputs come to, read again."""
    if run.is_closing:
        return sealed(run, await sha256_of_tracks(session, run.id))
    closing = await pools.closing_of(session, run.period)
    return sealed(run, (closing.outputs_sha256 if closing else None) or "")


def sealed(run: PoolRunRow, basis_sha256: str) -> str:
    """Names all that a run is reckoned from: the month, the money, and what is behind the weights.

    Args:
        basis_sha256: Of a closing its tracks, of an adjustment the closing's shares.
    """
    facts = [run.period, run.sequence, run.pool_minor, run.currency, run.causes, basis_sha256]
    return hashlib.sha256(json.dumps(facts, separators=(",", ":")).encode()).hexdigest()
