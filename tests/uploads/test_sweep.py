from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.gateways.storage import Storage
from api.uploads.dock import Dock
from api.uploads.rules import parts_folder, stored_key
from db.ids import UploadId
from db.models.uploads import Upload
from db.session import Sessions
from db.vocabulary import UploadPurpose, UploadStatus
from tests.uploads.house import Announced, House, WebProcess, a_picture, a_wav, head, patch


def test_what_nobody_finished_or_used_in_time_goes_with_its_bytes(house: House) -> None:
    wav = a_wav()
    unfinished, unused, picture, kept = (
        house.announce(len(wav)),
        house.announce(len(wav)),
        house.announce(len(a_picture()), UploadPurpose.COVER_ART),
        house.announce(len(wav)),
    )
    patch(unfinished, wav[:1000])
    patch(unused, wav)
    patch(picture, a_picture())
    patch(kept, wav)
    for upload in (unfinished, unused, picture):
        house.age(upload, minutes=1)
    house.sweep()
    house.delete_files()
    assert list(house.files()) == [f"masters/{kept.id}.wav"]
    assert {house.row(upload).status for upload in (unfinished, unused, picture)} == {UploadStatus.EXPIRED}
    assert house.row(kept).status is UploadStatus.COMPLETED
    assert (house.counts()["Picture"], house.counts()["UploadPart"]) == (0, 0)
    before = house.jobs()
    house.sweep()
    assert house.jobs() == before


def test_a_used_upload_is_never_swept(house: House) -> None:
    wav = a_wav()
    upload = house.announce(len(wav))
    patch(upload, wav)
    house.age(upload, days=30)
    _mark_used(house, upload.id)
    house.sweep()
    assert house.row(upload).status is UploadStatus.COMPLETED


def test_parts_that_no_open_upload_names_are_removed(house: House) -> None:
    wav = a_wav()
    upload = house.announce(len(wav))
    patch(upload, wav)
    house.delete_files()
    house.storage.path(f"uploads/{upload.id}/x").parent.mkdir(parents=True)
    house.storage.path(f"uploads/{upload.id}/x").write_bytes(b"late")
    house.sweep()
    assert list(house.files()) == [f"masters/{upload.id}.wav"]


def test_a_process_killed_after_the_last_byte_is_made_good_by_the_next_head(empty_house: House) -> None:
    house = empty_house
    upload, wav = _whole_but_open(house, a_wav(), UploadPurpose.TRACK_AUDIO)
    web = WebProcess(house.settings)
    assert head(upload).headers["upload-offset"] == str(len(wav))
    web.end()
    assert house.row(upload).status is UploadStatus.COMPLETED
    assert house.files()[stored_key(UploadPurpose.TRACK_AUDIO, upload.id)] == wav


def test_a_process_killed_after_the_last_byte_is_made_good_by_the_sweep(empty_house: House) -> None:
    house = empty_house
    upload, _ = _whole_but_open(house, a_picture(), UploadPurpose.COVER_ART)
    house.age(upload, minutes=-5)
    house.sweep()
    row = house.row(upload)
    assert row.status is UploadStatus.COMPLETED
    house.delete_files()
    assert sorted(house.files()) == [
        f"pictures/{row.picture_id}/{size}.jpg" for size in ("large", "medium", "small")
    ]


def test_a_process_killed_after_joining_the_parts_is_made_good(empty_house: House) -> None:
    house = empty_house
    upload, wav = _whole_but_open(house, a_wav(), UploadPurpose.TRACK_AUDIO)
    (part,) = (house.settings.data_dir / "objects/uploads").rglob("*-prt_*")
    final = house.storage.path(stored_key(UploadPurpose.TRACK_AUDIO, upload.id))
    final.parent.mkdir(parents=True)
    part.rename(final)
    house.age(upload, minutes=-5)
    house.sweep()
    assert house.row(upload).status is UploadStatus.COMPLETED
    house.delete_files()
    assert house.files() == {f"masters/{upload.id}.wav": wav}


def _whole_but_open(house: House, data: bytes, purpose: UploadPurpose) -> tuple[Announced, bytes]:
    """As a process leaves it that is killed between counting the last byte and judging the file."""
    upload = house.announce(len(data), purpose)

    async def work(sessions: Sessions, storage: Storage) -> None:
        dock = Dock(sessions, storage, house.keep_for)
        part = await storage.add_part(parts_folder(upload.id), last=None, first_byte=0, pieces=[data])
        assert await dock.record(await dock.row(upload.id), part, received=0, tell=False)

    house.run(work)
    return upload, data


def _mark_used(house: House, upload_id: UploadId) -> None:
    async def work(session: AsyncSession) -> None:
        await session.execute(update(Upload).where(col(Upload.id) == upload_id).values(used_by="trk_1"))

    house.write(work)
