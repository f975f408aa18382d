"""Reading scans, and moving them on."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.clock import now
from db.dialects import inserting
from db.ids import AccountId, ReconMatchId, ReconScanId, TrackId, UploadId
from db.models.fingerprints import Fingerprint
from db.models.recon import UNDER_WAY, ReconScan, ReconScanMatch
from db.models.tracks import Track, TrackCredit
from db.queries.conditions import one_of
from db.queries.credits import CREDITED
from db.queries.eyes import Eyes, scan_is_there, sees_scan
from db.queries.paging import Key, Page, Slice
from db.queries.rows import AnySelect, read, read_count, read_one, read_page, select_row
from db.vocabulary import ReconScanStatus, ReconStage, ReconTrigger, TrackStatus


class ReconScanRow(NamedTuple):
    id: ReconScanId
    account_id: AccountId | None
    track_id: TrackId | None
    upload_id: UploadId | None
    trigger: ReconTrigger
    status: ReconScanStatus
    stage: ReconStage
    progress: float
    compared_count: int
    error_message: str | None
    error_retryable: bool | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class RecentScan(NamedTuple):
    """A scan of a track, as far as the next one depends on it."""

    track_id: TrackId
    under_way: bool
    counts: bool
    created_at: datetime


class Subject(NamedTuple):
    """What is scanned: one of the two."""

    track_id: TrackId | None = None
    upload_id: UploadId | None = None

    @property
    def condition(self) -> ColumnElement[bool]:
        if self.track_id is not None:
            return col(ReconScan.track_id) == self.track_id
        return col(ReconScan.upload_id) == self.upload_id


_SCANS = select_row(ReconScanRow, ReconScan)
_NEWEST_FIRST = [
    Key(col(ReconScan.created_at), descending=True),
    Key(col(ReconScan.id), descending=True),
]
_COUNTS = and_(
    col(ReconScan.trigger) == ReconTrigger.MANUAL,
    col(ReconScan.status) != ReconScanStatus.FAILED,
    or_(col(ReconScan.status) != ReconScanStatus.CANCELLED, col(ReconScan.started_at).is_not(None)),
)
"""Of the allowance: what somebody asked for, unless it failed or was stopped before it began."""


async def add(session: AsyncSession, scan: ReconScan) -> bool:
    """A new scan; false: another one of its subject is under way, and nothing was added."""
    fresh = inserting(session, ReconScan).values(**scan.model_dump()).on_conflict_do_nothing()
    return (await session.execute(fresh.returning(col(ReconScan.id)))).one_or_none() is not None


async def under_way(session: AsyncSession, subject: Subject) -> ReconScanRow | None:
    """The scan of a subject that waits or runs; the index lets there be one."""
    return await read_one(session, ReconScanRow, _SCANS.where(subject.condition, UNDER_WAY))


async def last_counted(
    session: AsyncSession, subject: Subject, *, by: AccountId | None, since: datetime
) -> datetime | None:
    """When the last scan that counts of a subject was asked for.

    Args:
        by: Only scans of this account, along whose index they are read then.
    """
    moment: datetime | None = await session.scalar(counted(subject, by=by, since=since))
    return moment


def counted(subject: Subject, *, by: AccountId | None, since: datetime) -> AnySelect:
    """The statement of `last_counted`."""
    recent = [subject.condition, col(ReconScan.created_at) > since, _COUNTS]
    recent += [col(ReconScan.account_id) == by] if by else []
    return select(func.max(col(ReconScan.created_at))).where(*recent)


async def recent_scans(
    session: AsyncSession, tracks: Collection[TrackId], *, since: datetime
) -> list[RecentScan]:
    """Scans of these tracks that are under way, or count and were asked for since then."""
    waiting = col(ReconScan.status).in_((ReconScanStatus.QUEUED, ReconScanStatus.RUNNING))
    recent = select_row(RecentScan, ReconScan, under_way=waiting, counts=_COUNTS).where(
        col(ReconScan.track_id).in_(tracks), or_(and_(_COUNTS, col(ReconScan.created_at) > since), waiting)
    )
    return await read(session, RecentScan, recent)


async def counted_since(session: AsyncSession, account: AccountId, since: datetime) -> int:
    """How many scans of an account count of its allowance."""
    return (await counted_by_account(session, [account], since)).get(account, 0)


async def counted_by_account(
    session: AsyncSession, accounts: Collection[AccountId], since: datetime
) -> dict[AccountId, int]:
    """How many scans of these accounts count of their allowances; none: not named."""
    asked = col(ReconScan.account_id).in_(accounts), col(ReconScan.created_at) >= since
    counted = select(col(ReconScan.account_id), func.count()).where(*asked, _COUNTS)
    rows = await session.execute(counted.group_by(col(ReconScan.account_id)))
    return {AccountId(account): count for account, count in rows if account}


async def scan(session: AsyncSession, scan_id: ReconScanId) -> ReconScanRow | None:
    return await read_one(session, ReconScanRow, _SCANS.where(col(ReconScan.id) == scan_id))


async def seen_scans(
    session: AsyncSession, ids: Collection[ReconScanId], *, seen_by: Eyes
) -> list[ReconScanRow]:
    """Those of the scans that are there for who looks."""
    return await read(session, ReconScanRow, _SCANS.where(col(ReconScan.id).in_(ids), *sees_scan(seen_by)))


async def page_of_scans(
    session: AsyncSession, part: Slice, *, seen_by: Eyes, tracks: Collection[str] | None
) -> Page[ReconScanRow]:
    """Scans that an account asked for, and those of tracks that credit it; newest first."""
    chosen = own_scans(_SCANS, seen_by, tracks)
    return await read_page(session, ReconScanRow, chosen, _NEWEST_FIRST, part)


async def count_scans(session: AsyncSession, *, seen_by: Eyes, tracks: Collection[str] | None) -> int:
    counted: AnySelect = select(func.count()).select_from(ReconScan)
    return await read_count(session, own_scans(counted, seen_by, tracks))


def own_scans(statement: AnySelect, eyes: Eyes, tracks: Collection[str] | None) -> AnySelect:
    """Each way to a scan along its own index: of an OR of the two Postgres would read the whole table."""
    asked = select(col(ReconScan.id)).where(col(ReconScan.account_id) == eyes.account_id)
    credited = (
        select(col(ReconScan.id))
        .join(TrackCredit, col(TrackCredit.track_id) == col(ReconScan.track_id))
        .where(col(TrackCredit.producer_id) == eyes.producer_id, CREDITED)
    )
    either = union_all(asked, credited)
    mine = col(ReconScan.id).in_(select(either.subquery().c.id))
    return statement.where(mine, *one_of(col(ReconScan.track_id), tracks), scan_is_there())


def anchor_of(row: ReconScanRow) -> tuple[object, ...]:
    return (row.created_at, row.id)


async def begin(session: AsyncSession, scan_id: ReconScanId, *, progress: float) -> ReconScanRow | None:
    """The scan, at work from now on; null: it is over. One that was cut off begins anew and keeps its progress."""
    begun = await _change(
        session,
        scan_id,
        status=ReconScanStatus.RUNNING,
        stage=ReconStage.DECODING,
        progress=_at_least(progress),
        started_at=func.coalesce(col(ReconScan.started_at), now()),
    )
    return await scan(session, scan_id) if begun else None


async def advance(
    session: AsyncSession,
    scan_id: ReconScanId,
    stage: ReconStage,
    progress: float,
    *,
    compared: int | None = None,
) -> bool:
    """Move a scan on; false: it is over, and nothing was changed. Its progress never falls."""
    counted = {} if compared is None else {"compared_count": compared}
    return await _change(session, scan_id, stage=stage, progress=_at_least(progress), **counted)


def _at_least(progress: float) -> ColumnElement[float]:
    known = col(ReconScan.progress)
    return case((known < progress, progress), else_=known)


async def end(session: AsyncSession, scan_id: ReconScanId, status: ReconScanStatus, **more: Any) -> bool:
    """Close a scan; false: it was over before, and nothing was changed."""
    over = {"status": status, "stage": ReconStage.FINISHED, "finished_at": now()}
    return await _change(session, scan_id, **over, **more)


async def _change(session: AsyncSession, scan_id: ReconScanId, **values: Any) -> bool:
    changed = update(ReconScan).where(col(ReconScan.id) == scan_id, UNDER_WAY).values(**values)
    return (await session.execute(changed.returning(col(ReconScan.id)))).one_or_none() is not None


async def add_reported(session: AsyncSession, scan_id: ReconScanId, matches: Sequence[ReconMatchId]) -> None:
    """Note the matches that a scan reported; what is noted stays."""
    if not matches:
        return
    rows = [{"scan_id": scan_id, "match_id": match} for match in matches]
    await session.execute(inserting(session, ReconScanMatch).on_conflict_do_nothing(), rows)


def due_tracks(*, scanned_before: datetime, not_tried_since: datetime, limit: int) -> AnySelect:
    """Published tracks that the regular rescan is due for, the longest unscanned first.

    Args:
        not_tried_since: A rescan that was begun after this, and broke off, is not begun again yet: broken ones would
            keep the others waiting.
    """
    tried = exists().where(
        col(ReconScan.track_id) == col(Fingerprint.track_id),
        col(ReconScan.created_at) > not_tried_since,
        col(ReconScan.trigger) == ReconTrigger.SCHEDULED,
    )
    published = exists().where(  # a join would have the planner begin with all published tracks
        col(Track.id) == col(Fingerprint.track_id), col(Track.status) == TrackStatus.PUBLISHED
    )
    due = (
        select(col(Fingerprint.track_id))
        .where(col(Fingerprint.scanned_at) <= scanned_before, col(Fingerprint.sequence).is_not(None))
        .where(published, ~tried)
    )
    return due.order_by(col(Fingerprint.scanned_at), col(Fingerprint.sequence)).limit(limit)


async def tracks_due(
    session: AsyncSession, *, scanned_before: datetime, not_tried_since: datetime, limit: int
) -> list[TrackId]:
    due = due_tracks(scanned_before=scanned_before, not_tried_since=not_tried_since, limit=limit)
    return list(await session.scalars(due))
