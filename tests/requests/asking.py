"""Asking for beats as a client does."""

from typing import Any, Final

from sqlalchemy import select, update
from sqlmodel import col

from db.models.jobs import Job
from db.models.requests import BeatRequest, RequestOpening
from db.session import Sessions
from db.vocabulary import JobKind
from tests.factories import Person
from tests.stage import Json, Stage

TOKENS: Final = "tokens { allowance remaining resetAt }"
REQUEST: Final = """request { id text genre bpmMin bpmMax key scale moods tags wantedLicence status openedAt expiresAt
  submissionCount budget { amount currency } requester { id displayName }
  reference { url track { id } sample { url expiresAt } } renew { allowed code message retryAt } }"""
READ: Final = f"query($id: ID!) {{ {REQUEST.replace('request', 'beatRequest(id: $id)', 1)} }}"
MINE: Final = """{ me { requestTokens { allowance remaining resetAt }
  abilities { openBeatRequest { allowed code message retryAt } } } }"""


def a_call(named: str = "1", **different: Any) -> Json:
    """Input of a request that asks for nothing but a day of looking."""
    usual: Json = {
        "text": "Something for a late drive home.",
        "reference": {"url": "https://example.org/song"},
        "duration": "HOURS_24",
        "idempotencyKey": named,
    }
    return usual | different


async def post(stage: Stage, who: Person, named: str = "1", **different: Any) -> Json:
    payload: Json = await stage.mutate(
        who, "openBeatRequest", REQUEST + TOKENS, input=a_call(named, **different)
    )
    return payload


async def posted(stage: Stage, who: Person, named: str = "1", **different: Any) -> Json:
    """The request that was opened."""
    payload = await post(stage, who, named, **different)
    assert payload["errors"] == []
    request: Json = payload["request"]
    return request


async def refused(stage: Stage, who: Person, named: str = "1", **different: Any) -> list[tuple[str, str]]:
    """Path and code of each problem; nothing was changed."""
    async with stage.nothing_changes():
        return await stage.refusals(who, "openBeatRequest", input=a_call(named, **different))


async def renew(stage: Stage, who: Person, request: str, key: str = "again") -> Json:
    payload: Json = await stage.mutate(
        who, "renewBeatRequest", REQUEST + TOKENS, id=request, input={"idempotencyKey": key}
    )
    return payload


async def delete(stage: Stage, who: Person, request: str) -> Json:
    payload: Json = await stage.mutate(who, "deleteBeatRequest", REQUEST + TOKENS, id=request)
    return payload


async def read(stage: Stage, who: Person | None, request: str) -> Json | None:
    found: Json | None = (await stage.ask(who, READ, id=request))["beatRequest"]
    return found


async def remaining(stage: Stage, who: Person) -> int:
    return int((await stage.ask(who, MINE))["me"]["requestTokens"]["remaining"])


async def change(sessions: Sessions, request: str, **columns: Any) -> None:
    """As if it had gone another way; `opened_at` and `expires_at` are those of its opening too."""
    times = {name: columns[name] for name in ("opened_at", "expires_at") if name in columns}
    async with sessions.writing() as session:
        await session.execute(update(BeatRequest).where(col(BeatRequest.id) == request).values(**columns))
        if times:
            opening = update(RequestOpening).where(col(RequestOpening.request_id) == request)
            await session.execute(opening.values(**times))


async def openings_of(sessions: Sessions, request: str) -> list[RequestOpening]:
    """The first one first."""
    chosen = select(RequestOpening).where(col(RequestOpening.request_id) == request)
    async with sessions.reading() as session:
        return list(await session.scalars(chosen.order_by(col(RequestOpening.opened_at))))


async def jobs_of(sessions: Sessions, kind: JobKind) -> list[Job]:
    async with sessions.reading() as session:
        return list(await session.scalars(select(Job).where(col(Job.kind) == kind).order_by(col(Job.id))))
