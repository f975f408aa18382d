"""Finds which tracks answer which beat requests."""

from api.requests import matching
from db.ids import AccountId, BeatRequestId, ProducerId, TrackId
from db.vocabulary import JobKind
from workers.tools import Tools
from workers.transaction import Job, does


@does(JobKind.MATCH_REQUEST)
async def match_request(tools: Tools, job: Job) -> None:
    """Running twice is safe: a request and a track have one row, made from what both are then, and told once."""
    request = BeatRequestId(job["request"])
    of = ProducerId(job["producer"]) if "producer" in job.claim.payload else None
    await matching.match_request(tools.sessions, request, of=of, keep=job.keep, settle=job.settle)


@does(JobKind.MATCH_TRACK)
async def match_track(tools: Tools, job: Job) -> None:
    """Running twice is safe, as with a request; a producer's tracks have one job each for one cause."""
    if "account" in job.claim.payload:
        account, cause = AccountId(job["account"]), str(job["cause"])
        await matching.match_tracks_of(tools.sessions, account, cause=cause, settle=job.settle)
        return
    track = TrackId(job["track"])
    await matching.match_track(tools.sessions, track, keep=job.keep, settle=job.settle)
