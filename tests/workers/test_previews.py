"""The 30 s that anyone may hear."""

import pytest

from api.catalog.edit import preview_key
from db.vocabulary import JobKind
from tests.factories import a_producer
from tests.workers.studio import Beats, Studio

pytestmark = pytest.mark.anyio


async def test_a_published_track_gets_its_preview_once(studio: Studio, beats: Beats) -> None:
    nova = await a_producer(studio.stage.sessions)
    track = await studio.published(nova, beats.first)
    assert (await studio.read(nova, track))["previewUrl"] is None
    await studio.work(JobKind.MAKE_PREVIEW, track)
    shown = await studio.read(nova, track)
    assert shown["previewUrl"] == f"https://api.beatpass.test/media/previews/{track}.mp3"
    assert (await studio.stage.services.storage.get(preview_key(track)))[:2] == b"\xff\xfb"
    async with studio.stage.nothing_changes():
        await studio.work(JobKind.MAKE_PREVIEW, track)


async def test_a_track_that_is_deleted_while_its_preview_is_cut_leaves_none(
    studio: Studio, beats: Beats, monkeypatch: pytest.MonkeyPatch
) -> None:
    nova = await a_producer(studio.stage.sessions)
    track = await studio.published(nova, beats.first)
    storage = studio.stage.services.storage
    put = storage.put

    async def late(key: str, data: bytes, *, content_type: str) -> None:
        await studio.stage.mutate(nova, "deleteTrack", id=track)
        await studio.work(JobKind.DELETE_FILES, f"track:{track}")
        await put(key, data, content_type=content_type)

    monkeypatch.setattr(storage, "put", late)
    await studio.work(JobKind.MAKE_PREVIEW, track)
    await studio.work(JobKind.DELETE_FILES, f"preview:{track}")
    assert await storage.size(preview_key(track)) is None
    assert (await studio.job(JobKind.MAKE_PREVIEW, track)).state == "DONE"
