"""Asking for a scan, stopping it, and noting what one thinks of a match (D-32, D-34)."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.roles import require
from api.recon.errors import (
    MatchNotFound,
    ScanIsAnothers,
    ScanIsOver,
    ScanNotFound,
    SubjectWasJustScanned,
    TrackToScanNotFound,
)
from api.recon.rules import ScanLimits, why_not_scanned, why_not_yet
from api.refusals import InWrongState, Problems, TooMuch
from api.settings import Settings
from api.uploads.use import use_upload
from api.viewer import Viewer
from db import jobs
from db.clock import day_of, now
from db.ids import ReconMatchId, ReconScanId, TrackId, UploadId, new_id
from db.models.recon import ReconScan
from db.queries import accounts, credits, recon, scans, tracks, uploads
from db.queries.eyes import Eyes
from db.queries.scans import RecentScan, ReconScanRow, Subject
from db.session import announce
from db.vocabulary import (
    JobKind,
    MatchTriage,
    ReconScanStatus,
    ReconTrigger,
    Role,
    UploadPurpose,
)

SCAN_TOPIC: Final = "scan:{}"
_SAMPLE_LIVES: Final = timedelta(days=30)
"""From its last scan on, as long as a track waits for its regular one; what was found stays."""


def limits_of(settings: Settings) -> ScanLimits:
    return ScanLimits(timedelta(minutes=settings.scan_cool_down_minutes), settings.scans_a_day)


def eyes_of(viewer: Viewer | None) -> Eyes | None:
    """What the viewer sees of scans and matches; null: nothing (D-34)."""
    if viewer is None or not (viewer.has(Role.STAFF) or viewer.has(Role.VERIFIED_PRODUCER)):
        return None
    return Eyes(viewer.account_id, viewer.producer_id, everything=viewer.has(Role.STAFF))


async def start_scan(
    session: AsyncSession,
    viewer: Viewer,
    *,
    limits: ScanLimits,
    track: TrackId | None = None,
    upload: UploadId | None = None,
) -> ReconScanId:
    """Have a track or a sample searched for; one that is under way already is answered instead.

    Raises:
        NotAllowed: The viewer is no verified producer, or not credited on the track.
        NotFound: There is no such track or upload, or it is not for the viewer.
        InWrongState: The track was never fingerprinted, or the upload cannot be used.
        TooMuch: It was scanned a short while ago, or today's scans are used.
    """
    require(viewer, Role.VERIFIED_PRODUCER)
    await accounts.lock(
        session, viewer.account_id
    )  # else scans asked for at once would each be the last one left
    scan = ReconScanId(new_id("scn"))
    if track is not None:
        subject = await _checked_track(session, viewer, track)
    else:
        subject = await _checked_sample(session, viewer, upload or UploadId(""), scan)
    while (known := await scans.under_way(session, subject)) is None:
        await _refuse_too_many(session, viewer, subject, limits)
        if await _begin(session, viewer, scan, subject):
            return scan
    await _hurry(session, known)
    return known.id


async def scans_left(session: AsyncSession, viewer: Viewer, limits: ScanLimits, moment: datetime) -> int:
    """How many scans the viewer may still ask for on the day of this moment."""
    used = await scans.counted_since(session, viewer.account_id, day_of(moment))
    return max(0, limits.a_day - used)


def why_not_again(
    limits: ScanLimits, recent: Sequence[RecentScan], *, moment: datetime, used_today: int
) -> Callable[[TrackId], TooMuch | None]:
    """Says of a track why its next scan has to wait; one that is under way would be answered.

    Args:
        recent: Scans of all the tracks in question, within the cool-down.
        used_today: Scans of the account that count of today's allowance.
    """
    under_way = {one.track_id for one in recent if one.under_way}
    oldest_first = sorted(recent, key=lambda one: one.created_at)
    last = {one.track_id: one.created_at for one in oldest_first if one.counts}

    def waits(track: TrackId) -> TooMuch | None:
        if track in under_way:
            return None
        return why_not_yet(limits, moment=moment, last=last.get(track), used_today=used_today)

    return waits


async def cancel_scan(session: AsyncSession, viewer: Viewer, *, scan: ReconScanId) -> None:
    """Stop a scan that waits or runs; its matches stay.

    Raises:
        NotAllowed: The viewer is no verified producer, or somebody else asked for it.
        ScanNotFound: There is none, or it is not for the viewer.
        ScanIsOver: There is nothing left to stop.
    """
    require(viewer, Role.VERIFIED_PRODUCER)
    seen = await scans.seen_scans(session, [scan], seen_by=_own_eyes(viewer))
    if not seen:
        raise ScanNotFound
    if seen[0].account_id != viewer.account_id:
        raise ScanIsAnothers
    if not await scans.end(session, scan, ReconScanStatus.CANCELLED):
        raise ScanIsOver(object_id=scan)
    announce(session, SCAN_TOPIC.format(scan))


async def triage_match(
    session: AsyncSession, viewer: Viewer, *, match: ReconMatchId, triage: MatchTriage
) -> None:
    """Note what the producers of the own side think of a match.

    Raises:
        NotAllowed: The viewer is no verified producer.
        MatchNotFound: There is none, or it is not for the viewer.
    """
    require(viewer, Role.VERIFIED_PRODUCER)
    if not await recon.seen_matches(session, [match], seen_by=_own_eyes(viewer)):
        raise MatchNotFound
    await recon.set_triage(session, match, triage)


def _own_eyes(viewer: Viewer) -> Eyes:
    """Only what is the viewer's own: staff look at everything, and change nothing of it."""
    return Eyes(viewer.account_id, viewer.producer_id)


async def _checked_track(session: AsyncSession, viewer: Viewer, track: TrackId) -> Subject:
    """Read without a lock: a rescan that begins meanwhile would wait for the track, and this one for the rescan."""
    row = next(iter(await tracks.tracks(session, [track])), None)
    if row is None or viewer.producer_id is None:
        raise TrackToScanNotFound
    credited = track in await credits.credited_on(session, viewer.producer_id, [track])
    refused = why_not_scanned(row.shown_as, own=row.producer_id == viewer.producer_id, credited=credited)
    if isinstance(refused, InWrongState):
        raise replace(refused, object_id=track)
    if refused is not None:
        raise refused
    return Subject(track_id=track)


async def _checked_sample(
    session: AsyncSession, viewer: Viewer, upload: UploadId, scan: ReconScanId
) -> Subject:
    """The sample, claimed by its first scan; its owner may have it scanned again later."""
    row = await uploads.upload(session, upload)
    first = row.used_by if row else None
    problems, purpose = Problems(), UploadPurpose.RECON_SAMPLE
    with problems.under("upload_id"):
        await use_upload(session, viewer, upload_id=upload, purpose=purpose, object_id=first or scan)
    problems.refuse_any()
    return Subject(upload_id=upload)


async def _refuse_too_many(
    session: AsyncSession, viewer: Viewer, subject: Subject, limits: ScanLimits
) -> None:
    moment = now()
    asker = viewer.account_id if subject.upload_id else None
    since = moment - limits.cool_down
    last = await scans.last_counted(session, subject, by=asker, since=since)
    used = await scans.counted_since(session, viewer.account_id, day_of(moment))
    if refused := why_not_yet(limits, moment=moment, last=last, used_today=used):
        about = "upload_id" if subject.upload_id else "track_id"
        raise refused.at(about) if isinstance(refused, SubjectWasJustScanned) else refused


async def _begin(session: AsyncSession, viewer: Viewer, scan: ReconScanId, subject: Subject) -> bool:
    asked = ReconScan(
        id=scan,
        account_id=viewer.account_id,
        track_id=subject.track_id,
        upload_id=subject.upload_id,
        trigger=ReconTrigger.MANUAL,
    )
    if not await scans.add(session, asked):
        return False
    if subject.upload_id is not None:
        await uploads.keep_until(session, subject.upload_id, now() + _SAMPLE_LIVES)
    await jobs.add(session, JobKind.SCAN, key=scan, scan=scan)
    return True


async def _hurry(session: AsyncSession, known: ReconScanRow) -> None:
    """A regular rescan that waits in the slow line is wanted now: whichever line comes first does it."""
    if known.status is ReconScanStatus.QUEUED:
        await jobs.add(session, JobKind.SCAN, key=known.id, scan=known.id)
