"""Who sees which scans and matches (D-34), as conditions: verified producers credited on the track, and staff."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlmodel import col

from db.ids import AccountId, ProducerId, TrackId, UploadId
from db.models.recon import ReconMatch, ReconScan
from db.models.tracks import Track, TrackCredit
from db.models.uploads import Upload
from db.queries.credits import CREDITED
from db.vocabulary import TrackStatus


@dataclass(frozen=True)
class Eyes:
    """Who looks; that it is a verified producer, or staff, was seen to before.

    Attributes:
        everything: Staff see all that is there.
    """

    account_id: AccountId
    producer_id: ProducerId | None
    everything: bool = False


def credited_tracks(producer: ProducerId | None) -> Select[TrackId]:
    """Ids of the tracks that credit a producer."""
    return select(col(TrackCredit.track_id)).where(col(TrackCredit.producer_id) == producer, CREDITED)


def _own_samples(eyes: Eyes) -> Select[UploadId]:
    return select(col(Upload.id)).where(col(Upload.account_id) == eyes.account_id)


def match_is_there() -> ColumnElement[bool]:
    """A match goes with its own track."""
    gone = exists().where(col(Track.id) == col(ReconMatch.track_id), col(Track.status) == TrackStatus.REMOVED)
    return ~gone


def scan_is_there() -> ColumnElement[bool]:
    """A scan goes with its track."""
    gone = exists().where(col(Track.id) == col(ReconScan.track_id), col(Track.status) == TrackStatus.REMOVED)
    return ~gone


def sees_match(eyes: Eyes) -> list[ColumnElement[bool]]:
    """A match is its own side's. For few rows that are chosen already: no index answers this."""
    theirs = or_(
        col(ReconMatch.track_id).in_(credited_tracks(eyes.producer_id)),
        col(ReconMatch.upload_id).in_(_own_samples(eyes)),
    )
    return [match_is_there()] if eyes.everything else [match_is_there(), theirs]


def sees_scan(eyes: Eyes) -> list[ColumnElement[bool]]:
    """A scan is its subject's, and who asked for it sees it too. For few rows that are chosen already."""
    theirs = or_(
        col(ReconScan.account_id) == eyes.account_id,
        col(ReconScan.track_id).in_(credited_tracks(eyes.producer_id)),
    )
    return [scan_is_there()] if eyes.everything else [scan_is_there(), theirs]
