"""D-41, D-46: who may license what, what a stranger sees of an address, which numbers are numbers."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.licensing.certificate import canonical
from api.licensing.downloads import filename
from api.licensing.rules import certificate_number, is_party, masked_email, why_not_licensed
from api.viewer import Viewer
from db.ids import AccountId, LicenceId, ProducerId, SessionId, TrackId, UploadId
from db.queries.licences import LicenceRow
from db.vocabulary import AudioFormat, ErrorCode, LicenceKind, LicensingModel, Role, TrackStatus
from tests.licences.granted import a_work


@given(
    status=st.sampled_from(TrackStatus),
    model=st.sampled_from(LicensingModel),
    own=st.booleans(),
    includes_downloads=st.booleans(),
    reserved=st.booleans(),
)
def test_a_licence_is_granted_where_nothing_stands_against_it(
    status: TrackStatus, model: LicensingModel, *, own: bool, includes_downloads: bool, reserved: bool
) -> None:
    refused = why_not_licensed(
        status, model, own=own, includes_downloads=includes_downloads, reserved=reserved
    )
    on_offer = status is TrackStatus.PUBLISHED and model is not LicensingModel.EXCLUSIVE_ONLY
    open_to_all = on_offer and not reserved
    assert (refused is None) == (open_to_all and includes_downloads and not own)
    if refused is not None:
        code = ErrorCode.PLAN_REQUIRED if open_to_all else ErrorCode.NOT_LICENSABLE
        assert refused.code is (ErrorCode.OWN_TRACK if own else code)


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("noa@example.org", "n***@e***.org"),
        ("a@b.co.uk", "a***@b***.uk"),
        ("anna@пример.рф", "a***@п***.рф"),
        ('"odd@name"@x.test', '"***@x***.test'),
    ],
)
def test_an_address_is_masked(address: str, masked: str) -> None:
    assert masked_email(address) == masked


@given(st.from_regex(r"[a-m]{2,20}@[a-m]{2,20}\.[n-z]{2,4}", fullmatch=True))
def test_how_long_a_masked_name_is_tells_nothing(address: str) -> None:
    name, _, host = address.partition("@")
    masked = masked_email(address)
    assert len(masked) == len("a***@b***.") + len(host.rpartition(".")[2])
    assert name not in masked
    assert host not in masked


@given(st.uuids())
def test_a_number_is_known_in_every_spelling(number: UUID) -> None:
    for spelled in (
        str(number),
        str(number).upper(),
        number.hex,
        f"{{{number}}}",
        number.urn,
        f" {number}\n",
    ):
        assert certificate_number(spelled) == str(number)


@given(st.text(max_size=60))
def test_what_is_no_number_is_none(text: str) -> None:
    found = certificate_number(text)
    assert found is None or UUID(text.strip()) == UUID(found)


def test_both_parties_and_staff_are_let_in() -> None:
    def somebody(name: str, *roles: Role) -> Viewer:
        return Viewer(AccountId(name), SessionId("ses_x"), frozenset({Role.LISTENER, *roles}))

    parties = {"licensee": AccountId("acc_a"), "licensor": AccountId("acc_b")}
    seen = [is_party(somebody(name), **parties) for name in ("acc_a", "acc_b", "acc_c")]
    assert seen == [True, True, False]
    assert is_party(somebody("acc_c", Role.STAFF), **parties)
    assert not is_party(None, licensee=AccountId("acc_a"), licensor=None)
    assert not is_party(somebody("acc_c"), licensee=AccountId("acc_a"), licensor=None)


@pytest.mark.parametrize(
    ("title", "form", "saved"),
    [
        ("Night Drive", AudioFormat.WAV, "Nova - Night Drive.wav"),
        ("A/B\\C", AudioFormat.MP3_320, "Nova - A-B-C.mp3"),
        ("夜 ♭", AudioFormat.WAV, "Nova - 夜 ♭.wav"),
    ],
)
def test_a_file_is_saved_under_a_name_that_says_what_it_is(title: str, form: AudioFormat, saved: str) -> None:
    assert filename(a_work(title=title, producer_name="Nova"), form) == saved


def a_row(**different: Any) -> LicenceRow:
    usual: dict[str, Any] = {
        "id": LicenceId("lic_a"),
        "number": "8f14e45f-ceea-467f-9f0b-2f0d1f1f2a10",
        "kind": LicenceKind.STANDARD,
        "account_id": AccountId("acc_a"),
        "producer_id": ProducerId("pro_a"),
        "track_id": TrackId("trk_a"),
        "upload_id": UploadId("upl_a"),
        "audio_sha256": "ab" * 32,
        "work": {"title": "Night\nDrive", "artists": ["Nova"]},
        "licensor": {"name": "Nova"},
        "licensee": {"name": "Ari", "email": "ari@x.test"},
        "terms": {"territory": "Worldwide"},
        "signature": "",
        "granted_at": datetime(2026, 11, 28, 14, 32, 10, 120_000, tzinfo=UTC),
        "downloaded_at": None,
        "files_held_at": None,
        "revoked_at": None,
        "verification_count": 0,
        "licensor_account": None,
    }
    return LicenceRow(**(usual | different))


def test_what_is_signed_is_one_line_of_json_with_its_names_in_order() -> None:
    """Written out, for whoever changes it breaks the signature of every licence there is."""
    assert canonical(a_row()) == (
        '{"form":"beatpass-licence/1","granted_at":"2026-11-28T14:32:10.120+00:00","kind":"STANDARD",'
        '"licensee":{"email":"ari@x.test","id":"acc_a","name":"Ari"},"licensor":{"id":"pro_a","name":"Nova"},'
        '"number":"8f14e45f-ceea-467f-9f0b-2f0d1f1f2a10","terms":{"territory":"Worldwide"},'
        '"work":{"artists":["Nova"],"id":"trk_a",'
        f'"sha256":"{"ab" * 32}","title":"Night\\nDrive"}}}}'
    )


def test_what_becomes_of_a_licence_is_not_part_of_what_is_signed() -> None:
    later = a_row(revoked_at=datetime(2027, 1, 1, tzinfo=UTC), verification_count=7, signature="x")
    assert canonical(later) == canonical(a_row())
