"""A track as a client enters it."""

from typing import Any

from db.ids import UploadId
from tests.factories import TRAP_COVER, Beatmaker, a_completed_upload
from tests.stage import Json, Somebody, Stage

TRACK = """track { id title artists bpm key scale keyLabel camelot openKey status durationMs genres tags moods
  description metadataComplete credits { name } cover { url width } licensing { model exclusive {
  availability price { amount currency minorUnits } contactEmail acceptedTermsVersion } }
  fingerprint { status sha256 } shareUrl previewUrl publishedAt }"""
READ = f"query($id: ID!) {{ {TRACK.replace('track {', 'track(id: $id) {', 1)} }}"


def an_entry(audio: str, **different: Any) -> Json:
    return {
        "audioUploadId": audio,
        "title": "Night Drive",
        "artists": ["Nova"],
        "bpm": 140,
        "key": "B_FLAT",
        "scale": "MINOR",
        "genres": ["Trap"],
        "cover": {"presetId": TRAP_COVER},
        "licensing": {"model": "STANDARD"},
    } | different


async def create(stage: Stage, who: Somebody, entry: Json) -> Json:
    payload: Json = await stage.mutate(who, "createTrack", TRACK, input=entry)
    return payload


async def created(stage: Stage, who: Beatmaker, **different: Any) -> Json:
    """A track just made, with an upload of its own."""
    payload = await create(stage, who, an_entry(await audio(stage, who), **different))
    assert payload["errors"] == []
    track: Json = payload["track"]
    return track


async def audio(stage: Stage, who: Beatmaker, **different: Any) -> UploadId:
    return await a_completed_upload(stage.sessions, who, **different)


def errors_of(payload: Json) -> list[tuple[str, str]]:
    return [(".".join(error["path"]), error["code"]) for error in payload["errors"]]
