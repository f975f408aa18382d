from datetime import timedelta

import pytest

from api.refusals import ManyRefused, NotAllowed, Refused
from api.uploads.announce import create_upload
from api.uploads.rules import MAX_BYTE_SIZE, RULES
from api.uploads.use import use_upload
from api.viewer import Viewer
from db.ids import UploadId
from db.queries.uploads import UploadRow
from db.vocabulary import ErrorCode, Role, UploadPurpose, UploadStatus
from tests.uploads.house import PRODUCER, Announced, House, a_wav, furnish, patch

AUDIO, COVER, ATTACHMENT = UploadPurpose.TRACK_AUDIO, UploadPurpose.COVER_ART, UploadPurpose.ATTACHMENT


def announce(house: House, *roles: Role, **given: object) -> UploadRow:
    values = {"purpose": AUDIO, "filename": "beat.wav", "byte_size": 1000, **given}
    return house.write(
        lambda session: create_upload(
            session,
            house.viewer(*roles),
            keep_for=timedelta(hours=1),
            **values,  # type: ignore[arg-type] # pyright: ignore[reportArgumentType] -- the tests know
        )
    )


def use(house: House, upload: Announced, *, by: House | None = None, **given: object) -> UploadRow:
    values = {"upload_id": upload.id, "purpose": AUDIO, "object_id": "trk_1", **given}
    viewer = Viewer((by or house).account_id, house.viewer().access, roles=PRODUCER)
    return house.write(
        lambda session: use_upload(session, viewer, **values)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType] -- as above
    )


def a_complete_upload(house: House) -> Announced:
    wav = a_wav()
    upload = house.announce(len(wav))
    assert patch(upload, wav).status_code == 204
    return upload


@pytest.mark.parametrize("purpose", [AUDIO, COVER])
def test_before_approval_music_and_covers_are_refused_and_nothing_is_stored(
    empty_house: House, purpose: UploadPurpose
) -> None:
    with pytest.raises(NotAllowed) as refused:
        announce(empty_house, Role.LISTENER, purpose=purpose)
    assert refused.value.code is ErrorCode.PRODUCER_REQUIRED
    assert refused.value.required_role is Role.PRODUCER
    assert empty_house.counts()["Upload"] == 0


def test_anyone_signed_in_may_send_an_attachment(empty_house: House) -> None:
    row = announce(empty_house, Role.LISTENER, purpose=ATTACHMENT, filename="C:\\proof\\a\u0000b.pdf")
    assert (row.status, row.filename, row.received_bytes) == (UploadStatus.WAITING, "ab.pdf", 0)


def test_all_problems_of_an_announcement_are_told_at_once(empty_house: House) -> None:
    with pytest.raises(ManyRefused) as refused:
        announce(empty_house, filename=" ", byte_size=MAX_BYTE_SIZE + 1)
    found = [(problem.path, problem.code) for problem in refused.value.problems]
    assert found == [(("filename",), ErrorCode.REQUIRED), (("byteSize",), ErrorCode.FILE_TOO_LARGE)]
    assert empty_house.counts()["Upload"] == 0


@pytest.mark.parametrize("purpose", list(UploadPurpose))
def test_a_file_of_the_largest_size_is_taken_and_one_byte_more_is_not(
    empty_house: House, purpose: UploadPurpose
) -> None:
    limit = RULES[purpose].max_byte_size
    roles = (Role.PRODUCER, Role.VERIFIED_PRODUCER)
    assert announce(empty_house, *roles, purpose=purpose, byte_size=limit).byte_size == limit
    with pytest.raises(ManyRefused):
        announce(empty_house, *roles, purpose=purpose, byte_size=limit + 1)


@pytest.mark.parametrize("byte_size", [0, -1])
def test_an_empty_file_is_refused(empty_house: House, byte_size: int) -> None:
    with pytest.raises(ManyRefused) as refused:
        announce(empty_house, byte_size=byte_size)
    assert refused.value.problems[0].code is ErrorCode.OUT_OF_RANGE


def test_a_complete_upload_is_used_once_and_by_the_same_object_again(house: House) -> None:
    upload = a_complete_upload(house)
    assert use(house, upload).used_by == "trk_1"
    assert use(house, upload).used_by == "trk_1"
    assert _refusal(house, upload, object_id="trk_2") is ErrorCode.UPLOAD_USED
    assert house.row(upload).used_by == "trk_1"


def test_an_upload_is_refused_for_the_reason_it_has(house: House) -> None:
    upload = a_complete_upload(house)
    stranger = House(house.settings)
    furnish(stranger)
    assert _refusal(house, upload, by=stranger) is ErrorCode.NOT_FOUND
    assert _refusal(house, upload, upload_id=UploadId("upl_none")) is ErrorCode.NOT_FOUND
    assert _refusal(house, upload, purpose=COVER) is ErrorCode.UPLOAD_WRONG_PURPOSE
    assert _refusal(house, house.announce(1000)) is ErrorCode.UPLOAD_INCOMPLETE
    refused = house.announce(1000)
    patch(refused, b"ID3" + bytes(997))
    assert _refusal(house, refused) is ErrorCode.UPLOAD_UNUSABLE
    house.age(upload, seconds=1)
    assert _refusal(house, upload) is ErrorCode.UPLOAD_UNUSABLE
    assert house.row(upload).used_by is None


def _refusal(house: House, upload: Announced, *, by: House | None = None, **given: object) -> ErrorCode:
    with pytest.raises(Refused) as refused:
        use(house, upload, by=by, **given)
    return refused.value.code
