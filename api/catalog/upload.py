"""Adding a track: everything about it checked at once, saved with the job that checks its audio (D-11 to D-14)."""

import hashlib
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.roles import own_profile
from api.catalog.completeness import note_completeness
from api.catalog.crediting import checked_credits, set_credits
from api.catalog.lending import LENT, lent_by
from api.catalog.presets import Offer, keep_acceptance, offer_columns
from api.catalog.rules import checked_facts
from api.covers.choosing import Cover, checked_cover
from api.covers.presets import CoverPresets
from api.refusals import ManyRefused, Problems
from api.uploads.dock import have_analysed
from api.uploads.use import use_upload
from api.viewer import Viewer
from db import jobs
from db.folding import folded
from db.ids import CollectionId, ProducerId, TrackId, UploadId, new_id
from db.models.fingerprints import Fingerprint
from db.models.tracks import Track
from db.queries import tracks as queries
from db.queries.indexing import index_track
from db.queries.uploads import UploadRow
from db.session import announce
from db.vocabulary import JobKind, TrackStatus, UploadPurpose

_SLUG_DIGITS: Final = "23456789abcdefghjkmnpqrstvwxyz"
_LONGEST_STEM: Final = 60


@dataclass(frozen=True)
class NewTrack:
    """A track as its producer entered it.

    Attributes:
        facts: By the names of `rules.FACTS`.
        credited: Further producers, in order.
        collection: It is put at the end of this one, which lends what is left out of the facts.
    """

    audio_upload_id: UploadId
    facts: Mapping[str, Any]
    cover: Cover
    offer: Offer
    credited: Sequence[ProducerId] = field(default_factory=tuple[ProducerId, ...])
    collection: CollectionId | None = None


async def add_track(
    session: AsyncSession, viewer: Viewer, new: NewTrack, *, presets: CoverPresets
) -> TrackId:
    """Save a track and have its audio checked; the same upload and input again is the same track.

    Raises:
        NotAllowed: The viewer is no producer (D-3).
        ManyRefused: Everything that is wrong with the input.
    """
    producer = own_profile(viewer)
    track, digest = TrackId(new_id("trk")), _digest(new)
    if made := await _made_before(session, producer, new, digest):
        return made
    try:
        columns, audio = await _checked(session, viewer, track, new, presets)
    except ManyRefused:  # a request that raced with its own repetition finds its upload used, by itself
        if made := await _made_before(session, producer, new, digest):
            return made
        raise
    _save(session, track, producer, columns | audio_columns(audio) | {"input_sha256": digest})
    await session.flush()
    await keep_acceptance(session, viewer, columns)
    await set_credits(session, track, producer, new.credited, published=False)
    await index_track(session, track)
    await note_completeness(session, track)
    session.add(Fingerprint(track_id=track, sha256=audio.sha256 or ""))
    await jobs.add(session, JobKind.CHECK_DUPLICATE, key=track, track=track)
    await have_analysed(session, audio.id)
    tell_of_track(session, track, producer)
    return track


def tell_of_track(session: AsyncSession, track: TrackId, producer: ProducerId) -> None:
    """Announce that a track has changed: to who watches it, and to who watches all of the producer's."""
    announce(session, track_topic(track))
    announce(session, f"{tracks_topic(producer)} {track}")


def track_topic(track: str) -> str:
    return f"track:{track}"


def tracks_topic(producer: str) -> str:
    return f"tracks_of:{producer}"


async def _checked(
    session: AsyncSession, viewer: Viewer, track: TrackId, new: NewTrack, presets: CoverPresets
) -> tuple[dict[str, Any], UploadRow]:
    problems = Problems()
    lent = await lent_by(session, viewer, problems, new.collection)
    audio: UploadRow | None = None
    with problems.under("audio_upload_id"):
        audio = await use_upload(
            session,
            viewer,
            upload_id=new.audio_upload_id,
            purpose=UploadPurpose.TRACK_AUDIO,
            object_id=track,
        )
    entered = _entered(new)
    facts = checked_facts(problems, entered)
    columns: dict[str, Any] = {"description": None, "genres": [], "tags": [], "moods": []}
    columns |= (lent or {}) | facts
    columns |= await offer_columns(session, viewer, problems, new.offer)
    columns |= await checked_cover(
        session,
        viewer,
        problems,
        object_id=track,
        cover=new.cover,
        genres=_genres(facts, entered, lent),
        presets=presets,
    )
    await checked_credits(session, problems, new.credited)
    problems.refuse_any()
    assert audio  # else its problem was raised
    return columns, audio


def _entered(new: NewTrack) -> dict[str, Any]:
    """The facts to check; what a collection lends may be left out, or null."""
    if new.collection is None:
        return {"artists": None, **new.facts}
    return {name: value for name, value in new.facts.items() if value is not None or name not in LENT}


def _genres(
    facts: Mapping[str, Any], entered: Mapping[str, Any], lent: Mapping[str, Any] | None
) -> Sequence[str] | None:
    """What a preset has to fit: genres as checked, else as entered, else as lent.

    Null where they would come from a collection that is not to be had.
    """
    if lent is None and "genres" not in entered:
        return None
    return {**(lent or {}), **entered, **facts}.get("genres") or []


async def _made_before(
    session: AsyncSession, producer: ProducerId, new: NewTrack, digest: str
) -> TrackId | None:
    row = await queries.track_of_upload(session, new.audio_upload_id)
    if row is None or row.status is TrackStatus.REMOVED:
        return None
    return row.id if (row.producer_id, row.input_sha256) == (producer, digest) else None


def _save(session: AsyncSession, track: TrackId, producer: ProducerId, columns: Mapping[str, Any]) -> None:
    session.add(
        Track(id=track, producer_id=producer, slug=new_slug(columns["title"], nameless="track"), **columns)
    )


def audio_columns(audio: UploadRow) -> dict[str, Any]:
    """What a track keeps of the file that it is made of."""
    return {
        "upload_id": audio.id,
        "duration_ms": audio.duration_ms,
        "audio_sha256": audio.sha256,
        "audio_byte_size": audio.byte_size,
    }


def new_slug(name: str, *, nameless: str) -> str:
    """`night-drive-x7f2`: readable, and no two alike (D-20).

    Args:
        nameless: What stands there for a name without a letter that an address takes as it is.
    """
    stem = re.sub(r"[^a-z0-9]+", "-", folded(name)).strip("-")[:_LONGEST_STEM] or nameless
    return f"{stem}-{''.join(secrets.choice(_SLUG_DIGITS) for _ in range(6))}"


def _digest(new: NewTrack) -> str:
    """Names the input, so that its repetition is recognised."""
    return hashlib.sha256(orjson.dumps(new, default=str, option=orjson.OPT_SORT_KEYS)).hexdigest()
