"""Offering a track to a beat request (D-61)."""

from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.roles import own_profile
from api.catalog.errors import TrackIsAnothers, TrackNotFound
from api.catalog.rules import BLOCKING_COVERAGE, may_see
from api.notices import Notice, notify
from api.refusals import InWrongState, Problems, Refused, check_id
from api.requests.errors import RequestNotFound, SameAudioIsOffered, TrackIsOfferedAlready
from api.requests.matching import have_filled
from api.requests.rules import sees_request, why_not_offerable, why_not_offered
from api.requests.wording import in_short
from api.texts import checked_text
from api.viewer import Viewer
from db.clock import now
from db.ids import BeatRequestId, ProducerId, SubmissionId, TrackId, new_id
from db.keys import key_label
from db.models.requests import Submission
from db.queries import fingerprints, producers, requests, tracks
from db.queries import submissions as queries
from db.queries.requests import BeatRequestRow
from db.queries.tracks import TrackRow
from db.vocabulary import NotificationKind

_LONGEST_NOTE: Final = 500


@dataclass(frozen=True)
class _Offer:
    """A track to be offered, and to what; the request is locked."""

    request: BeatRequestRow
    track: TrackRow
    note: str | None


async def offer_track(
    session: AsyncSession, viewer: Viewer, *, request: BeatRequestId, track: TrackId, note: str | None
) -> SubmissionId:
    """Offer an own track; the same call again, as by a double click, is answered with the same submission.

    Everybody who offers to a request locks it, so of two who offer one recording at once exactly one does.

    Raises:
        NotAllowed: The viewer is no producer, or posted the request.
        ManyRefused: Everything that is wrong with the input.
        RequestIsClosed: It takes no offers any more.
        OffersAreUsed: The viewer has offered five tracks to it.
        TrackIsOfferedAlready: The track was, with another note.
        TrackIsNotOfferable: It is not published.
        SameAudioIsOffered: The recording was offered before, by whomever.
    """
    producer = own_profile(viewer)
    offer = await _checked(session, viewer, request, track, note)
    known = await queries.submission_of(session, request, track)
    if known is not None and known.note == offer.note:
        return known.id
    await _refuse_by_request(session, viewer, offer, again=known is not None)
    if known is not None:
        raise TrackIsOfferedAlready
    await _refuse_by_track(session, offer)
    submission = SubmissionId(new_id("sbm"))
    row = Submission(
        id=submission,
        request_id=request,
        track_id=track,
        producer_id=producer,
        note=offer.note,
    )
    await queries.add(session, row)
    await have_filled(session, [(request, producer)])
    await _tell(session, producer, submission, offer)
    return submission


async def _checked(
    session: AsyncSession, viewer: Viewer, request: BeatRequestId, track: TrackId, note: str | None
) -> _Offer:
    problems, wanted, own = Problems(), None, None
    with problems.under("request_id"):
        wanted = await _request(session, viewer, request)
    with problems.under("track_id"):
        own = await _own_track(session, viewer, track)
    with problems.under("note"):
        note = checked_text(note, longest=_LONGEST_NOTE, lines=True) if note and note.strip() else None
    problems.refuse_any()
    assert wanted  # else it was refused
    assert own  # likewise
    return _Offer(wanted, own, note)


async def _request(session: AsyncSession, viewer: Viewer, request: BeatRequestId) -> BeatRequestRow:
    check_id(request, "brq", "beat request")
    row = await requests.hold_request(session, request)
    if row is None or not sees_request(viewer, requester=row.account_id, status=row.status):
        raise RequestNotFound(path=())
    return row


async def _own_track(session: AsyncSession, viewer: Viewer, track: TrackId) -> TrackRow:
    check_id(track, "trk", "track")
    rows = await tracks.tracks(session, [track])
    own = bool(rows) and rows[0].producer_id == viewer.producer_id
    if not rows or not may_see(rows[0].shown_as, own=own):
        raise TrackNotFound(path=())
    if not own:
        raise TrackIsAnothers(path=())
    return rows[0]


async def _refuse_by_request(session: AsyncSession, viewer: Viewer, offer: _Offer, *, again: bool) -> None:
    """What speaks against any track.

    Args:
        again: This one is among those that were offered: it is none more.
    """
    row, producer = offer.request, offer.track.producer_id
    counts = {} if again else await queries.counts_of(session, [row.id], producer)
    refused = why_not_offered(
        viewer, requester=row.account_id, status=row.status_at(now()), offered=counts.get(row.id, 0)
    )
    if refused is not None:
        _refuse(refused, row.id, ("request_id",))


async def _refuse_by_track(session: AsyncSession, offer: _Offer) -> None:
    request, track = offer.request.id, offer.track.id
    checks = await fingerprints.fingerprints_of(session, [track])
    if refused := why_not_offerable(offer.track.status, checks[0].status if checks else None):
        _refuse(refused, track, ("track_id",))
    if await queries.audio_is_offered(session, request, track, least_coverage=BLOCKING_COVERAGE):
        raise SameAudioIsOffered


def _refuse(refused: Refused, about: str, path: tuple[str, ...]) -> None:
    """Raise it at a place in the input; a state names its object, so that the client can read it again."""
    if isinstance(refused, InWrongState):
        raise replace(refused, object_id=about, path=path)
    raise replace(refused, path=path)


async def _tell(session: AsyncSession, producer: ProducerId, submission: SubmissionId, offer: _Offer) -> None:
    [by] = await producers.producers(session, [producer])
    track, request = offer.track, offer.request
    facts = [*track.genres[:1], f"{track.bpm} BPM", key_label(track.pitch_class, track.scale)]
    said = f" {by.name} writes: {offer.note}" if offer.note else ""
    notice = Notice(
        kind=NotificationKind.BEAT_SUBMISSION,
        subject=submission,
        title=f"{by.name} offered “{track.title}” to your request",
        body=f"“{track.title}” ({', '.join(facts)}) is offered to “{in_short(request.text)}”.{said}",
        path=f"/requests/{request.id}",
        by=by.account_id,
    )
    await notify(session, [request.account_id], notice)
