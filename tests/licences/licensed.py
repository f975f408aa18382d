"""Tracks that somebody licensed, and what can be read of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select, update
from sqlmodel import col

from db.ids import TrackId
from db.models.jobs import Job
from db.models.licences import Licence
from db.models.notices import Notification
from db.models.tracks import Track
from db.session import Sessions
from db.vocabulary import JobKind, TrackStatus
from tests.factories import Person, a_listener
from tests.licences.granted import a_plan
from tests.stage import Json, Stage

LICENSE: Final = "licenseTrack"
FIELDS: Final = """id kind status grantedAt revokedAt track { id } producer { id } licensee { displayName }
  work { title artists producerName fingerprintedAt }
  terms { producerSharePercent licenseeSharePercent royaltyPercent territory governingLaw permissions deliveredFiles
    conditions }
  downloads { format filename byteSize file { url expiresAt } }
  certificate { number verifyUrl fingerprintSha256 signature issuedAt pdf { url expiresAt } }"""
_LICENCE: Final = f"query($id: ID!) {{ licence(id: $id) {{ {FIELDS} }} }}"
_VERIFY: Final = """query($number: String!) { verifyLicence(certificate: $number) {
  number status kind licenseeName maskedEmail signatureValid verificationCount issuedAt revokedAt fingerprintSha256
  work { title artists producerName } terms { territory conditions deliveredFiles } } }"""


async def a_subscriber(sessions: Sessions, name: str = "Ari", *, plan: str = "Classic") -> Person:
    """Whose plan has downloads."""
    person = await a_listener(sessions, name)
    await a_plan(sessions, person, plan)
    return person


async def license_(stage: Stage, who: Person | None, track: str, answer: str = "licence { id }") -> Json:
    """The payload; its errors are not looked at."""
    payload: Json = await stage.mutate(who, LICENSE, answer, trackId=track)
    return payload


async def licensed(stage: Stage, who: Person, track: str) -> str:
    """The id of the licence."""
    payload = await license_(stage, who, track)
    assert payload["errors"] == []
    return str(payload["licence"]["id"])


async def look(stage: Stage, who: Person | None, licence: str) -> Any:
    return (await stage.ask(who, _LICENCE, id=licence))["licence"]


async def number_of(stage: Stage, who: Person, licence: str) -> str:
    return str((await look(stage, who, licence))["certificate"]["number"])


async def verify(stage: Stage, number: str) -> Any:
    """As a stranger does."""
    return (await stage.ask(None, _VERIFY, number=number))["verifyLicence"]


async def ability(stage: Stage, who: Person | None, track: str) -> Any:
    """The button of a track."""
    query = "query($id: ID!) { track(id: $id) { viewerCan { license { allowed code message } } } }"
    return (await stage.ask(who, query, id=track))["track"]["viewerCan"]["license"]


async def change_track(sessions: Sessions, track: TrackId, **columns: Any) -> None:
    async with sessions.writing() as session:
        await session.execute(update(Track).where(col(Track.id) == track).values(**columns))


async def hide(sessions: Sessions, track: TrackId) -> None:
    await change_track(sessions, track, status=TrackStatus.HIDDEN)


async def licences(sessions: Sessions) -> Sequence[Licence]:
    async with sessions.reading() as session:
        return (await session.scalars(select(Licence).order_by(col(Licence.id)))).all()


async def told(sessions: Sessions) -> Sequence[Notification]:
    """By kind."""
    async with sessions.reading() as session:
        return (await session.scalars(select(Notification).order_by(col(Notification.kind)))).all()


async def job_keys(sessions: Sessions, kind: JobKind) -> list[str]:
    async with sessions.reading() as session:
        keys = await session.scalars(select(col(Job.key)).where(col(Job.kind) == kind).order_by(col(Job.key)))
        return [key.partition(":")[2] for key in keys]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
