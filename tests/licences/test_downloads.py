"""D-47: files of an exclusive licence go through a door that notes the first download, or that a refund has shut."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Final

import httpx
import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.app import assemble, by_token
from api.http.explorer import Explorer
from api.licensing.links import FileLinks
from api.uploads.rules import mp3_key, stored_key
from db.clock import now
from db.ids import LicenceId
from db.models.licences import Licence
from db.models.uploads import Upload
from db.queries import licences
from db.queries.licences import add_copy, give_files_again, hold_files, note_download
from db.vocabulary import AudioFormat, LicenceKind, TrackStatus, UploadPurpose
from tests.factories import Person, a_producer, a_track, the_upload_of
from tests.licences.granted import a_licence
from tests.licences.licensed import a_subscriber, license_, licensed, look
from tests.stage import Stage
from tests.tools.databases import on_postgres

pytestmark = pytest.mark.anyio

WAV: Final = bytes(range(256)) * 40
MP3: Final = b"ID3" * 100
HELD: Final = {"message": "The files are held back, for the price is being given back or is disputed."}
REVOKED: Final = {"message": "This licence was revoked: its files are not delivered any more."}
NOT_OURS: Final = {"message": "This address is not one that we gave out."}
ROUNDS: Final = 10

Step = Callable[[AsyncSession], Awaitable[bool]]


@pytest.fixture
async def site(stage: Stage) -> AsyncGenerator[httpx.AsyncClient]:
    """The web process as it is put together: the door, and the storage behind it."""
    app = assemble(stage.settings, by_token(stage.settings), explorer=Explorer())
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="https://api.beatpass.test") as client:
            yield client


async def an_exclusive_licence(stage: Stage) -> tuple[Person, LicenceId]:
    """Of Ari, to a beat of Nova's, of which WAV and MP3 are there."""
    sessions, storage = stage.sessions, stage.services.storage
    nova, ari = await a_producer(sessions, "Nova"), await a_subscriber(sessions)
    track = await a_track(sessions, nova, TrackStatus.SOLD, title="Night / Day")
    upload = await the_upload_of(sessions, track)
    await storage.put(stored_key(UploadPurpose.TRACK_AUDIO, upload), WAV)
    await storage.put(mp3_key(upload), MP3)
    async with sessions.writing() as session:
        size = {"byte_size": len(WAV), "received_bytes": len(WAV)}
        await session.execute(update(Upload).where(col(Upload.id) == upload).values(size))
        await add_copy(session, upload, AudioFormat.MP3_320, byte_size=len(MP3))
    return ari, await a_licence(sessions, ari, track, kind=LicenceKind.EXCLUSIVE)


async def addresses(stage: Stage, who: Person, licence: str) -> list[str]:
    return [one["file"]["url"] for one in (await look(stage, who, licence))["downloads"]]


async def row_of(stage: Stage, licence: LicenceId) -> Licence:
    async with stage.sessions.reading() as session:
        return await session.get_one(Licence, licence)


async def change(stage: Stage, licence: LicenceId, **columns: Any) -> None:
    async with stage.sessions.writing() as session:
        await session.execute(update(Licence).where(col(Licence.id) == licence).values(**columns))


async def test_a_file_of_an_exclusive_licence_is_listed_at_the_door_and_listing_is_no_download(
    stage: Stage,
) -> None:
    ari, licence = await an_exclusive_licence(stage)
    async with stage.nothing_changes():
        wav, mp3 = (await look(stage, ari, licence))["downloads"]
    number = (await row_of(stage, licence)).number
    door = f"https://api.beatpass.test/licences/{number}/files"
    assert (wav["format"], wav["filename"], wav["byteSize"]) == ("WAV", "Nova - Night - Day.wav", len(WAV))
    assert (mp3["format"], mp3["filename"], mp3["byteSize"]) == (
        "MP3_320",
        "Nova - Night - Day.mp3",
        len(MP3),
    )
    assert [one["file"]["url"].partition("?")[0] for one in (wav, mp3)] == [f"{door}/wav", f"{door}/mp3"]
    left = datetime.fromisoformat(wav["file"]["expiresAt"]) - now()
    assert left.total_seconds() == pytest.approx(60 * stage.settings.signed_url_minutes, abs=30)


async def test_whoever_fetches_a_file_is_noted_once_and_gets_it(
    stage: Stage, site: httpx.AsyncClient
) -> None:
    ari, licence = await an_exclusive_licence(stage)
    for url, content, ending in zip(
        await addresses(stage, ari, licence), (WAV, MP3), ("wav", "mp3"), strict=True
    ):
        before = (await row_of(stage, licence)).downloaded_at
        sent_on = await site.get(url)
        assert (sent_on.status_code, sent_on.headers["cache-control"]) == (302, "no-store")
        assert sent_on.headers["access-control-allow-origin"] == "*"
        noted = (await row_of(stage, licence)).downloaded_at
        assert noted is not None
        assert before in {None, noted}, "the first time is kept"
        answer = await site.get(sent_on.headers["location"])
        assert (answer.status_code, answer.content) == (200, content)
        assert f'filename="Nova - Night - Day.{ending}"' in answer.headers["content-disposition"]


async def test_the_address_behind_the_door_lives_for_a_minute(stage: Stage, site: httpx.AsyncClient) -> None:
    ari, licence = await an_exclusive_licence(stage)
    [url, _] = await addresses(stage, ari, licence)
    behind = httpx.URL((await site.get(url)).headers["location"])
    left = int(behind.params["expires"]) - now().timestamp()
    assert left == pytest.approx(60, abs=15)


async def test_a_range_is_asked_of_storage_and_resuming_goes_through_the_door_again(
    stage: Stage, site: httpx.AsyncClient
) -> None:
    ari, licence = await an_exclusive_licence(stage)
    [url, _] = await addresses(stage, ari, licence)
    for start, end in ((0, 99), (100, len(WAV) - 1)):
        part = await site.get(url, headers={"range": f"bytes={start}-{end}"}, follow_redirects=True)
        assert (part.status_code, part.content) == (206, WAV[start : end + 1])


async def test_a_head_tells_the_facts_of_a_file_and_is_no_download(
    stage: Stage, site: httpx.AsyncClient
) -> None:
    ari, licence = await an_exclusive_licence(stage)
    wav, mp3 = await addresses(stage, ari, licence)
    async with stage.nothing_changes():
        told, other = await site.head(wav), await site.head(mp3)
    assert (told.status_code, told.content, told.headers["content-type"]) == (200, b"", "audio/wav")
    assert (told.headers["content-length"], told.headers["accept-ranges"]) == (str(len(WAV)), "bytes")
    assert 'filename="Nova - Night - Day.wav"' in told.headers["content-disposition"]
    assert told.headers["cache-control"] == "no-store"
    assert "location" not in told.headers
    assert (other.headers["content-type"], other.headers["content-length"]) == ("audio/mpeg", str(len(MP3)))


async def test_an_address_that_is_not_ours_or_has_expired_opens_nothing(
    stage: Stage, site: httpx.AsyncClient
) -> None:
    ari, licence = await an_exclusive_licence(stage)
    _, other = await an_exclusive_licence(stage)
    wav, mp3 = await addresses(stage, ari, licence)
    number, others = [(await row_of(stage, one)).number for one in (licence, other)]
    late = FileLinks(stage.settings).file(number, AudioFormat.WAV, now() - timedelta(seconds=1))
    wrong = [
        wav[:-2] + "xx",
        wav.partition("?")[0],
        wav.replace("expires=", "expires=9"),
        wav.replace("/files/wav", "/files/mp3"),
        mp3.replace("/files/mp3", "/files/flac"),
        wav.replace(number, others),
        wav.replace(number, f"{number}%0A"),
    ]
    async with stage.nothing_changes():
        for method in ("GET", "HEAD"):
            refused = [await site.request(method, url) for url in (*wrong, late)]
            assert [answer.status_code for answer in refused] == [403] * 8
            assert {answer.headers["cache-control"] for answer in refused} == {"no-store"}
        assert [(await site.get(url)).json() for url in wrong] == [NOT_OURS] * 7
        assert (await site.get(late)).json() == {"message": "This address has expired: ask for a new one."}
        assert (await site.post(wav)).status_code == 405


async def test_files_that_are_held_are_not_listed_nor_handed_out_until_they_are_given_again(
    stage: Stage, site: httpx.AsyncClient
) -> None:
    ari, licence = await an_exclusive_licence(stage)
    [url, _] = await addresses(stage, ari, licence)
    async with stage.sessions.writing() as session:
        assert await hold_files(session, licence, unless_downloaded=True)
    async with stage.nothing_changes():
        assert await addresses(stage, ari, licence) == []
        answer, told = await site.get(url), await site.head(url)
        assert (answer.status_code, answer.json(), told.status_code) == (409, HELD, 409)
    async with stage.sessions.writing() as session:
        await give_files_again(session, licence)
    assert len(await addresses(stage, ari, licence)) == 2
    assert (await site.get(url, follow_redirects=True)).content == WAV


async def test_files_of_a_revoked_licence_are_gone_whether_they_were_held_or_not(
    stage: Stage, site: httpx.AsyncClient
) -> None:
    ari, licence = await an_exclusive_licence(stage)
    [url, _] = await addresses(stage, ari, licence)
    await change(stage, licence, revoked_at=now(), revocation_reason="Refunded.")
    for held_at in (None, now()):
        await change(stage, licence, files_held_at=held_at)
        async with stage.nothing_changes():
            assert await addresses(stage, ari, licence) == []
            answer, told = await site.get(url), await site.head(url)
            assert (answer.status_code, answer.json(), told.status_code) == (410, REVOKED, 410)


async def test_files_are_held_once_and_a_dispute_holds_them_though_they_were_downloaded(stage: Stage) -> None:
    _, licence = await an_exclusive_licence(stage)
    number = (await row_of(stage, licence)).number
    async with stage.sessions.writing() as session:
        assert await note_download(session, number)
    async with stage.nothing_changes(), stage.sessions.writing() as session:
        assert not await hold_files(session, licence, unless_downloaded=True)
    async with stage.sessions.writing() as session:
        assert await hold_files(session, licence, unless_downloaded=False)
    since = (await row_of(stage, licence)).files_held_at
    assert since is not None
    async with stage.nothing_changes(), stage.sessions.writing() as session:
        assert await hold_files(session, licence, unless_downloaded=False)
        assert not await note_download(session, number)


async def test_files_of_a_licence_that_has_ended_are_neither_held_nor_downloaded(stage: Stage) -> None:
    _, licence = await an_exclusive_licence(stage)
    await change(stage, licence, revoked_at=now(), revocation_reason="Refunded.")
    number = (await row_of(stage, licence)).number
    async with stage.nothing_changes(), stage.sessions.writing() as session:
        assert not await note_download(session, number)
        assert not await hold_files(session, licence, unless_downloaded=True)
        assert not await hold_files(session, licence, unless_downloaded=False)


def steps(licence: LicenceId, number: str) -> tuple[Step, Step]:
    """A download, and a refund that begins."""

    async def download(session: AsyncSession) -> bool:
        return await note_download(session, number)

    async def refund(session: AsyncSession) -> bool:
        return await hold_files(session, licence, unless_downloaded=True)

    return download, refund


async def taken(stage: Stage, step: Step) -> bool:
    async with stage.sessions.writing() as session:
        return await step(session)


async def test_a_download_and_a_refund_at_once_are_one_of_the_two(stage: Stage) -> None:
    _, licence = await an_exclusive_licence(stage)
    download, refund = steps(licence, (await row_of(stage, licence)).number)
    for turn in range(ROUNDS):
        await change(stage, licence, downloaded_at=None, files_held_at=None)
        entries = [download, refund, download, refund]
        won = await asyncio.gather(*(taken(stage, step) for step in entries[turn % 2 : turn % 2 + 3]))
        row = await row_of(stage, licence)
        assert won in ([True, False, True], [False, True, False]), won
        assert (row.downloaded_at is None) != (row.files_held_at is None)


@pytest.mark.parametrize("first", [0, 1])
async def test_who_comes_while_the_other_has_not_committed_waits_and_loses(stage: Stage, first: int) -> None:
    _, licence = await an_exclusive_licence(stage)
    both = steps(licence, (await row_of(stage, licence)).number)
    async with stage.sessions.writing() as session:
        assert await both[first](session)
        late = asyncio.create_task(taken(stage, both[1 - first]))
        async with stage.sessions.reading() as other:  # meanwhile the late one comes as far as the lock
            assert (await other.get_one(Licence, licence)).downloaded_at is None
        assert not late.done()
    assert not await late


async def test_of_a_refund_and_a_click_at_once_one_goes_through(
    stage: Stage, site: httpx.AsyncClient
) -> None:
    ari, licence = await an_exclusive_licence(stage)
    [url, _] = await addresses(stage, ari, licence)
    _, refund = steps(licence, (await row_of(stage, licence)).number)
    for _ in range(ROUNDS):
        await change(stage, licence, downloaded_at=None, files_held_at=None)
        answer, held = await asyncio.gather(site.get(url), taken(stage, refund))
        assert (answer.status_code, held) in {(302, False), (409, True)}
        assert ("location" in answer.headers) is not held


@on_postgres
async def test_files_that_are_given_again_at_that_moment_are_not_handed_out_unnoted(
    stage: Stage, site: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    ari, licence = await an_exclusive_licence(stage)
    [url, _] = await addresses(stage, ari, licence)
    await change(stage, licence, files_held_at=now())

    async def note_and_be_overtaken(session: AsyncSession, number: str) -> bool:
        noted = await note_download(session, number)
        await change(stage, licence, files_held_at=None)
        return noted

    monkeypatch.setattr(licences, "note_download", note_and_be_overtaken)
    answer = await site.get(url)
    assert (answer.status_code, answer.json()) == (409, HELD)
    assert (await row_of(stage, licence)).downloaded_at is None


async def test_a_standard_licence_keeps_its_address_in_storage(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_subscriber(stage.sessions)
    track = await a_track(stage.sessions, nova)
    [url] = await addresses(stage, ari, await licensed(stage, ari, track))
    upload = await the_upload_of(stage.sessions, track)
    assert url.startswith(f"https://api.beatpass.test/files/masters/{upload}.wav?")


async def test_licensing_what_is_held_exclusively_answers_the_door_too(stage: Stage) -> None:
    ari, licence = await an_exclusive_licence(stage)
    track = (await row_of(stage, licence)).track_id
    async with stage.nothing_changes():
        payload = await license_(stage, ari, track, "licence { id } downloadUrl")
    assert (payload["errors"], payload["licence"]) == ([], {"id": licence})
    assert f"/licences/{(await row_of(stage, licence)).number}/files/wav?" in payload["downloadUrl"]
