"""What tests of scans look at, and two tracks of which one has a part of the other."""

from datetime import timedelta

from sqlalchemy import select
from sqlmodel import col

from db.clock import now
from db.models.fingerprints import Fingerprint
from db.models.notices import Notification
from db.models.recon import ReconScan
from db.vocabulary import NotificationKind
from tests.factories import (
    Beatmaker,
    Person,
    a_verified_producer,
)
from tests.stage import Json
from tests.workers.studio import Beats, Studio

SCAN = """query($id: ID!) { reconScan(id: $id) { id status stage progress comparedCount trigger
  startedAt finishedAt error { message retryable } track { id } upload { id }
  matches { totalCount nodes { id } } } }"""
MATCH = """id matchClass relation similarity band queryCoverage referenceCoverage speedRatio pitchShiftSemitones
  triage firstSeenAt ownTrack { id } track { id } found { title artists producerName }
  segments { queryStartMs queryEndMs referenceStartMs referenceEndMs similarity }"""
MATCHES = f"{{ reconMatches {{ totalCount nodes {{ {MATCH} }} }} }}"
SCANS = "{ reconScans { nodes { id trigger status comparedCount track { id } matches { nodes { id } } } } }"


async def read_scan(studio: Studio, who: Person, scan: str) -> Json:
    shown: Json = (await studio.stage.ask(who, SCAN, id=scan))["reconScan"]
    return shown


async def matches(studio: Studio, who: Person) -> list[Json]:
    listed: Json = (await studio.stage.ask(who, MATCHES))["reconMatches"]
    assert listed["totalCount"] == len(listed["nodes"])
    found: list[Json] = listed["nodes"]
    return found


async def notices(studio: Studio) -> list[Notification]:
    async with studio.stage.sessions.reading() as session:
        of_matches = col(Notification.kind) == NotificationKind.SIMILARITY_MATCH
        return list(await session.scalars(select(Notification).where(of_matches)))


async def two_that_share(studio: Studio, beats: Beats) -> tuple[Beatmaker, Beatmaker, str, str]:
    """Nova's beat, and Kilo's medley of which it is a part; both published, both verified."""
    nova, kilo = [await a_verified_producer(studio.stage.sessions, name) for name in ("Nova", "Kilo")]
    original = await studio.published(nova, beats.first, title="Original")
    medley = await studio.published(kilo, beats.medley, title="Grand Medley")
    return nova, kilo, original, medley


async def long_ago(studio: Studio, days: int = 31) -> None:
    """As if everything had happened that many days earlier."""
    async with studio.stage.sessions.writing() as session:
        for scan in await session.scalars(select(ReconScan)):
            scan.created_at -= timedelta(days=days)
        for fingerprint in await session.scalars(select(Fingerprint)):
            fingerprint.scanned_at = now() - timedelta(days=days)
