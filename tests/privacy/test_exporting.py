"""D-81: an account exports its data: one archive, written by a job, for its owner alone, for a week."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update
from sqlmodel import col

from api.privacy import archive
from api.privacy.packing import Member, packed
from api.privacy.rules import archive_key, file_in_archive
from api.sweep import forget_the_ended
from api.uploads.rules import picture_key, stored_key
from db.clock import now
from db.ids import DataExportId
from db.models.accounts import Account, AccountProof
from db.models.jobs import Job
from db.models.notices import Notification
from db.models.plays import Play
from db.models.privacy import DataExport
from db.models.producers import Follow, Producer
from db.vocabulary import (
    ApiTokenScope,
    DataExportStatus,
    ImageSize,
    JobKind,
    JobState,
    NotificationKind,
    ProofKind,
    UploadPurpose,
)
from tests.factories import (
    a_completed_upload,
    a_listener,
    a_picture,
    a_producer,
    a_track,
    a_verified_producer,
    an_api_token,
    an_application,
    staff,
    the_upload_of,
)
from tests.licences.granted import a_licence
from tests.privacy.house import Archive, House
from tests.stage import Stage, stored_files
from tests.tools.databases import on_sqlite

pytestmark = pytest.mark.anyio


@pytest.fixture
def house(stage: Stage) -> House:
    return House(stage)


async def test_an_archive_is_written_by_a_job_and_told_of_once(house: House) -> None:
    ari = await a_listener(house.sessions)
    asked = await house.ask(ari)
    assert (asked["status"], asked["progress"], asked["download"]) == ("QUEUED", 0.0, None)
    await house.work()
    [ready] = await house.look(ari)
    assert (ready["id"], ready["status"], ready["progress"]) == (asked["id"], "READY", 1.0)
    key = archive_key(DataExportId(asked["id"]))
    assert int(ready["byteSize"]) == len(await house.stage.services.storage.get(key))
    assert f"/files/{key}?" in ready["download"]["url"]
    kept = datetime.fromisoformat(ready["expiresAt"]) - datetime.fromisoformat(ready["readyAt"])
    assert kept == timedelta(days=7)
    async with house.sessions.reading() as session:
        told = list(await session.scalars(select(Notification)))
    assert [(one.account_id, one.kind, one.subject_id, one.title) for one in told] == [
        (ari.account, NotificationKind.SECURITY, asked["id"], "Your data is ready")
    ]


async def test_everything_of_a_producer_is_in_it(house: House) -> None:
    nova, lee = await a_verified_producer(house.sessions, "Nova"), await a_producer(house.sessions, "Lee")
    track = await a_track(house.sessions, nova, title="Cold Rain", tags=["808"], contact_email="b@nova.test")
    licence = await a_licence(house.sessions, nova, await a_track(house.sessions, lee, title="Warm Sun"))
    await an_application(house.sessions, nova, "Nova Keys")
    async with house.sessions.writing() as session:
        session.add(Follow(account_id=nova.account, producer_id=lee.producer))
        (await session.get_one(Producer, nova.producer)).bio = "Beats from the east."
    made = await house.archive_of(nova)
    assert made.is_sound()
    [account] = made.rows("account/account.json")
    assert (account["email"], account["display_name"]) == (nova.email, "Nova")
    [profile] = made.rows("profile/profile.json")
    assert (profile["name"], profile["bio"], profile["roles"]) == ("Nova", "Beats from the east.", [])
    [own] = made.rows("music/tracks.json")
    assert (own["id"], own["title"], own["tags"], own["contact_email"]) == (
        track,
        "Cold Rain",
        ["808"],
        "b@nova.test",
    )
    [followed] = made.rows("profile/profiles_you_follow.json")
    assert (followed["producer_id"], followed["producer_name"]) == (lee.producer, "Lee")
    [applied] = made.rows("account/applications.json")
    assert (applied["first_name"], applied["last_name"]) == ("Nova", "Keys")
    [granted] = made.rows("licences/licences.json")
    assert granted["licensee"] == {"name": "Nova", "email": nova.email}
    paper = made.read(f"certificates/{granted['number']}.pdf")
    assert paper.startswith(b"%PDF-")
    assert licence.startswith("lic_")


async def test_files_are_in_it_as_they_came(house: House) -> None:
    nova = await a_producer(house.sessions, "Nova")
    storage = house.stage.services.storage
    wav = await the_upload_of(house.sessions, await a_track(house.sessions, nova))
    proof = await a_completed_upload(
        house.sessions, nova, UploadPurpose.ATTACHMENT, filename='my "proof".png', byte_size=5
    )
    gone = await a_completed_upload(house.sessions, nova, UploadPurpose.RECON_SAMPLE, filename="gone.wav")
    await storage.put(stored_key(UploadPurpose.TRACK_AUDIO, wav), b"RIFF" * 1_000_000)
    await storage.put(stored_key(UploadPurpose.ATTACHMENT, proof), b"\x89PNG!")
    async with house.sessions.writing() as session:
        picture = await a_picture(session)
        (await session.get_one(Account, nova.account)).picture_id = picture
    await storage.put(picture_key(picture, ImageSize.LARGE), b"\xff\xd8\xffME")
    made = await house.archive_of(nova)
    assert made.read(f"audio/{wav}-beat.wav") == b"RIFF" * 1_000_000
    assert made.read(f"attachments/{proof}-my _proof_.png") == b"\x89PNG!"
    assert made.read(f"pictures/{picture}.jpg") == b"\xff\xd8\xffME"
    assert [name for name in made.names if gone in name] == []


async def test_nothing_of_anybody_else_and_no_secret_is_in_it(house: House) -> None:
    nova, lee = await a_verified_producer(house.sessions, "Nova"), await a_listener(house.sessions, "Lee Roy")
    track = await a_track(house.sessions, nova)
    licence = await a_licence(house.sessions, lee, track)
    token = await an_api_token(house.sessions, nova, ApiTokenScope.READ)
    async with house.sessions.writing() as session:
        session.add(Follow(account_id=lee.account, producer_id=nova.producer))
        session.add(
            AccountProof(
                account_id=nova.account,
                kind=ProofKind.PROVE_EMAIL,
                address=nova.email,
                address_key=nova.email,
                token_sha256="e" * 64,
                expires_at=now(),
            )
        )
    made = await house.archive_of(nova)
    assert [made.holds(text) for text in (lee.email, "Lee Roy", lee.account, licence)] == [[], [], [], []]
    assert [made.holds(text) for text in ("e" * 64, "password", token.token)] == [[], [], []]
    assert made.holds(nova.email) != []


async def test_long_tables_are_read_some_rows_at_a_time(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.privacy.archive._ROWS_AT_ONCE", 3)
    ari, nova = await a_listener(house.sessions), await a_producer(house.sessions, "Nova")
    track = await a_track(house.sessions, nova, title="Cold Rain")
    async with house.sessions.writing() as session:
        session.add_all(
            Play(account_id=ari.account, track_id=track, listened_ms=number) for number in range(9)
        )
    made = await house.archive_of(ari)
    plays = made.rows("music/plays.json")
    assert sorted(one["listened_ms"] for one in plays) == list(range(9))
    assert {one["track_title"] for one in plays} == {"Cold Rain"}


async def test_one_that_is_being_written_is_answered_again(house: House) -> None:
    ari = await a_listener(house.sessions)
    first = await house.ask(ari)
    async with house.stage.nothing_changes():
        assert (await house.ask(ari))["id"] == first["id"]


async def test_two_a_day_are_enough(house: House) -> None:
    ari, lee = await a_listener(house.sessions), await a_listener(house.sessions, "Lee")
    for _ in range(2):
        await house.archive_of(ari)
    async with house.stage.nothing_changes():
        payload = await house.stage.mutate(ari, "requestDataExport", "export { id }")
    [error] = payload["errors"]
    assert (payload["export"], error["code"], error["limit"]) == (None, "TOO_MANY_ATTEMPTS", 2)
    await house.ask(lee)
    async with house.sessions.writing() as session:
        earlier = now() - timedelta(hours=25)
        await session.execute(update(DataExport).values(requested_at=earlier))
    assert (await house.ask(ari))["status"] == "QUEUED"


async def test_no_program_asks_for_it(house: House) -> None:
    ari = await a_listener(house.sessions)
    token = await an_api_token(house.sessions, ari, ApiTokenScope.FULL)
    async with house.stage.nothing_changes():
        code = await house.stage.fault(token, "mutation { requestDataExport { export { id } } }")
    assert code == "FORBIDDEN"


async def test_nobody_else_sees_it(house: House) -> None:
    ari, sam = await a_listener(house.sessions), await staff(house.sessions)
    export = await house.ask(ari)
    await house.work()
    query = "query($id: ID!) { node(id: $id) { id } }"
    assert (await house.stage.ask(sam, query, id=export["id"]))["node"] is None
    assert (await house.stage.ask(ari, query, id=export["id"]))["node"] == {"id": export["id"]}
    of_ari = "query($id: ID!) { node(id: $id) { ... on Account { dataExports { id } } } }"
    assert (await house.stage.ask(sam, of_ari, id=ari.account))["node"] == {"dataExports": []}


async def test_its_address_serves_it_until_the_archive_is_deleted(house: House) -> None:
    ari = await a_listener(house.sessions)
    export = await house.ask(ari)
    await house.work()
    async with house.sessions.writing() as session:
        await session.execute(update(DataExport).values(expires_at=now() - timedelta(seconds=1)))
    await sweep(house)
    await house.work(JobKind.DELETE_FILES)
    [over] = await house.look(ari)
    assert (over["id"], over["status"], over["download"]) == (export["id"], "EXPIRED", None)
    assert [name for name in stored_files(house.stage.settings.data_dir) if "exports" in name] == []


async def test_the_sweep_leaves_archives_that_have_time(house: House) -> None:
    ari = await a_listener(house.sessions)
    await house.archive_of(ari)
    await sweep(house)
    assert [row.status for row in await house.rows()] == [DataExportStatus.READY]


async def test_a_worker_that_dies_in_between_leaves_no_half_and_the_next_one_writes_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ari = await a_listener(house.sessions)
    export = await house.ask(ari)
    with monkeypatch.context() as dying:
        dying.setattr("api.privacy.archive._certificates", _dying)
        await house.work(JobKind.EXPORT_DATA)
    [row] = await house.rows()
    assert (row.status, row.byte_size) == (DataExportStatus.RUNNING, None)
    assert 0 < row.progress < 1
    assert [name for name in stored_files(house.stage.settings.data_dir) if "exports" in name] == []
    await house.hand_back()
    await house.work(JobKind.EXPORT_DATA)
    assert [row.status for row in await house.rows()] == [DataExportStatus.READY]
    assert (await house.archive(export["id"])).is_sound()


async def test_one_that_was_written_and_not_told_of_is_told_of_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ari = await a_listener(house.sessions)
    await house.ask(ari)
    with monkeypatch.context() as dying:
        dying.setattr("api.privacy.archive._tell_owner", _dies)
        await house.work(JobKind.EXPORT_DATA)
    assert [row.status for row in await house.rows()] == [DataExportStatus.RUNNING]
    for _ in range(2):
        await house.hand_back()
        await house.work(JobKind.EXPORT_DATA)
    async with house.sessions.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Notification)) == 1
        kind = col(Job.kind) == JobKind.EXPORT_DATA
        assert list(await session.scalars(select(col(Job.state)).where(kind))) == [JobState.DONE]


async def test_an_archive_that_is_written_too_late_is_deleted(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ari = await a_listener(house.sessions)
    await house.ask(ari)
    written = archive._write  # pyright: ignore[reportPrivateUsage] -- the moment that matters

    async def overtaken(*given: Any) -> None:
        """Its account is deleted while it is written."""
        await written(*given)
        async with house.sessions.writing() as session:
            await session.execute(delete(DataExport))

    monkeypatch.setattr("api.privacy.archive._write", overtaken)
    await house.work()
    await house.work(JobKind.DELETE_FILES)
    assert [name for name in stored_files(house.stage.settings.data_dir) if "exports" in name] == []


async def test_one_that_breaks_off_again_and_again_says_so_and_does_not_count(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ari = await a_listener(house.sessions)
    await house.ask(ari)
    with monkeypatch.context() as broken:
        broken.setattr("api.privacy.archive._write", _dies)
        for _ in range(5):
            await house.work(JobKind.EXPORT_DATA)
            await house.hand_back()
    [over] = await house.look(ari)
    assert over["status"] == "FAILED"
    await house.work(JobKind.EXPORT_DATA)  # the job's later attempts find it over
    assert [row.status for row in await house.rows()] == [DataExportStatus.FAILED]
    for _ in range(2):
        await house.archive_of(ari)


@on_sqlite
async def test_its_owner_watches_it(house: House) -> None:
    ari, lee = await a_listener(house.sessions), await a_listener(house.sessions, "Lee")
    export = await house.ask(ari)
    query = "subscription($id: ID!) { dataExportChanged(id: $id) { status progress } }"
    async with aclosing(house.stage.watch(ari, query, id=export["id"])) as seen:
        assert (await anext(seen)).data == {"dataExportChanged": {"status": "QUEUED", "progress": 0.0}}
        await house.work(JobKind.EXPORT_DATA)
        shown = [(await anext(seen)).data["dataExportChanged"]]
        while shown[-1]["status"] != "READY":
            shown.append((await anext(seen)).data["dataExportChanged"])
    assert shown[-1] == {"status": "READY", "progress": 1.0}
    async with aclosing(house.stage.watch(lee, query, id=export["id"])) as seen:
        assert (await anext(seen)).codes == ["BAD_REQUEST"]


async def test_the_same_data_is_the_same_archive() -> None:
    moment = datetime(2026, 11, 29, 4, 30, tzinfo=UTC)
    first = [piece async for piece in packed(_members(), made_at=moment)]
    again = [piece async for piece in packed(_members(), made_at=moment)]
    assert b"".join(first) == b"".join(again)
    assert max(map(len, first)) < 1_100_000
    made = Archive(b"".join(first))
    assert made.is_sound()
    assert (made.names, len(made.read("b.wav"))) == (["a.txt", "b.wav"], 5_000_000)


@pytest.mark.parametrize(
    ("filename", "stored"),
    [
        ("beat.wav", "audio/upl_1-beat.wav"),
        ("../../etc/passwd", "audio/upl_1-_.._etc_passwd"),
        ("...", "audio/upl_1-file"),
        ("a\nb.wav", "audio/upl_1-a_b.wav"),
    ],
)
async def test_no_name_leads_out_of_its_folder(filename: str, stored: str) -> None:
    assert file_in_archive("audio", "upl_1", filename) == stored


async def sweep(house: House) -> None:
    """As relay has it done every quarter of an hour."""
    async with house.sessions.writing() as session:
        await forget_the_ended(session, session_days=house.stage.settings.session_days)


async def _members() -> AsyncIterator[Member]:
    yield Member("a.txt", _pieces(b"text " * 100, 1))
    yield Member("b.wav", _pieces(bytes(1_000_000), 5), packs=False)


async def _pieces(piece: bytes, times: int) -> AsyncIterator[bytes]:
    for _ in range(times):
        yield piece


async def _dying(*_: Any) -> AsyncIterator[Member]:
    raise RuntimeError("killed")
    yield


async def _dies(*_: Any) -> None:
    raise RuntimeError("killed")
