"""Offering tracks to beat requests, and looking at what came of it."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import select, update
from sqlmodel import col

from db.ids import BeatRequestId, SubmissionId, TrackId
from db.models.fingerprints import Fingerprint
from db.models.notices import Notification
from db.models.requests import BeatRequest, Submission
from db.models.tracks import Track
from db.session import Sessions
from db.vocabulary import TrackStatus
from tests.factories import Person
from tests.stage import Json, Stage

SUBMIT: Final = "submitToBeatRequest"
FIELDS: Final = "id note status submittedAt track { id } request { id }"
SEEN: Final = f"""query($id: ID!, $first: Int, $after: String, $last: Int, $where: SubmissionWhere) {{
  node(id: $id) {{ ... on BeatRequest {{
    submissionCount viewerCanSubmit {{ allowed code message retryAt }} viewerSubmissions {{ {FIELDS} }}
    submissions(first: $first, after: $after, last: $last, where: $where) {{
      totalCount nodes {{ {FIELDS} }} pageInfo {{ hasNextPage endCursor }} }} }} }} }}"""
_NODE: Final = f"query($id: ID!) {{ node(id: $id) {{ ... on Submission {{ {FIELDS} }} }} }}"


def the_offer(request: str, track: str, **different: Any) -> Json:
    return {"requestId": request, "trackId": track, **different}


async def offer(stage: Stage, who: Person, request: str, track: str, **different: Any) -> Json:
    """The payload of an offer."""
    made: Json = await stage.mutate(
        who, SUBMIT, f"submission {{ {FIELDS} }}", input=the_offer(request, track, **different)
    )
    return made


async def offered(
    stage: Stage, who: Person, request: BeatRequestId, track: TrackId, **different: Any
) -> SubmissionId:
    """The id of an offer that is taken."""
    payload = await offer(stage, who, request, track, **different)
    assert payload["errors"] == []
    return SubmissionId(payload["submission"]["id"])


async def why_not(stage: Stage, who: Person, request: str, track: str, **different: Any) -> list[Any]:
    """Path and code of every refusal; none of them changes anything."""
    async with stage.nothing_changes():
        return await stage.refusals(who, SUBMIT, input=the_offer(request, track, **different))


async def look(stage: Stage, who: Person, request: str, **variables: Any) -> Any:
    """The request as somebody sees it, with its offers; null where they see none."""
    return (await stage.ask(who, SEEN, id=request, **variables))["node"]


async def look_at(stage: Stage, who: Person, submission: str) -> Any:
    return (await stage.ask(who, _NODE, id=submission))["node"]


async def change_track(sessions: Sessions, track: TrackId, status: TrackStatus) -> None:
    async with sessions.writing() as session:
        await session.execute(update(Track).where(col(Track.id) == track).values(status=status))


async def change_request(sessions: Sessions, request: BeatRequestId, **values: Any) -> None:
    async with sessions.writing() as session:
        await session.execute(update(BeatRequest).where(col(BeatRequest.id) == request).values(**values))


async def sound_like(sessions: Sessions, tracks: Sequence[TrackId], **values: Any) -> None:
    """Let the fingerprints of these tracks say so."""
    async with sessions.writing() as session:
        chosen = update(Fingerprint).where(col(Fingerprint.track_id).in_(tracks))
        await session.execute(chosen.values(**values))


async def submissions(sessions: Sessions) -> list[Submission]:
    async with sessions.reading() as session:
        return list(await session.scalars(select(Submission).order_by(col(Submission.id))))


async def told(sessions: Sessions) -> list[Notification]:
    """What everybody was told, oldest first."""
    async with sessions.reading() as session:
        oldest_first = col(Notification.created_at), col(Notification.id)
        return list(await session.scalars(select(Notification).order_by(*oldest_first)))
