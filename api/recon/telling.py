"""Who is told of a match, once (D-34): the verified producers credited on the track, in words of similarity."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.notices import Notice, notify
from api.recon.matches import Raised
from api.recon.rules import band_of
from db.clock import now
from db.ids import ReconMatchId, ReconScanId, new_id
from db.models.recon import ReconScan
from db.queries import notices, scans
from db.queries import recon as queries
from db.queries import tracks as track_queries
from db.queries.recon import ReconMatchRow, WorkRow
from db.vocabulary import (
    MatchClass,
    MatchRelation,
    NotificationKind,
    ReconScanStatus,
    ReconStage,
    ReconTrigger,
    SimilarityBand,
)

_BANDS: Final = {
    SimilarityBand.VERY_HIGH: "very high",
    SimilarityBand.HIGH: "high",
    SimilarityBand.MODERATE: "moderate",
}
_HOW_MUCH: Final = {
    MatchClass.EXACT: "all of it",
    MatchClass.FULL: "nearly all of it",
    MatchClass.PARTIAL: "a long part",
    MatchClass.SNIPPET: "a few seconds",
}


async def tell_of_matches(session: AsyncSession, own: WorkRow, raised: Sequence[Raised]) -> list[Raised]:
    """Tell both sides of what is new between different uploaders; a pair of one uploader is listed and no more.

    Returns:
        Those whose other side is new, between different uploaders.
    """
    tracks = [own.track_id, *(one.recording.track_id for one in raised)]
    uploaders = await track_queries.uploaders(session, tracks)
    elsewhere = [one for one in raised if uploaders[one.recording.track_id] != uploaders[own.track_id]]
    for one in elsewhere:
        for side, title in ((one.match, own.title), (one.other, one.recording.title)):
            if side is not None and side.is_new:
                await _tell(session, side.id, title)
    return [one for one in elsewhere if one.other is not None and one.other.is_new]


async def note_new_upload(session: AsyncSession, raised: Raised) -> None:
    """Keep, for the earlier track, that an upload elsewhere was compared with it: a scan that is over."""
    assert raised.other
    moment, scan = now(), ReconScanId(new_id("scn"))
    over = ReconScan(
        id=scan,
        track_id=raised.recording.track_id,
        trigger=ReconTrigger.NEW_UPLOAD,
        status=ReconScanStatus.DONE,
        stage=ReconStage.FINISHED,
        progress=1.0,
        compared_count=1,
        created_at=moment,
        started_at=moment,
        finished_at=moment,
    )
    await scans.add(session, over)
    await scans.add_reported(session, scan, [raised.other.id])


async def _tell(session: AsyncSession, match: ReconMatchId, title: str) -> None:
    row = await queries.match(session, match)
    assert row.track_id  # a sample's matches are told to nobody
    accounts = await notices.verified_accounts_credited(session, row.track_id)
    await notify(session, accounts, _notice(row, title))


def _notice(row: ReconMatchRow, title: str) -> Notice:
    return Notice(
        kind=NotificationKind.SIMILARITY_MATCH,
        subject=row.id,
        title=f"Similar audio found: {title}",
        body=_sentence(row, title),
        path=f"/recon/matches/{row.id}",
    )


def _sentence(row: ReconMatchRow, title: str) -> str:
    band = _BANDS[band_of(row.similarity)]
    shared = row.relation is MatchRelation.SHARED_MATERIAL
    what = "seems to share material with" if shared else "sounds like"
    return (
        f"“{row.other_title}” by {row.other_producer_name} {what} your track “{title}”: {band} similarity"
        f" ({row.similarity:.0%}), {_HOW_MUCH[row.match_class]}. Similarity is no verdict: listen and decide."
    )
