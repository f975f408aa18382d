"""Who sees which scans and matches (D-34), as conditions: verified producers credited on the track, and staff."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlmodel import col

from db.ids import AccountId, ProducerId, TrackId, UploadId
from db.models.recon import ReconMatch, ReconScan
from db.models.tracks import Track, TrackCredit
from db.models.uploads import Upload
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
    return select(col(TrackCredit.track_id)).where(col(TrackCredit.producer_id) == producer)


def _own_samples(eyes: Eyes) -> Select[UploadId]:
    return select(col(Upload.id)).where(col(Upload.account_id) == eyes.account_id)


def sees_match(eyes: Eyes) -> list[ColumnElement[bool]]:
    """A match is its own side's; with its own track it goes."""
    gone = exists().where(col(Track.id) == col(ReconMatch.track_id), col(Track.status) == TrackStatus.REMOVED)
    theirs = or_(
        col(ReconMatch.track_id).in_(credited_tracks(eyes.producer_id)),
        col(ReconMatch.upload_id).in_(_own_samples(eyes)),
    )
    return [~gone] if eyes.everything else [~gone, theirs]


def sees_scan(eyes: Eyes) -> list[ColumnElement[bool]]:
    """A scan is its subject's, and who asked for it sees it too."""
    gone = exists().where(col(Track.id) == col(ReconScan.track_id), col(Track.status) == TrackStatus.REMOVED)
    theirs = or_(
        col(ReconScan.account_id) == eyes.account_id,
        col(ReconScan.track_id).in_(credited_tracks(eyes.producer_id)),
    )
    return [~gone] if eyes.everything else [~gone, theirs]
