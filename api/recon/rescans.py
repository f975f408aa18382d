"""The regular rescan: every published track is compared with the whole catalogue again after 30 days (D-32)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from db import jobs
from db.clock import now
from db.ids import ReconScanId, TrackId, new_id
from db.models.recon import ReconScan
from db.queries import scans
from db.session import Sessions
from db.vocabulary import JobKind, ReconTrigger

RESCANS_AT_ONCE: Final = 200
"""An hour: 144,000 in 30 days, so that 100,000 tracks fit with room for hours that were missed."""
_APART: Final = timedelta(hours=1) / RESCANS_AT_ONCE
"""So that previews, whose line they stand in, come between them."""
_PER_TRANSACTION: Final = 20
"""Two rows each, some 20 ms of writing."""
_TRIED_AGAIN_AFTER: Final = timedelta(days=1)
"""A rescan that broke off waits so long, and keeps no other one waiting."""


async def start_due_rescans(sessions: Sessions, *, every: timedelta) -> None:
    """Begin the rescans that are due, the longest unscanned tracks first, no more than fit into an hour."""
    moment = now()
    async with sessions.reading() as session:
        due = await scans.tracks_due(
            session,
            scanned_before=moment - every,
            not_tried_since=moment - _TRIED_AGAIN_AFTER,
            limit=RESCANS_AT_ONCE,
        )
    for start in range(0, len(due), _PER_TRANSACTION):
        async with sessions.writing() as session:
            await _start(session, due[start : start + _PER_TRANSACTION], first_at=moment + start * _APART)


async def start_rescan(session: AsyncSession, track: TrackId, *, run_at: datetime | None = None) -> None:
    """Have a track compared with the whole catalogue, for nobody in particular; one that is under way does as well."""
    scan = ReconScanId(new_id("scn"))
    if await scans.add(session, ReconScan(id=scan, track_id=track, trigger=ReconTrigger.SCHEDULED)):
        await jobs.add(session, JobKind.RESCAN, key=scan, run_at=run_at, scan=scan)


async def _start(session: AsyncSession, tracks: Sequence[TrackId], *, first_at: datetime) -> None:
    for place, track in enumerate(tracks):
        await start_rescan(session, track, run_at=first_at + place * _APART)
