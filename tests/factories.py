"""People and their beats on the real database, made in as few words as a test needs."""

import hashlib
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.tokens import API_TOKEN, SESSION, new_token, stored_form
from api.covers.art.draw import preset_id_of
from api.terms import LICENCE
from api.uploads.rules import PICTURE_PURPOSES
from db.clock import now
from db.folding import folded
from db.ids import (
    AccountId,
    PictureId,
    ProducerId,
    ProducerRequestId,
    ReconMatchId,
    ReconScanId,
    SessionId,
    TrackId,
    UploadId,
    new_id,
    prefix_of,
)
from db.models.accounts import Account, ApiToken, RoleGrant, Session
from db.models.analyses import AudioAnalysis
from db.models.fingerprints import Fingerprint
from db.models.producers import CaseStep, Producer, ProducerHandle, ProducerRequest
from db.models.recon import ReconMatch, ReconScan, ReconScanMatch
from db.models.replacements import AudioReplacement
from db.models.tracks import Track, TrackCredit
from db.models.uploads import Picture, Upload
from db.queries.indexing import index_producer, index_track
from db.session import Sessions
from db.vocabulary import (
    ApiTokenScope,
    CurrencyCode,
    ExclusiveAvailability,
    FingerprintStatus,
    LicensingModel,
    MatchClass,
    MatchRelation,
    ProducerRequestKind,
    ReconScanStatus,
    ReconStage,
    ReconTrigger,
    ReviewStatus,
    Role,
    Scale,
    SessionTransport,
    TrackStatus,
    UploadPurpose,
    UploadStatus,
)

_numbers = itertools.count(1)
_ENDED: Final = {TrackStatus.PUBLISHED, TrackStatus.HIDDEN, TrackStatus.SOLD}
_CHECKS: Final = {
    TrackStatus.PROCESSING: FingerprintStatus.PENDING,
    TrackStatus.DUPLICATE: FingerprintStatus.DUPLICATE,
    TrackStatus.CHECK_FAILED: FingerprintStatus.FAILED,
}
TRAP_COVER: Final = preset_id_of("Trap", number=1)
EXCLUSIVE: Final[dict[str, Any]] = {
    "licensing_model": LicensingModel.STANDARD_AND_EXCLUSIVE,
    "exclusive_availability": ExclusiveAvailability.AVAILABLE,
    "exclusive_price_minor": 29_900,
    "exclusive_currency": CurrencyCode.USD,
    "contact_email": "buy@nova.test",
    "accepted_terms_version": LICENCE.current,
}


def an_exclusive(**different: Any) -> dict[str, Any]:
    """Columns of a track that is sold exclusively."""
    return EXCLUSIVE | different


@dataclass(frozen=True)
class Person:
    """Somebody with an account who is signed in."""

    account: AccountId
    session: SessionId
    email: str
    name: str
    token: str


@dataclass(frozen=True)
class Beatmaker(Person):
    """Somebody with producer access."""

    producer: ProducerId
    handle: str


@dataclass(frozen=True)
class Program:
    """What has an API token."""

    id: str
    token: str


async def a_listener(sessions: Sessions, name: str = "Ari", *, roles: Sequence[Role] = ()) -> Person:
    async with sessions.writing() as session:
        return await _a_person(session, name, roles)


async def staff(sessions: Sessions, name: str = "Sam") -> Person:
    return await a_listener(sessions, name, roles=[Role.STAFF])


async def a_producer(sessions: Sessions, name: str = "Nova", *, verified: bool = False) -> Beatmaker:
    roles = [Role.PRODUCER, *([Role.VERIFIED_PRODUCER] if verified else [])]
    async with sessions.writing() as session:
        person = await _a_person(session, name, roles)
        handle = f"{folded(name).replace(' ', '-')}-{next(_numbers)}"
        producer = await _a_profile(session, name, handle, account_id=person.account)
    return Beatmaker(**vars(person), producer=producer, handle=handle)


async def an_unowned_profile(sessions: Sessions, name: str = "Echo Park") -> ProducerId:
    """Made for known beats; nobody has claimed it."""
    async with sessions.writing() as session:
        return await _a_profile(session, name, f"{folded(name).replace(' ', '-')}-{next(_numbers)}")


async def a_verified_producer(sessions: Sessions, name: str = "Kilo") -> Beatmaker:
    return await a_producer(sessions, name, verified=True)


async def an_api_token(
    sessions: Sessions, of: Person, scope: ApiTokenScope, *, expires_at: datetime | None = None
) -> Program:
    secret = new_token(API_TOKEN)
    token = ApiToken(
        account_id=of.account,
        name="A program",
        scope=scope,
        token_sha256=stored_form(secret),
        last_used_at=now(),
        expires_at=expires_at,
    )
    async with sessions.writing() as session:
        session.add(token)
    return Program(token.id, secret)


async def an_application(
    sessions: Sessions, of: Person, name: str = "Nova Keys", *, status: ReviewStatus = ReviewStatus.PENDING
) -> ProducerRequestId:
    request = ProducerRequest(
        account_id=of.account,
        kind=ProducerRequestKind.BECOME_PRODUCER,
        status=status,
        producer_name=name,
        beats_url="https://soundcloud.com/nova",
        first_name="Nova",
        last_name="Keys",
        reviewed_at=None if status is ReviewStatus.PENDING else now(),
    )
    async with sessions.writing() as session:
        session.add(request)
        session.add(CaseStep(case_id=request.id, status=ReviewStatus.PENDING, by=of.account))
    return request.id


async def a_completed_upload(
    sessions: Sessions, of: Person, purpose: UploadPurpose = UploadPurpose.TRACK_AUDIO, **different: Any
) -> UploadId:
    async with sessions.writing() as session:
        return await _a_completed_upload(session, of, purpose, **different)


async def a_track(
    sessions: Sessions, of: Beatmaker, status: TrackStatus = TrackStatus.PUBLISHED, **different: Any
) -> TrackId:
    """A beat as if it had gone all the way to this state.

    Args:
        different: Columns that differ; `credited`: further producers.
    """
    credited: Sequence[Beatmaker] = different.pop("credited", ())
    async with sessions.writing() as session:
        upload_facts = {"duration_ms": different.get("duration_ms", 180_000)}
        upload = await _a_completed_upload(session, of, UploadPurpose.TRACK_AUDIO, **upload_facts)
        columns = _usual_columns(status) | different
        columns["title_key"] = folded(columns["title"])
        track = Track(producer_id=of.producer, upload_id=upload, status=status, **columns)
        session.add(track)
        await session.flush()
        await index_track(session, track.id)
        _add_what_belongs_to(session, track, [of, *credited])
        (await session.get_one(Upload, upload)).used_by = track.id
    return track.id


async def an_analysis(sessions: Sessions, upload: UploadId, **different: Any) -> None:
    """What was measured in a file: 140 BPM and B♭ minor unless it says otherwise."""
    usual: dict[str, Any] = {
        "model": "test",
        "bpm": 140.02,
        "bpm_confidence": 0.97,
        "pitch_class": 10,
        "scale": Scale.MINOR,
        "key_confidence": 0.93,
        "loudness_lufs": -9.8,
        "true_peak_db": -0.4,
        "waveform": bytes(range(200)) * 10,
        "sound": bytes(range(16)),
    }
    async with sessions.writing() as session:
        session.add(AudioAnalysis(upload_id=upload, **(usual | different)))


async def the_upload_of(sessions: Sessions, track: TrackId) -> UploadId:
    """The file that a track was made of."""
    async with sessions.reading() as session:
        return (await session.get_one(Track, track)).upload_id


async def a_replacement(sessions: Sessions, of: Person, track: TrackId, **different: Any) -> UploadId:
    """New audio of a track, that waits for its check."""
    upload = await a_completed_upload(sessions, of, used_by=track)
    async with sessions.writing() as session:
        session.add(AudioReplacement(track_id=track, upload_id=upload, **different))
    return upload


async def a_match(
    sessions: Sessions, own: TrackId | UploadId, other: TrackId, **different: Any
) -> ReconMatchId:
    """One side of a pair, as the own side sees it."""
    segment = {
        "query_start_ms": 0,
        "query_end_ms": 9000,
        "reference_start_ms": 1000,
        "reference_end_ms": 10_000,
        "similarity": 0.97,
    }
    subject = "upload_id" if prefix_of(own) == "upl" else "track_id"
    usual: dict[str, Any] = {
        subject: own,
        "other_track_id": other,
        "other_title": "Night Drive",
        "other_artists": ["Olga"],
        "other_producer_name": "Olga",
        "other_fingerprinted_at": now(),
        "match_class": MatchClass.PARTIAL,
        "relation": MatchRelation.SAME_RECORDING,
        "similarity": 0.97,
        "query_coverage": 0.5,
        "reference_coverage": 0.25,
        "speed_ratio": 1.0,
        "pitch_shift_semitones": 0.0,
        "segments": [segment],
        "model": "test",
    }
    match = ReconMatch(**(usual | different))
    async with sessions.writing() as session:
        session.add(match)
    return match.id


async def a_scan(
    sessions: Sessions,
    by: Person | None,
    *,
    track: TrackId | None = None,
    upload: UploadId | None = None,
    matches: Sequence[ReconMatchId] = (),
    **different: Any,
) -> ReconScanId:
    """A scan that somebody asked for two days ago, and that is done."""
    moment = now() - timedelta(days=2)
    status = different.get("status", ReconScanStatus.DONE)
    waits = status is ReconScanStatus.QUEUED
    usual: dict[str, Any] = {
        "account_id": by.account if by else None,
        "track_id": track,
        "upload_id": upload,
        "trigger": ReconTrigger.MANUAL if by else ReconTrigger.SCHEDULED,
        "status": status,
        "stage": ReconStage.WAITING if waits else ReconStage.FINISHED,
        "progress": 0.0 if waits else 1.0,
        "compared_count": 7,
        "created_at": moment,
        "started_at": None if waits else moment,
        "finished_at": None if waits else moment,
    }
    scan = ReconScan(**(usual | different))
    async with sessions.writing() as session:
        session.add(scan)
        await session.flush()
        session.add_all(ReconScanMatch(scan_id=scan.id, match_id=match) for match in matches)
    return scan.id


def _add_what_belongs_to(session: AsyncSession, track: Track, people: Sequence[Beatmaker]) -> None:
    for position, one in enumerate(people):
        session.add(TrackCredit(track_id=track.id, producer_id=one.producer, position=position))
    status = _CHECKS.get(track.status, FingerprintStatus.VERIFIED_UNIQUE)
    if track.status is not TrackStatus.REMOVED:
        session.add(Fingerprint(track_id=track.id, sha256=track.audio_sha256, status=status))


def _usual_columns(status: TrackStatus) -> dict[str, Any]:
    number = next(_numbers)
    moment = now() - timedelta(days=1) + timedelta(seconds=number)
    sold = an_exclusive(exclusive_availability=ExclusiveAvailability.SOLD)
    return {
        "slug": f"night-drive-{number}",
        "title": "Night Drive",
        "artists": ["Nova"],
        "bpm": 140,
        "pitch_class": 10,
        "scale": Scale.MINOR,
        "genres": ["Trap"],
        "tags": [],
        "moods": [],
        "cover_preset_id": TRAP_COVER,
        "duration_ms": 180_000,
        "audio_sha256": _some_hash(),
        "audio_byte_size": 30_000_000,
        "licensing_model": LicensingModel.STANDARD,
        "input_sha256": _some_hash(),
        "created_at": moment,
        "published_at": moment if status in _ENDED else None,
        **(sold if status is TrackStatus.SOLD else {}),
    }


async def _a_completed_upload(
    session: AsyncSession, of: Person, purpose: UploadPurpose, **different: Any
) -> UploadId:
    usual: dict[str, Any] = {
        "filename": "beat.wav",
        "byte_size": 30_000_000,
        "status": UploadStatus.COMPLETED,
        "sha256": _some_hash(),
        "media_type": "audio/wav",
        "expires_at": now() + timedelta(days=1),
    }
    if purpose is UploadPurpose.TRACK_AUDIO:
        usual |= {"sample_rate_hz": 44_100, "bit_depth": 16, "channels": 2, "duration_ms": 180_000}
    if purpose in PICTURE_PURPOSES:
        usual["picture_id"] = await a_picture(session)
    facts = usual | different
    facts["received_bytes"] = facts["byte_size"]
    upload = Upload(account_id=of.account, purpose=purpose, **facts)
    session.add(upload)
    await session.flush()
    return upload.id


async def _a_profile(session: AsyncSession, name: str, handle: str, **columns: Any) -> ProducerId:
    producer = Producer(handle=handle, handle_key=handle, name=name, **columns)
    session.add(producer)
    await session.flush()
    session.add(ProducerHandle(handle_key=handle, producer_id=producer.id))
    await index_producer(session, producer.id)
    return producer.id


async def a_picture(session: AsyncSession) -> PictureId:
    picture = Picture(
        width=1200, height=1200, dominant_color="#101010", blurhash="L00000fQfQfQfQfQfQfQfQfQfQfQ"
    )
    session.add(picture)
    await session.flush()
    return picture.id


async def _a_person(session: AsyncSession, name: str, roles: Sequence[Role]) -> Person:
    email = f"{folded(name).replace(' ', '.')}.{next(_numbers)}@beatpass.test"
    account = Account(
        email=email, email_key=email, password_hash="none", display_name=name, email_verified_at=now()
    )
    session.add(account)
    await session.flush()
    session.add_all(RoleGrant(account_id=account.id, role=role, grant_reason="Test") for role in roles)
    token = new_token(SESSION)
    signed_in = Session(
        id=SessionId(new_id("ses")),
        account_id=account.id,
        token_sha256=stored_form(token),
        transport=SessionTransport.BEARER,
        device="Tests",
    )
    session.add(signed_in)
    return Person(account.id, signed_in.id, email, name, token)


def _some_hash() -> str:
    return hashlib.sha256(str(next(_numbers)).encode()).hexdigest()
