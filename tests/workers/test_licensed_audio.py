"""D-37, D-41, D-84: licensees get WAV and MP3, and keep both when the track is deleted or gets other audio."""

from pathlib import Path

import pytest

from api.uploads.rules import mp3_key, stored_key
from db.ids import TrackId, UploadId
from db.vocabulary import AudioFormat, JobKind, UploadPurpose
from tests.audio.streams import stream_of
from tests.factories import Beatmaker, Person, a_producer, staff, the_upload_of
from tests.licences.licensed import a_subscriber, job_keys, licensed, look
from tests.workers.studio import Beats, Studio

pytestmark = pytest.mark.anyio


async def a_licensed_beat(studio: Studio, beats: Beats) -> tuple[Beatmaker, Person, TrackId, str]:
    """Nova's, which Ari licensed; its MP3 is made."""
    sessions = studio.stage.sessions
    nova, ari = await a_producer(sessions, "Nova"), await a_subscriber(sessions)
    track = await studio.published(nova, beats.first)
    licence = await licensed(studio.stage, ari, track)
    await studio.work(JobKind.MAKE_MP3, licence)
    return nova, ari, track, licence


async def formats(studio: Studio, who: Person, licence: str) -> list[str]:
    return [one["format"] for one in (await look(studio.stage, who, licence))["downloads"]]


async def stored(studio: Studio, upload: UploadId) -> list[AudioFormat]:
    """What there is of an audio."""
    keys = {
        AudioFormat.WAV: stored_key(UploadPurpose.TRACK_AUDIO, upload),
        AudioFormat.MP3_320: mp3_key(upload),
    }
    storage = studio.stage.services.storage
    return [form for form, key in keys.items() if await storage.size(key) is not None]


async def test_the_mp3_is_listed_as_soon_as_it_is_made_and_is_one_of_320_kbit(
    studio: Studio, beats: Beats, tmp_path: Path
) -> None:
    sessions = studio.stage.sessions
    nova, ari = await a_producer(sessions, "Nova"), await a_subscriber(sessions)
    track = await studio.published(nova, beats.first, title="Night Drive")
    licence, upload = await licensed(studio.stage, ari, track), await the_upload_of(sessions, track)
    assert await formats(studio, ari, licence) == ["WAV"]
    await studio.work(JobKind.MAKE_MP3, licence)
    wav, mp3 = (await look(studio.stage, ari, licence))["downloads"]
    assert (mp3["format"], mp3["filename"]) == ("MP3_320", "Nova - Night Drive.mp3")
    made = await studio.stage.services.storage.get(mp3_key(upload))
    assert (wav["byteSize"], mp3["byteSize"]) == (beats.first.stat().st_size, len(made))
    file = tmp_path / "made.mp3"
    file.write_bytes(made)
    assert stream_of(file) == "Audio: mp3 (mp3float), 44100 Hz, stereo, fltp, 320 kb/s"
    async with studio.stage.nothing_changes():
        await studio.work(JobKind.MAKE_MP3, licence)


async def test_a_track_that_is_deleted_leaves_its_licensees_their_files(studio: Studio, beats: Beats) -> None:
    nova, ari, track, licence = await a_licensed_beat(studio, beats)
    upload = await the_upload_of(studio.stage.sessions, track)
    await studio.stage.mutate(nova, "deleteTrack", id=track)
    await studio.delete_files()
    assert await stored(studio, upload) == [AudioFormat.WAV, AudioFormat.MP3_320]
    assert await formats(studio, ari, licence) == ["WAV", "MP3_320"]
    assert (await look(studio.stage, ari, licence))["track"] is None
    await studio.sweep(upload, days=1000)
    assert await stored(studio, upload) == [AudioFormat.WAV, AudioFormat.MP3_320]


async def test_the_sound_of_a_licensed_track_outlives_it_and_of_another_goes_with_it(
    studio: Studio, beats: Beats
) -> None:
    nova, _, track, _ = await a_licensed_beat(studio, beats)
    free = await studio.published(nova, beats.other)
    for one in (track, free):
        await studio.stage.mutate(nova, "deleteTrack", id=one)
    await studio.delete_files()
    kilo = await a_producer(studio.stage.sessions, "Kilo")
    copy, again = await studio.upload(kilo, beats.trimmed), await studio.upload(kilo, beats.other)
    for one in (copy, again):
        await studio.check(one)
    assert (await studio.read(kilo, copy))["status"] == "DUPLICATE"
    assert (await studio.read(kilo, again))["status"] == "PUBLISHED"


async def test_new_audio_of_a_track_leaves_earlier_licensees_theirs(studio: Studio, beats: Beats) -> None:
    nova, ari, track, licence = await a_licensed_beat(studio, beats)
    sessions, old = studio.stage.sessions, await the_upload_of(studio.stage.sessions, track)
    hash_before = (await look(studio.stage, ari, licence))["certificate"]["fingerprintSha256"]
    new = await studio.sent(nova, beats.other)
    await studio.stage.mutate(nova, "replaceTrackAudio", id=track, input={"audioUploadId": new})
    await studio.work(JobKind.CHECK_REPLACEMENT, new)
    await studio.delete_files()
    assert await the_upload_of(sessions, track) == new
    assert await stored(studio, old) == [AudioFormat.WAV, AudioFormat.MP3_320]
    seen = await look(studio.stage, ari, licence)
    assert f"/masters/{old}.wav" in seen["downloads"][0]["file"]["url"]
    assert seen["certificate"]["fingerprintSha256"] == hash_before
    lee = await a_subscriber(sessions, "Lee")
    again = await licensed(studio.stage, lee, track)
    later = await look(studio.stage, lee, again)
    assert f"/masters/{new}.wav" in later["downloads"][0]["file"]["url"]
    assert await job_keys(sessions, JobKind.MAKE_MP3) == sorted([licence, again])


async def test_what_nobody_has_a_licence_to_any_more_goes(studio: Studio, beats: Beats) -> None:
    nova, ari, track, licence = await a_licensed_beat(studio, beats)
    sessions, upload = studio.stage.sessions, await the_upload_of(studio.stage.sessions, track)
    lee = await a_subscriber(sessions, "Lee")
    other, sam = await licensed(studio.stage, lee, track), await staff(sessions)
    await studio.stage.mutate(nova, "deleteTrack", id=track)
    for one, left in ((licence, [AudioFormat.WAV, AudioFormat.MP3_320]), (other, [])):
        await studio.stage.mutate(sam, "revokeLicence", id=one, input={"reason": "Fraud."})
        await studio.delete_files()
        assert await stored(studio, upload) == left
    assert await formats(studio, ari, licence) == []


async def test_a_revoked_licence_leaves_a_track_that_plays_its_audio(studio: Studio, beats: Beats) -> None:
    nova, _, track, licence = await a_licensed_beat(studio, beats)
    upload, sam = await the_upload_of(studio.stage.sessions, track), await staff(studio.stage.sessions)
    await studio.stage.mutate(sam, "revokeLicence", id=licence, input={"reason": "Fraud."})
    await studio.delete_files()
    assert await stored(studio, upload) == [AudioFormat.WAV, AudioFormat.MP3_320]
    await studio.stage.mutate(nova, "deleteTrack", id=track)
    await studio.delete_files()
    assert await stored(studio, upload) == []


async def test_an_mp3_of_a_licence_that_ends_while_it_is_made_is_not_kept(
    studio: Studio, beats: Beats, monkeypatch: pytest.MonkeyPatch
) -> None:
    sessions = studio.stage.sessions
    nova, ari, sam = await a_producer(sessions), await a_subscriber(sessions), await staff(sessions)
    track = await studio.published(nova, beats.first)
    licence, upload = await licensed(studio.stage, ari, track), await the_upload_of(sessions, track)
    storage = studio.stage.services.storage
    put = storage.put

    async def late(key: str, data: bytes, *, content_type: str) -> None:
        await studio.stage.mutate(nova, "deleteTrack", id=track)
        await studio.stage.mutate(sam, "revokeLicence", id=licence, input={"reason": "Fraud."})
        await studio.delete_files()
        await put(key, data, content_type=content_type)

    monkeypatch.setattr(storage, "put", late)
    await studio.work(JobKind.MAKE_MP3, licence)
    await studio.delete_files()
    assert await stored(studio, upload) == []
    assert (await studio.job(JobKind.MAKE_MP3, licence)).state == "DONE"


async def test_a_wav_that_is_gone_before_its_mp3_is_made_ends_the_job(studio: Studio, beats: Beats) -> None:
    sessions = studio.stage.sessions
    nova, ari = await a_producer(sessions), await a_subscriber(sessions)
    track = await studio.published(nova, beats.first)
    licence, upload = await licensed(studio.stage, ari, track), await the_upload_of(sessions, track)
    await studio.stage.mutate(await staff(sessions), "revokeLicence", id=licence, input={"reason": "Fraud."})
    await studio.work(JobKind.MAKE_MP3, licence)
    assert await stored(studio, upload) == [AudioFormat.WAV]
    assert (await studio.job(JobKind.MAKE_MP3, licence)).state == "DONE"
